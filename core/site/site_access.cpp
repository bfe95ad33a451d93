// From a scan to an answer: the verdict, its record, the opening and what the reader shows.

#include <utility>

#include "access/decide.h"
#include "cose/digest.h"
#include "site/site.h"

namespace xiaogate::site {
namespace {

// As long as the digest of a code in the records of decisions.
constexpr std::size_t kCodeDigest = 16;

Json decision_body(const AccessPoint& point, const access::Decision& decision, const Instant& now) {
  Json body{{"access_point", point.rules.id},
            {"reader", point.reader},
            {"code", to_hex(decision.code)},
            {"clock", to_string(now.quality)}};
  if (decision.despite) body["despite"] = to_string(*decision.despite);
  if (decision.credential) body["credential"] = decision.credential->text();
  return body;
}

}  // namespace

void Site::scanned(Effects& out, const Device& reader, const Json& body, const Instant& now) {
  const auto found = point_of_reader_.find(reader.id);
  if (found == point_of_reader_.end()) {
    reject(out, now, "event_rejected", reader.id, "reader_without_access_point", "scanned");
    return;
  }
  const AccessPoint& point = *found->second;
  used_.expire(now.wall);
  const access::Decision decision =
      access::decide(body["code"].get_ref<const std::string&>(), {.point = point.rules,
                                                                  .policy = config_.policy,
                                                                  .issuers = trust_.issuers,
                                                                  .used = used_,
                                                                  .credentials = credentials_,
                                                                  .now = now.wall});
  if (!decision.repeat) {
    if (decision.verdict == Verdict::granted) {
      grant(out, point, decision, now);
    } else {
      deny(out, point, decision, now);
    }
  }
  answer(out, reader, decision.verdict, body.value("token", ""));
}

void Site::grant(Effects& out, const AccessPoint& point, const access::Decision& decision,
                 const Instant& now) {
  ++granted_;
  last_denial_.erase(point.rules.id);
  used_.remember(decision.code, {.access_point = point.rules.id, .at = now.wall},
                 access::remember_until(*decision.issued_at, config_.policy));
  if (decision.learned) out.writes.emplace_back(LearnCredential{*decision.learned});
  Json body = decision_body(point, decision, now);
  body["gate"] = point.gate;
  body["ttl_ms"] = point.open_ttl.count();
  body["iat"] =
      std::chrono::duration_cast<std::chrono::seconds>(decision.issued_at->time_since_epoch())
          .count();
  const std::uint64_t seq = journal_.append(out, now, Durability::stable, "access_granted", body);
  open(out, point, seq, now);
}

void Site::open(Effects& out, const AccessPoint& point, std::uint64_t decision,
                const Instant& now) {
  const MonoTime expires = now.mono + point.open_ttl;
  openings_.decided(decision, point.gate, expires);
  gates_.opening(point.gate, decision, now.mono);
  calls_.open(out, config_.devices.at(point.gate), decision, expires);
}

void Site::deny(Effects& out, const AccessPoint& point, const access::Decision& decision,
                const Instant& now) {
  Denial& last = last_denial_[point.rules.id];
  const bool repeat = last.code == decision.code && last.verdict == decision.verdict &&
                      last.at <= now.wall && now.wall - last.at <= access::kReaderRepeat;
  if (repeat) return;
  last = {.code = decision.code, .verdict = decision.verdict, .at = now.wall};
  ++denied_;
  // A credential that an issuer signed is worth remembering though its rider may not enter now.
  if (decision.learned) out.writes.emplace_back(LearnCredential{*decision.learned});
  Json body = decision_body(point, decision, now);
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
