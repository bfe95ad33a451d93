// Opening: everything that decides whether a file is ours happens here, before the first write.
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/connection.h"
#include "store/database.h"
#include "store/file_header.h"
#include "store/sqlite_error.h"

namespace xiaogate::store {
namespace {

namespace fs = std::filesystem;

constexpr int kBusyMs = 2000;  // a reader of the same file never holds it for longer

std::string subject_of(const Schema& schema, const fs::path& path) {
  return std::string(schema.what) + " (" + path.string() + ")";
}

fs::path with_suffix(const fs::path& path, std::string_view suffix) {
  return path.string() + std::string(suffix);
}

std::unexpected<Error> refused(std::string_view subject, int cause) {
  const std::string_view code = cause == ENOENT || cause == ENOTDIR  ? "store.missing"
                                : cause == EACCES || cause == EPERM  ? "store.unreadable"
                                : cause == ENOSPC || cause == EDQUOT ? "store.full"
                                                                     : "store.io";
  return failure(code, "Cannot open " + std::string(subject) + ": " + std::strerror(cause) +
                           ". Check the path, its permissions and the disk.");
}

enum class Found { file, nothing };

Result<Found> look(const fs::path& path, std::string_view subject) {
  struct stat status{};
  if (stat(path.c_str(), &status) == 0) {
    if (S_ISREG(status.st_mode)) return Found::file;
    return failure("store.unreadable", "Refusing " + std::string(subject) +
                                           ": it is not a regular file. Check the path.");
  }
  const int cause = errno;
  if (cause != ENOENT) return refused(subject, cause);
  const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (access(parent.c_str(), F_OK) != 0) return refused(subject, errno);
  return Found::nothing;
}

// Makes a rename durable.
Result<void> sync_directory(const fs::path& directory, std::string_view subject) {
  const int descriptor = ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_CLOEXEC);
  const bool done = descriptor >= 0 && fsync(descriptor) == 0;
  const int cause = errno;
  if (descriptor >= 0) close(descriptor);
  if (!done) return refused(subject, cause);
  return {};
}

// The header through SQLite's own descriptor: opening and closing another one would drop the locks
// that this process holds on the file (https://www.sqlite.org/howtocorrupt.html, 2.2).
Result<Bytes> read_header(sqlite3* handle, std::string_view subject) {
  sqlite3_file* file = nullptr;
  sqlite3_int64 size = 0;
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file == nullptr || file->pMethods == nullptr ||
      file->pMethods->xFileSize(file, &size) != SQLITE_OK) {
    return refused(subject, EIO);
  }
  Bytes header(std::min(static_cast<std::size_t>(size), kHeaderSize));
  if (file->pMethods->xRead(file, header.data(), static_cast<int>(header.size()), 0) != SQLITE_OK) {
    return refused(subject, EIO);
  }
  return header;
}

using Connection = Database::Connection;

Result<std::unique_ptr<Connection>> connect(const fs::path& path, std::string subject, int flags) {
  try {
    auto made = std::make_unique<Connection>(path, subject, flags | SQLITE_OPEN_NOMUTEX);
    sqlite3_extended_result_codes(made->handle(), 1);
    sqlite3_busy_timeout(made->handle(), kBusyMs);
    return made;
  } catch (const SQLite::Exception& e) {
    return std::unexpected(sqlite_error(nullptr, e, subject));
  }
}

// Until told otherwise, closing leaves file and log as they are.
void checkpoint_on_close(Connection& connection, bool wanted) {
  sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, wanted ? 0 : 1, nullptr);
}

Result<void> settings(Connection& connection, const OpenOptions& options) {
  return connection.execute(
      "PRAGMA mmap_size=0; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
      "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-" +
      std::to_string(options.cache_kib) + ";");
}

Result<void> check_pages(Connection& connection) {
  try {
    SQLite::Statement check(connection.sqlite, "PRAGMA quick_check(1)");
    const std::string verdict = check.executeStep() ? check.getColumn(0).getString() : "";
    if (verdict == "ok") return {};
    return std::unexpected(
        sqlite_error(connection.handle(), SQLITE_CORRUPT, verdict, connection.subject));
  } catch (const SQLite::Exception& e) {
    return std::unexpected(sqlite_error(connection.handle(), e, connection.subject));
  }
}

