// A gate's plugin with one flaw, named in its device's options. With "timers" it has none, but sets
// some.
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "xiaogate/plugin.hpp"

namespace {

using namespace xiaogate::sdk;

class Flawed : public Plugin {
 public:
  Flawed(std::string_view config, const State& state) : config_(config) {
    opened_ = state.count("opened") != 0;
    if (flaw("create")) throw std::runtime_error("told to refuse");
    if (flaw("state") && opened_) throw std::runtime_error("cannot read what I wrote");
  }

  bool command(const Input& in, Effects& effects) override {
    if (in.name != "open") return false;
    if (flaw("topic")) effects.publish("g", "flawed/other/command", "on");
    if (flaw("device")) effects.event("other", "opened", R"({"command":1})");
    if (flaw("state")) effects.put("opened", "yes");
    if (flaw("forgets") && !known_) return false;
    return effects.publish("g", "flawed/g/command", flaw("random") ? address() : "on");
  }

  bool message(const Input& in, Effects& effects) override {
    known_ = true;
    if (in.data != "opened") return strange(in, effects);
    return effects.event("g", "opened", flaw("model") ? "17" : R"({"command":1})");
  }

  bool timer(const Input& in, Effects& effects) override {
    if (in.name == "early") effects.timer("g", "late", 50);
    return effects.publish("g", "flawed/g/command", in.name);
  }

 private:
  bool flaw(const char* name) const {
    return config_.find("\"" + std::string(name) + "\"") != std::string::npos;
  }

  bool strange(const Input& in, Effects& effects) {
    if (flaw("timers")) {
      return effects.timer("g", "late", 20) && effects.timer("g", "early", 10);
    }
    if (flaw("crash") && in.data.size() > 2000) std::abort();
    if (flaw("leak")) leaked_.emplace_back(200, 'x');
    return false;
  }

  // Not the same in two processes.
  std::string address() const { return std::to_string(reinterpret_cast<std::uintptr_t>(this)); }

  std::string config_;
  std::vector<std::string> leaked_;
  bool known_ = false;
  bool opened_ = false;
};

}  // namespace

XIAOGATE_PLUGIN(Flawed, "flawed", "1.0.0")
