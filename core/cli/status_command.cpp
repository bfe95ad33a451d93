#include "cli/status_command.h"

#include "cli/admin_call.h"
#include "cli/site_text.h"
#include "process/exit_code.h"

namespace xiaogate::cli {
namespace {

// An object, whatever stands there.
Json object(const Json& status, const char* member) {
  const auto found = status.find(member);
  return found != status.end() && found->is_object() ? *found : Json::object();
}

std::string link_word(Language language, const Json& status, const char* member) {
  return say(language, shown(status, member) == "up" ? Text::status_up : Text::status_down);
}

std::string device_lines(Language language, const Json& devices) {
  std::string text;
  for (const auto& [name, device] : devices.items()) {
    const Json row = device.is_object() ? device : Json::object();
    text += "\n  " + name + "  " + shown(row, "plugin") + "  " +
            say_word(language, shown(row, "state"));
  }
  return text.empty() ? "\n" + say(language, Text::status_none) : text;
}

std::string plugin_lines(Language language, const Json& plugins) {
  std::string text;
  for (const auto& [name, state] : plugins.items()) {
    text += "\n  " + name + "  " + say_word(language, shown(plugins, name.c_str()));
  }
  return text.empty() ? "\n" + say(language, Text::status_none) : text;
}

// What waits for a person comes first.
std::string parked_lines(Language language, const Json& plugins) {
  std::string text;
  for (const auto& [name, state] : plugins.items()) {
    if (state == "parked") text += say(language, Text::status_parked, {name}) + "\n";
  }
  return text;
}

}  // namespace

std::string status_text(Language language, const Json& status) {
  const Json journal = object(status, "journal");
  const Json feed = object(status, "feed");
  const auto line = [&](Text text, std::initializer_list<std::string_view> values) {
    return say(language, text, values) + "\n";
  };
  return parked_lines(language, object(status, "plugins")) +
         line(Text::status_gateway, {shown(status, "gateway"), shown(status, "version")}) +
         line(Text::status_links, {link_word(language, status, "device_link"),
                                   link_word(language, status, "hub_link")}) +
         line(Text::status_journal, {shown(journal, "head"), shown(journal, "acknowledged")}) +
         line(Text::status_feed, {shown(feed, "region"), shown(feed, "seq")}) +
         line(Text::status_decisions, {shown(status, "granted"), shown(status, "denied")}) +
         line(Text::status_rejected, {shown(status, "rejected_inputs")}) +
         site_text(language, status) + say(language, Text::status_devices) +
         device_lines(language, object(status, "devices")) + "\n" +
         say(language, Text::status_plugins) + plugin_lines(language, object(status, "plugins"));
}

int show_status(const Output& output, const std::string& socket) {
  const auto status = admin_call(socket, "GET", "/v1/status");
  if (!status) return output.fail(status.error());
  output.print(*status, status_text(output.language, *status));
  return process::kExitOk;
}

}  // namespace xiaogate::cli
