#include "site/swap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xiaogate::site {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

const SwapRider kAnna{"r-anna", "c1"};
const SwapRider kBo{"r-bo", "c2"};

struct Sent {
  std::string action;
  Json input;
  std::uint64_t number = 0;
  MonoTime expires;
};

// The cabinet's port and its plugin: keeps what was sent.
class FakePort : public CabinetPort {
 public:
  std::uint64_t command(Effects&, const std::string& action, const Json& input, MonoTime expires,
                        std::optional<std::uint64_t> number) override {
    sent.push_back({action, input, number.value_or(next_++), expires});
    return sent.back().number;
  }
  void show(Effects&, const SwapNotice& notice) override { shown.push_back(notice); }

  std::vector<Sent> sent;
  std::vector<SwapNotice> shown;

 private:
  std::uint64_t next_ = std::uint64_t{1} << 62U;
};

// A swap before a cabinet of four slots: 1 and 2 empty, 3 full with B3 (90 %), 4 full with B4 (99
// %).
class SwapTest : public testing::Test {
 protected:
  SwapTest() {
    cabinet_.rules.id = "cabinet";
    slots_[1] = {{"slot", 1}, {"state", "empty"}, {"door", "closed"}};
    slots_[2] = {{"slot", 2}, {"state", "empty"}, {"door", "closed"}};
    fill(3, "B3", 90);
    fill(4, "B4", 99);
    boot();
    pass(Millis(20'000));
  }

  void fill(int slot, const std::string& battery, int charge = 20) {
    slots_[slot] = {{"slot", slot},     {"state", charge > 80 ? "full" : "charging"},
                    {"door", "closed"}, {"battery", battery},
                    {"charge", charge}, {"temperature", 25}};
  }
  void empty(int slot) { slots_[slot] = {{"slot", slot}, {"state", "empty"}, {"door", "closed"}}; }
  void door(int slot, bool open) { slots_[slot]["door"] = open ? "open" : "closed"; }

  // As after a crash: only what was kept comes back.
  void boot() {
    std::map<std::string, std::string> state = kept_;
    batteries_ = std::make_unique<Batteries>(state);
    swap_ = std::make_unique<Swap>(cabinet_, *batteries_, journal_, port_,
                                   state[Swap::key(cabinet_)], now_.mono);
  }
  template <class What>
  auto with(What what) {
    Effects out;
    auto result = what(out);
    for (const auto& write : out.writes) {
      if (const auto* put = std::get_if<PutSiteState>(&write)) kept_[put->key] = put->value;
      if (const auto* append = std::get_if<AppendRecord>(&write)) {
        records_.emplace_back(append->record.kind, parse_json(append->record.body).value());
      }
    }
    return result;
  }
  void scan(const SwapRider& rider) {
    with([&](Effects& out) { return swap_->verified(out, now_, rider), 0; });
    serve();
    pass(Millis(500));
  }
  bool tell(const std::string& name, const Json& body) {
    return with([&](Effects& out) { return swap_->event(out, now_, name, body); });
  }
  void tell_slot(int slot) { tell("slot", slots_.at(slot)); }
  // The cabinet answers every report; opening is the tests' business.
  void serve() {
    for (; served_ < port_.sent.size(); ++served_) {
      const Sent sent = port_.sent[served_];
      if (sent.action == "open_slot") opened_.push_back(sent.input.at("slot").get<int>());
      if (silent_ || sent.action == "open_slot") continue;
      if (sent.action == "report") {
        for (const auto& [number, slot] : slots_) tell("slot", slot);
      }
      tell("done", {{"command", sent.number}});
    }
  }
  void pass(Millis time) {
    const MonoTime end = now_.mono + time;
    while (now_.mono < end) {
      now_.mono += Millis(100);
      now_.wall += Millis(100);
      with([&](Effects& out) { return swap_->tick(out, now_), 0; });
      serve();
    }
  }
  void insert(int slot, const std::string& battery) {
    door(slot, true);
    tell_slot(slot);
    pass(Millis(8000));
    fill(slot, battery);
    tell_slot(slot);
    pass(Millis(3000));
  }
  void take(int slot) {
    door(slot, true);
    tell_slot(slot);
    pass(Millis(8000));
    empty(slot);
    tell_slot(slot);
    pass(Millis(3000));
  }
  std::vector<std::string> kinds() const {
    std::vector<std::string> kinds;
    for (const auto& [kind, body] : records_) kinds.push_back(kind);
    return kinds;
  }
  Json last(const std::string& kind) const {
    for (auto it = records_.rbegin(); it != records_.rend(); ++it) {
      if (it->first == kind) return it->second;
    }
    return {};
  }

  Cabinet cabinet_;
  Instant now_{WallTime(Millis(1'700'000'000'000)), MonoTime(Millis(1'000'000)),
               ClockQuality::synchronised};
  JournalWriter journal_{0, Digest{}, WallTime{}};
  FakePort port_;
  std::map<std::string, std::string> kept_;
  std::vector<std::pair<std::string, Json>> records_;
  std::unique_ptr<Batteries> batteries_;
  std::unique_ptr<Swap> swap_;
  std::map<int, Json> slots_;
  std::vector<int> opened_;
  std::size_t served_ = 0;
  bool silent_ = false;
};

TEST_F(SwapTest, GivesTheFullestForTheRidersOwn) {
  scan(kAnna);
  EXPECT_THAT(opened_, ElementsAre(1));
  insert(1, "A");
  EXPECT_THAT(opened_, ElementsAre(1, 4));
  EXPECT_EQ(port_.shown.back().en, "Take the battery from slot 4 and close its door");
  take(4);
  EXPECT_THAT(kinds(), ElementsAre("swap_started", "swap_slot_opened", "swap_returned",
                                   "swap_slot_opened", "swap_taken", "swap_done"));
  EXPECT_EQ(last("swap_done")["battery"], "B4");
  EXPECT_EQ(last("swap_done")["returned"], "A");
  EXPECT_EQ(batteries_->holder("B4"), kAnna.subject);
  EXPECT_FALSE(swap_->under_way());
  EXPECT_EQ(kept_[Swap::key(cabinet_)], "");
}

TEST_F(SwapTest, NothingOpensBeforeTheCabinetHasAnswered) {
  silent_ = true;
  scan(kAnna);
  pass(Swap::kLookPatience + Millis(1000));
  EXPECT_THAT(opened_, IsEmpty());
  EXPECT_EQ(last("swap_aborted")["reason"], "cabinet_silent");
}

TEST_F(SwapTest, NothingOpensWithoutAChargedBatteryOrAnEmptySlot) {
  fill(3, "B3", 50);
  fill(4, "B4", 50);
  scan(kAnna);
  pass(Millis(10'000));
  EXPECT_EQ(last("swap_aborted")["reason"], "no_full_battery");
  for (int slot = 1; slot <= 4; ++slot) fill(slot, "B" + std::to_string(slot), 99);
  scan(kAnna);
  pass(Millis(10'000));
  EXPECT_EQ(last("swap_aborted")["reason"], "no_empty_slot");
  EXPECT_THAT(opened_, IsEmpty());
}

TEST_F(SwapTest, TheSecondRiderIsToldToWait) {
  scan(kAnna);
  scan(kBo);
  EXPECT_EQ(last("swap_refused")["reason"], "busy");
  EXPECT_FALSE(port_.shown.back().good);
  scan(kAnna);
  EXPECT_EQ(port_.shown.back().word, "insert");
  EXPECT_THAT(opened_, ElementsAre(1));
}

TEST_F(SwapTest, ADoorThatClosesEmptyEndsTheSwap) {
  scan(kAnna);
  door(1, true);
  tell_slot(1);
  pass(Millis(6000));
  door(1, false);
  tell_slot(1);
  pass(Millis(3000));
  EXPECT_EQ(last("swap_aborted")["reason"], "nothing_inserted");
  EXPECT_THAT(swap_->cases(), IsEmpty());
}

TEST_F(SwapTest, AStuckSlotIsPassedOver) {
  scan(kAnna);
  tell("failed", {{"command", port_.sent.back().number}, {"message", "jam"}});
  pass(Millis(9000));
  EXPECT_THAT(opened_, ElementsAre(1, 2));
  EXPECT_EQ(last("swap_command_failed")["slot"], 1);
}

TEST_F(SwapTest, ABatteryOfAnotherIsGivenBack) {
  with([&](Effects& out) { return batteries_->hand_out(out, "B", kBo.subject), 0; });
  scan(kAnna);
  insert(1, "B");
  EXPECT_EQ(last("swap_battery_refused")["reason"], "battery_of_another");
  EXPECT_THAT(opened_, ElementsAre(1, 1));
  take(1);
  EXPECT_EQ(last("swap_aborted")["reason"], "battery_of_another");
  EXPECT_EQ(batteries_->holder("B"), kBo.subject);
}

TEST_F(SwapTest, AStolenBatteryIsGivenBackAndAtLastKept) {
  cabinet_.stolen = {"S"};
  scan(kAnna);
  insert(1, "S");
  for (int i = 0; i < 3; ++i) {
    door(1, true);
    tell_slot(1);
    pass(Millis(8000));
    door(1, false);
    tell_slot(1);
    pass(Millis(3000));
  }
  EXPECT_EQ(last("swap_case_opened")["reason"], "battery_stolen");
  EXPECT_EQ(last("swap_case_opened")["battery"], "S");
  EXPECT_THAT(opened_, ElementsAre(1, 1, 1, 1));
}

TEST_F(SwapTest, WhoTakesNothingIsOwedAndGetsItLater) {
  scan(kAnna);
  insert(1, "A");
  for (int i = 0; i < 2; ++i) {
    door(4, true);
    tell_slot(4);
    pass(Millis(8000));
    door(4, false);
    tell_slot(4);
    pass(Millis(3000));
  }
  EXPECT_THAT(opened_, ElementsAre(1, 4, 4));
  ASSERT_EQ(swap_->cases().size(), 1U);
  EXPECT_EQ(last("swap_case_opened")["slot"], 4);
  EXPECT_EQ(last("swap_case_opened")["battery"], "B4");
  scan(kBo);  // gets none that is kept for another
  insert(2, "B");
  EXPECT_THAT(opened_, ElementsAre(1, 4, 4, 2, 3));
  take(3);
  scan(kAnna);
  EXPECT_EQ(last("swap_case_closed")["outcome"], "resumed");
  EXPECT_THAT(opened_, ElementsAre(1, 4, 4, 2, 3, 4));
  take(4);
  EXPECT_EQ(last("swap_done")["returned"], "A");
  EXPECT_THAT(swap_->cases(), IsEmpty());
}

TEST_F(SwapTest, WithoutTheTruthACaseNamesWhatWasExpectedAndLaterEvidenceClosesIt) {
  scan(kAnna);
  insert(1, "A");
  silent_ = true;
  pass(cabinet_.step + Swap::kTruthPatience + Millis(1000));
  EXPECT_EQ(last("swap_case_opened")["reason"], "cabinet_silent");
  EXPECT_EQ(last("swap_case_opened")["battery"], "B4");
  silent_ = false;
  empty(4);
  pass(Millis(70'000));
  EXPECT_EQ(last("swap_case_closed")["outcome"], "taken");
  EXPECT_EQ(batteries_->holder("B4"), kAnna.subject);
}

TEST_F(SwapTest, ADoorLeftOpenIsACaseUntilItIsClosed) {
  scan(kAnna);
  insert(1, "A");
  empty(4);
  door(4, true);
  tell_slot(4);
  pass(cabinet_.step + Millis(10'000));
  EXPECT_THAT(kinds(), Contains("swap_done"));
  EXPECT_EQ(last("swap_case_opened")["reason"], "slot_left_open");
  fill(4, "X");
  pass(Millis(70'000));
  EXPECT_EQ(last("swap_case_changed")["battery"], "X");
  empty(4);
  pass(Millis(70'000));
  EXPECT_THAT(swap_->cases(), IsEmpty());
}

TEST_F(SwapTest, ARestartAsksBeforeItOpensAnything) {
  for (const bool inserted : {false, true}) {
    opened_.clear();
    scan(kAnna);
    ASSERT_THAT(opened_, ElementsAre(1));
    door(1, true);
    if (inserted) fill(1, "A");
    boot();
    pass(Millis(4000));
    EXPECT_THAT(opened_, ElementsAre(1));
    pass(Millis(8000));
    if (inserted) {
      EXPECT_THAT(opened_, ElementsAre(1, 4));
    } else {
      EXPECT_THAT(opened_, ElementsAre(1));
      door(1, false);
      tell_slot(1);
      pass(Millis(3000));
      EXPECT_EQ(last("swap_aborted")["reason"], "nothing_inserted");
    }
  }
}

TEST_F(SwapTest, WhatWasTrueBeforeTheCommandCouldActProvesNothing) {
  scan(kAnna);
  pass(Millis(3500));  // a doubled or late opening may act still
  EXPECT_THAT(opened_, ElementsAre(1));
  door(1, true);
  pass(Millis(10'000));
  EXPECT_THAT(opened_, ElementsAre(1));
  EXPECT_TRUE(swap_->under_way());
}

TEST_F(SwapTest, SmokeLocksTheSlotOutAndTheSwapGoesOnElsewhere) {
  scan(kAnna);
  tell("smoke", {{"slot", 4}, {"active", true}});
  EXPECT_THAT(kinds(), Contains("cabinet_smoke"));
  EXPECT_THAT(kinds(), Contains("cabinet_locked_out"));
  EXPECT_EQ(port_.sent[port_.sent.size() - 2].action, "set_charge_limit");
  EXPECT_EQ(port_.sent.back().action, "lock_slot");
  insert(1, "A");
  EXPECT_THAT(opened_, ElementsAre(1, 3));
  boot();  // is kept
  EXPECT_TRUE(with([&](Effects& out) { return swap_->release_slot(out, now_, 4, "guard"); }));
  EXPECT_FALSE(with([&](Effects& out) { return swap_->release_slot(out, now_, 4, "guard"); }));
}

TEST_F(SwapTest, HeatToldByTheSlotItselfIsAnAlarm) {
  slots_[4]["temperature"] = 71;
  tell_slot(4);
  EXPECT_EQ(last("cabinet_over_temperature")["celsius"], 71);
  const auto records = records_.size();
  slots_[4]["temperature"] = 72;
  tell_slot(4);
  EXPECT_EQ(records_.size(), records);
}

TEST_F(SwapTest, UnconfirmedSafetyIsSentAgain) {
  silent_ = true;
  tell("smoke", {{"active", true}});
  const auto stops = [&] {
    return std::ranges::count(port_.sent, "set_charge_limit", &Sent::action);
  };
  EXPECT_EQ(stops(), 1);
  pass(Millis(6000));
  EXPECT_EQ(stops(), 2);
  tell("done", {{"command", port_.sent.back().number}});
  pass(Millis(20'000));
  EXPECT_EQ(stops(), 2);
  silent_ = false;
  served_ = port_.sent.size();
  scan(kAnna);
  EXPECT_EQ(last("swap_aborted")["reason"], "alarm");
}

TEST_F(SwapTest, APersonClosesACase) {
  scan(kAnna);
  fill(1, "A");
  door(1, true);
  tell_slot(1);
  pass(cabinet_.step + Millis(10'000));
  ASSERT_EQ(swap_->cases().size(), 1U);
  const auto id = swap_->cases()[0].id;
  boot();
  EXPECT_TRUE(with([&](Effects& out) { return swap_->close_case(out, now_, id, "guard"); }));
  EXPECT_EQ(last("swap_case_closed")["by"], "guard");
  EXPECT_FALSE(with([&](Effects& out) { return swap_->close_case(out, now_, id, "guard"); }));
}

TEST_F(SwapTest, RefusesWhatIsNoEventOfACabinet) {
  for (const char* body :
       {"{}", R"({"slot":0,"state":"empty","door":"open"})",
        R"({"slot":65,"state":"empty","door":"open"})", R"({"slot":1,"state":"odd","door":"open"})",
        R"({"slot":"1","state":"empty","door":7})"}) {
    EXPECT_FALSE(tell("slot", parse_json(body).value())) << body;
  }
  EXPECT_FALSE(tell("opened", Json::object()));
  EXPECT_TRUE(tell("smoke", {{"slot", "x"}, {"active", 1}}));
  EXPECT_TRUE(tell("done", {{"command", "x"}}));
}

}  // namespace
}  // namespace xiaogate::site
