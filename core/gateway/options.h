// What xiaogated is told on its command line.
#pragma once

#include <string>

namespace xiaogate::gateway {

struct GatewayOptions {
  std::string config;   // the site's configuration file
  std::string trust;    // the trust list
  std::string data;     // directory of journal and cache; made by the installation
  std::string plugins;  // directory of plugin folders
  std::string runner;   // the program xiaogate-plugin-host
  std::string socket;   // of the admin interface; empty: <data>/xiaogated.sock
};

}  // namespace xiaogate::gateway
