// What people order, and which gates are held open because of fires, lock-downs and readers that
// are away.

#include <algorithm>
#include <utility>

#include "site/references.h"
#include "site/site.h"

namespace xiaogate::site {

void Site::on(const Order& order, Effects& out, const Instant& now) {
  const Said said{.by = order.by, .reason = order.reason};
  Result<std::uint64_t> record;
  switch (order.what) {
    case Order::What::open:
      record = open_by_hand(out, order, now);
      break;
    case Order::What::lock_down:
      record = areas_.lock_down(out, journal_, alarms_, now, order.target, said);
      break;
    case Order::What::release:
      record = areas_.release(out, journal_, alarms_, now, order.target, said);
      break;
  }
  hold_gates(out, now);
  out.actions.emplace_back(AnswerOrder{order.number, std::move(record)});
}

Result<std::uint64_t> Site::open_by_hand(Effects& out, const Order& order, const Instant& now) {
  const auto point = std::ranges::find_if(
      config_.access_points, [&](const auto& known) { return known.rules.id == order.target; });
  if (point == config_.access_points.end()) {
    std::vector<std::string> ids;
    for (const auto& known : config_.access_points) ids.push_back(known.rules.id);
    return failure("access_point.unknown", "no access point '" + printable(order.target, 40) +
                                               "'; access points here: " + joined(ids));
  }
  if (is_locked_down(*point)) {
    const auto area = areas_.locked_down_by(alarms_, order.target);
    return failure("lock_down.conflict",
                   order.target + " is locked down with " + area + ": release that first");
  }
  Json body{{"access_point", order.target},
            {"gate", point->gate},
            {"by", order.by},
            {"reason", order.reason},
            {"ttl_ms", point->open_ttl.count()}};
  if (lock_open_.holds(point->gate)) body["held_open"] = true;
  const auto record = journal_.append(out, now, Durability::stable, "manual_open", body);
  open(out, *point, record, now);
  return record;
}

// A fire wins over a lock-down.
bool Site::is_locked_down(const AccessPoint& point) const {
  return !areas_.burns(point.gate) && !areas_.locked_down_by(alarms_, point.rules.id).empty();
}

// A fire wins over a lock-down, and a lock-down over a reader that is away.
void Site::hold_gates(Effects& out, const Instant& now) {
  for (const auto& point : config_.access_points) {
    auto cause = LockOpen::Cause::none;
    if (areas_.burns(point.gate)) {
      cause = LockOpen::Cause::fire;
    } else if (fail_safe_.wants_open(alarms_, point.gate) &&
               !areas_.locked_down(alarms_, point.gate)) {
      cause = LockOpen::Cause::fail_safe;
    }
    lock_open_.want(out, journal_, alarms_, calls_, now, point.gate, cause);
  }
  watch_held_gates(out, now);
}

void Site::watch_held_gates(Effects& out, const Instant& now) {
  for (const auto& point : config_.access_points) {
    gates_.held_open(out, point.gate, lock_open_.holds(point.gate), now);
  }
}

}  // namespace xiaogate::site
