// The plugin's side of the wire: what runs inside a plugin process. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "host/plugin_library.h"
#include "host/wire.h"
#include "model/result.h"

namespace xiaogate::host {

// What the gateway sent to start a plugin.
struct PluginStart {
  wire::Hello hello;
  std::string config;
  PluginState state;
};

// The process's end of the socket pair, blocking. Borrows the descriptor.
class PluginWire {
 public:
  explicit PluginWire(int socket);

  // Errors: "wire.closed" (the gateway is gone), "wire.invalid".
  Result<wire::ToPlugin> receive();
  Result<void> send(const std::string& frame);

 private:
  int socket_;
  // Not initialised, so that of a large frame's room only what is used becomes memory.
  std::unique_ptr<char[]> buffer_;
};

// Receives hello to begin.
Result<PluginStart> receive_start(PluginWire& wire);

// Answers calls until the gateway closes the socket (then it returns a value) or the wire fails.
Result<void> answer_calls(PluginWire& wire, PluginInstance& instance);

}  // namespace xiaogate::host
