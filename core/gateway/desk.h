// Questions and orders from other threads, which the loop answers between two turns or later.
#pragma once

#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "model/json.h"
#include "model/result.h"
#include "process/inbox.h"
#include "site/input.h"

namespace xiaogate::gateway {

struct AskStatus {};
struct AskAlarms {};
struct AskPlugins {};
// A person wants it to run (host/plugin_host.h).
struct StartPlugin {
  std::string name;
};
// The version in `folder` takes over (Gateway::replace_plugin()); answered when it has, or has not.
struct ReplacePlugin {
  std::string folder;
};
// A person's order at the site, whose number is the desk's; answered {"record": <sequence number>}
// once that is committed.
using Question =
    std::variant<AskStatus, AskAlarms, AskPlugins, StartPlugin, ReplacePlugin, site::Order>;

class Desk {
 public:
  // How long the one who asked waits, unless told. What has waited for longer is not done any more.
  static constexpr Millis kPatience{5'000};
  // A plugin's last calls may take their time before another version starts.
  static constexpr Millis kReplacePatience{30'000};

  struct Asked {
    std::uint64_t number = 0;
    Question question;
    MonoTime at;
  };

  // Error "process.system".
  static Result<std::unique_ptr<Desk>> create();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // Any thread; waits for the answer. Errors: the answer's own; "gateway.busy" when none came in
  // time, "gateway.stopping".
  Result<Json> ask(Question question, MonoTime now, Millis patience = kPatience);

  // The loop's thread: what was asked since the last call, and the answers, each given once.
  std::vector<Asked> take();
  void answer(std::uint64_t number, Result<Json> answer);
  // Answers everybody "gateway.stopping", from now on.
  void close();
  // Readable while there is something to take.
  int descriptor() const { return wake_.descriptor(); }

 private:
  explicit Desk(process::WakeUp wake) : wake_(std::move(wake)) {}

  const process::WakeUp wake_;
  std::mutex mutex_;
  bool closed_ = false;
  std::uint64_t next_ = 1;
  std::vector<Asked> asked_;
  std::map<std::uint64_t, std::promise<Result<Json>>> waiting_;
};

}  // namespace xiaogate::gateway
