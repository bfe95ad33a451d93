// Never gets as far as an input.
#include "xiaogate/plugin.hpp"

namespace {

class Stillborn : public xiaogate::sdk::Plugin {
 public:
  Stillborn(std::string_view, const xiaogate::sdk::State&) {
    volatile int* volatile nowhere = nullptr;
    *nowhere = 1;
  }
};

}  // namespace

XIAOGATE_PLUGIN(Stillborn, XIAOGATE_HOSTILE_NAME, "1.0.0")
