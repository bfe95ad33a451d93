#include "store/store.h"

#include <algorithm>
#include <utility>

namespace xiaogate::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFull = "store.full";

bool is_for_cache(const site::Write& write) {
  return std::holds_alternative<site::ApplyFeed>(write) ||
         std::holds_alternative<site::LearnCredential>(write);
}

// A lost revocation would let a rider in; a lost credential comes again.
Synchronous durability_of(const site::Write& write) {
  const auto* feed = std::get_if<site::ApplyFeed>(&write);
  const bool takes_away =
      feed != nullptr && std::ranges::any_of(feed->changes, [](const FeedChange& change) {
        return change.status != CredentialStatus::active;
      });
  return takes_away ? Synchronous::full : Synchronous::normal;
}

bool is_beyond_use(const Error& error) {
  return error.code == "store.damaged" || error.code == "store.foreign";
}

void move_aside(const fs::path& file) {
  for (const std::string_view suffix : {"", "-wal", "-shm"}) {
    const fs::path from = file.string() + std::string(suffix);
    std::error_code ignored;  // what cannot be moved is met again, and told, when the file is made
    if (fs::exists(from, ignored))
      fs::rename(from, file.string() + ".damaged" + std::string(suffix), ignored);
  }
}

Result<CredentialCache> open_cache(const fs::path& file, bool check,
                                   std::vector<std::string>& notices) {
  auto cache = CredentialCache::open(file, {.check = check});
  if (cache || !is_beyond_use(cache.error())) return cache;
  notices.push_back(cache.error().text + " It has been moved to " + file.string() +
                    ".damaged, and a new one is built from the hub's feed.");
  move_aside(file);
  return CredentialCache::open(file);
}

std::unexpected<Error> misuse(std::string text) {
  return failure("store.invalid", std::move(text));
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options) {
  auto lock = DirectoryLock::acquire(options.directory);
  if (!lock) return std::unexpected(lock.error());
  auto database = Database::open(options.directory / kJournalFile, journal_schema(),
                                 {.check = options.check, .cache_kib = 512});
  if (!database) return std::unexpected(database.error());
  auto journal = JournalReader::over(std::move(*database));
  if (!journal) return std::unexpected(journal.error());
  auto writer = Writer::prepare(journal->database());
  if (!writer) return std::unexpected(writer.error());
  auto status = journal->status();
  if (!status) return std::unexpected(status.error());
  std::vector<std::string> notices;
  auto cache = open_cache(options.directory / kCredentialFile, options.check, notices);
  if (!cache) return std::unexpected(cache.error());
  Reserve reserve(options.directory / "reserve", options.reserve);
  if (auto held = reserve.hold(); !held) notices.push_back(held.error().text);
  return std::unique_ptr<Store>(new Store(std::move(*lock), std::move(*journal), std::move(*writer),
                                          std::move(*cache), std::move(reserve), std::move(notices),
                                          {status->head, status->head_hash}));
}

Store::Store(DirectoryLock lock, JournalReader journal, Writer writer, CredentialCache cache,
             Reserve reserve, std::vector<std::string> notices, Head head)
    : lock_(std::move(lock)),
      journal_(std::move(journal)),
      writer_(std::move(writer)),
      cache_(std::move(cache)),
      reserve_(std::move(reserve)),
      notices_(std::move(notices)),
      committed_(head),
      head_(head) {}

