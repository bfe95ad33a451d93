#include "host/host_event.h"

namespace xiaogate::host {

std::string_view to_string(CallFault fault) {
  switch (fault) {
    case CallFault::not_understood:
      return "not_understood";
    case CallFault::crashed:
      return "crashed";
    case CallFault::overran:
      return "overran";
    case CallFault::protocol:
      return "protocol";
    case CallFault::expired:
      return "expired";
    case CallFault::overloaded:
      return "overloaded";
    case CallFault::too_large:
      return "too_large";
    case CallFault::unknown_plugin:
      return "unknown_plugin";
    case CallFault::no_such_action:
      return "no_such_action";
    case CallFault::invalid_action:
      return "invalid_action";
    case CallFault::quarantined:
      return "quarantined";
    case CallFault::parked:
      return "parked";
  }
  return "unknown";
}

}  // namespace xiaogate::host
