// Compiled as C++17: a plugin needs no newer language.
#include <stdexcept>

#include "xiaogate/plugin.hpp"

static_assert(__cplusplus < 202002L, "this file is about C++17");

namespace {

using namespace xiaogate::sdk;

class Echo : public Plugin {
 public:
  Echo(std::string_view config, const State& state) : seen_(state) {
    if (config == "refuse") throw std::invalid_argument("told to refuse");
    if (config == "odd") throw 7;
  }
  bool message(const Input& in, Effects& effects) override {
    effects.publish(in.device, in.name, in.data, 1);
    effects.event(in.device, "echoed", "{}");
    effects.timer(in.device, "again", 250);
    effects.put("last", in.data);
    return true;
  }
  bool command(const Input&, Effects&) override { throw 7; }

 private:
  State seen_;
};

}  // namespace

XIAOGATE_PLUGIN(Echo, "echo", "0.1.0")
