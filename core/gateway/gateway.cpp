#include "gateway/gateway.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "gateway/clock.h"
#include "gateway/report.h"
#include "process/logging.h"
#include "site/turn.h"

namespace xiaogate::gateway {
namespace {

using process::log_error;
using process::log_info;
using process::log_warning;

constexpr std::size_t kInboxCapacity = 4096;
constexpr std::size_t kInputsInTurn = 256;
constexpr Millis kBackPressure{1000};  // how long a link waits for room in the inbox
constexpr Millis kDiskLook{10'000};
constexpr Millis kFarewell{500};

Result<std::string> read_file(const std::string& path, std::string_view what) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return failure("config.unreadable",
                   std::string(what) + " " + path + " cannot be read: " +
                       std::generic_category().message(errno == 0 ? EIO : errno));
  }
  return text.str();
}

site::Input to_input(host::HostEvent&& event) {
  struct Translate {
    site::Input operator()(host::PluginUp& e) const { return site::PluginUp{std::move(e.plugin)}; }
    site::Input operator()(host::PluginDown& e) const {
      log_warning("plugin down", {{"plugin", e.plugin},
                                  {"reason", e.reason},
                                  {"restart_in_ms", e.restart_in.count()}});
      return site::PluginDown{std::move(e.plugin), std::move(e.reason)};
    }
    site::Input operator()(host::CallReturned& e) const {
      return site::CallReturned{std::move(e.plugin), e.call, std::move(e.effects)};
    }
    site::Input operator()(host::CallFailed& e) const {
      return site::CallFailed{std::move(e.plugin), e.call, std::move(e.device),
                              std::string(to_string(e.fault))};
    }
  };
  return std::visit(Translate{}, event);
}

}  // namespace

Result<std::unique_ptr<Gateway>> Gateway::create(const GatewayOptions& options) {
  const auto plugins = InstalledPlugins::find(options.plugins);
  if (!plugins) return std::unexpected(plugins.error());
  const auto config_text = read_file(options.config, "site configuration");
  if (!config_text) return std::unexpected(config_text.error());
  auto config = site::parse_site_config(*config_text, options.config, *plugins);
  if (!config) return std::unexpected(config.error());
  const auto trust_text = read_file(options.trust, "trust list");
  if (!trust_text) return std::unexpected(trust_text.error());
  auto trust = site::parse_trust_list(*trust_text, options.trust);
  if (!trust) return std::unexpected(trust.error());
  auto store = store::Store::open({.directory = options.data});
  if (!store) return std::unexpected(store.error());
  for (const auto& notice : (*store)->notices()) log_warning(notice);
  auto inbox = Inbox::create(kInboxCapacity);
  if (!inbox) return std::unexpected(inbox.error());
  auto desk = StatusDesk::create();
  if (!desk) return std::unexpected(desk.error());
  host::HostOptions host_options;
  host_options.runner = options.runner;
  auto host = host::PluginHost::create(
      std::move(host_options), [store = store->get()](const std::string& plugin) {
        auto state = store->plugin_state(plugin);
        if (!state) log_error("plugin state unreadable", {{"reason", state.error().text}});
        return state.value_or(PluginState{});
      });
  if (!host) return std::unexpected(host.error());

  std::unique_ptr<Gateway> gateway(new Gateway({.config = std::move(*config),
                                                .trust = std::move(*trust),
                                                .store = std::move(*store),
                                                .inbox = std::move(*inbox),
                                                .desk = std::move(*desk),
                                                .host = std::move(*host)}));
  if (auto made = gateway->make_site(); !made) return std::unexpected(made.error());
  if (auto started = gateway->start_plugins(*plugins); !started) {
    return std::unexpected(started.error());
  }
  const std::string socket =
      options.socket.empty() ? options.data + "/xiaogated.sock" : options.socket;
  if (auto started = gateway->start_api(socket); !started) return std::unexpected(started.error());
  if (auto started = gateway->start_links(); !started) return std::unexpected(started.error());
  return gateway;
}

Gateway::Gateway(Parts parts)
    : config_(std::move(parts.config)),
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
  desk_->answer(Json::object());
  api_.reset();
}

Result<void> Gateway::make_site() {
  const Instant now = read_clock();
  const auto recovered = store_->recover(site::Site::recent_since(config_, now.wall));
  if (!recovered) return std::unexpected(recovered.error());
  site_ = std::make_unique<site::Site>(config_, trust_, *store_, *recovered, now,
                                       std::string(kVersion));
  return {};
}

