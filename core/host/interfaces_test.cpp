#include "host/interfaces.h"

#include <array>

#include <gmock/gmock.h>

namespace xiaogate::host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;

Interfaces loaded() {
  auto interfaces = Interfaces::load();
  EXPECT_TRUE(interfaces.has_value()) << interfaces.error().text;
  return *interfaces;
}

TEST(Interfaces, AreThoseOfDevices) {
  EXPECT_THAT(loaded().names(), IsSupersetOf({"alarm_input", "display", "door", "gate",
                                              "parking_bay", "reader", "swap_cabinet"}));
}

TEST(Interfaces, AManifestMayOfferWhatIsOptional) {
  EXPECT_THAT(loaded().faults({{"gate", {"door", "lock_open"}}, {"reader", {}}}), IsEmpty());
}

TEST(Interfaces, EveryFaultOfAManifestIsTold) {
  EXPECT_THAT(loaded().faults({{"gate", {"door", "open", "fly"}}, {"kettle", {}}}),
              ElementsAre(HasSubstr("/gate/1: open is part of every gate"),
                          HasSubstr("/gate/2: gate has no fly; optional in it are: door"),
                          HasSubstr("/kettle: there is no such interface; there are alarm_input")));
}

TEST(Interfaces, EventsAndPropertiesKeepToTheirSchema) {
  const auto gate = loaded().bind({{"gate", {"door"}}});
  EXPECT_TRUE(gate.check_event("opened", R"({"command":7})"));
  EXPECT_TRUE(gate.check_event("door", R"({"open":true})"));
  struct Bad {
    const char* name;
    const char* body;
    const char* code;
    const char* text;
  };
  for (const auto& [name, body, code, text] : {
           Bad{"opened", R"({"command":0})", "interface.broken", "opened: /command: "},
           Bad{"opened", R"({"command":"7"})", "interface.broken", "opened: /command: "},
           Bad{"opened", R"({})", "interface.broken", "opened: : "},
           Bad{"opened", R"({"command":1,"by":"me"})", "interface.broken", "by"},
           Bad{"opened", R"([])", "interface.broken", "opened: : "},
           Bad{"opened", R"({"command":1)", "interface.broken", "is not JSON"},
           Bad{"opened", "", "interface.broken", "is not JSON"},
           Bad{"tamper", R"({"tampered":true})", "interface.unknown", "tamper: : "},
           Bad{"scanned", R"({"code":"x"})", "interface.unknown", "interfaces: gate"},
           Bad{"open", R"({})", "interface.unknown", "no such event"},
       }) {
    const auto checked = gate.check_event(name, body);
    ASSERT_FALSE(checked) << name << body;
    EXPECT_EQ(checked.error().code, code) << name << body;
    EXPECT_THAT(checked.error().text, HasSubstr(text)) << body;
  }
}

TEST(Interfaces, ActionsKeepToTheirSchema) {
  const auto both = loaded().bind({{"gate", {"lock_open"}}, {"reader", {}}});
  EXPECT_TRUE(both.check_action("open", "{}"));
  EXPECT_TRUE(both.check_action("lock_open", "{}"));
  EXPECT_TRUE(both.check_action("indicate", R"({"result":"granted"})"));
  EXPECT_EQ(both.check_action("indicate", R"({"result":"maybe"})").error().code,
            "interface.broken");
  EXPECT_EQ(both.check_action("lock_open_release", "{}").error().code, "interface.unknown");
  EXPECT_EQ(both.check_action("opened", R"({"command":1})").error().code, "interface.unknown");
}

TEST(Interfaces, OfTwoModelsWithTheSameNameOneIsEnough) {
  constexpr auto kModels = std::to_array<std::string_view>(
      {R"({"title":"a","events":{"e":{"data":{"type":"object","required":["a"]}}}})",
       R"({"title":"b","events":{"e":{"data":{"type":"object","required":["b"]}},"none":{}}})"});
  const auto interfaces = Interfaces::compile(kModels);
  ASSERT_TRUE(interfaces.has_value()) << interfaces.error().text;
  const auto bound = interfaces->bind({{"a", {}}, {"b", {}}});
  EXPECT_TRUE(bound.check_event("e", R"({"a":1})"));
  EXPECT_TRUE(bound.check_event("e", R"({"b":1})"));
  EXPECT_FALSE(bound.check_event("e", R"({"c":1})"));
  EXPECT_TRUE(bound.check_event("none", "{}"));
  EXPECT_FALSE(bound.check_event("none", R"({"c":1})"));
  EXPECT_FALSE(interfaces->bind({{"a", {}}}).check_event("e", R"({"b":1})"));
}

TEST(Interfaces, DefectiveModelsAreRefused) {
  for (const std::string_view model :
       {"[", "{}", R"({"title":"m","events":{"e":{"data":{"type":"string"}}}})",
        R"({"title":"m","events":{"e":{}},"actions":{"e":{}}})",
        R"({"title":"m","properties":{"p":{"type":"object","properties":7}}})",
        R"({"title":"m","tm:optional":["/events/e"]})"}) {
    const auto interfaces = Interfaces::compile({&model, 1});
    ASSERT_FALSE(interfaces.has_value()) << model;
    EXPECT_EQ(interfaces.error().code, "interface.invalid");
  }
}

TEST(Interfaces, OnlyBrokenEventsAreTakenOut) {
  const auto gate = loaded().bind({{"gate", {}}});
  const auto event = [](const char* name, const char* body) {
    return PluginEffect{.device = "g", .name = name, .data = body};
  };
  const PluginEffect publish{
      .kind = PluginEffectKind::publish, .device = "g", .name = "t", .data = ""};
  std::vector<PluginEffect> effects{event("opened", R"({"command":1})"), event("opened", "{}"),
                                    publish, event("flown", "{}")};
  const auto refused = take_refused(effects, gate);
  EXPECT_THAT(effects, ElementsAre(event("opened", R"({"command":1})"), publish));
  ASSERT_EQ(refused.size(), 2U);
  EXPECT_EQ(refused[0].device, "g");
  EXPECT_THAT(refused[0].reason, HasSubstr("opened: : "));
  EXPECT_THAT(refused[1].reason, HasSubstr("flown: : "));
}

}  // namespace
}  // namespace xiaogate::host
