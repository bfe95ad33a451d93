// The store against bare SQLite in the same process, on the same disk, with the same schema.
//
//   XIAOGATE_BENCH_ROWS  credentials in the cache (1000000)
//   XIAOGATE_BENCH_DIR   where the files lie; should be on the disk that matters (temporary files)
//
// Each pair is <what>/bare and <what>/store; p50 and p99 are in microseconds.
#include "store/store.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>
#include <stdexcept>

#include <benchmark/benchmark.h>
#include <sqlite3.h>
#include <unistd.h>

#include "site/chain.h"

namespace xiaogate {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

std::size_t row_count() {
  const char* text = std::getenv("XIAOGATE_BENCH_ROWS");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 1'000'000;
}

// One directory for the whole run, removed at its end.
const fs::path& directory() {
  static const struct Directory {
    Directory() {
      const char* chosen = std::getenv("XIAOGATE_BENCH_DIR");
      const fs::path parent = chosen != nullptr ? fs::path(chosen) : fs::temp_directory_path();
      std::string name = (parent / "xiaogate-bench-XXXXXX").string();
      if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no directory for the bench");
      path = name;
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    ~Directory() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
    fs::path path;
  } made;
  return made.path;
}

template <class T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text);
  return std::move(*result);
}
void need(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().text);
}

// Times single operations and reports their median and tail.
class Tail {
 public:
  template <class Operation>
  void time(Operation operation) {
    const auto start = Clock::now();
    operation();
    taken_.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  void report(benchmark::State& state) {
    std::ranges::sort(taken_);
    state.counters["p50"] = taken_[taken_.size() / 2];
    state.counters["p99"] = taken_[taken_.size() * 99 / 100];
  }

 private:
  std::vector<double> taken_;
};

// SQLite with nothing around it.
class Bare {
 public:
  explicit Bare(const fs::path& path) {
    check(sqlite3_open(path.c_str(), &db_));
    run("PRAGMA journal_mode=WAL; PRAGMA cache_size=-2048; PRAGMA mmap_size=0;");
  }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;
  ~Bare() {
    for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
    sqlite3_close(db_);
  }

  void run(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr));
    statements_.push_back(statement);
    return statement;
  }
  void step(sqlite3_stmt* statement, int expected) {
    if (sqlite3_step(statement) != expected) throw std::runtime_error(sqlite3_errmsg(db_));
  }

 private:
  void check(int code) {
    if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(db_));
  }
  sqlite3* db_ = nullptr;
  std::vector<sqlite3_stmt*> statements_;
};

// --- One record, one commit --------------------------------------------------------------------

const std::string kBody = "{\"access_point\":\"east\",\"pad\":\"" + std::string(150, 'x') + "\"}";

void commit_bare(benchmark::State& state, const char* synchronous) {
  Bare bare(directory() / ("commit-" + std::string(synchronous) + ".db"));
  bare.run(("PRAGMA synchronous=" + std::string(synchronous)).c_str());
  bare.run(
      "CREATE TABLE IF NOT EXISTS record(seq INTEGER PRIMARY KEY, time INTEGER, kind TEXT, "
      "body TEXT, prev BLOB, hash BLOB)");
  sqlite3_stmt* add =
      bare.prepare("INSERT INTO record(time, kind, body, prev, hash) VALUES(?1,?2,?3,?4,?5)");
  const Digest digest{};
  Tail tail;
  for (auto _ : state) {
    tail.time([&] {
      bare.run("BEGIN IMMEDIATE");
      sqlite3_bind_int64(add, 1, 1'772'000'000'000);
      sqlite3_bind_text(add, 2, "access_granted", -1, SQLITE_STATIC);
      sqlite3_bind_text(add, 3, kBody.data(), static_cast<int>(kBody.size()), SQLITE_STATIC);
      sqlite3_bind_blob(add, 4, digest.data(), 32, SQLITE_STATIC);
      sqlite3_bind_blob(add, 5, digest.data(), 32, SQLITE_STATIC);
      bare.step(add, SQLITE_DONE);
      sqlite3_reset(add);
      bare.run("COMMIT");
    });
  }
  tail.report(state);
}

