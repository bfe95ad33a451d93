// The wire between the gateway and a plugin process: a SOCK_SEQPACKET socket pair, one frame a
// packet, at most kMaxFrame octets.
//
// A frame is one octet of type and then its fields, without padding. Numbers are little-endian:
// u8, u32, u64, i64. A text is a u32 of its length and its octets (any octets). A frame ends with
// its last field; more or fewer octets are an error.
//
//   to the plugin process                                  | from it
//   1 hello   u32 wire version (2), text library path,     | 16 ready    text what holds the
//             text name, text version, u32 memory quota    |             process (sandbox.h)
//             in MiB                                       | 17 refused  text why
//   2 config  text part                                    | 18 returned u64 id, u8 last, u32 n,
//   3 state   u32 n, n x (text key, text value)            |             n x effect
//   4 begin   -                                            | 19 not understood  u64 id
//   5 call    u64 id, i64 now_ms, u32 kind, text device,   |
//             text name, text data                         | effect: u32 kind, text device,
//                                                          |   text name, text data, i64 delay_ms,
//                                                          |   u32 qos
//
// Order: hello, config parts (joined they are the configuration), state parts, begin; answered by
// ready or refused. Then calls, answered in their order by one or more `returned` frames (all but
// the last have last = 0 and at least one effect) or one `not understood`.
//
// The plugin process is not trusted: decode() refuses everything that is not exactly this, never
// reads outside the frame and allocates no more than the frame's own size. Numbers of an effect
// outside their ranges (plugin.h) are refused here as well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/plugin.h"
#include "model/result.h"
#include "model/time.h"

namespace xiaogate::host::wire {

inline constexpr std::size_t kMaxFrame = 128 * 1024;
inline constexpr std::uint32_t kVersion = 2;

struct Hello {
  std::string library;
  std::string name;
  std::string version;
  std::uint32_t memory_mib = 0;
};
struct ConfigPart {
  std::string text;
};
struct StatePart {
  PluginState entries;
};
struct Begin {};
struct Call {
  std::uint64_t id = 0;
  WallTime now;
  PluginInput input;
};

struct Ready {
  std::string held_by;
};
struct Refused {
  std::string why;
};
struct Returned {
  std::uint64_t id = 0;
  bool last = true;
  std::vector<PluginEffect> effects;
};
struct NotUnderstood {
  std::uint64_t id = 0;
};

using ToPlugin = std::variant<Hello, ConfigPart, StatePart, Begin, Call>;
using FromPlugin = std::variant<Ready, Refused, Returned, NotUnderstood>;

// Error "wire.invalid": what is wrong, for the log.
Result<ToPlugin> decode_to_plugin(std::string_view frame);
Result<FromPlugin> decode_from_plugin(std::string_view frame);

// All frames that start a plugin, hello to begin. Error "wire.too_large": one entry of the state
// does not fit into a frame.
Result<std::vector<std::string>> encode_start(const Hello& hello, std::string_view config,
                                              const PluginState& state);

// Whether this input fits into one frame.
bool fits(const PluginInput& input);
// REQUIRES: fits(input).
std::string encode_call(std::uint64_t id, WallTime now, const PluginInput& input);

// Both cut to what fits.
std::string encode_ready(std::string_view held_by);
std::string encode_refused(std::string_view why);
// As many frames as it takes. REQUIRES: the quotas of plugin_library.h.
std::vector<std::string> encode_returned(std::uint64_t id,
                                         const std::vector<PluginEffect>& effects);
std::string encode_not_understood(std::uint64_t id);

}  // namespace xiaogate::host::wire
