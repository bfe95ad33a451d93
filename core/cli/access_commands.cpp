#include "cli/access_commands.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "access/claims.h"
#include "access/decide.h"
#include "access/policy_texts.h"
#include "access/rider_code.h"
#include "cli/phone.h"
#include "cli/rule_texts.h"
#include "cose/sign1.h"
#include "process/exit_code.h"
#include "process/private_file.h"
#include "process/zone_file.h"
#include "site/config.h"
#include "site/head_count.h"
#include "store/credential_cache.h"
#include "store/journal_reader.h"

namespace xiaogate::cli {
namespace {

constexpr std::size_t kMaxFile = std::size_t{4} << 20U;
constexpr const char* kUsualData = "/var/lib/xiaogate";

// Whatever plugin a device names is taken as installed: the rules of access do not ask for it, and
// a configuration is often looked at on another machine.
class AnyPlugin final : public site::PluginCatalogue {
 public:
  explicit AnyPlugin(const Json& config) {
    const Json devices = config.is_object() ? config.value("devices", Json::array()) : Json();
    if (!devices.is_array()) return;
    for (const Json& device : devices) {
      const auto plugin = device.is_object() ? device.find("plugin") : device.end();
      if (plugin != device.end() && plugin->is_string())
        names_.push_back(plugin->get<std::string>());
    }
  }
  std::vector<std::string> names() const override { return names_; }
  Fit fit(const std::string&, const std::string&, const Json&,
          std::vector<std::string>&) const override {
    return {};
  }

 private:
  std::vector<std::string> names_;
};

class OneCredential final : public access::CredentialSource {
 public:
  explicit OneCredential(CachedCredential known) : known_(std::move(known)) {}
  std::optional<CachedCredential> find(const CredentialId&) override { return known_; }

