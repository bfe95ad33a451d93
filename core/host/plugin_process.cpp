#include "host/plugin_process.h"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace xiaogate::host {
namespace {

// One octet more than a frame may have, so that one that was cut is refused.
constexpr std::size_t kBuffer = wire::kMaxFrame + 1;

std::unexpected<Error> out_of_order() {
  return failure("wire.invalid", "the gateway sent a frame that was not due");
}

Result<void> answer(PluginWire& wire, PluginInstance& instance, const wire::Call& call) {
  const auto effects = instance.handle(call.input, call.id, call.now);
  if (!effects) return wire.send(wire::encode_not_understood(call.id));
  for (const auto& frame : wire::encode_returned(call.id, *effects)) {
    if (auto sent = wire.send(frame); !sent) return sent;
  }
  return {};
}

}  // namespace

PluginWire::PluginWire(int socket)
    : socket_(socket), buffer_(std::make_unique_for_overwrite<char[]>(kBuffer)) {}

Result<wire::ToPlugin> PluginWire::receive() {
  while (true) {
    const ssize_t size = recv(socket_, buffer_.get(), kBuffer, 0);
    if (size > 0) return wire::decode_to_plugin({buffer_.get(), static_cast<std::size_t>(size)});
    if (size == 0) return failure("wire.closed", "the gateway is gone");
    if (errno != EINTR) return failure("wire.closed", std::strerror(errno));
  }
}

Result<void> PluginWire::send(const std::string& frame) {
  while (::send(socket_, frame.data(), frame.size(), MSG_NOSIGNAL) < 0) {
    if (errno != EINTR) return failure("wire.closed", std::strerror(errno));
  }
  return {};
}

Result<PluginStart> receive_start(PluginWire& wire) {
  PluginStart start;
  bool greeted = false;
  while (true) {
    auto frame = wire.receive();
    if (!frame) return std::unexpected(frame.error());
    auto* hello = std::get_if<wire::Hello>(&*frame);
    if ((hello != nullptr) == greeted) return out_of_order();
    if (hello != nullptr) {
      start.hello = std::move(*hello);
      greeted = true;
    } else if (auto* config = std::get_if<wire::ConfigPart>(&*frame)) {
      start.config += config->text;
    } else if (auto* state = std::get_if<wire::StatePart>(&*frame)) {
      start.state.merge(state->entries);
    } else if (std::holds_alternative<wire::Begin>(*frame)) {
      return start;
    } else {
      return out_of_order();
    }
  }
}

Result<void> answer_calls(PluginWire& wire, PluginInstance& instance) {
  while (true) {
    const auto frame = wire.receive();
    if (!frame) {
      if (frame.error().code == "wire.closed") return {};
      return std::unexpected(frame.error());
    }
    const auto* call = std::get_if<wire::Call>(&*frame);
    if (call == nullptr) return out_of_order();
    if (auto sent = answer(wire, instance, *call); !sent) return sent;
  }
}

}  // namespace xiaogate::host
