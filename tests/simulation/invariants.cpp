// What must hold after every turn, and at the end.

#include <algorithm>
#include <string>

#include "tests/simulation/world.h"

namespace xiaogate::simulation {
namespace {

bool is_decision(const Record& record) {
  return record.kind == "access_granted" || record.kind == "access_denied";
}

std::uint64_t scans_in(const std::vector<site::Input>& inputs) {
  std::uint64_t scans = 0;
  for (const auto& input : inputs) {
    const auto* returned = std::get_if<site::CallReturned>(&input);
    if (returned == nullptr) continue;
    scans += static_cast<std::uint64_t>(std::ranges::count_if(
        returned->effects, [](const PluginEffect& effect) { return effect.name == "scanned"; }));
  }
  return scans;
}

std::uint64_t calls_of(const std::vector<site::Action>& actions, std::string_view name) {
  return static_cast<std::uint64_t>(std::ranges::count_if(actions, [&](const auto& action) {
    const auto* call = std::get_if<site::CallPlugin>(&action);
    return call != nullptr && call->call.input.kind == PluginInputKind::command &&
           call->call.input.name == name;
  }));
}

}  // namespace

void World::check_turn(const std::vector<site::Input>& inputs, std::size_t records_before,
                       const std::vector<site::Action>& actions) {
  std::uint64_t granted = 0;
  std::uint64_t openings = 0;
  for (std::size_t i = records_before; i < ledger_.journal().size(); ++i) {
    const Record& record = ledger_.journal()[i];
    recorded_at_[record.seq] = mono_;
    trace("record " + std::to_string(record.seq) + " " + record.kind + " " + record.body);
    if (is_decision(record) && record.seq > ledger_.stable_head()) {
      broken("decision " + std::to_string(record.seq) + " is not on stable storage");
    }
    if (record.kind == "access_granted") {
      ++granted;
      check_grant(record);
    }
    if (record.kind == "access_denied") check_denial(record);
    if (record.kind == "manual_open") granted_at_[record.seq] = mono_;
    const bool opens = record.kind == "access_granted" || record.kind == "manual_open";
    if (opens && record.body.find("held_open") == std::string::npos) ++openings;
    check_safety_record(record);
    summary_.denied += record.kind == "access_denied" ? 1 : 0;
    summary_.expired += record.kind == "command_expired" ? 1 : 0;
  }
  summary_.granted += granted;
  check_doors();
  // The calls of this turn are known to the site even when the scans came from before it was made
  // anew, so there may be fewer answers than scans only when the site forgot the call.
  const std::uint64_t scans = scans_in(inputs);
  const std::uint64_t answers = calls_of(actions, "indicate");
  if (answers > scans) broken("more answers than scans");
  if (calls_of(actions, "open") != openings) broken("openings and decisions of a turn differ");
  if (granted > answers) broken("a grant without an answer");
}

void World::check_grant(const Record& record) {
  granted_at_[record.seq] = mono_;
  const auto body = parse_json(record.body);
  const auto credential = CredentialId::from_text((*body)["credential"].get<std::string>());
  const auto iat = (*body)["iat"].get<std::int64_t>();
  const std::string which = " (record " + std::to_string(record.seq) + ")";
  const bool genuine = std::ranges::any_of(truths_, [&](const auto& known) {
    const Truth& truth = known.second;
    return truth.genuine && truth.credential == *credential && truth.iat == iat;
  });
  if (!genuine) broken("granted a code that no rider made" + which);
  const auto age = record.time - WallTime(std::chrono::seconds(iat));
  const bool unset = body->value("clock", "") == "unset";
  summary_.granted_unset += unset ? 1 : 0;
  const Millis window = unset ? access::kWidestFreshness : config_.policy.freshness;
  if (age > window || -age > window) broken("granted a code outside its window" + which);
  // The feed may have restored the rider earlier in the same turn.
  const auto now_known = ledger_.find(*credential);
  const bool restored = now_known && now_known->status == CredentialStatus::active;
  if (revoked_before_turn_.contains(*credential) && !restored) {
    broken("granted a revoked rider" + which);
  }
  if (!used_.emplace(credential->text(), iat).second) broken("granted one code twice" + which);
}

// A rider who should be let in must not be told that his code is none or of another time.
void World::check_denial(const Record& record) {
  const auto body = parse_json(record.body);
  const std::string verdict = body->value("verdict", "");
  const auto known = known_.find(body->value("code", ""));
  if (known == known_.end()) return;
  const std::string which = " (record " + std::to_string(record.seq) + ")";
  const auto age = record.time - WallTime(std::chrono::seconds(known->second.iat));
  const Millis window =
      body->value("clock", "") == "unset" ? access::kWidestFreshness : config_.policy.freshness;
  if (verdict == "malformed_code") broken("a code was not understood" + which);
  if (verdict == "future_code" && -age <= window) broken("a code was called too new" + which);
  // A clock that was set back: the code may have been used and forgotten.
  if (verdict == "stale_code" && age <= window && summary_.clock_jumps == 0) {
    broken("a fresh code was called stale" + which);
  }
}

void World::check_opening(const site::PublishToDevice& publish) {
  const auto request = parse_json(publish.payload);
  if (!request || request->value("method", "") != "Switch.Set") return;
  const Json& params = (*request)["params"];
  if (!params.contains("toggle_after")) return check_holding(publish, params["on"].get<bool>());
  const auto decision = (*request)["id"].get<std::uint64_t>();
  const std::string which = "opening " + std::to_string(decision);
  if (++openings_sent_[decision] > 1) broken(which + " was sent twice");
  const auto& journal = ledger_.journal();
  if (decision == 0 || decision > journal.size() || decision > ledger_.stable_head() ||
      (journal[decision - 1].kind != "access_granted" &&
       journal[decision - 1].kind != "manual_open")) {
    return broken(which + " has no durable record");
  }
  const auto body = parse_json(journal[decision - 1].body);
  const auto gate = config_.devices.at((*body)["gate"].get<std::string>());
  if (std::ranges::find(gate.publish, publish.topic) == gate.publish.end()) {
    broken(which + " went to another gate");
  }
  // One that left in the very turn of the order came before it.
  if (is_locked_down((*body)["access_point"].get<std::string>()) &&
      std::ranges::all_of(locked_down_, [&](const auto& l) { return l.second < mono_; })) {
    broken(which + " was sent in a lock-down");
  }
  if (fire_ && mono_ - fire_changed_ > Millis(15'000)) broken(which + " was sent in a fire");
  if (mono_ > granted_at_.at(decision) + Millis((*body)["ttl_ms"].get<std::int64_t>())) {
    broken(which + " was sent after it had expired");
  }
}

void World::check_end() {
  if (!site_) return broken("the gateway did not come back");
  check_premises_end();
  const auto& journal = ledger_.journal();
  if (ledger_.content().acknowledged != journal.size()) {
    return broken("the hub acknowledged " + std::to_string(ledger_.content().acknowledged) +
                  " of " + std::to_string(journal.size()) + " records");
  }
  if (hub_.records().size() != journal.size()) broken("the hub does not have every record once");
  for (const Record& record : journal) {
    if (hub_.records().at(record.seq) != record) {
      broken("the hub has another record " + std::to_string(record.seq));
    }
  }
  // A credential that a rider showed may be in the cache without the hub having fed it.
  for (const auto& [id, row] : hub_.credentials()) {
    const auto cached = ledger_.find(id);
    if (!cached || cached->status != row.status ||
        (row.credential && cached->credential != row.credential)) {
      broken("the cache differs from the hub's register at " + id.text());
    }
  }
}

}  // namespace xiaogate::simulation
