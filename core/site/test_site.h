// A site of two gates with a reader each, and what came of the inputs that a test gave it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/rider_code.h"
#include "site/site.h"

namespace xiaogate::site {

inline constexpr WallTime kNow{Millis(1'791'946'695'000)};

class Register : public access::CredentialSource {
 public:
  std::optional<CachedCredential> find(const CredentialId& id) override {
    const auto found = rows.find(id);
    if (found == rows.end()) return std::nullopt;
    return found->second;
  }
  std::map<CredentialId, CachedCredential> rows;
};

inline SiteConfig two_gates() {
  SiteConfig config;
  config.gateway = "gw-0123456789abcdef";
  config.region = "hangzhou";
  for (const std::string n : {"1", "2"}) {
    config.devices["gate-" + n] = {
        "gate-" + n,       "shelly", {{"gate", {}}}, "{}", {"s" + n + "/x", "s" + n + "/#"},
        {"s" + n + "/rpc"}};
    config.devices["reader-" + n] = {"reader-" + n, "reader",  {{"reader", {}}},
                                     "{}",          {"r" + n}, {}};
    AccessPoint point;
    point.rules.id = "point-" + n;
    point.reader = "reader-" + n;
    point.gate = "gate-" + n;
    config.access_points.push_back(point);
  }
  return config;
}

class SiteTest : public testing::Test {
 protected:
  SiteTest() {
    Credential credential{.id = id,
                          .subject = "r-1",
                          .key = key.public_key(),
                          .not_before = kNow - std::chrono::hours(1),
                          .expires = kNow + std::chrono::hours(1),
                          .scope = "rider.gate"};
    credentials.rows[id] = {.status = CredentialStatus::active, .credential = credential};
    restart({});
  }

  void restart(const Recovered& recovered) {
    site = std::make_unique<Site>(config, TrustList{}, credentials, recovered, now, "test");
    handle(Tick{});
    records.clear();
  }

  // As after a crash: what was recorded and put is there, what was in memory is not.
  void restart() {
    restart({.head_seq = kept.back().seq,
             .head_hash = kept.back().hash,
             .head_time = kept.back().time,
             .recent = kept,
             .state = state});
  }

  std::string code() { return *access::make_rider_code(key, id, now.wall); }

  // Handles an input and keeps what came of it.
  void handle(const Input& input) {
    last = site->handle(input, now);
    for (const auto& write : last.writes) {
      if (const auto* append = std::get_if<AppendRecord>(&write)) {
        records.push_back(append->record);
        kept.push_back(append->record);
      }
      if (const auto* put = std::get_if<PutSiteState>(&write)) {
        if (put->value.empty()) {
          state.erase(put->key);
        } else {
          state[put->key] = put->value;
        }
      }
    }
  }
  // The reader's message goes to its plugin, which answers with what it scanned.
  void scan(const std::string& reader, const std::string& text) {
    handle(DeviceMessage{"r" + reader.substr(7), text});
    const auto message = calls();
    ASSERT_EQ(message.size(), 1U);
    returned(message[0], {event(reader, "scanned", {{"code", text}, {"token", "t"}})});
  }
  static PluginEffect event(const std::string& device, const std::string& name, const Json& body) {
    return {
        .kind = PluginEffectKind::event, .device = device, .name = name, .data = canonical(body)};
  }
  static PluginEffect publish(const std::string& device, const std::string& topic) {
    return {.kind = PluginEffectKind::publish, .device = device, .name = topic, .data = "on"};
  }
  void returned(const PluginCall& call, std::vector<PluginEffect> effects) {
    handle(CallReturned{call.plugin, call.id, std::move(effects)});
  }
  std::vector<PluginCall> calls() const {
    std::vector<PluginCall> found;
    for (const auto& action : last.actions) {
      if (const auto* call = std::get_if<CallPlugin>(&action)) found.push_back(call->call);
    }
    return found;
  }
  // The commands among the calls of the last input, "<device> <action>".
  std::vector<std::string> commands() const {
    std::vector<std::string> found;
    for (const auto& call : calls()) {
      if (call.input.kind != PluginInputKind::command || call.input.name == "indicate") continue;
      found.push_back(call.input.device + " " + call.input.name);
    }
    return found;
  }
  // The device's plugin tells, as after a message of its device.
  void tell(const std::string& device, const std::string& name, const Json& body) {
    handle(DeviceMessage{config.devices.at(device).subscribe.at(0), "x"});
    const auto message = calls();
    ASSERT_EQ(message.size(), 1U);
    returned(message[0], {event(device, name, body)});
  }
  void wait(Millis time) {
    now.wall += time;
    now.mono += time;
    handle(Tick{});
  }
  std::vector<std::string> published() const {
    std::vector<std::string> found;
    for (const auto& action : last.actions) {
      if (const auto* p = std::get_if<PublishToDevice>(&action)) found.push_back(p->topic);
    }
    return found;
  }
  std::vector<std::string> kinds() const {
    std::vector<std::string> found;
    for (const auto& record : records) found.push_back(record.kind);
    return found;
  }
  Json body(std::size_t i) const { return *parse_json(records.at(i).body); }

  cose::PrivateKey key = *cose::PrivateKey::generate(Algorithm::ed25519);
  CredentialId id = *CredentialId::from_text("c000000000000001");
  Register credentials;
  Instant now{.wall = kNow, .mono = MonoTime(Millis(5000)), .quality = ClockQuality::holdover};
  SiteConfig config = two_gates();
  std::unique_ptr<Site> site;
  Effects last;
  std::vector<Record> records;               // since the last restart
  std::vector<Record> kept;                  // of all time
  std::map<std::string, std::string> state;  // PutSiteState
};

}  // namespace xiaogate::site
