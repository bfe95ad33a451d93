#include "site/swap_case.h"

#include <array>

namespace xiaogate::site {
namespace {

constexpr std::array<std::string_view, 3> kPurposes{"insert", "take", "give_back"};

}  // namespace

std::string_view to_string(Purpose purpose) {
  return kPurposes.at(static_cast<std::size_t>(purpose));
}

std::optional<Purpose> parse_purpose(const std::string& text) {
  for (std::size_t i = 0; i < kPurposes.size(); ++i) {
    if (kPurposes[i] == text) return static_cast<Purpose>(i);
  }
  return std::nullopt;
}

Json to_json(const SwapCase& what) {
  return {{"case", what.id},
          {"subject", what.rider.subject},
          {"credential", what.rider.credential},
          {"slot", what.slot},
          {"battery", what.battery},
          {"purpose", to_string(what.purpose)},
          {"reason", what.reason},
          {"owned", what.owned},
          {"deposited_slot", what.deposited.slot},
          {"deposited", what.deposited.battery}};
}

std::optional<SwapCase> read_swap_case(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  const auto purpose = parse_purpose(json.value("purpose", ""));
  if (!purpose) return std::nullopt;
  return SwapCase{.id = json.value("case", std::uint64_t{0}),
                  .rider = {json.value("subject", ""), json.value("credential", "")},
                  .slot = json.value("slot", 0),
                  .battery = json.value("battery", ""),
                  .purpose = *purpose,
                  .reason = json.value("reason", ""),
                  .owned = json.value("owned", true),
                  .deposited = {json.value("deposited_slot", 0), json.value("deposited", "")}};
}

}  // namespace xiaogate::site
