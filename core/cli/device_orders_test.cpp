#include "cli/device_orders.h"

#include <array>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace xiaogate::cli {
namespace {

DeviceOrder order(std::string_view line) {
  const auto parsed = parse_device_order(line);
  if (!parsed || !*parsed) return {"?", "?", "?"};
  return **parsed;
}

TEST(DeviceOrder, IsADeviceAnActionAndItsInput) {
  EXPECT_EQ(order("gate-1 open").device, "gate-1");
  EXPECT_EQ(order("gate-1 open").action, "open");
  EXPECT_EQ(order(" gate-1\t open \r").input, "{}");
  EXPECT_EQ(order(R"(sign show  {"lines": ["a b"]} )").input, R"({"lines": ["a b"]})");
}

TEST(DeviceOrder, SkipsBlanksAndRemarks) {
  for (const auto* line : {"", "  \t", "# gate-1 open", "  #x"}) {
    const auto parsed = parse_device_order(line);
    ASSERT_TRUE(parsed) << line;
    EXPECT_FALSE(*parsed) << line;
  }
  EXPECT_EQ(parse_device_order("gate-1").error().code, "order.invalid");
}

TEST(OrderReader, CutsLinesHoweverTheyCome) {
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(pipe(pipe_ends.data()), 0);
  const auto say = [&](std::string_view text) {
    ASSERT_EQ(write(pipe_ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  };
  OrderReader reader(pipe_ends[0]);
  say("one\ntw");
  reader.read_more();
  EXPECT_EQ(reader.next(), "one");
  EXPECT_EQ(reader.next(), std::nullopt);
  say("o\n\nlast");
  reader.read_more();
  EXPECT_EQ(reader.next(), "two");
  EXPECT_EQ(reader.next(), "");
  EXPECT_EQ(reader.next(), std::nullopt) << "it may go on";
  close(pipe_ends[1]);
  reader.read_more();
  EXPECT_EQ(reader.descriptor(), -1);
  EXPECT_EQ(reader.next(), "last");
  EXPECT_EQ(reader.next(), std::nullopt);
  close(pipe_ends[0]);
}

}  // namespace
}  // namespace xiaogate::cli
