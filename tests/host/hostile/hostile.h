// What the hostile plugins of this folder share. Each is one source that defines mischief(); it is
// done at every input but the message "behave". CMakeLists.txt gives each its name.
#pragma once

#include "xiaogate/plugin.hpp"

using xiaogate::sdk::Effects;
using xiaogate::sdk::Input;

// Returns, if at all, whether the input was understood.
bool mischief(const Input& in, Effects& effects);

inline bool behave(const Input& in, Effects& effects) {
  return effects.event(in.device, "online", R"({"online":true})");
}

class Hostile : public xiaogate::sdk::Plugin {
 public:
  Hostile(std::string_view, const xiaogate::sdk::State&) {}

  bool message(const Input& in, Effects& effects) override {
    return in.data == "behave" ? behave(in, effects) : mischief(in, effects);
  }
  bool timer(const Input& in, Effects& effects) override { return mischief(in, effects); }
  bool command(const Input& in, Effects& effects) override { return mischief(in, effects); }
};

XIAOGATE_PLUGIN(Hostile, XIAOGATE_HOSTILE_NAME, "1.0.0")
