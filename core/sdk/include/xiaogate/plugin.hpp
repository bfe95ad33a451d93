// The C++ face of xiaogate/plugin.h: derive from Plugin, say what each input means, register.
//
//   class Relay : public xiaogate::sdk::Plugin {
//    public:
//     Relay(std::string_view config, const xiaogate::sdk::State& state);  // throws: create fails
//     bool command(const xiaogate::sdk::Input& in, xiaogate::sdk::Effects& effects) override;
//   };
//   XIAOGATE_PLUGIN(Relay, "relay", "1.0.0")
//
// Everything that plugin.h promises and demands holds here too: one thread, one call at a time,
// borrowed pointers, no clock, no I/O. An exception out of a handler means "not understood" (the
// effects of that call are dropped) and out of the constructor "cannot be made"; none crosses the
// C ABI. Needs C++17 and nothing else; which JSON library a plugin uses is its own business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <map>
#include <new>
#include <string>
#include <string_view>

#include "xiaogate/plugin.h"

namespace xiaogate::sdk {

// What the plugin has put() so far.
using State = std::map<std::string, std::string, std::less<>>;

// One input; every view is borrowed for the call.
struct Input {
  std::int64_t now_ms;      // wall time of this turn, milliseconds since 1970-01-01T00:00Z
  std::uint64_t id;         // number of this call, unique while the plugin runs
  std::string_view device;  // id of the device, from the site configuration
  std::string_view name;    // message: topic; command: action; timer: its name
  std::string_view data;    // message: payload, any bytes; command: JSON object
};

// Where a handler puts its effects. Each function copies and returns whether the host took it; a
// call may have at most 64 effects, 256 KiB together and 96 KiB each.
class Effects {
 public:
  explicit Effects(const xg_sink& sink) : sink_(sink) {}

  // qos 0 is lost when the device is away, which is right for everything that moves a gate.
  bool publish(std::string_view device, std::string_view topic, std::string_view payload,
               std::uint32_t qos = 0) {
    return emit(XG_EFFECT_PUBLISH, device, topic, payload, 0, qos);
  }
  // `body` is a JSON object as the Thing Model describes that event.
  bool event(std::string_view device, std::string_view name, std::string_view body) {
    return emit(XG_EFFECT_EVENT, device, name, body, 0, 0);
  }
  // The same name again replaces the timer. 0 to 86,400,000 ms.
  bool timer(std::string_view device, std::string_view name, std::int64_t delay_ms) {
    return emit(XG_EFFECT_TIMER, device, name, {}, delay_ms, 0);
  }
  // An empty value erases the key.
  bool put(std::string_view key, std::string_view value) {
    return emit(XG_EFFECT_PUT, {}, key, value, 0, 0);
  }

 private:
  static xg_text text(std::string_view view) { return {view.data(), view.size()}; }

  bool emit(std::uint32_t kind, std::string_view device, std::string_view name,
            std::string_view data, std::int64_t delay_ms, std::uint32_t qos) {
    xg_effect effect{};
    effect.size = sizeof effect;
    effect.kind = kind;
    effect.device = text(device);
    effect.name = text(name);
    effect.data = text(data);
    effect.delay_ms = delay_ms;
    effect.qos = qos;
    return sink_.emit(sink_.context, &effect) == 0;
  }

  const xg_sink& sink_;
};

// Handlers return whether they understood the input.
class Plugin {
 public:
  Plugin() = default;
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
  virtual ~Plugin() = default;

  virtual bool message(const Input&, Effects&) { return false; }
  virtual bool command(const Input&, Effects&) { return false; }
  virtual bool timer(const Input&, Effects&) { return false; }
};

// What XIAOGATE_PLUGIN makes of a class: the functions of the C ABI.
template <class T>
struct Adapter {
  static std::string_view view(xg_text text) { return {text.data, text.size}; }

  static void* create(xg_text config, const xg_entry* entries, std::size_t count, char* error,
                      std::size_t error_size) noexcept {
    try {
      State state;
      for (std::size_t i = 0; i < count; ++i) {
        state.emplace(view(entries[i].key), view(entries[i].value));
      }
      return static_cast<Plugin*>(new T(view(config), state));
    } catch (const std::exception& e) {
      explain(e.what(), error, error_size);
    } catch (...) {
      explain("the plugin threw something that is no std::exception", error, error_size);
    }
    return nullptr;
  }

  static int handle(void* self, const xg_input* input, const xg_sink* sink) noexcept {
    try {
      auto& plugin = *static_cast<Plugin*>(self);
      const Input in{input->now_ms, input->id, view(input->device), view(input->name),
                     view(input->data)};
      Effects effects(*sink);
      switch (input->kind) {
        case XG_INPUT_MESSAGE:
          return plugin.message(in, effects) ? 0 : 1;
        case XG_INPUT_COMMAND:
          return plugin.command(in, effects) ? 0 : 1;
        case XG_INPUT_TIMER:
          return plugin.timer(in, effects) ? 0 : 1;
        default:
          return 1;
      }
    } catch (...) {
      return 1;
    }
  }

  static void destroy(void* self) noexcept { delete static_cast<Plugin*>(self); }

 private:
  static void explain(const char* what, char* error, std::size_t error_size) noexcept {
    if (error == nullptr || error_size == 0) return;
    const std::size_t length = std::strlen(what);
    const std::size_t kept = length < error_size ? length : error_size - 1;
    std::memcpy(error, what, kept);
    error[kept] = '\0';
  }
};

}  // namespace xiaogate::sdk

// Exports the class as this library's plugin; name and version as in manifest.json. The class needs
// a constructor (std::string_view config, const xiaogate::sdk::State& state). Use it once, at
// namespace scope.
#define XIAOGATE_PLUGIN(Class, plugin_name, plugin_version)                                     \
  extern "C" XG_EXPORT const xg_plugin* xiaogate_plugin(void) {                                 \
    using Adapter = ::xiaogate::sdk::Adapter<Class>;                                            \
    static const xg_plugin descriptor = {sizeof(xg_plugin), XG_ABI_VERSION,   plugin_name,      \
                                         plugin_version,    &Adapter::create, &Adapter::handle, \
                                         &Adapter::destroy};                                    \
    return &descriptor;                                                                         \
  }