Result<void> Gateway::start_plugins(const InstalledPlugins& plugins) {
  for (const auto& name : plugins_used(config_)) {
    const PluginManifest& manifest = *plugins.manifest(name);
    std::error_code error;
    if (!std::filesystem::exists(manifest.library, error)) {
      return failure("plugin.missing", "plugin " + name + ": its library " + manifest.library +
                                           " is missing; install the plugin again");
    }
    host_->add(manifest, plugin_config(config_, name));
  }
  return {};
}

Result<void> Gateway::start_links() {
  links::LinkOptions device;
  device.url = config_.device_broker;
  device.client_id = config_.gateway + "-site";
  for (const auto& [id, d] : config_.devices) {
    for (const auto& filter : d.subscribe) device.subscriptions.push_back({filter, 1});
  }
  links::LinkEvents events;
  events.on_message = [this](links::Message&& m) {
    inbox_->post(site::DeviceMessage{std::move(m.topic), std::move(m.payload)}, kBackPressure);
  };
  events.on_state = [this](bool up, const std::string& why) {
    log_info(up ? "device link up" : "device link down", {{"reason", why}});
    inbox_->post(site::DeviceLinkChanged{up}, kBackPressure);
  };
  events.on_dropped = [this](links::Dropped d) {
    inbox_->post(site::MessageDropped{std::move(d.topic), d.size}, kBackPressure);
  };
  auto link = links::MqttLink::create(std::move(device), std::move(events));
  if (!link) return std::unexpected(link.error());
  device_link_ = std::move(*link);
  if (config_.hub_broker.empty()) return {};

  const std::string own = "xg/1/" + config_.gateway + "/";
  links::LinkOptions hub;
  hub.url = config_.hub_broker;
  hub.client_id = config_.gateway;
  hub.max_payload = site::FeedFollower::kMaxMessage;
  hub.will = links::Will{.topic = own + "state", .payload = R"({"online":false})", .retain = true};
  hub.subscriptions = {
      {own + "ack", 1}, {own + "feed/page", 1}, {"xg/1/feed/" + config_.region, 1}};
  events = {};
  events.on_message = [this, own](links::Message&& m) {
    std::string leaf = m.topic.starts_with(own) ? m.topic.substr(own.size()) : "feed";
    inbox_->post(site::HubMessage{std::move(leaf), std::move(m.payload)}, kBackPressure);
  };
  events.on_state = [this](bool up, const std::string& why) {
    log_info(up ? "hub link up" : "hub link down", {{"reason", why}});
    inbox_->post(site::HubLinkChanged{up}, kBackPressure);
  };
  events.on_dropped = [this](links::Dropped d) {
    inbox_->post(site::MessageDropped{std::move(d.topic), d.size}, kBackPressure);
  };
  link = links::MqttLink::create(std::move(hub), std::move(events));
  if (!link) return std::unexpected(link.error());
  hub_link_ = std::move(*link);
  return {};
}

Result<void> Gateway::start_api(const std::string& socket) {
  auto server = api::HttpServer::start(
      socket, {{"GET", "/v1/status", [this](const api::Request&) {
                  auto answer = desk_->ask();
                  if (answer.wait_for(std::chrono::seconds(5)) != std::future_status::ready) {
                    return api::error_response(503, "gateway.busy", "the gateway does not answer");
                  }
                  return api::json_response(answer.get());
                }}});
  if (!server) return std::unexpected(server.error());
  api_ = std::move(*server);
  return {};
}

Result<void> Gateway::run(int stop_descriptor) {
  log_info("gateway started", {{"gateway", config_.gateway},
                               {"devices", config_.devices.size()},
                               {"access_points", config_.access_points.size()}});
  while (!stopping_) {
    if (auto done = round(); !done) return done;
    if (auto waited = wait(stop_descriptor); !waited) return waited;
  }
  if (hub_link_ &&
      hub_link_->publish("xg/1/" + config_.gateway + "/state", R"({"online":false})", 1, true)) {
    hub_link_->flush(kFarewell);
  }
  return {};
}

// Turns until nothing waits any more.
Result<void> Gateway::round() {
  std::vector<site::Input> inputs;
  while (true) {
    const Instant now = read_clock();
    inputs.clear();
    gather(inputs, now);
    if (inputs.empty()) break;
    turn(inputs, now);
    if (site_ == nullptr) {
      if (auto made = make_site(); !made) return made;
    }
  }
  if (desk_->asked()) desk_->answer(status());
  return {};
}

