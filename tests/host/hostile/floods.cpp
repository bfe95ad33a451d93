// Returns as much as it may, and wakes itself at once to do it again.
#include <string>

#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  static unsigned turn = 0;
  for (int i = 0; i < 32; ++i) {
    effects.timer(in.device, "again" + std::to_string(turn++), 0);
    effects.event(in.device, "online",
                  turn % 2 == 0 ? R"({"online":true})" : R"({"online":false})");
  }
  return true;
}
