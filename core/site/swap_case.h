// An open case: a swap ended and the rider does not surely hold exactly one battery.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/json.h"

namespace xiaogate::site {

// Why a slot is opened, and so what is expected of the rider.
enum class Purpose : std::uint8_t {
  insert,    // put the battery in
  take,      // take the charged one
  give_back  // take the own one out again
};
std::string_view to_string(Purpose purpose);

// Of whom a swap or case is. `subject` is the pseudonymous id of the credential's rider.
struct SwapRider {
  std::string subject;
  std::string credential;
};

struct DepositedBattery {
  int slot = 0;  // 0: none
  std::string battery;
};

// Names slot and battery where it really is, as far as the cabinet could tell.
struct SwapCase {
  std::uint64_t id = 0;  // sequence number of its record swap_case_opened
  SwapRider rider;
  int slot = 0;
  std::string battery;  // empty: none seen, or it could not be read
  Purpose purpose = Purpose::insert;
  std::string reason;
  bool owned = true;  // the battery belongs to the rider, or is owed to him
  DepositedBattery deposited;
};

Json to_json(const SwapCase& what);
// nullopt for what to_json() has not made.
std::optional<SwapCase> read_swap_case(const Json& json);
std::optional<Purpose> parse_purpose(const std::string& text);

}  // namespace xiaogate::site
