// Recordings played: as they are, twice, and with a restart before every step.
#include <algorithm>

#include "kit/subject.h"

namespace xiaogate::kit {
namespace {

// A recording with more steps is restarted at so many of them, evenly spread, and played for so
// many steps after each: a long recording of real traffic must not take minutes.
constexpr std::size_t kMostRestarts = 200;
constexpr std::size_t kMostStepsAfterRestart = 200;

std::string at(const Recording& recording, std::size_t line) {
  return recording.name + ":" + std::to_string(line);
}

std::string told(const Answer& answer) {
  return answer.understood() ? effects_line(answer.effects) : not_understood_line();
}

std::string told(const RecordedStep& step) {
  if (!step.understood) return not_understood_line();
  std::vector<PluginEffect> effects;
  for (const auto& expected : step.effects) effects.push_back(expected.effect);
  return effects_line(effects);
}

std::string why(const Answer& answer) {
  using enum host::CallFault;
  if (answer.fault == no_such_action) return " (the manifest offers no such action)";
  if (answer.fault == invalid_action) return " (its input breaks the action's Thing Model)";
  return "";
}

bool as_expected(const RecordedStep& step, const Answer& answer) {
  if (step.understood != answer.understood()) return false;
  return std::ranges::equal(
      step.effects, answer.effects,
      [](const ExpectedEffect& want, const PluginEffect& got) { return want.fits(got); });
}

bool same(const Answer& a, const Answer& b) {
  return a.fault == b.fault && a.effects == b.effects;
}

Answer play(Session& session, const RecordedStep& step) {
  return session.call(step.input, step.id, step.now);
}

bool publishes(const Answer& answer) {
  return std::ranges::any_of(answer.effects, [](const PluginEffect& effect) {
    return effect.kind == PluginEffectKind::publish;
  });
}

// A plugin that was restarted may go about a command in another way, but not let it fall.
bool lost(const Answer& before, const Answer& after) {
  return (before.understood() && !after.understood()) || (publishes(before) && !publishes(after));
}

class Player {
 public:
  Player(const Subject& subject, const Recording& recording, Report& report)
      : subject_(subject), recording_(recording), rules_(recording.topics), report_(report) {}

  void run() {
    if (!first()) return;
    again();
    const std::size_t steps = recording_.steps.size();
    const std::size_t stride = (steps + kMostRestarts - 1) / kMostRestarts;
    // Not at the first step: that is what again() has done.
    for (std::size_t k = 1; k < steps; k += std::max<std::size_t>(stride, 1)) restart(k);
  }

 private:
  std::optional<Session> start(const PluginState& state, const std::string& where) {
    auto session = Session::start(subject_.session, subject_.manifest, recording_.config(), state);
    if (session) return std::move(*session);
    report_.error(Problem::restart_fails, where, session.error().text);
    return {};
  }

  // The recording as it is; remembers every answer, and the state before every step.
  bool first() {
    auto session = start(recording_.state, at(recording_, 1));
    if (!session) return false;
    PluginState state = recording_.state;
    for (const RecordedStep& step : recording_.steps) {
      Answer answer = play(*session, step);
      if (answer.ended()) {
        report_end(answer, at(recording_, step.line), "", report_);
        return false;
      }
      compare(step, answer);
      check_effects(rules_, answer, at(recording_, step.line), Severity::error, report_);
      states_.push_back(state);
      for (const auto& effect : answer.effects) keep(state, effect);
      answers_.push_back(std::move(answer));
    }
    if (size_of(state) > kMaxState) {
      report_.error(Problem::state_grows, recording_.name, std::to_string(size_of(state)));
    }
    return true;
  }

  void compare(const RecordedStep& step, const Answer& answer) {
    if (as_expected(step, answer)) return;
    Problem problem = Problem::wrong_effects;
    if (step.understood && !answer.understood()) problem = Problem::not_understood;
    if (!step.understood && answer.understood()) problem = Problem::wrongly_understood;
    report_.error(problem, at(recording_, step.answer_line),
                  "expected " + told(step) + ", got " + told(answer) + why(answer));
  }

  void again() {
    auto session = start(recording_.state, at(recording_, 1));
    if (!session) return;
    for (std::size_t i = 0; i < recording_.steps.size(); ++i) {
      const Answer answer = play(*session, recording_.steps[i]);
      if (!same(answer, answers_[i])) {
        report_.error(Problem::differs_when_repeated, at(recording_, recording_.steps[i].line),
                      "first " + told(answers_[i]) + ", then " + told(answer));
      }
      if (answer.ended()) return;
    }
  }

  // What the gateway does to a plugin that was killed: a new process, and the state that it put.
  void restart(std::size_t k) {
    const std::string where = at(recording_, recording_.steps[k].line);
    auto session = start(states_[k], where);
    if (!session) return;
    const std::size_t end = std::min(recording_.steps.size(), k + kMostStepsAfterRestart);
    for (std::size_t i = k; i < end; ++i) {
      const RecordedStep& step = recording_.steps[i];
      const Answer answer = play(*session, step);
      if (answer.ended()) {
        report_end(answer, at(recording_, step.line), "after a restart before " + where, report_);
        return;
      }
      check_effects(rules_, answer, at(recording_, step.line), Severity::error, report_);
      if (!same(answer, answers_[i])) differs(i, answer, where);
    }
  }

  // Told once for each step: the restart nearest to it says the most.
  void differs(std::size_t i, const Answer& answer, const std::string& restart_at) {
    const RecordedStep& step = recording_.steps[i];
    if (step.after_restart_differs) return;
    const std::string where = at(recording_, step.line);
    if (std::ranges::find(told_, i) != told_.end()) return;
    told_.push_back(i);
    const std::string detail =
        "restart before " + restart_at + ": " + told(answer) + " instead of " + told(answers_[i]);
    if (step.input.kind == PluginInputKind::command && lost(answers_[i], answer)) {
      report_.error(Problem::command_lost_by_restart, where, detail);
    } else {
      report_.warning(Problem::forgets_at_restart, where, detail);
    }
  }

  const Subject& subject_;
  const Recording& recording_;
  EffectRules rules_;
  Report& report_;
  std::vector<Answer> answers_;
  std::vector<PluginState> states_;
  std::vector<std::size_t> told_;
};

}  // namespace

void check_recordings(const Subject& subject, Report& report) {
  for (const Check check :
       {Check::recordings, Check::determinism, Check::restart, Check::effects}) {
    report.of(check).ran = true;
  }
  std::size_t steps = 0;
  for (const auto& recording : subject.recordings) {
    steps += recording.steps.size();
    Player(subject, recording, report).run();
  }
  report.of(Check::recordings).measured = {
      {"recordings", static_cast<std::int64_t>(subject.recordings.size())},
      {"steps", static_cast<std::int64_t>(steps)}};
}

}  // namespace xiaogate::kit
