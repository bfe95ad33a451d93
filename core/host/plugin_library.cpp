#include "host/plugin_library.h"

#include <array>
#include <cstring>
#include <utility>

#include <dlfcn.h>

#include "model/bytes.h"

namespace xiaogate::host {
namespace {

constexpr std::int64_t kMaxTimerMs = 86'400'000;

xg_text borrow(std::string_view text) {
  return {text.data(), text.size()};
}

std::string_view view(const xg_text& text) {
  return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size);
}

// Where one call's effects gather; `context` of the sink.
struct Collector {
  std::vector<PluginEffect> effects;
  std::size_t bytes = 0;
};

// What this version knows of an effect: a plugin built against a later header may hand a longer
// one.
bool acceptable(const xg_effect& effect) {
  if (effect.size < sizeof(xg_effect)) return false;
  switch (effect.kind) {
    case XG_EFFECT_PUBLISH:
      return effect.qos <= 1 && effect.name.size > 0;
    case XG_EFFECT_TIMER:
      return effect.delay_ms >= 0 && effect.delay_ms <= kMaxTimerMs;
    case XG_EFFECT_EVENT:
    case XG_EFFECT_PUT:
      return effect.name.size > 0;
    default:
      return false;
  }
}

int collect(void* context, const xg_effect* effect) {
  auto& collector = *static_cast<Collector*>(context);
  if (effect == nullptr || !acceptable(*effect)) return 1;
  const auto device = view(effect->device);
  const auto name = view(effect->name);
  const auto data = view(effect->data);
  // Each against the quota first, so that the sum cannot wrap.
  for (const auto part : {device, name, data}) {
    if (part.size() > kMaxEffectBytes) return 1;
  }
  const std::size_t size = device.size() + name.size() + data.size();
  if (size > kMaxEffectBytes || collector.bytes + size > kMaxResultBytes ||
      collector.effects.size() == kMaxEffects) {
    return 1;
  }
  collector.bytes += size;
  collector.effects.push_back(
      PluginEffect{static_cast<PluginEffectKind>(effect->kind), std::string(device),
                   std::string(name), std::string(data), Millis(effect->delay_ms), effect->qos});
  return 0;
}

std::unexpected<Error> invalid(const PluginManifest& manifest, const std::string& what) {
  return failure("plugin.invalid",
                 "plugin " + manifest.name + ": " + manifest.library + " " + what);
}

bool is_text(const char* text, const std::string& wanted) {
  return text != nullptr && wanted == text;
}

Result<void> check_descriptor(const PluginManifest& manifest, const xg_plugin* plugin) {
  if (plugin == nullptr) return invalid(manifest, "returned no descriptor");
  if (plugin->size < sizeof(xg_plugin)) {
    return invalid(manifest, "has a descriptor of " + std::to_string(plugin->size) +
                                 " bytes, fewer than ABI 1 needs; rebuild it");
  }
  if (plugin->abi != XG_ABI_VERSION) {
    return invalid(manifest, "is built for ABI " + std::to_string(plugin->abi) +
                                 ", this gateway speaks " + std::to_string(XG_ABI_VERSION) +
                                 "; rebuild it with this gateway's xiaogate/plugin.h");
  }
  if (!is_text(plugin->name, manifest.name) || !is_text(plugin->version, manifest.version)) {
    return invalid(manifest, "calls itself " + printable(plugin->name ? plugin->name : "") + " " +
                                 printable(plugin->version ? plugin->version : "") +
                                 ", its manifest says " + manifest.name + " " + manifest.version +
                                 "; install library and manifest of one version");
  }
  if (plugin->create == nullptr || plugin->handle == nullptr || plugin->destroy == nullptr) {
    return invalid(manifest, "lacks create, handle or destroy");
  }
  return {};
}

}  // namespace

Result<PluginLibrary> PluginLibrary::open(const PluginManifest& manifest) {
  // RTLD_NOW: a missing symbol is told here, not in the middle of a call. RTLD_LOCAL: two plugins
  // never see each other's symbols.
  std::shared_ptr<void> library(dlopen(manifest.library.c_str(), RTLD_NOW | RTLD_LOCAL),
                                [](void* handle) {
                                  if (handle != nullptr) dlclose(handle);
                                });
  if (library == nullptr) {
    const char* why = dlerror();
    return failure("plugin.missing", "plugin " + manifest.name + " cannot be loaded: " +
                                         (why != nullptr ? why : manifest.library));
  }
  void* symbol = dlsym(library.get(), "xiaogate_plugin");
  if (symbol == nullptr) return invalid(manifest, "exports no function xiaogate_plugin");
  const auto entry = reinterpret_cast<const xg_plugin* (*)()>(symbol);
  const xg_plugin* plugin = entry();
  if (auto checked = check_descriptor(manifest, plugin); !checked) {
    return std::unexpected(checked.error());
  }
  return PluginLibrary(std::move(library), plugin);
}

Result<PluginInstance> PluginLibrary::create(std::string_view config,
                                             const PluginState& state) const {
  std::vector<xg_entry> entries;
  entries.reserve(state.size());
  for (const auto& [key, value] : state) entries.push_back({borrow(key), borrow(value)});
  std::array<char, 512> why{};
  void* self =
      plugin_->create(borrow(config), entries.data(), entries.size(), why.data(), why.size());
  if (self == nullptr) {
    why.back() = '\0';
    const std::string_view text(why.data());
    return failure("plugin.create_failed",
                   "plugin " + std::string(plugin_->name) +
                       " refused its configuration or state: " +
                       (text.empty() ? "it did not say why" : printable(text, why.size())));
  }
  return PluginInstance(library_, plugin_, PluginInstance::Self(self, plugin_->destroy));
}

Result<std::vector<PluginEffect>> PluginInstance::handle(const PluginInput& input,
                                                         std::uint64_t call, WallTime now) {
  xg_input in{};
  in.size = sizeof in;
  in.kind = static_cast<std::uint32_t>(input.kind);
  in.now_ms = now.time_since_epoch().count();
  in.id = call;
  in.device = borrow(input.device);
  in.name = borrow(input.name);
  in.data = borrow(input.data);
  Collector collector;
  const xg_sink sink{sizeof(xg_sink), &collector, &collect};
  if (plugin_->handle(self_.get(), &in, &sink) != 0) {
    return failure("plugin.not_understood", "plugin " + std::string(plugin_->name) +
                                                " did not understand \"" + printable(input.name) +
                                                "\" of device " + printable(input.device));
  }
  return std::move(collector.effects);
}

}  // namespace xiaogate::host
