#include <utility>

#include "store/database.h"
#include "store/prepared.h"
#include "store/sqlite_error.h"

namespace xiaogate::store {
namespace {

void bind(SQLite::Statement& statement, int index, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    statement.bind(index, *number);
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    statement.bind(index, std::string(*text));
  } else if (const auto* blob = std::get_if<ByteView>(&value)) {
    // A null address would bind NULL instead of an empty blob.
    statement.bind(index, blob->empty() ? static_cast<const void*>("") : blob->data(),
                   static_cast<int>(blob->size()));
  } else {
    statement.bind(index);
  }
}

// One step: true for a row, false for the end.
Result<bool> step(Prepared& prepared) {
  const int code = prepared.statement.tryExecuteStep();
  if (code == SQLite::OK || code == 101 /* SQLITE_DONE */) return false;
  if (code == 100 /* SQLITE_ROW */) return true;
  Error error = last_sqlite_error(prepared.connection, prepared.subject);
  prepared.statement.tryReset();
  return std::unexpected(std::move(error));
}

}  // namespace

Rows::Rows(Rows&& other) noexcept
    : statement_(std::exchange(other.statement_, Result<Prepared*>(nullptr))) {}

Rows::~Rows() {
  if (statement_ && *statement_ != nullptr) (*statement_)->statement.tryReset();
}

Result<bool> Rows::next() {
  if (!statement_) return std::unexpected(statement_.error());
  if (*statement_ == nullptr) return false;
  const Result<bool> row = step(**statement_);
  if (!row || !*row) {
    (*statement_)->statement.tryReset();
    statement_ = nullptr;
  }
  return row;
}

std::int64_t Rows::integer(int column) const {
  return (*statement_)->statement.getColumn(column).getInt64();
}

std::string Rows::text(int column) const {
  return (*statement_)->statement.getColumn(column).getString();
}

ByteView Rows::view(int column) const {
  const SQLite::Column value = (*statement_)->statement.getColumn(column);
  return {static_cast<const std::uint8_t*>(value.getBlob()),
          static_cast<std::size_t>(value.getBytes())};
}

Bytes Rows::blob(int column) const {
  const ByteView octets = view(column);
  return {octets.begin(), octets.end()};
}

bool Rows::is_null(int column) const {
  return (*statement_)->statement.getColumn(column).isNull();
}

Statement::Statement(std::unique_ptr<Prepared> prepared) : prepared_(std::move(prepared)) {}
Statement::Statement(Statement&&) noexcept = default;
Statement& Statement::operator=(Statement&&) noexcept = default;
Statement::~Statement() = default;

Result<Prepared*> Statement::start(std::initializer_list<Value> values) {
  prepared_->statement.tryReset();
  try {
    int index = 0;
    for (const Value& value : values) bind(prepared_->statement, ++index, value);
  } catch (const SQLite::Exception& e) {
    return std::unexpected(sqlite_error(prepared_->connection, e, prepared_->subject));
  }
  return prepared_.get();
}

Result<void> Statement::run(std::initializer_list<Value> values) {
  Rows rows = query(values);
  while (true) {
    const Result<bool> row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
  }
}

Rows Statement::query(std::initializer_list<Value> values) {
  return Rows(start(values));
}

}  // namespace xiaogate::store
