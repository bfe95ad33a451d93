#include "cli/journal_commands.h"

#include <algorithm>
#include <filesystem>

#include "process/exit_code.h"
#include "store/journal_reader.h"

namespace xiaogate::cli {
namespace {

constexpr std::size_t kReadAtOnce = 256;

Result<store::JournalReader> open(const std::string& data) {
  return store::JournalReader::open(std::filesystem::path(data) / store::kJournalFile);
}

void print(const Output& output, const Record& record) {
  const std::int64_t millis = record.time.time_since_epoch().count();
  if (!output.json) {
    output.print({}, std::to_string(record.seq) + "  " + local_time(millis) + "  " + record.kind +
                         "  " + record.body);
    return;
  }
  // A body that is not JSON can only stand in a damaged journal: shown as it is.
  output.print({{"seq", record.seq},
                {"time", millis},
                {"kind", record.kind},
                {"body", parse_json(record.body).value_or(Json(record.body))},
                {"prev", to_hex(record.prev)},
                {"hash", to_hex(record.hash)}},
               "");
}

}  // namespace

int show_journal(const Output& output, const std::string& data, std::uint64_t from,
                 std::uint64_t limit) {
  auto reader = open(data);
  if (!reader) return output.fail(reader.error());
  const auto status = reader->status();
  if (!status) return output.fail(status.error());
  if (status->head == 0 && !output.json)
    output.print({}, say(output.language, Text::journal_empty));
  std::uint64_t next = std::max(from, status->first);
  std::uint64_t left = limit == 0 ? UINT64_MAX : limit;
  while (left > 0) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, kReadAtOnce));
    const auto records = reader->records(next, count);
    if (!records) return output.fail(records.error());
    if (records->empty()) break;
    for (const Record& record : *records) print(output, record);
    left -= records->size();
    next = records->back().seq + 1;
  }
  return process::kExitOk;
}

int verify_journal(const Output& output, const std::string& data) {
  auto reader = open(data);
  if (!reader) return output.fail(reader.error());
  const auto count = reader->verify();
  if (!count) {
    return output.fail(
        {count.error().code, say(output.language, Text::journal_broken, {count.error().text})});
  }
  const auto status = reader->status();
  if (!status) return output.fail(status.error());
  output.print({{"records", *count},
                {"first", status->first},
                {"head", status->head},
                {"head_hash", to_hex(status->head_hash)},
                {"acknowledged", status->acknowledged}},
               say(output.language, Text::journal_good,
                   {std::to_string(*count), std::to_string(status->first),
                    std::to_string(status->head), std::to_string(status->acknowledged)}));
  return process::kExitOk;
}

}  // namespace xiaogate::cli
