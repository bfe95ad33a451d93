// The chapters in which devices speak first: doors and bays.
#include <algorithm>

#include "demo/story.h"
#include "demo/telling.h"
#include "model/json.h"
#include "tests/support/wait.h"

namespace xiaogate::demo {

Record Story::wait_record(const std::string& kind, const std::string& gate, std::uint64_t seq) {
  std::optional<Record> found;
  test::wait_until([&] {
    auto reader = open_journal(stage_);
    const auto records = taken(reader.records(seq + 1, 1000));
    const auto one = std::ranges::find_if(records, [&](const Record& record) {
      return record.kind == kind && taken(parse_json(record.body)).value("gate", "") == gate;
    });
    if (one != records.end()) found = *one;
    return found.has_value();
  });
  require(found.has_value(), "there is no record " + kind);
  return *found;
}

Clock::time_point Story::wait_door(const std::string& side, bool open, Clock::time_point since) {
  const std::string state =
      std::string(R"("input:0":{"id":0,"state":)") + (open ? "true" : "false");
  const auto moved = stage_.site().wait(since, [&](const Seen& seen) {
    return seen.topic == "shellypro1-" + side + "/events/rpc" && seen.payload.contains(state);
  });
  require(moved.has_value(), "the door of the " + side + " gate did not move");
  return moved->at;
}

void Story::at_the_gates() {
  say("\nAt the gates", "\n在门口");
  wait_record("gate_door", "gate-2", 0);  // before it is known that a door is shut none is forced
  const auto before = journal_head();
  const auto begun = Clock::now();
  stage_.order("gate-south", "force");
  const auto forced = wait_door("south", true, begun);
  const auto alarm = wait_record("gate_forced_open", "gate-2", before);
  step("Somebody forces the south gate: the alarm is at the hub, and acknowledged",
       "有人强行打开南门：报警已到达枢纽并确认", wait_acknowledged(forced, alarm.seq));
  stage_.order("gate-south", "door close");
  wait_door("south", false, forced);
  register_rider("chen");
  const Scan opened =
      expect_open("south", code("chen"), "A rider scans there: it opens", "骑手在南门扫码：门开");
  const auto through = wait_door("south", true, opened.at);
  const auto record = wait_record("access_taken", "gate-2", opened.seq);
  require(taken(parse_json(record.body)).value("decision", std::uint64_t{0}) == opened.seq,
          "somebody else went through");
  step("The door contact tells that somebody goes through: access granted is now access taken",
       "门磁显示有人通过：放行之后确认通行", ms(through - opened.at));
  wait_door("south", false, through);
}

}  // namespace xiaogate::demo
