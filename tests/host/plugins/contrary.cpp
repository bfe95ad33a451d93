// A plugin that does on command whatever a plugin must not do; by the option "create" it already
// does so when it is made.
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "xiaogate/plugin.hpp"

namespace {

using xiaogate::sdk::Effects;
using xiaogate::sdk::Input;
using xiaogate::sdk::State;

[[noreturn]] void loop_for_ever() {
  volatile unsigned turns = 0;
  while (true) turns = turns + 1;
}

bool misbehave(std::string_view how) {
  if (how == "crash") std::abort();
  if (how == "exit") std::_Exit(3);
  if (how == "loop") loop_for_ever();
  if (how == "throw") throw std::runtime_error("thrown on command");
  return how == "behave";
}

class Contrary : public xiaogate::sdk::Plugin {
 public:
  Contrary(std::string_view config, const State& state) : state_(state) {
    const auto at = config.find("create:");
    if (at != std::string_view::npos) {
      const auto how = config.substr(at + 7);
      misbehave(how.substr(0, how.find('"')));
    }
  }

  bool message(const Input& in, Effects& effects) override {
    if (in.name == "crash" || in.name == "exit") misbehave(in.name);
    effects.event(in.device, "heard", object("size", std::to_string(in.data.size())));
    return true;
  }

  bool command(const Input& in, Effects& effects) override {
    if (in.name == "flood") return flood(in, effects);
    if (in.name == "fill") return fill(in, effects);
    if (in.name == "nonsense") return nonsense(in, effects);
    if (in.name == "remember") return effects.put("kept", in.data);
    if (in.name == "recall") {
      return effects.event(in.device, "recalled", object("kept", state_["kept"]));
    }
    if (in.name == "environment") {
      const bool empty = std::getenv("PATH") == nullptr;
      return effects.event(in.device, "surroundings", object("path", empty ? "none" : "some"));
    }
    if (in.name == "count") return count(in, effects);
    if (in.name == "lie") return lie(in, effects);
    effects.event(in.device, "before", "{}");
    return misbehave(in.name);
  }

 private:
  static std::string object(const std::string& name, const std::string& text) {
    return "{\"" + name + "\":\"" + text + "\"}";
  }
  // Counts on from the count that is stored, and stores it.
  bool count(const Input& in, Effects& effects) {
    auto& stored = state_["count"];
    stored = std::to_string(stored.empty() ? 1 : std::stoi(stored) + 1);
    return effects.put("count", stored) &&
           effects.event(in.device, "counted", object("count", stored));
  }
  // Three events that no Thing Model allows, among effects that are in order.
  static bool lie(const Input& in, Effects& effects) {
    return effects.event(in.device, "before", "{}") &&
           effects.event(in.device, "unheard_of", "{}") &&
           effects.event(in.device, "heard", "{\"size\":7}") &&
           effects.event(in.device, "heard", "no JSON") && effects.publish(in.device, "t", "after");
  }
  static bool flood(const Input& in, Effects& effects) {
    int taken = 0;
    for (int i = 0; i < 10'000; ++i) {
      if (effects.event(in.device, "drop", "{}")) ++taken;
    }
    return taken == 64;
  }
  // As much as a call may return, and a little more.
  static bool fill(const Input& in, Effects& effects) {
    const std::string large(90 * 1024, 'x');
    const bool two =
        effects.publish(in.device, "t", large) && effects.publish(in.device, "t", large);
    return two && !effects.publish(in.device, "t", large) &&
           !effects.publish(in.device, "t", std::string(100 * 1024, 'x'));
  }
  static bool nonsense(const Input& in, Effects& effects) {
    return !effects.publish(in.device, "t", "", 2) && !effects.timer(in.device, "t", -1) &&
           !effects.timer(in.device, "t", 86'400'001) && !effects.event(in.device, "", "{}");
  }

  State state_;
};

}  // namespace

XIAOGATE_PLUGIN(Contrary, "contrary", XIAOGATE_TEST_VERSION)
