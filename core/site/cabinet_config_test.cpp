#include "site/cabinet_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "site/config.h"

namespace xiaogate::site {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<Cabinet> read(const char* text, Faults& faults) {
  std::map<std::string, Device> devices;
  for (const char* id : {"reader-1", "reader-2"}) {
    devices[id].id = id;
    devices[id].interfaces = {{"reader", {}}};
  }
  devices["cab-1"].id = "cab-1";
  devices["cab-1"].interfaces = {{"swap_cabinet", {}}};
  AccessPoint point;
  point.rules.id = "gate";
  point.reader = "reader-1";
  return read_cabinets(parse_json(text).value(), "/cabinets", devices, {point}, {}, faults);
}

TEST(CabinetConfig, ReadsACabinetAndItsDefaults) {
  Faults faults;
  const auto cabinets =
      read(R"([{"id":"swap","reader":"reader-2","cabinet":"cab-1","step_s":30,"stolen":["S"]}])",
           faults);
  EXPECT_THAT(faults, IsEmpty());
  ASSERT_EQ(cabinets.size(), 1U);
  EXPECT_EQ(cabinets[0].step, Millis(30'000));
  EXPECT_EQ(cabinets[0].min_charge, 80);
  EXPECT_EQ(cabinets[0].name_zh, "swap");
  EXPECT_TRUE(cabinets[0].stolen.contains("S"));
}

TEST(CabinetConfig, TellsAllFaultsAtOnce) {
  Faults faults;
  read(R"([{"id":"gate","reader":"reader-1","cabinet":"reader-2","step_s":1,"colour":1},
           {"id":"b","reader":"reader-2","cabinet":"cab-1","profiles":["x"]},
           {"id":"c","reader":"reader-2","cabinet":"cab-1"}])",
       faults);
  for (const char* fault :
       {"/cabinets/0/id: 'gate' is used twice", "/cabinets/0/reader: 'reader-1' already reads for",
        "/cabinets/0/cabinet: device 'reader-2' is no swap_cabinet", "/cabinets/0/step_s: must be",
        "/cabinets/0/colour: not an option", "/cabinets/1/profiles: no profile 'x'",
        "/cabinets/2/reader: 'reader-2' already reads for 'b'",
        "/cabinets/2/cabinet: 'cab-1' already belongs to 'b'"}) {
    EXPECT_THAT(faults, Contains(HasSubstr(fault)));
  }
  EXPECT_EQ(faults.size(), 8U);
}

}  // namespace
}  // namespace xiaogate::site
