// The composition root: the site, and everything that touches the world around it.
//
// One thread, the loop's, owns the site, the store and the plugin host. The MQTT links and the
// admin server have threads of their own, which only post to the inbox or ask at the desk.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/http_server.h"
#include "gateway/desk.h"
#include "gateway/installed_plugins.h"
#include "gateway/options.h"
#include "gateway/plugin_store.h"
#include "host/plugin_host.h"
#include "links/mqtt_link.h"
#include "model/result.h"
#include "process/inbox.h"
#include "site/ports.h"
#include "site/site.h"
#include "store/store.h"

namespace xiaogate::gateway {

// What the hub is told of a gateway that has gone, by itself or by its last will.
inline constexpr std::string_view kOffline = R"({"online":false})";

inline constexpr std::string_view kVersion = "0.1.0";

using Inbox = process::Inbox<site::Input>;

class Gateway final : public site::Outbox {
 public:
  // Reads configuration and trust list, opens the store, starts plugins and links. The error is one
  // sentence, or one line a fault, that says what to do.
  static Result<std::unique_ptr<Gateway>> create(const GatewayOptions& options);
  ~Gateway() override;

  // Turns, until `stop` becomes readable. Returns an error when it cannot go on.
  Result<void> run(int stop_descriptor);

 private:
  struct Parts {
    GatewayOptions options;
    std::string config_text;
    PluginStore plugin_store;
    InstalledPlugins plugins;
    site::SiteConfig config;
    site::TrustList trust;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<Inbox> inbox;
    std::unique_ptr<Desk> desk;
    std::unique_ptr<host::PluginHost> host;
  };
  explicit Gateway(Parts parts);

  void start_plugins();
  void tell_damaged(const std::vector<DamagedPlugin>& damaged);
  links::LinkEvents link_events(std::string name, bool from_hub,
                                std::function<site::Input(bool up)> changed,
                                std::function<site::Input(links::Message&&)> arrived);
  Result<void> start_device_link();
  Result<void> start_hub_link();
  std::string hub_topic(std::string_view leaf) const;
  Result<void> start_api();

  // `standing`: of the site before it within this run.
  Result<void> make_site(site::Standing standing = {});
  Result<void> round();
  void gather(std::vector<site::Input>& inputs, const Instant& now);
  void turn(const std::vector<site::Input>& inputs, const Instant& now);
  void take_questions();
  void take_orders(std::vector<site::Input>& inputs, const Instant& now);
  void refuse_orders(const std::vector<site::Input>& inputs, const Error& error);
  void watch_disk(std::vector<site::Input>& inputs, const Instant& now);
  Result<void> wait(int stop_descriptor);
  int timeout(const Instant& now) const;
  Json status() const;

  // gateway_plugins.cpp: what people order about plugins.
  Json plugins_json() const;
  Result<Json> start_plugin(const std::string& name);
  // Lets the version in `folder`, which must stay there, take over from the one of its name; the
  // desk's `number` is answered {"plugin", "from", "to"} or with what went wrong. Errors told at
  // once, with nothing changed: those of host::load_manifest(), "plugin.missing" (the library),
  // "plugin.unknown" (no device uses it), "config.invalid" (its devices' options do not fit it),
  // "plugin.conflict" (it is heard or sent elsewhere, or offers something else, than the version
  // before: that needs a restart; or it is being replaced already).
  Result<void> replace_plugin(const std::string& folder, std::uint64_t number);
  void watch_replacement(const host::HostEvent& event);

  // site::Outbox
  void act(site::Action action) override;
  void perform(site::CallPlugin& call);
  void perform(site::PublishToDevice& publish);
  void perform(site::PublishToHub& publish);
  void perform(const site::SendReport& report);
  void perform(const site::AnswerOrder& answer);

  GatewayOptions options_;
  std::string config_text_;
  PluginStore plugin_store_;
  InstalledPlugins plugins_;
  site::SiteConfig config_;
  site::TrustList trust_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Inbox> inbox_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<host::PluginHost> host_;
  std::unique_ptr<site::Site> site_;
  std::unique_ptr<links::MqttLink> device_link_;
  std::unique_ptr<links::MqttLink> hub_link_;
  std::unique_ptr<api::HttpServer> api_;

  // A plugin that is being replaced, by name.
  struct Replacement {
    std::uint64_t number = 0;
    PluginManifest manifest;
    site::SiteConfig config;
  };
  std::map<std::string, Replacement> replacements_;

  site::Standing standing_;          // of a site whose turn failed, for the next
  std::vector<Desk::Asked> orders_;  // for the next turn

  Instant turn_time_;
  bool stopping_ = false;
  bool disk_full_ = false;
  MonoTime next_disk_look_{};
  MonoTime paused_until_{};  // after a turn that failed
  std::uint64_t turns_ = 0;
  std::uint64_t failed_turns_ = 0;
  std::uint64_t unpublished_ = 0;
};

}  // namespace xiaogate::gateway
