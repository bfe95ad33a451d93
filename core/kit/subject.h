// The plugin under test and what all checks share of it. Internal to the kit.
#pragma once

#include <vector>

#include "kit/effect_rules.h"
#include "kit/recording.h"
#include "kit/report.h"
#include "kit/session.h"

namespace xiaogate::kit {

struct Subject {
  PluginManifest manifest;
  SessionOptions session;
  std::vector<Recording> recordings;
  std::uint64_t seed = 1;
  bool quick = false;
};

// Files what is wrong with the effects of one answer. An event that breaks its Thing Model is
// `broken_model`: an error when a recording says that the device speaks so; a warning when the
// input was hostile, for the gateway checks every event, and a plugin that hands on its device's
// own words need not check them twice.
void check_effects(const EffectRules& rules, const Answer& answer, const std::string& where,
                   Severity broken_model, Report& report);
// Files an answer that ended the session.
void report_end(const Answer& answer, const std::string& where, const std::string& input,
                Report& report);

// kit/playing.cpp: recordings, determinism, restart, and the effects of them.
void check_recordings(const Subject& subject, Report& report);
// kit/hostile.cpp: hostile, and the effects of it.
void check_hostile(const Subject& subject, Report& report);
// kit/load.cpp: call_time and memory.
void check_call_time(const Subject& subject, Report& report);
void check_memory(const Subject& subject, Report& report);

}  // namespace xiaogate::kit
