// The story that the demo tells: what a rider meets at a gate, with and without the network.
#pragma once

#include <string>

#include "demo/stage.h"
#include "model/record.h"

namespace xiaogate::demo {

enum class Language { english, chinese };

class Story {
 public:
  Story(Stage& stage, Language language) : stage_(stage), language_(language) {}

  // Every step, one line each with its measured time. Throws std::runtime_error at the first step
  // that does not come out as told.
  void tell();
  // How to hold a code before the reader by hand.
  void explain_by_hand();
  // One line for each decision, until `stop_descriptor` becomes readable.
  void watch(int stop_descriptor);

 private:
  struct Scan {
    std::uint64_t seq = 0;  // of the record
    std::string kind;
    std::string verdict;
    double gate_ms = 0;    // scan to relay; only when it opened
    double answer_ms = 0;  // scan to the reader's answer
    Clock::time_point at;
  };

  struct Registration {
    double at_hub_ms;      // command to signed batch on the broker
    double at_gateway_ms;  // batch to the gateway's word that it applied it
  };

  void say(const std::string& english, const std::string& chinese) const;
  void step(const std::string& english, const std::string& chinese, double milliseconds) const;
  Registration register_rider(const std::string& name);
  std::string code(const std::string& name, std::vector<std::string> extra = {});
  Scan scan(const std::string& side, const std::string& code);
  Scan expect_open(const std::string& side, const std::string& code, const std::string& english,
                   const std::string& chinese);
  void expect_denied(const std::string& side, const std::string& code, const std::string& verdict,
                     const std::string& english, const std::string& chinese);
  std::uint64_t journal_head();
  // The first record of this kind after `seq` that tells of `gate`, once it is on disk.
  Record wait_record(const std::string& kind, const std::string& gate, std::uint64_t seq);
  // When the contact of a gate's door was told to have moved.
  Clock::time_point wait_door(const std::string& side, bool open, Clock::time_point since);
  double wait_acknowledged(Clock::time_point since, std::uint64_t through);
  void check_hub_has_each_once();
  std::string forge();

  void with_the_hub();
  void at_the_gates();
  void without_the_hub();
  void the_hub_returns();

  Stage& stage_;
  Language language_;
};

}  // namespace xiaogate::demo
