#include "tests/bench/floors.h"

#include <algorithm>
#include <stdexcept>

#include <openssl/evp.h>
#include <sqlite3.h>

#include "cose/key.h"

namespace xiaogate::bench {
namespace {

template <class Operation>
Micros time(Operation operation) {
  const auto start = Clock::now();
  operation();
  return Clock::now() - start;
}

sqlite3* database(void* handle) {
  return static_cast<sqlite3*>(handle);
}

void run(void* handle, const char* sql) {
  if (sqlite3_exec(database(handle), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(database(handle)));
  }
}

}  // namespace

// --- Round trip

RoundTrip::RoundTrip(const std::string& broker, const std::filesystem::path& bench_links,
                     const std::filesystem::path& log)
    : responder_(std::make_unique<test::Process>(test::ProcessOptions{
          .arguments = {bench_links.string(), "--respond", "bare_paho_c", broker}, .output = log})),
      client_(broker, "floor", {kAnswer}, [this](BareClient&, const Heard&) { answered(); }) {
  if (!test::wait_until([&] { return responder_->output().starts_with("ready"); })) {
    throw std::runtime_error("the responder does not come up: " + responder_->output());
  }
}

void RoundTrip::answered() {
  answers_.release();
}

Micros RoundTrip::once() {
  const std::string request(kPayload, 'x');
  return time([&] {
    client_.send(kRequest, request);
    if (!answers_.try_acquire_for(test::kPatience)) throw std::runtime_error("no answer");
  });
}

double RoundTrip::saturated(std::size_t count, std::ptrdiff_t window) {
  const std::string request(kPayload, 'x');
  const Micros took = time([&] {
    answers_.release(window);
    for (std::size_t i = 0; i < count + static_cast<std::size_t>(window); ++i) {
      if (!answers_.try_acquire_for(test::kPatience)) throw std::runtime_error("no answer");
      if (i < count) client_.send(kRequest, request);
    }
  });
  return static_cast<double>(count) / (took.count() / 1e6);
}

// --- One durable record

DurableRecord::DurableRecord(const std::filesystem::path& file) {
  sqlite3* opened = nullptr;
  sqlite3_open(file.c_str(), &opened);
  database_ = opened;
  run(database_,
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
      "CREATE TABLE record(seq INTEGER PRIMARY KEY, body TEXT)");
  sqlite3_stmt* prepared = nullptr;
  sqlite3_prepare_v2(opened, "INSERT INTO record(body) VALUES(?1)", -1, &prepared, nullptr);
  insert_ = prepared;
}

DurableRecord::~DurableRecord() {
  sqlite3_finalize(static_cast<sqlite3_stmt*>(insert_));
  sqlite3_close(database(database_));
}

Micros DurableRecord::once() {
  static const std::string record(kPayload, 'r');
  auto* const insert = static_cast<sqlite3_stmt*>(insert_);
  return time([&] {
    run(database_, "BEGIN IMMEDIATE");
    sqlite3_bind_text(insert, 1, record.data(), static_cast<int>(kPayload), SQLITE_STATIC);
    if (sqlite3_step(insert) != SQLITE_DONE) {
      throw std::runtime_error(sqlite3_errmsg(database(database_)));
    }
    sqlite3_reset(insert);
    run(database_, "COMMIT");
  });
}

// --- One verification

Verification::Verification() : message_(kPayload, 'm') {
  const auto key = cose::PrivateKey::generate(Algorithm::ed25519);
  const auto signature = key->sign(as_bytes(message_));
  key_.assign(key->public_key().x.begin(), key->public_key().x.end());
  signature_.assign(signature->begin(), signature->end());
}

Micros Verification::bare() {
  bool good = false;
  const Micros took = time([&] {
    EVP_PKEY* const key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key_.data(), key_.size());
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, key);
    good = EVP_DigestVerify(context, signature_.data(), signature_.size(),
                            as_bytes(message_).data(), message_.size()) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
  });
  if (!good) throw std::runtime_error("a good signature does not verify");
  return took;
}

Micros Verification::ours() {
  PublicKey key;
  std::ranges::copy(key_, key.x.begin());
  bool good = false;
  const Micros took = time([&] { good = cose::verify(key, as_bytes(message_), signature_); });
  if (!good) throw std::runtime_error("a good signature does not verify");
  return took;
}

}  // namespace xiaogate::bench
