#include "store/file_header.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>

namespace xiaogate::store {
namespace {

constexpr std::string_view kMagic("SQLite format 3\0", 16);

constexpr std::size_t kPageSizeAt = 16;
constexpr std::size_t kFixedAt = 18;
constexpr std::size_t kSchemaFormatAt = 44;
constexpr std::size_t kEncodingAt = 56;
constexpr std::size_t kUserVersionAt = 60;
constexpr std::size_t kApplicationIdAt = 68;
constexpr std::size_t kReservedAt = 72;
constexpr std::size_t kReservedSize = 20;

// Write and read version 2 (WAL), no reserved space, payload fractions: never anything else in
// ours.
constexpr std::array<std::uint8_t, 6> kFixed{2, 2, 0, 64, 32, 32};

std::uint32_t big_endian(ByteView header, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (const std::uint8_t octet : header.subspan(at, size)) value = (value << 8U) | octet;
  return value;
}

bool is_sound(ByteView header) {
  const std::uint32_t page = big_endian(header, kPageSizeAt, 2);  // 1 stands for 65536
  const bool page_fits = page == 1 || (page >= 512 && std::has_single_bit(page));
  return page_fits && std::ranges::equal(header.subspan(kFixedAt, kFixed.size()), kFixed) &&
         big_endian(header, kSchemaFormatAt, 4) == 4 && big_endian(header, kEncodingAt, 4) == 1 &&
         std::ranges::all_of(header.subspan(kReservedAt, kReservedSize),
                             [](std::uint8_t octet) { return octet == 0; });
}

std::unexpected<Error> foreign(std::string_view subject, std::string_view why) {
  return failure("store.foreign", "Refusing " + std::string(subject) + ": " + std::string(why) +
                                      ". Check the path, or move the file away; it has not been "
                                      "changed.");
}

}  // namespace

Error too_new(std::string_view subject, std::uint32_t found, std::size_t known) {
  return {"store.too_new", "Refusing " + std::string(subject) + ": it has version " +
                               std::to_string(found) + " and this program knows versions up to " +
                               std::to_string(known) +
                               ". Install the newer program again; the file has not been changed."};
}

Result<void> check_header(ByteView header, const Schema& schema, std::string_view subject) {
  if (header.empty()) return foreign(subject, "the file is empty");
  if (header.size() < kHeaderSize || !as_text(header).starts_with(kMagic)) {
    return foreign(subject, "it is not a SQLite database");
  }
  if (big_endian(header, kApplicationIdAt, 4) != schema.application_id) {
    return foreign(subject, "it is a database of another program or purpose");
  }
  const std::uint32_t version = big_endian(header, kUserVersionAt, 4);
  if (version > schema.migrations.size()) {
    return std::unexpected(too_new(subject, version, schema.migrations.size()));
  }
  if (version == 0 || !is_sound(header)) {
    return failure("store.damaged", "Refusing " + std::string(subject) +
                                        ": its header contradicts itself. Move the file aside and "
                                        "restore it from a backup; it has not been changed.");
  }
  return {};
}

}  // namespace xiaogate::store
