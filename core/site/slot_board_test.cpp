#include "site/slot_board.h"

#include <gtest/gtest.h>

namespace xiaogate::site {
namespace {

constexpr MonoTime at(std::int64_t ms) {
  return MonoTime(Millis(ms));
}

const Slot kSlot = parse_slot({{"slot", 1}, {"state", "empty"}, {"door", "closed"}}).value();

// A board whose commands of the earlier run are over at 0, and a command that may act until 5000.
class SlotBoardTest : public testing::Test {
 protected:
  SlotBoardTest() { board.commanded(1, at(5000)); }
  void ask_and_answer(std::uint64_t number, std::int64_t asked, std::int64_t answered) {
    board.asked(number, at(asked));
    EXPECT_TRUE(board.answered(number, at(answered)));
  }
  SlotBoard board{at(0)};
};

TEST_F(SlotBoardTest, NothingIsCertainWithoutAnAnswer) {
  board.heard(kSlot, at(9000));
  EXPECT_FALSE(board.certain(1));
  EXPECT_FALSE(board.certain(2));
}

TEST_F(SlotBoardTest, WhatIsHeardAfterTheAnswerToALaterQuestionIsCertain) {
  ask_and_answer(1, 5000, 5010);
  board.heard(kSlot, at(7000));
  EXPECT_TRUE(board.certain(1));
}

// What came before the answer may have waited for minutes in a connection that stood still.
TEST_F(SlotBoardTest, WhatIsHeardBeforeTheAnswerIsNot) {
  board.asked(1, at(5000));
  board.heard(kSlot, at(9000));
  EXPECT_TRUE(board.answered(1, at(9001)));
  EXPECT_FALSE(board.certain(1));
}

TEST_F(SlotBoardTest, AQuestionFromBeforeTheCommandsEndProvesNothing) {
  ask_and_answer(1, 4999, 5010);
  board.heard(kSlot, at(9000));
  EXPECT_FALSE(board.certain(1));
}

// A copy may come kLateness after the message that it doubles.
TEST_F(SlotBoardTest, WhatMayBeALateCopyIsNotCertain) {
  ask_and_answer(1, 5000, 5010);
  board.heard(kSlot, at(6999));
  EXPECT_FALSE(board.certain(1));
}

TEST_F(SlotBoardTest, ARepeatedAnswerTakesTheCertaintyOfWhatCameSince) {
  ask_and_answer(1, 5000, 5010);
  board.heard(kSlot, at(8000));
  EXPECT_FALSE(board.answered(1, at(8001)));
  EXPECT_FALSE(board.certain(1));
  board.heard(kSlot, at(8002));
  EXPECT_TRUE(board.certain(1));
}

TEST_F(SlotBoardTest, AnAnswerToNoQuestionSaysNothing) {
  EXPECT_FALSE(board.answered(7, at(6000)));
  board.heard(kSlot, at(9000));
  EXPECT_FALSE(board.certain(1));
}

TEST_F(SlotBoardTest, SaysWhenAskingIsWorthIt) {
  EXPECT_EQ(board.worth_asking(1), at(5000));
  ask_and_answer(1, 5000, 5010);
  EXPECT_EQ(board.worth_asking(1), at(7000));
  EXPECT_EQ(board.worth_asking(2), at(2000));
}

TEST_F(SlotBoardTest, CommandsOfAnEarlierRunCountForEverySlot) {
  SlotBoard after_restart{at(5000)};
  after_restart.asked(1, at(4000));
  EXPECT_TRUE(after_restart.answered(1, at(4010)));
  after_restart.heard(kSlot, at(9000));
  EXPECT_FALSE(after_restart.certain(1));
}

}  // namespace
}  // namespace xiaogate::site