Result<Store::Writer> Store::Writer::prepare(Database& database) {
  auto append = database.prepare("INSERT INTO record VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
  if (!append) return std::unexpected(append.error());
  auto acknowledge = database.prepare("UPDATE acknowledged SET through = max(through, ?1)");
  if (!acknowledge) return std::unexpected(acknowledge.error());
  auto put_state = database.prepare(
      "INSERT INTO plugin_state VALUES(?1, ?2, ?3) "
      "ON CONFLICT(plugin, key) DO UPDATE SET value = excluded.value");
  if (!put_state) return std::unexpected(put_state.error());
  auto erase_state = database.prepare("DELETE FROM plugin_state WHERE plugin = ?1 AND key = ?2");
  if (!erase_state) return std::unexpected(erase_state.error());
  return Writer{std::move(*append), std::move(*acknowledge), std::move(*put_state),
                std::move(*erase_state)};
}

Result<void> Store::Writer::write(const site::Write& write) {
  if (const auto* append_record = std::get_if<site::AppendRecord>(&write)) {
    const Record& record = append_record->record;
    return append.run({static_cast<std::int64_t>(record.seq),
                       static_cast<std::int64_t>(record.time.time_since_epoch().count()),
                       record.kind, record.body, ByteView(record.prev), ByteView(record.hash)});
  }
  if (const auto* acknowledged = std::get_if<site::Acknowledge>(&write)) {
    return acknowledge.run({static_cast<std::int64_t>(acknowledged->through)});
  }
  if (const auto* own = std::get_if<site::PutSiteState>(&write)) {
    return put(JournalReader::kSite, own->key, own->value);
  }
  const auto& state = std::get<site::PutPluginState>(write);
  return put(state.plugin, state.key, state.value);
}

Result<void> Store::Writer::put(std::string_view owner, std::string_view key,
                                std::string_view value) {
  if (value.empty()) return erase_state.run({owner, key});
  return put_state.run({owner, key, as_bytes(value)});
}

Result<void> Store::begin() {
  if (open_) return misuse("A turn was begun while another one was open.");
  open_ = true;
  return {};
}

Result<void> Store::write(const site::Write& write) {
  if (!open_) return misuse("A write outside a turn.");
  if (is_for_cache(write)) return write_to_cache(write);
  if (const auto* append = std::get_if<site::AppendRecord>(&write)) {
    const Record& record = append->record;
    if (record.seq != head_.seq + 1 || record.prev != head_.hash) {
      return failure("journal.broken", "Record " + std::to_string(record.seq) +
                                           " does not follow record " + std::to_string(head_.seq) +
                                           ". This is a defect of the program; please report it.");
    }
    head_ = {record.seq, record.hash};
  }
  journal_writes_.push_back(write);
  return {};
}

Result<void> Store::write_to_cache(const site::Write& write) {
  const bool needs_more =
      durability_of(write) == Synchronous::full && cache_durability_ == Synchronous::normal;
  const bool is_first = cache_writes_.empty();
  if (needs_more) cache_durability_ = Synchronous::full;
  cache_writes_.push_back(write);
  // The transaction's durability is settled when it begins: raising it means beginning again.
  if (is_first || needs_more) return with_reserve([this] { return rewrite_cache(); });
  auto done = apply_to_cache(write);
  if (done || done.error().code != kFull) return done;
  return with_reserve([this] { return rewrite_cache(); });
}

Result<void> Store::apply_to_cache(const site::Write& write) {
  if (const auto* learn = std::get_if<site::LearnCredential>(&write)) {
    return cache_.learn(learn->credential);
  }
  const auto& feed = std::get<site::ApplyFeed>(write);
  auto done = cache_.apply(feed.changes);
  if (done && feed.position) done = cache_.set_position(*feed.position);
  return done;
}

Result<void> Store::rewrite_cache() {
  Database& database = cache_.database();
  database.rollback();
  if (cache_writes_.empty()) return {};
  auto done = database.set_synchronous(cache_durability_);
  if (done) done = database.begin();
  for (const site::Write& write : cache_writes_) {
    if (done) done = apply_to_cache(write);
  }
  return done;
}

Result<void> Store::commit_cache() {
  if (cache_writes_.empty()) return {};
  Database& database = cache_.database();
  // After a first attempt that failed SQLite may have rolled back, or it may already be committed.
  if (!database.in_transaction()) {
    if (auto done = rewrite_cache(); !done) return done;
  }
  auto done = database.commit();
  if (done) cache_writes_.clear();
  return done;
}

Result<void> Store::commit_journal(site::Durability durability) {
  if (journal_writes_.empty()) return {};
  Database& database = journal_.database();
  auto done = database.set_synchronous(
      durability == site::Durability::stable ? Synchronous::full : Synchronous::normal);
  if (!done) return done;
  Transaction transaction(database);
  done = transaction.begin();
  for (const site::Write& write : journal_writes_) {
    if (done) done = writer_.write(write);
  }
  if (done) done = transaction.commit();
  return done;
}

template <class Attempt>
Result<void> Store::with_reserve(Attempt attempt) {
  auto done = attempt();
  if (done || done.error().code != kFull || !reserve_.release()) return done;
  return attempt();
}

Result<void> Store::commit(site::Durability durability) {
  if (!open_) return misuse("A commit outside a turn.");
  auto done = with_reserve([this] { return commit_cache(); });
  if (done) done = with_reserve([&] { return commit_journal(durability); });
  if (!done) return done;
  committed_ = head_;
  close_turn();
  return {};
}

void Store::rollback() {
  cache_.database().rollback();
  head_ = committed_;
  close_turn();
}

void Store::close_turn() {
  journal_writes_.clear();
  cache_writes_.clear();
  cache_durability_ = Synchronous::normal;
  open_ = false;
}

Result<site::Recovered> Store::recover(WallTime since) {
  auto status = journal_.status();
  if (!status) return std::unexpected(status.error());
  auto recent = journal_.recent(since);
  if (!recent) return std::unexpected(recent.error());
  auto position = cache_.position();
  if (!position) return std::unexpected(position.error());
  auto state = journal_.plugin_state(JournalReader::kSite);
  if (!state) return std::unexpected(state.error());
  auto sizes = journal_.plugin_state_sizes();
  if (!sizes) return std::unexpected(sizes.error());
  return site::Recovered{.head_seq = status->head,
                         .head_hash = status->head_hash,
                         .head_time = status->head_time,
                         .acknowledged = status->acknowledged,
                         .recent = std::move(*recent),
                         .feed = std::move(*position),
                         .state = std::move(*state),
                         .plugin_state = std::move(*sizes)};
}

std::optional<CachedCredential> Store::find(const CredentialId& id) {
  auto found = cache_.find(id);
  if (found) return std::move(*found);
  read_fault_ = std::move(found.error());
  return std::nullopt;
}

Result<std::vector<Record>> Store::records(std::uint64_t first, std::size_t limit) {
  return journal_.records(first, limit);
}

Result<PluginState> Store::plugin_state(std::string_view plugin) {
  return journal_.plugin_state(plugin);
}

std::optional<Error> Store::take_read_fault() {
  return std::exchange(read_fault_, std::nullopt);
}

}  // namespace xiaogate::store