void commit_store(benchmark::State& state, site::Durability durability) {
  const fs::path home = directory() / "commit-store";
  fs::create_directories(home);
  auto store = need(store::Store::open({.directory = home, .reserve = 0}));
  const auto recovered = need(store->recover(WallTime::max()));
  std::uint64_t seq = recovered.head_seq;
  Digest hash = recovered.head_hash;
  Tail tail;
  for (auto _ : state) {
    // Sealing is the site's work, not the store's.
    const Record record =
        site::seal(seq, hash, WallTime(Millis(1'772'000'000'000)), "access_granted", kBody);
    seq = record.seq;
    hash = record.hash;
    const site::Write write = site::AppendRecord{record};
    tail.time([&] {
      need(store->begin());
      need(store->write(write));
      need(store->commit(durability));
    });
  }
  tail.report(state);
}

// --- A million credentials -----------------------------------------------------------------------

std::vector<std::uint64_t> sorted_ids() {
  std::mt19937_64 random(42);
  std::vector<std::uint64_t> ids(row_count());
  std::ranges::generate(ids, random);
  std::ranges::sort(ids);
  return ids;
}

CredentialId id_of(std::uint64_t number) {
  std::array<std::uint8_t, 8> octets{};
  for (std::size_t i = 0; i < 8; ++i) {
    octets[7 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return CredentialId(octets);
}

constexpr std::string_view kSubject = "r-0123456789abcdef";
constexpr std::string_view kScope = "resident meals";

Credential credential_of(std::uint64_t number) {
  return {.id = id_of(number),
          .subject = std::string(kSubject),
          .key = {},
          .not_before = WallTime(Millis(1'772'000'000'000)),
          .expires = WallTime(Millis(1'773'000'000'000)),
          .scope = std::string(kScope)};
}

enum class Key { integer, blob };  // INTEGER PRIMARY KEY, or 8 octets WITHOUT ROWID

fs::path loaded_file(Key key) {
  return directory() / (key == Key::integer ? "integer.db" : "blob.db");
}

void bind_key(sqlite3_stmt* statement, Key key, const CredentialId& id) {
  if (key == Key::integer) {
    sqlite3_bind_int64(statement, 1, static_cast<std::int64_t>(id.number() ^ (1ULL << 63U)));
  } else {
    sqlite3_bind_blob(statement, 1, id.bytes().data(), 8, SQLITE_TRANSIENT);
  }
}

void load_bare_once(Key key) {
  fs::remove(loaded_file(key));
  Bare bare(loaded_file(key));
  bare.run("PRAGMA synchronous=NORMAL");
  const std::string columns =
      ", status INTEGER NOT NULL, algorithm INTEGER, key BLOB, subject TEXT, not_before INTEGER, "
      "expires INTEGER, scope TEXT) STRICT";
  bare.run((key == Key::integer
                ? "CREATE TABLE credential(id INTEGER PRIMARY KEY" + columns
                : "CREATE TABLE credential(id BLOB PRIMARY KEY" + columns + ", WITHOUT ROWID")
               .c_str());
  sqlite3_stmt* add = bare.prepare("INSERT INTO credential VALUES(?1,0,-8,?2,?3,?4,?5,?6)");
  const Digest digest{};
  bare.run("BEGIN");
  for (const std::uint64_t number : sorted_ids()) {
    bind_key(add, key, id_of(number));
    sqlite3_bind_blob(add, 2, digest.data(), 32, SQLITE_STATIC);
    sqlite3_bind_text(add, 3, kSubject.data(), static_cast<int>(kSubject.size()), SQLITE_STATIC);
    sqlite3_bind_int64(add, 4, 1'772'000'000'000);
    sqlite3_bind_int64(add, 5, 1'773'000'000'000);
    sqlite3_bind_text(add, 6, kScope.data(), static_cast<int>(kScope.size()), SQLITE_STATIC);
    bare.step(add, SQLITE_DONE);
    sqlite3_reset(add);
  }
  bare.run("COMMIT");
}

fs::path loaded_store() {
  return directory() / "loaded-store";
}

// In pages of a snapshot, as the hub sends them.
void load_store_once() {
  constexpr std::size_t kPage = 500;
  fs::remove_all(loaded_store());
  fs::create_directories(loaded_store());
  auto store = need(store::Store::open({.directory = loaded_store(), .reserve = 0}));
  site::ApplyFeed page;
  const auto flush = [&] {
    need(store->begin());
    need(store->write(page));
    need(store->commit(site::Durability::ordered));
    page.changes.clear();
  };
  for (const std::uint64_t number : sorted_ids()) {
    page.changes.push_back({.id = id_of(number), .credential = credential_of(number)});
    if (page.changes.size() == kPage) flush();
  }
  flush();
}

void load_bare(benchmark::State& state, Key key) {
  for (auto _ : state) load_bare_once(key);
  state.counters["MiB"] = static_cast<double>(fs::file_size(loaded_file(key))) / (1 << 20);
}

void load_store(benchmark::State& state) {
  for (auto _ : state) load_store_once();
  state.counters["MiB"] =
      static_cast<double>(fs::file_size(loaded_store() / store::kCredentialFile)) / (1 << 20);
}

std::vector<std::uint64_t> shuffled_ids() {
  auto ids = sorted_ids();
  std::ranges::shuffle(ids, std::mt19937_64(43));
  ids.resize(std::min<std::size_t>(ids.size(), 100'000));
  ids.shrink_to_fit();
  return ids;
}

void find_bare(benchmark::State& state, Key key) {
  if (!fs::exists(loaded_file(key))) load_bare_once(key);
  const auto ids = shuffled_ids();
  Bare bare(loaded_file(key));
  sqlite3_stmt* find = bare.prepare(
      "SELECT status, algorithm, key, subject, not_before, expires, scope FROM credential "
      "WHERE id = ?1");
  Tail tail;
  std::size_t next = 0;
  for (auto _ : state) {
    tail.time([&] {
      bind_key(find, key, id_of(ids[next++ % ids.size()]));
      bare.step(find, SQLITE_ROW);
      benchmark::DoNotOptimize(sqlite3_column_int(find, 0));
      benchmark::DoNotOptimize(sqlite3_column_blob(find, 2));
      benchmark::DoNotOptimize(sqlite3_column_text(find, 6));
      sqlite3_reset(find);
    });
  }
  tail.report(state);
}

void find_store(benchmark::State& state) {
  if (!fs::exists(loaded_store())) load_store_once();
  const auto ids = shuffled_ids();
  auto store = need(store::Store::open({.directory = loaded_store(), .reserve = 0}));
  Tail tail;
  std::size_t next = 0;
  for (auto _ : state) {
    tail.time([&] {
      const auto found = store->find(id_of(ids[next++ % ids.size()]));
      if (!found) throw std::runtime_error("a credential is missing");
      benchmark::DoNotOptimize(found);
    });
  }
  tail.report(state);
}

using site::Durability;
BENCHMARK_CAPTURE(commit_bare, full, "FULL")->Name("commit_stable/bare")->UseRealTime();
BENCHMARK_CAPTURE(commit_store, stable, Durability::stable)
    ->Name("commit_stable/store")
    ->UseRealTime();
BENCHMARK_CAPTURE(commit_bare, normal, "NORMAL")->Name("commit_ordered/bare")->UseRealTime();
BENCHMARK_CAPTURE(commit_store, ordered, Durability::ordered)
    ->Name("commit_ordered/store")
    ->UseRealTime();
BENCHMARK_CAPTURE(load_bare, blob, Key::blob)
    ->Name("load/bare_without_rowid")
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();
BENCHMARK_CAPTURE(load_bare, integer, Key::integer)
    ->Name("load/bare")
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();
BENCHMARK(load_store)
    ->Name("load/store")
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();
BENCHMARK_CAPTURE(find_bare, blob, Key::blob)->Name("find/bare_without_rowid")->UseRealTime();
BENCHMARK_CAPTURE(find_bare, integer, Key::integer)->Name("find/bare")->UseRealTime();
BENCHMARK(find_store)->Name("find/store")->UseRealTime();

}  // namespace
}  // namespace xiaogate

BENCHMARK_MAIN();