void Gateway::gather(std::vector<site::Input>& inputs, const Instant& now) {
  for (auto& event : host_->service(now)) inputs.push_back(to_input(std::move(event)));
  inbox_->drain(inputs, kInputsInTurn);
  if (const auto due = site_->next_deadline(); due && *due <= now.mono) {
    inputs.emplace_back(site::Tick{});
  }
  watch_disk(inputs, now);
}

void Gateway::turn(const std::vector<site::Input>& inputs, const Instant& now) {
  ++turns_;
  if (const auto done = site::run_turn(*site_, inputs, now, *store_, *this); !done) {
    ++failed_turns_;
    log_error("turn not committed, nothing of it took effect",
              {{"inputs", inputs.size()}, {"reason", done.error().text}});
    // Its memory is ahead of the journal.
    site_.reset();
  }
}

void Gateway::watch_disk(std::vector<site::Input>& inputs, const Instant& now) {
  if (!disk_full_ && store_->has_reserve()) return;
  if (!disk_full_) {
    disk_full_ = true;
    next_disk_look_ = now.mono + kDiskLook;
    log_error("disk full, writing into the reserve: make room on the data directory's disk");
    inputs.emplace_back(site::DiskFull{true});
  } else if (now.mono >= next_disk_look_) {
    next_disk_look_ = now.mono + kDiskLook;
    if (store_->restore_reserve() && store_->has_reserve()) {
      disk_full_ = false;
      inputs.emplace_back(site::DiskFull{false});
    }
  }
}

int Gateway::timeout(const Instant& now) const {
  std::optional<MonoTime> due = site_->next_deadline();
  if (const auto other = host_->next_deadline(); other && (!due || *other < *due)) due = other;
  if (disk_full_ && (!due || next_disk_look_ < *due)) due = next_disk_look_;
  if (!due) return -1;
  return static_cast<int>(std::clamp<std::int64_t>((*due - now.mono).count(), 0, 60'000));
}

Result<void> Gateway::wait(int stop_descriptor) {
  std::array<pollfd, 4> waited{{{.fd = stop_descriptor, .events = POLLIN, .revents = 0},
                                {.fd = inbox_->descriptor(), .events = POLLIN, .revents = 0},
                                {.fd = host_->descriptor(), .events = POLLIN, .revents = 0},
                                {.fd = desk_->descriptor(), .events = POLLIN, .revents = 0}}};
  if (poll(waited.data(), waited.size(), timeout(read_clock())) < 0 && errno != EINTR) {
    return failure("gateway.system", "poll: " + std::generic_category().message(errno));
  }
  stopping_ = (waited[0].revents & POLLIN) != 0;
  return {};
}

void Gateway::act(site::Action action) {
  std::visit([this](auto& what) { perform(what); }, action);
}

void Gateway::perform(site::CallPlugin& call) {
  host_->call(std::move(call.call), call.expires, read_clock());
}

void Gateway::perform(site::PublishToDevice& publish) {
  if (publish.expires < read_clock().mono) return;
  const auto sent = device_link_->publish(std::move(publish.topic), std::move(publish.payload),
                                          static_cast<int>(publish.qos), false);
  // An opening that does not leave is told by gate_silent.
  if (!sent) ++unpublished_;
}

void Gateway::perform(site::PublishToHub& publish) {
  if (!hub_link_) return;
  const auto sent = hub_link_->publish("xg/1/" + config_.gateway + "/" + publish.leaf,
                                       std::move(publish.payload), 1, publish.retain);
  if (!sent) ++unpublished_;
}

void Gateway::perform(const site::SendReport& report) {
  const auto records = store_->records(report.first, report.last - report.first + 1);
  if (!records) {
    log_error("journal unreadable", {{"reason", records.error().text}});
    return;
  }
  if (records->empty()) return;
  site::PublishToHub publish{.leaf = "report", .payload = report_text(*records), .retain = false};
  perform(publish);
}

Json Gateway::status() const {
  Json status = site_->status();
  status["turns"] = turns_;
  status["failed_turns"] = failed_turns_;
  status["inputs_lost"] = inbox_->lost();
  status["unpublished"] = unpublished_;
  status["disk_full"] = disk_full_;
  return status;
}

}  // namespace xiaogate::gateway
