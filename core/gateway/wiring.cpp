// How a gateway is put together: files to values, values to parts, parts to each other.

#include <filesystem>
#include <system_error>
#include <utility>

#include "gateway/api_routes.h"
#include "gateway/gateway.h"
#include "links/broker_address.h"
#include "process/logging.h"
#include "process/private_file.h"
#include "process/zone_file.h"

namespace xiaogate::gateway {
namespace {

using process::log_error;
using process::log_info;
using process::log_warning;

constexpr std::size_t kInboxCapacity = 4096;
constexpr Millis kBackPressure{1000};  // how long a link waits for room in the inbox

constexpr std::size_t kMaxFile = std::size_t{4} << 20U;

Result<std::string> read_file(const std::string& path, const std::string& what,
                              const std::string& option) {
  auto text = process::read_file(path, kMaxFile);
  if (text) return text;
  return failure("config.unreadable", "The " + what + " cannot be read: " + text.error().text +
                                          "; name a file that can be with " + option);
}

// What the links would refuse later, told before anything is touched.
Result<void> check_brokers(const site::SiteConfig& config, const std::string& source) {
  std::string faults;
  const auto check = [&](const char* pointer, const std::string& url) {
    const auto parsed = links::parse_broker_url(url);
    if (parsed) return;
    faults += (faults.empty() ? "" : "\n") + source + ": " + pointer + ": " + parsed.error().text;
  };
  check("/device_broker", config.device_broker);
  if (!config.hub_broker.empty()) check("/hub_broker", config.hub_broker);
  if (faults.empty()) return {};
  return failure("config.invalid", std::move(faults));
}

Result<void> check_libraries(const site::SiteConfig& config, const InstalledPlugins& plugins) {
  for (const auto& name : plugins_used(config)) {
    const std::string& library = plugins.manifest(name)->library;
    std::error_code error;
    if (std::filesystem::exists(library, error)) continue;
    return failure("plugin.missing", "plugin " + name + ": its library " + library +
                                         " is missing; install the plugin again");
  }
  return {};
}

// The configuration needs to know the plugins and says itself whose packages are taken, so that one
// member of it is looked at before the whole. A configuration that is wrong is told there.
host::PackageTrust package_trust(const site::TrustList& trust, const std::string& config_text) {
  host::PackageTrust packages;
  for (const auto& [kid, vendor] : trust.vendors) {
    packages.vendors.emplace(kid, host::Vendor{vendor.key, vendor.name});
  }
  const auto config = parse_json(config_text);
  packages.development =
      config && config->is_object() && config->value("development_plugins", Json()) == true;
  return packages;
}

}  // namespace

Result<std::unique_ptr<Gateway>> Gateway::create(const GatewayOptions& options) {
  auto plugins = InstalledPlugins::find(options.plugins);
  if (!plugins) return std::unexpected(plugins.error());
  auto config_text = read_file(options.config, "site configuration", "--config");
  if (!config_text) return std::unexpected(config_text.error());
  const auto trust_text = read_file(options.trust, "trust list", "--trust");
  if (!trust_text) return std::unexpected(trust_text.error());
  auto trust = site::parse_trust_list(*trust_text, options.trust);
  if (!trust) return std::unexpected(trust.error());
  PluginStore plugin_store(options.data, package_trust(*trust, *config_text));
  std::vector<DamagedPlugin> damaged;
  plugins = plugin_store.over(std::move(*plugins), damaged);
  auto config =
      site::parse_site_config(*config_text, options.config, *plugins, process::read_zone_file);
  if (!config) return std::unexpected(config.error());
  if (auto sound = check_brokers(*config, options.config); !sound) {
    return std::unexpected(sound.error());
  }
  if (auto there = check_libraries(*config, *plugins); !there) {
    return std::unexpected(there.error());
  }
  auto store = store::Store::open({.directory = options.data});
  if (!store) return std::unexpected(store.error());
  for (const auto& notice : (*store)->notices()) log_warning(notice);
  auto inbox = Inbox::create(kInboxCapacity);
  if (!inbox) return std::unexpected(inbox.error());
  auto desk = Desk::create();
  if (!desk) return std::unexpected(desk.error());
  auto interfaces = host::Interfaces::load();
  if (!interfaces) return std::unexpected(interfaces.error());
  host::HostOptions host_options;
  host_options.runner = options.runner;
  auto host = host::PluginHost::create(std::move(host_options), std::move(*interfaces),
                                       [store = store->get()](const std::string& plugin) {
                                         auto state = store->plugin_state(plugin);
                                         if (!state)
                                           log_error("plugin state unreadable",
                                                     {{"reason", state.error().text}});
                                         return state.value_or(PluginState{});
                                       });
  if (!host) return std::unexpected(host.error());

  std::unique_ptr<Gateway> gateway(new Gateway({.options = options,
                                                .config_text = std::move(*config_text),
                                                .plugin_store = std::move(plugin_store),
                                                .plugins = std::move(*plugins),
                                                .config = std::move(*config),
                                                .trust = std::move(*trust),
                                                .store = std::move(*store),
                                                .inbox = std::move(*inbox),
                                                .desk = std::move(*desk),
                                                .host = std::move(*host)}));
  if (auto made = gateway->make_site(); !made) return std::unexpected(made.error());
  gateway->start_plugins();
  gateway->tell_damaged(damaged);
  if (auto started = gateway->start_api(); !started) return std::unexpected(started.error());
  if (auto started = gateway->start_device_link(); !started) {
    return std::unexpected(started.error());
  }
  if (auto started = gateway->start_hub_link(); !started) return std::unexpected(started.error());
  return gateway;
}

Gateway::Gateway(Parts parts)
    : options_(std::move(parts.options)),
      config_text_(std::move(parts.config_text)),
      plugin_store_(std::move(parts.plugin_store)),
      plugins_(std::move(parts.plugins)),
      config_(std::move(parts.config)),
      trust_(std::move(parts.trust)),
      store_(std::move(parts.store)),
      inbox_(std::move(parts.inbox)),
      desk_(std::move(parts.desk)),
      host_(std::move(parts.host)) {}

Gateway::~Gateway() {
  // The links' threads post to the inbox, so they end first.
  inbox_->close();
  device_link_.reset();
  hub_link_.reset();
  desk_->close();
  api_.reset();
}

void Gateway::start_plugins() {
  for (const auto& name : plugins_used(config_)) {
    host_->add(*plugins_.manifest(name), plugin_config(config_, name));
  }
}

// In the log, and in the journal by the site.
void Gateway::tell_damaged(const std::vector<DamagedPlugin>& damaged) {
  for (const auto& plugin : damaged) {
    log_error("installed plugin refused, the delivered one runs instead",
              {{"plugin", plugin.plugin}, {"version", plugin.version}, {"reason", plugin.reason}});
    inbox_->post_always(site::PluginUpgradeFailed{plugin.plugin, plugin.version, plugin.reason});
  }
}

// What both links have in common: their messages differ, and what they call themselves.
links::LinkEvents Gateway::link_events(std::string name, bool from_hub,
                                       std::function<site::Input(bool up)> changed,
                                       std::function<site::Input(links::Message&&)> arrived) {
  links::LinkEvents events;
  events.on_message = [this, arrived = std::move(arrived)](links::Message&& message) {
    inbox_->post(arrived(std::move(message)), kBackPressure);
  };
  events.on_state = [this, name = std::move(name), changed = std::move(changed)](
                        bool up, const std::string& why) {
    log_info(name + (up ? " up" : " down"), {{"reason", why}});
    inbox_->post_always(changed(up));
  };
  events.on_dropped = [this, from_hub](links::Dropped dropped) {
    inbox_->post(site::MessageDropped{from_hub, std::move(dropped.topic), dropped.size},
                 kBackPressure);
  };
  return events;
}

Result<void> Gateway::start_device_link() {
  links::LinkOptions options;
  options.url = config_.device_broker;
  options.client_id = config_.gateway + "-site";
  for (const auto& [id, device] : config_.devices) {
    for (const auto& filter : device.subscribe) options.subscriptions.push_back({filter, 1});
  }
  auto link = links::MqttLink::create(
      std::move(options),
      link_events(
          "device link", false, [](bool up) { return site::DeviceLinkChanged{up}; },
          [](links::Message&& m) {
            return site::DeviceMessage{std::move(m.topic), std::move(m.payload)};
          }));
  if (!link) return std::unexpected(link.error());
  device_link_ = std::move(*link);
  return {};
}

std::string Gateway::hub_topic(std::string_view leaf) const {
  return "xg/1/" + config_.gateway + "/" + std::string(leaf);
}

Result<void> Gateway::start_hub_link() {
  if (config_.hub_broker.empty()) return {};
  const std::string own = hub_topic("");
  links::LinkOptions options;
  options.url = config_.hub_broker;
  options.client_id = config_.gateway;
  options.max_payload = site::FeedFollower::kMaxMessage;
  options.will =
      links::Will{.topic = hub_topic("state"), .payload = std::string(kOffline), .retain = true};
  options.subscriptions = {
      {hub_topic("ack"), 1}, {hub_topic("feed/page"), 1}, {"xg/1/feed/" + config_.region, 1}};
  auto link = links::MqttLink::create(
      std::move(options), link_events(
                              "hub link", true, [](bool up) { return site::HubLinkChanged{up}; },
                              [own](links::Message&& m) {
                                return site::HubMessage{
                                    m.topic.starts_with(own) ? m.topic.substr(own.size()) : "feed",
                                    std::move(m.payload)};
                              }));
  if (!link) return std::unexpected(link.error());
  hub_link_ = std::move(*link);
  return {};
}

Result<void> Gateway::start_api() {
  const std::string socket =
      options_.socket.empty() ? options_.data + "/xiaogated.sock" : options_.socket;
  auto server = api::HttpServer::start(socket, api_routes(*desk_, plugin_store_, options_.plugins),
                                       host::kMaxPackage);
  if (!server) return std::unexpected(server.error());
  api_ = std::move(*server);
  return {};
}

}  // namespace xiaogate::gateway
