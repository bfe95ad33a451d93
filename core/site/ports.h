// The site's ports: what it asks the world to keep (Write) and to do (Action), and the two
// interfaces through which the world obeys. All of it lives on the site's thread.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "access/decide.h"
#include "model/credential.h"
#include "model/plugin.h"
#include "model/record.h"
#include "model/result.h"
#include "model/time.h"

namespace xiaogate::site {

// --- Writes: made durable by the turn's transaction ---------------------------------------------

struct AppendRecord {
  Record record;  // sealed; its seq follows the last one
};
// Everything up to `through` is durable at the hub.
struct Acknowledge {
  std::uint64_t through = 0;
};
struct PutPluginState {
  std::string plugin;
  std::string key;
  std::string value;  // empty erases
};
// What the site itself must find again after a restart: a swap under way, a lock-down, bays.
struct PutSiteState {
  std::string key;
  std::string value;  // JSON; empty erases
};
// Changes of the hub's feed. With `position` they complete the feed up to there; without it they
// are a part of a longer load.
struct ApplyFeed {
  std::vector<FeedChange> changes;
  std::optional<FeedPosition> position;
};
// A credential that an issuer signed and a rider showed. Changes no status.
struct LearnCredential {
  Credential credential;
};

using Write = std::variant<AppendRecord, Acknowledge, PutPluginState, PutSiteState, ApplyFeed,
                           LearnCredential>;

// --- Actions: let out only after the commit ------------------------------------------------------

// Not made any more once `expires` has passed.
struct CallPlugin {
  PluginCall call;
  MonoTime expires = MonoTime::max();
};
// Dropped by the link, and never buffered, once `expires` has passed.
struct PublishToDevice {
  std::string topic;
  std::string payload;
  std::uint32_t qos = 0;
  MonoTime expires;
};
// `leaf` is the topic below xg/1/{gateway}/.
struct PublishToHub {
  std::string leaf;
  std::string payload;
  bool retain = false;
};
// Publish the records first..last to the hub.
struct SendReport {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

// The answer to a person's order: the number of the record that it made, or why it was not done.
struct AnswerOrder {
  std::uint64_t number = 0;
  Result<std::uint64_t> record;
};

using Action = std::variant<CallPlugin, PublishToDevice, PublishToHub, SendReport, AnswerOrder>;

// An action on which people's safety depends: let out at once, before the turn's commit and whether
// or not there is one (docs/decisions/0012). Nothing else may be made one: whatever opens a gate
// otherwise must be on record first.
struct SafetyAction {
  std::variant<CallPlugin, PublishToDevice> what;
};

// --- Interfaces ----------------------------------------------------------------------------------

// The octets of each value that a plugin has put, by key.
using PluginStateSizes = std::map<std::string, std::size_t>;

// What survives a restart.
struct Recovered {
  std::uint64_t head_seq = 0;  // 0: an empty journal
  Digest head_hash{};
  WallTime head_time{};
  std::uint64_t acknowledged = 0;
  std::vector<Record> recent;  // records of the asked period, oldest first
  FeedPosition feed = {};
  std::map<std::string, std::string> state = {};              // PutSiteState, by key
  std::map<std::string, PluginStateSizes> plugin_state = {};  // PutPluginState, by plugin
};

enum class Durability {
  ordered,  // survives a crash of the process; a power cut may take it, with everything after it
  stable    // on stable storage before commit() returns
};

// One turn's transaction. Between begin() and commit() find() sees what was written.
class Ledger : public access::CredentialSource {
 public:
  virtual Result<void> begin() = 0;
  virtual Result<void> write(const Write& write) = 0;
  virtual Result<void> commit(Durability durability) = 0;
  virtual void rollback() = 0;

  // Every record from the oldest one with a time of `since` or later on counts as recent.
  virtual Result<Recovered> recover(WallTime since) = 0;
};

// Where actions go. Must not block and cannot fail: what cannot be done is told
// to the site by a later input.
class Outbox {
 public:
  virtual ~Outbox() = default;
  virtual void act(Action action) = 0;
};

}  // namespace xiaogate::site
