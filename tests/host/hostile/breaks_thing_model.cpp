// Tells of an event as its Thing Model does not know it.
#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  effects.event(in.device, "opened", R"({"command":"not a number"})");
  effects.event(in.device, "no_such_event", "{}");
  return effects.event(in.device, "online", "[]");
}
