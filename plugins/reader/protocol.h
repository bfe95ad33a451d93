// One way in which readers speak. Each protocol is one file; reader.cpp picks it by the option
// "protocol".
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "xiaogate/plugin.hpp"

// The answer to a scan, as the Thing Model's action `indicate` has it.
struct Indication {
  bool granted = false;
  std::string verdict;
  nlohmann::json text;  // {"en": ..., "zh": ...}
  std::string token;    // as it was given with the scan
};

// One reader. Both functions return whether they understood and may throw instead; everything of
// `in` is borrowed.
class Protocol {
 public:
  Protocol() = default;
  Protocol(const Protocol&) = delete;
  Protocol& operator=(const Protocol&) = delete;
  virtual ~Protocol() = default;

  virtual bool message(const xiaogate::sdk::Input& in, xiaogate::sdk::Effects& effects) = 0;
  virtual bool indicate(const xiaogate::sdk::Input& in, const Indication& indication,
                        xiaogate::sdk::Effects& effects) = 0;
};

// From the options of one device, valid by the manifest's schema.
std::unique_ptr<Protocol> make_native(std::string_view device);
std::unique_ptr<Protocol> make_vbar(const nlohmann::json& options);
std::unique_ptr<Protocol> make_generic(const nlohmann::json& options);

// The Thing Model's events. Text that is not UTF-8 is passed on with replacement characters; it is
// no rider's code in any case.
bool emit_scanned(const xiaogate::sdk::Input& in, const std::string& code, const std::string& token,
                  xiaogate::sdk::Effects& effects);
bool emit_online(const xiaogate::sdk::Input& in, bool online, xiaogate::sdk::Effects& effects);
std::string dump(const nlohmann::json& value);
