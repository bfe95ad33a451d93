// Strict CBOR (RFC 8949): the subset in which everything signed is written. Definite lengths,
// shortest integer and length forms, UTF-8 text, no map key twice, no octets after the item,
// nesting at most kMaxDepth. Reading allocates nothing unless a map's keys stand out of order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/bytes.h"

namespace xiaogate::cose {

// Levels of nesting; an array, a map and a tag open one each.
inline constexpr int kMaxDepth = 6;

// The major types, by their numbers.
enum class Kind : std::uint8_t {
  unsigned_integer = 0,
  negative_integer = 1,
  bytes = 2,
  text = 3,
  array = 4,
  map = 5,
  tag = 6,
  simple = 7  // false, true, null, undefined, floating point
};

// What is wrong, and at which offset of the octets given.
struct Fault {
  std::string_view what;  // a literal
  std::size_t offset = 0;

  // "<what> at offset <n>"
  std::string text() const;
};

// Walks over one item. The constructor checks the whole item by the rules above; afterwards only a
// type that is not the expected one can go wrong. The first fault sticks: every later call returns
// zero or an empty view, so that a caller reads in a straight line and asks once at the end.
//
//   Reader in(octets);
//   for (auto left = in.map(); left > 0; --left) {
//     switch (in.integer()) { case 6: iat = in.unsigned_integer(); break; default: in.item(); }
//   }
//   if (const auto fault = in.finish()) ...
//
// Views borrow from the octets given.
class Reader {
 public:
  explicit Reader(ByteView item);

  // The kind of the next item; nothing at the end or after a fault.
  std::optional<Kind> peek() const;

  std::uint64_t unsigned_integer();
  // Either sign. What int64 cannot hold becomes its nearest value.
  std::int64_t integer();
  ByteView bytes();
  std::string_view text();
  std::uint64_t array();  // the number of items that follow
  std::uint64_t map();    // the number of pairs that follow
  std::uint64_t tag();
  // The next item, whatever it is, with everything inside it.
  ByteView item();

  // Where the next item begins.
  std::size_t offset() const { return at_; }
  // Records a fault of the caller's own at `offset`, unless there is one already.
  void reject(std::string_view what, std::size_t offset);
  bool good() const { return !fault_; }
  // The first fault, or nothing. Items left unread are a fault.
  std::optional<Fault> finish();

 private:
  std::uint64_t take(Kind kind, std::string_view expected);

  ByteView bytes_;
  std::size_t at_ = 0;
  std::optional<Fault> fault_;
};

// Appends items in the same form. The caller orders the keys of maps and keeps the counts.
class Writer {
 public:
  Writer& unsigned_integer(std::uint64_t value) { return head(Kind::unsigned_integer, value); }
  Writer& integer(std::int64_t value);
  Writer& bytes(ByteView value);
  Writer& text(std::string_view value);
  Writer& array(std::uint64_t items) { return head(Kind::array, items); }
  Writer& map(std::uint64_t pairs) { return head(Kind::map, pairs); }
  Writer& tag(std::uint64_t number) { return head(Kind::tag, number); }
  // An item that is already serialised.
  Writer& item(ByteView serialised);

  const Bytes& octets() const& { return out_; }
  Bytes octets() && { return std::move(out_); }

 private:
  Writer& head(Kind kind, std::uint64_t value);

  Bytes out_;
};

}  // namespace xiaogate::cose
