#include "cli/gate_commands.h"

#include <cstdlib>

#include "cli/admin_call.h"
#include "model/id.h"
#include "process/exit_code.h"

namespace xiaogate::cli {
namespace {

// Who gives the order: the one who became root, if somebody did.
std::string login_name() {
  for (const char* name : {"SUDO_USER", "USER", "LOGNAME"}) {
    const char* set = std::getenv(name);
    if (set != nullptr && *set != '\0') return set;
  }
  return "?";
}

int give(const Output& output, const GateOrder& order, const std::string& path, Text done) {
  if (!order.target.empty() && !is_name(order.target)) {
    return output.fail({"admin.refused", "'" + printable(order.target, 40) +
                                             "' is no name; ids are lower-case letters, digits, "
                                             "'-' and '_'"});
  }
  const Json body{{"by", order.by.empty() ? login_name() : order.by}, {"reason", order.reason}};
  const auto answer = admin_call(order.socket, "POST", path, canonical(body));
  if (!answer) return output.fail(answer.error());
  const std::string target =
      order.target.empty() ? say(output.language, Text::gate_site) : order.target;
  output.print(*answer, say(output.language, done, {target, shown(*answer, "record")}));
  return process::kExitOk;
}

std::string place(const GateOrder& order) {
  return order.target.empty() ? "/v1/site" : "/v1/areas/" + order.target;
}

}  // namespace

int open_gate(const Output& output, const GateOrder& order) {
  return give(output, order, "/v1/access_points/" + order.target + "/open", Text::gate_opened);
}

int lock_down(const Output& output, const GateOrder& order) {
  return give(output, order, place(order) + "/lock_down", Text::gate_locked_down);
}

int release_lock_down(const Output& output, const GateOrder& order) {
  return give(output, order, place(order) + "/lock_down_release", Text::gate_released);
}

}  // namespace xiaogate::cli
