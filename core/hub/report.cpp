#include "hub/report.h"

#include <algorithm>

#include "model/json.h"

namespace xiaogate::hub {
namespace {

using Faults = std::vector<std::string>;

constexpr std::int64_t kLastMilli = 253'402'300'799'999;  // the year 9999
constexpr std::int64_t kLastSeq = INT64_MAX - 1;
constexpr std::size_t kMaxKind = 64;

Digest read_digest(JsonReader& in, const char* member) {
  Digest digest{};
  const auto octets = from_hex(in.text(member));
  if (octets && octets->size() == digest.size()) {
    std::ranges::copy(*octets, digest.begin());
  } else {
    in.fault(member, "must be 64 hexadecimal digits");
  }
  return digest;
}

Record read_record(const Json& json, const std::string& pointer, Faults& faults) {
  JsonReader in(json, pointer, faults);
  Record record;
  record.seq = static_cast<std::uint64_t>(in.integer("seq", 1, kLastSeq));
  record.time = WallTime(Millis(in.integer("time", 0, kLastMilli)));
  record.kind = in.text("kind");
  if (record.kind.empty() || record.kind.size() > kMaxKind) {
    in.fault("kind", "must be 1 to 64 octets");
  }
  const Json* body = in.find("body");
  if (body == nullptr || !body->is_object()) {
    in.fault("body", "must be an object");
  } else {
    record.body = canonical(*body);
    if (record.body.size() > Record::kMaxBody) in.fault("body", "is above 1024 octets");
  }
  record.prev = read_digest(in, "prev");
  record.hash = read_digest(in, "hash");
  return record;
}

}  // namespace

Result<std::vector<Record>> parse_report(std::string_view payload) {
  const auto json = parse_json(payload);
  if (!json) return failure("report.malformed", json.error().text);
  Faults faults;
  JsonReader in(*json, "", faults);
  const auto first = static_cast<std::uint64_t>(in.integer("first", 1, kLastSeq));
  const auto last = static_cast<std::uint64_t>(in.integer("last", 1, kLastSeq));
  const Json& rows = in.array("records");
  if (faults.empty() && (rows.empty() || last < first || rows.size() - 1 != last - first)) {
    in.fault("records", "must be the records from first to last");
  }
  std::vector<Record> records;
  for (std::size_t i = 0; i < rows.size() && faults.empty(); ++i) {
    records.push_back(read_record(rows[i], "/records/" + std::to_string(i), faults));
    if (faults.empty() && records.back().seq != first + i) {
      faults.push_back("/records/" + std::to_string(i) + "/seq: is not the next one");
    }
  }
  if (!faults.empty()) return failure("report.malformed", faults.front());
  return records;
}

}  // namespace xiaogate::hub
