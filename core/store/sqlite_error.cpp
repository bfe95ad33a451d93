#include "store/sqlite_error.h"

#include <cerrno>

#include <sqlite3.h>

#include "model/bytes.h"

namespace xiaogate::store {
namespace {

struct Kind {
  std::string_view code;
  std::string_view advice;
};

constexpr Kind kFull{"store.full", "Free disk space or raise the quota."};
constexpr Kind kDamaged{
    "store.damaged", "Move the file aside and restore it from a backup; it has not been changed."};

Kind kind_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return kFull;
    case SQLITE_CORRUPT:
      return kDamaged;
    case SQLITE_NOTADB:
      return {"store.foreign", "Check the path; the file has not been changed."};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {"store.locked", "End the other program that holds the file."};
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return {"store.unreadable", "Give file and directory to the user that this program runs as."};
    case SQLITE_IOERR:
      return {"store.io", "Check the disk and the kernel's log."};
    case SQLITE_CONSTRAINT:
      return {"store.constraint", "Nothing was written."};
    default:
      return {"store.invalid", "This is a defect of the program; please report it."};
  }
}

bool is_no_room(int cause) {
  return cause == ENOSPC || cause == EDQUOT || cause == EFBIG;
}

// The operating system's errno of the last failed access to the log or the file itself.
bool had_no_room(sqlite3* connection) {
  int of_file = 0;
  sqlite3_file_control(connection, "main", SQLITE_FCNTL_LAST_ERRNO, &of_file);
  int of_log = 0;
  sqlite3_file* log = nullptr;
  sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (log != nullptr && log->pMethods != nullptr) {
    log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &of_log);
  }
  return is_no_room(of_file) || is_no_room(of_log) || is_no_room(sqlite3_system_errno(connection));
}

// Quotas and file size limits reach SQLite as failed writes; for a person they are a full disk.
bool is_full(sqlite3* connection, int code) {
  return (code & 0xFF) == SQLITE_IOERR && connection != nullptr && had_no_room(connection);
}

}  // namespace

Error sqlite_error(sqlite3* connection, int code, std::string_view message,
                   std::string_view subject) {
  const Kind kind = is_full(connection, code) ? kFull : kind_of(code);
  return Error{kind.code, "Cannot use " + std::string(subject) + ": " + printable(message, 300) +
                              ". " + std::string(kind.advice)};
}

Error sqlite_error(sqlite3* connection, const SQLite::Exception& e, std::string_view subject) {
  const int code = e.getErrorCode() < 0 ? SQLITE_MISUSE : e.getErrorCode();
  return sqlite_error(connection, code, e.what(), subject);
}

Error last_sqlite_error(sqlite3* connection, std::string_view subject) {
  return sqlite_error(connection, sqlite3_extended_errcode(connection), sqlite3_errmsg(connection),
                      subject);
}

}  // namespace xiaogate::store