Result<void> migrate(Connection& connection, const Schema& schema, std::size_t from) {
  for (std::size_t version = from; version < schema.migrations.size(); ++version) {
    auto done =
        connection.execute("BEGIN IMMEDIATE; " + std::string(schema.migrations[version]) +
                           "; PRAGMA user_version=" + std::to_string(version + 1) + "; COMMIT;");
    if (done) continue;
    sqlite3_exec(connection.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    return done;
  }
  return {};
}

// Under a name of its own until it is complete, so that no crash leaves half a database behind.
Result<void> create(const fs::path& path, const Schema& schema, const std::string& subject) {
  if (fs::exists(with_suffix(path, "-wal"))) {
    return failure("store.damaged",
                   "Refusing to create " + subject + ": its log (" +
                       with_suffix(path, "-wal").string() +
                       ") is there and the file is not. Bring the file back, or move the log "
                       "away to begin anew.");
  }
  const fs::path fresh = with_suffix(path, ".new");
  for (const std::string_view suffix : {"", "-wal", "-shm", "-journal"}) {
    unlink(with_suffix(fresh, suffix).c_str());
  }
  {
    auto made = connect(fresh, subject, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (!made) return std::unexpected(made.error());
    Connection& connection = **made;
    auto done =
        connection.execute("PRAGMA synchronous=FULL; PRAGMA application_id=" +
                           std::to_string(static_cast<std::int32_t>(schema.application_id)) + ";");
    if (done) done = migrate(connection, schema, 0);
    if (done) done = connection.execute("PRAGMA journal_mode=WAL;");
    if (!done) {
      unlink(fresh.c_str());
      return done;
    }
  }
  if (rename(fresh.c_str(), path.c_str()) != 0) return refused(subject, errno);
  return sync_directory(path.parent_path(), subject);
}

// Version and schema as SQLite sees them, the log included.
Result<std::size_t> examine(Connection& connection, const Schema& schema,
                            const OpenOptions& options) {
  auto readable = connection.integer("SELECT count(*) FROM sqlite_schema");
  if (!readable) return std::unexpected(readable.error());
  auto version = connection.integer("PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  const auto found = static_cast<std::uint32_t>(*version);
  if (found > schema.migrations.size()) {
    return std::unexpected(too_new(connection.subject, found, schema.migrations.size()));
  }
  if (options.check) {
    if (auto sound = check_pages(connection); !sound) return std::unexpected(sound.error());
  }
  return found;
}
}  // namespace

Result<Database> Database::open(const fs::path& path, const Schema& schema,
                                const OpenOptions& options) {
  const std::string subject = subject_of(schema, path);
  auto found = look(path, subject);
  if (!found) return std::unexpected(found.error());
  if (*found == Found::nothing) {
    if (options.read_only || !options.create) return refused(subject, ENOENT);
    if (auto made = create(path, schema, subject); !made) {
      return std::unexpected(made.error());
    }
  }
  auto opened =
      connect(path, subject, options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  if (!opened) return std::unexpected(opened.error());
  Connection& connection = **opened;
  checkpoint_on_close(connection, false);
  auto header = read_header(connection.handle(), subject);
  if (!header) return std::unexpected(header.error());
  if (auto ours = check_header(*header, schema, subject); !ours) {
    return std::unexpected(ours.error());
  }
  if (!options.read_only && sqlite3_db_readonly(connection.handle(), "main") != 0) {
    return refused(subject, EACCES);
  }
  if (auto set = settings(connection, options); !set) return std::unexpected(set.error());
  auto version = examine(connection, schema, options);
  if (!version) return std::unexpected(version.error());
  if (options.read_only) {
    if (*version < schema.migrations.size()) {
      return failure("store.too_old", "Cannot read " + subject + ": it has version " +
                                          std::to_string(*version) +
                                          ". Start the program that owns it once, to bring it to "
                                          "version " +
                                          std::to_string(schema.migrations.size()) + ".");
    }
  } else {
    if (auto done = migrate(connection, schema, *version); !done) {
      return std::unexpected(done.error());
    }
    checkpoint_on_close(connection, true);
  }
  Database database(std::move(*opened));
  if (auto set = database.set_synchronous(Synchronous::full); !set) {
    return std::unexpected(set.error());
  }
  return database;
}

}  // namespace xiaogate::store
