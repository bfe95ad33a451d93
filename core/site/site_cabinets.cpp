// What concerns battery-swap cabinets: a scan there starts a swap instead of opening a gate.

#include "site/site.h"

namespace xiaogate::site {

void Site::scanned_at_cabinet(Effects& out, const Device& reader, const Cabinet& cabinet,
                              const Json& body, const Instant& now) {
  const auto decision = decide(cabinet.rules, body["code"].get_ref<const std::string&>(), now);
  const std::string token = body.value("token", "");
  if (decision.repeat) return cabinets_.repeated(out, cabinet, token);
  if (decision.verdict != Verdict::granted) {
    deny(out, cabinet.rules, cabinet.reader, decision, now);
    return answer(out, reader, decision.verdict, token);
  }
  record_grant(out, cabinet.rules, cabinet.reader, decision, {{"cabinet", cabinet.rules.id}}, now);
  const std::string credential = decision.credential ? decision.credential->text() : "";
  cabinets_.verified(out, now, cabinet, {.subject = decision.subject, .credential = credential},
                     token);
}

void Site::cabinet_event(Effects& out, const Device& device, const std::string& name,
                         const Json& body, const Instant& now) {
  if (cabinets_.event(out, now, device.id, name, body)) return;
  reject(out, now, "event_rejected", device.id, "unknown_event", name);
}

}  // namespace xiaogate::site
