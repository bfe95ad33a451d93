// Hostile and random inputs: the plugin may make of them what it wants, but lives on, and what it
// returns keeps to its manifest.
#include <map>

#include "kit/hostile_inputs.h"
#include "kit/subject.h"

namespace xiaogate::kit {
namespace {

constexpr std::uint64_t kInputs = 100'000;
constexpr std::uint64_t kInputsQuick = 5'000;
constexpr int kMostEnds = 5;  // a plugin that crashes so often has told enough
constexpr std::size_t kShown = 300;

std::string shown(const PluginInput& input) {
  std::string line = input_line(input, 1, WallTime{});
  if (line.size() > kShown) line = line.substr(0, kShown) + "...";
  return line;
}

class Attack {
 public:
  Attack(const Subject& subject, std::vector<const Recording*> recordings, std::uint64_t seed,
         Report& report)
      : subject_(subject),
        first_(*recordings.front()),
        rules_(first_.topics),
        inputs_(std::move(recordings), seed),
        report_(report) {}

  // Returns how many inputs were given.
  std::uint64_t run(std::uint64_t count) {
    std::uint64_t given = 0;
    for (int ends = 0; ends < kMostEnds && given < count; ++ends) {
      auto session = start();
      if (!session) break;
      while (given < count) {
        ++given;
        if (!step(*session, given)) break;
      }
      if (size_of(state_) > kMaxState) {
        report_.error(Problem::state_grows, where(given), std::to_string(size_of(state_)));
        state_.clear();
      }
    }
    // What it has put under fire must bring it up again.
    if (!state_.empty()) (void)start();
    return given;
  }

 private:
  std::string where(std::uint64_t number) const {
    return first_.name + ", seed " + std::to_string(report_.seed) + ", input " +
           std::to_string(number);
  }

  std::optional<Session> start() {
    auto session = Session::start(subject_.session, subject_.manifest, first_.config(),
                                  state_.empty() ? first_.state : state_);
    if (session) return std::move(*session);
    report_.error(Problem::restart_fails, where(0), session.error().text);
    return {};
  }

  bool step(Session& session, std::uint64_t number) {
    const PluginInput input = inputs_.next();
    const Answer answer = session.call(input, number, WallTime(Millis(number)));
    if (answer.ended()) {
      report_end(answer, where(number), shown(input), report_);
      return false;
    }
    check_effects(rules_, answer, where(number) + ": " + shown(input), Severity::warning, report_);
    for (const auto& effect : answer.effects) {
      keep(state_, effect);
      if (effect.kind == PluginEffectKind::timer) inputs_.timer_set(effect.device, effect.name);
    }
    return true;
  }

  const Subject& subject_;
  const Recording& first_;
  EffectRules rules_;
  HostileInputs inputs_;
  Report& report_;
  PluginState state_;
};

}  // namespace

void check_hostile(const Subject& subject, Report& report) {
  report.of(Check::hostile).ran = true;
  const auto groups = by_configuration(subject.recordings);
  if (groups.empty()) return;
  const std::uint64_t count = (subject.quick ? kInputsQuick : kInputs) / groups.size();
  std::uint64_t given = 0;
  std::uint64_t seed = subject.seed;
  for (const auto& group : groups) given += Attack(subject, group, seed++, report).run(count);
  report.of(Check::hostile).measured = {{"inputs", static_cast<std::int64_t>(given)}};
}

}  // namespace xiaogate::kit