 private:
  CachedCredential known_;
};

Result<site::SiteConfig> read_config(const std::string& path) {
  const auto text = process::read_file(path, kMaxFile);
  if (!text) return std::unexpected(text.error());
  return site::parse_site_config(*text, path, AnyPlugin(parse_json(*text).value_or(Json())),
                                 process::read_zone_file);
}

Result<CachedCredential> cached(const Output& output, const Question& question) {
  const auto id = CredentialId::from_text(question.credential);
  if (!id) return failure("rider.invalid", "a credential id is 16 hexadecimal digits");
  const std::string data = question.data.empty() ? kUsualData : question.data;
  auto cache = store::CredentialCache::open(std::filesystem::path(data) / store::kCredentialFile,
                                            {.read_only = true});
  if (!cache) return std::unexpected(cache.error());
  const auto row = cache->find(*id);
  if (!row) return std::unexpected(row.error());
  if (*row && (*row)->credential) return **row;
  return failure("rider.unknown", say(output.language, Text::explain_unknown, {data, id->text()}));
}

Result<CachedCredential> of_phone(const std::string& path) {
  const auto phone = Phone::load(path);
  if (!phone) return std::unexpected(phone.error());
  const auto envelope = cose::parse_sign1(phone->issued, access::kMaxCodeOctets);
  if (!envelope) return std::unexpected(envelope.error());
  auto credential = access::read_credential(envelope->payload);
  if (!credential) return std::unexpected(credential.error());
  return CachedCredential{CredentialStatus::active, std::move(*credential)};
}

Result<CachedCredential> who(const Output& output, const Question& question) {
  const auto given = {!question.credential.empty(), !question.phone.empty(),
                      !question.scope.empty()};
  if (std::ranges::count(given, true) != 1) {
    return failure("explain.who", say(output.language, Text::explain_who));
  }
  if (!question.credential.empty()) return cached(output, question);
  if (!question.phone.empty()) return of_phone(question.phone);
  Credential anybody{.id = {},
                     .subject = question.subject,
                     .key = {},
                     .not_before = WallTime::min(),
                     .expires = WallTime::max(),
                     .scope = question.scope};
  return CachedCredential{CredentialStatus::active, std::move(anybody)};
}

Result<const site::AccessPoint*> find_point(const Output& output, const site::SiteConfig& config,
                                            const std::string& name) {
  std::string all;
  std::string of_gate;
  const site::AccessPoint* found = nullptr;
  for (const auto& point : config.access_points) {
    if (point.rules.id == name) return &point;
    all += (all.empty() ? "" : ", ") + point.rules.id;
    if (point.gate != name) continue;
    of_gate += (of_gate.empty() ? "" : ", ") + point.rules.id;
    found = &point;
  }
  if (found == nullptr) {
    return failure("explain.gate", say(output.language, Text::explain_no_gate, {name, all}));
  }
  if (of_gate != found->rules.id) {
    return failure("explain.gate", say(output.language, Text::explain_which_gate, {name, of_gate}));
  }
  return found;
}

// "2026-10-01T08:30", or a blank instead of the T, by the clock on the site's wall.
std::optional<WallTime> parse_local(const std::string& text, const access::TimeZone& zone) {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  char between = 0;
  int end = 0;
  const int found = std::sscanf(text.c_str(), "%4d-%2d-%2d%c%2d:%2d%n", &year, &month, &day,
                                &between, &hour, &minute, &end);
  const bool whole = found == 6 && static_cast<std::size_t>(end) == text.size() &&
                     (between == 'T' || between == ' ') && hour >= 0 && hour < 24 && minute >= 0 &&
                     minute < 60;
  const auto date = std::chrono::year(year) / month / day;
  if (!whole || !date.ok()) return std::nullopt;
  const WallTime as_utc =
      std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute);
  // The offset of the moment itself, of which the offset at as_utc is a first guess.
  return as_utc - zone.offset_at(as_utc - zone.offset_at(as_utc));
}

Result<access::Presence> who_is_inside(const site::SiteConfig& config, const std::string& data) {
  if (data.empty()) return access::Presence{};
  auto journal = store::JournalReader::open(std::filesystem::path(data) / store::kJournalFile);
  if (!journal) return std::unexpected(journal.error());
  const auto state = journal->plugin_state(store::JournalReader::kSite);
  if (!state) return std::unexpected(state.error());
  return site::HeadCount(config, {state->begin(), state->end()}).presence();
}

Json told(const access::Step& step) {
  return {{"rule", access::to_string(step.rule)},
          {"passed", step.passed},
          {"subject", step.subject},
          {"value", step.value},
          {"text",
           {{"en", say_step(Language::english, step)}, {"zh", say_step(Language::chinese, step)}}}};
}

void print(const Output& output, const site::AccessPoint& point, const std::string& local,
           const std::string& rider, const access::Decision& decision, const access::Trace& trace) {
  const Verdict reason = decision.despite.value_or(decision.verdict);
  const access::Step* decided = access::deciding_step(trace, reason);
  Json steps = Json::array();
  const std::string name = output.language == Language::chinese ? point.name_zh : point.name_en;
  std::string text = say(output.language, Text::explain_heading, {rider, name, local});
  for (const auto& step : trace) {
    steps.push_back(told(step));
    text += std::string("\n  ") + (step.passed ? "+ " : "- ") + say_step(output.language, step);
  }
  const Sentence sentence = explain(reason);
  const std::string why =
      decided != nullptr ? say_step(output.language, *decided)
      : reason == Verdict::granted
          ? say(output.language, Text::explain_no_rule)
          : std::string(output.language == Language::chinese ? sentence.zh : sentence.en);
  const Text frame = decision.despite                       ? Text::explain_despite
                     : decision.verdict == Verdict::granted ? Text::explain_granted
                                                            : Text::explain_denied;
  text += "\n" + (frame == Text::explain_granted
                      ? say(output.language, frame, {why})
                      : say(output.language, frame, {to_string(reason), why}));
  Json json{{"access_point", point.rules.id},
            {"local_time", local},
            {"verdict", to_string(decision.verdict)},
            {"decided_by", decided == nullptr ? Json() : told(*decided)},
            {"steps", std::move(steps)}};
  if (decision.despite) json["despite"] = to_string(*decision.despite);
  output.print(json, text);
}

}  // namespace

int explain_access(const Output& output, const Question& question, WallTime now) {
  const auto config = read_config(question.config);
  if (!config) return output.fail(config.error());
  const auto point = find_point(output, *config, question.gate);
  if (!point) return output.fail(point.error());
  auto known = who(output, question);
  if (!known) return output.fail(known.error());
  const auto& calendar = config->policy.calendar;
  const auto at = question.at.empty() ? now : parse_local(question.at, calendar.zone);
  if (!at) {
    return output.fail({"explain.time", say(output.language, Text::explain_time, {question.at})});
  }
  const auto presence = who_is_inside(*config, question.data);
  if (!presence) return output.fail(presence.error());
  const Credential& credential = *known->credential;
  const std::string rider = credential.subject.empty()
                                ? credential.scope
                                : credential.subject + " (" + credential.scope + ")";
  OneCredential source(*known);
  access::Trace trace;
  const auto decision = access::decide_admission(credential.id,
                                                 {.point = (*point)->rules,
                                                  .policy = config->policy,
                                                  .issuers = {},
                                                  .used = {},
                                                  .credentials = source,
                                                  .now = *at,
                                                  .presence = *presence},
                                                 &trace);
  print(output, **point, access::told(calendar.local(*at), calendar), rider, decision, trace);
  return process::kExitOk;
}

}  // namespace xiaogate::cli
