#include "gateway/report.h"

#include "model/bytes.h"

namespace xiaogate::gateway {

std::string report_text(std::span<const Record> records) {
  // Bodies are JSON already, in the form that was hashed; written by hand they stay that way.
  std::string text = R"({"first":)" + std::to_string(records.front().seq) + R"(,"last":)" +
                     std::to_string(records.back().seq) + R"(,"records":[)";
  for (const Record& record : records) {
    if (&record != &records.front()) text += ',';
    text += R"({"body":)" + record.body + R"(,"hash":")" + to_hex(record.hash) + R"(","kind":")" +
            record.kind + R"(","prev":")" + to_hex(record.prev) + R"(","seq":)" +
            std::to_string(record.seq) + R"(,"time":)" +
            std::to_string(record.time.time_since_epoch().count()) + "}";
  }
  return text + "]}";
}

}  // namespace xiaogate::gateway
