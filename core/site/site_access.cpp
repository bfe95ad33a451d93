// From a scan to an answer: the verdict, its record, the opening and what the reader shows.

#include <utility>

#include "access/decide.h"
#include "cose/digest.h"
#include "site/site.h"

namespace xiaogate::site {
namespace {

// As long as the digest of a code in the records of decisions.
constexpr std::size_t kCodeDigest = 16;

Json decision_body(const access::AccessPoint& rules, const std::string& reader,
                   const access::Decision& decision, const Instant& now) {
  Json body{{"access_point", rules.id},
            {"reader", reader},
            {"code", to_hex(decision.code)},
            {"clock", to_string(now.quality)}};
  // That the window was not the site's own must be on record.
  if (now.quality == ClockQuality::unset && decision.issued_at) {
    body["freshness_s"] =
        std::chrono::duration_cast<std::chrono::seconds>(decision.freshness).count();
  }
  if (decision.despite) body["despite"] = to_string(*decision.despite);
  if (decision.credential) body["credential"] = decision.credential->text();
  return body;
}

}  // namespace

access::Decision Site::decide(const access::AccessPoint& rules, const std::string& code,
                              const Instant& now, bool lock_down) {
  used_.expire(now.wall);
  return access::decide(code, {.point = rules,
                               .policy = config_.policy,
                               .issuers = trust_.issuers,
                               .used = used_,
                               .credentials = credentials_,
                               .now = now.wall,
                               .lock_down = lock_down,
                               .clock = now.quality,
                               .presence = head_count_.presence()});
}

void Site::scanned(Effects& out, const Device& reader, const Json& body, const Instant& now) {
  if (const Cabinet* cabinet = cabinets_.of_reader(reader.id)) {
    return scanned_at_cabinet(out, reader, *cabinet, body, now);
  }
  const auto found = point_of_reader_.find(reader.id);
  if (found == point_of_reader_.end()) {
    reject(out, now, "event_rejected", reader.id, "reader_without_access_point", "scanned");
    return;
  }
  const AccessPoint& point = *found->second;
  const auto decision =
      decide(point.rules, body["code"].get_ref<const std::string&>(), now, is_locked_down(point));
  if (!decision.repeat) {
    if (decision.verdict == Verdict::granted) {
      grant(out, point, decision, now);
    } else {
      deny(out, point.rules, point.reader, decision, now);
    }
  }
  answer(out, reader, decision.verdict, body.value("token", ""));
}

void Site::grant(Effects& out, const AccessPoint& point, const access::Decision& decision,
                 const Instant& now) {
  Json body{{"gate", point.gate}, {"ttl_ms", point.open_ttl.count()}};
  if (lock_open_.holds(point.gate)) body["held_open"] = true;
  open(out, point, record_grant(out, point.rules, point.reader, decision, body, now), now);
}

std::uint64_t Site::record_grant(Effects& out, const access::AccessPoint& rules,
                                 const std::string& reader, const access::Decision& decision,
                                 Json body, const Instant& now) {
  ++granted_;
  last_denial_.erase(rules.id);
  used_.remember(decision.code, {.access_point = rules.id, .at = now.wall},
                 access::remember_until(*decision.issued_at, config_.policy));
  if (decision.learned) out.writes.emplace_back(LearnCredential{*decision.learned});
  body.update(decision_body(rules, reader, decision, now));
  body["iat"] =
      std::chrono::duration_cast<std::chrono::seconds>(decision.issued_at->time_since_epoch())
          .count();
  return journal_.append(out, now, Durability::stable, "access_granted", body);
}

void Site::open(Effects& out, const AccessPoint& point, std::uint64_t decision,
                const Instant& now) {
  if (lock_open_.holds(point.gate)) return;  // it is open, and a pulse would close it
  const MonoTime expires = now.mono + point.open_ttl;
  quota_.opening(point.reader, now.mono);
  quota_.opening(point.gate, now.mono);
  openings_.decided(decision, point.gate, expires);
  gates_.opening(point.gate, decision, now.mono);
  calls_.open(out, config_.devices.at(point.gate), decision, expires);
}

void Site::deny(Effects& out, const access::AccessPoint& rules, const std::string& reader,
                const access::Decision& decision, const Instant& now) {
  Denial& last = last_denial_[rules.id];
  const bool repeat = last.code == decision.code && last.verdict == decision.verdict &&
                      last.at <= now.wall && now.wall - last.at <= access::kReaderRepeat;
  if (repeat) return;
  last = {.code = decision.code, .verdict = decision.verdict, .at = now.wall};
  ++denied_;
  // A credential that an issuer signed is worth remembering though its rider may not enter now.
  if (decision.learned) out.writes.emplace_back(LearnCredential{*decision.learned});
  Json body = decision_body(rules, reader, decision, now);
  body["verdict"] = to_string(decision.verdict);
  if (!decision.detail.empty()) body["detail"] = printable(decision.detail);
  journal_.append(out, now, Durability::stable, "access_denied", body);
}

void Site::answer(Effects& out, const Device& reader, Verdict verdict, const std::string& token) {
  const Sentence sentence = explain(verdict);
  calls_.call(out, reader,
              {.kind = PluginInputKind::command,
               .device = reader.id,
               .name = "indicate",
               .data = canonical({{"result", verdict == Verdict::granted ? "granted" : "denied"},
                                  {"verdict", to_string(verdict)},
                                  {"text", {{"en", sentence.en}, {"zh", sentence.zh}}},
                                  {"token", token}})});
}

// On stable storage before the reader is told that it may forget them: its plugin acknowledges in
// the same call. What was read may be a card's number, so the record has a digest of it.
void Site::accessed_offline(Effects& out, const Device& reader, const Json& body,
                            const Instant& now) {
  const auto point = point_of_reader_.find(reader.id);
  for (const Json& access : body.value("accesses", Json::array())) {
    if (!access.is_object()) continue;
    Json told{{"reader", reader.id}};
    for (const char* member : {"time", "result", "means"})
      told[member] = access.value(member, Json());
    if (point != point_of_reader_.end()) told["access_point"] = point->second->rules.id;
    const Json code = access.value("code", Json());
    if (code.is_string() && code != "") {
      const Digest digest = cose::sha256({as_bytes(code.get_ref<const std::string&>())});
      told["code"] = to_hex(ByteView(digest).first(kCodeDigest));
    }
    journal_.append(out, now, Durability::stable, "offline_access", told);
  }
}

}  // namespace xiaogate::site
