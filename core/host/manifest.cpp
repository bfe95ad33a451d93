#include "host/manifest.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "host/interfaces.h"
#include "host/schema.h"
#include "model/device_topics.h"
#include "model/id.h"
#include "xiaogate/plugin.h"

namespace xiaogate::host {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxManifest = 256 * 1024;

std::string joined(const std::vector<std::string>& faults, const char* between) {
  std::string text;
  for (const auto& fault : faults) text += (text.empty() ? "" : between) + fault;
  return text;
}

Result<std::string> read(const fs::path& file) {
  std::error_code problem;
  const auto size = fs::file_size(file, problem);
  if (problem) {
    return failure("plugin.missing", file.string() + " cannot be read: " + problem.message() +
                                         "; is this a plugin's folder?");
  }
  if (size > kMaxManifest) {
    return failure("plugin.invalid", file.string() + " is larger than 256 KiB");
  }
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return failure("plugin.missing", file.string() + " cannot be read");
  return std::move(text).str();
}

std::vector<std::string> texts(JsonReader& in, const char* name, std::vector<std::string>& faults) {
  std::vector<std::string> values;
  for (const auto& item : in.array(name)) {
    if (item.is_string() && !item.get_ref<const std::string&>().empty()) {
      values.push_back(item.get<std::string>());
    } else {
      faults.push_back(in.at(name) + "/" + std::to_string(values.size()) +
                       ": must be a text that is not empty");
      values.emplace_back();
    }
  }
  return values;
}

void check_patterns(const std::vector<std::string>& patterns, const std::string& where, bool filter,
                    std::vector<std::string>& faults) {
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const auto at = where + "/" + std::to_string(i);
    if (!expand_topic(patterns[i], "device", Json::object())) {
      faults.push_back(at + ": lacks a '}'");
    }
    if (!filter && patterns[i].find_first_of("+#") != std::string::npos) {
      faults.push_back(at + ": a topic to publish on must not contain '+' or '#'");
    }
  }
}

void read_topics(const Json& topics, PluginManifest& manifest, std::vector<std::string>& faults) {
  JsonReader in(topics, "/topics", faults);
  manifest.subscribe = texts(in, "subscribe", faults);
  manifest.publish = texts(in, "publish", faults);
  in.finish();
  check_patterns(manifest.subscribe, "/topics/subscribe", true, faults);
  check_patterns(manifest.publish, "/topics/publish", false, faults);
}

void read_interfaces(const Json& interfaces, const Interfaces& models, PluginManifest& manifest,
                     std::vector<std::string>& faults) {
  if (!interfaces.is_object() || interfaces.empty()) {
    faults.emplace_back(
        "/interfaces: must be an object of interfaces, each with the optional affordances that it "
        "offers, as {\"gate\": [\"door\"]}");
    return;
  }
  const auto before = faults.size();
  JsonReader in(interfaces, "/interfaces", faults);
  for (const auto& [name, unused] : interfaces.items()) {
    manifest.interfaces[name] = texts(in, name.c_str(), faults);
  }
  if (faults.size() > before) return;
  for (const auto& fault : models.faults(manifest.interfaces)) {
    faults.push_back("/interfaces" + fault);
  }
}

void read_quotas(const Json& quotas, PluginManifest& manifest, std::vector<std::string>& faults) {
  JsonReader in(quotas, "/quotas", faults);
  manifest.quotas.memory_mib =
      static_cast<std::uint32_t>(in.integer_or("memory_mib", manifest.quotas.memory_mib, 16, 256));
  in.finish();
}

void read_options(const Json& schema, PluginManifest& manifest, std::vector<std::string>& faults) {
  if (!schema.is_object() || schema.value("type", Json()) != "object") {
    faults.emplace_back("/options: must be a JSON Schema with \"type\": \"object\"");
    return;
  }
  if (const auto compiled = Schema::compile(schema); !compiled) {
    faults.push_back("/options: is no JSON Schema: " + compiled.error().text);
  }
  manifest.options_schema = canonical(schema);
}

bool is_version(std::string_view text) {
  const auto letter_or_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return !text.empty() && text.size() <= 32 && letter_or_digit(text.front()) &&
         std::ranges::all_of(
             text, [&](char c) { return letter_or_digit(c) || c == '.' || c == '+' || c == '-'; });
}

PluginManifest read_manifest(const Json& json, const fs::path& folder, const Interfaces& models,
                             std::vector<std::string>& faults) {
  PluginManifest manifest;
  JsonReader in(json, "", faults);
  manifest.name = in.text("name");
  if (json.is_object() && json.contains("name") && !is_name(manifest.name)) {
    in.fault("name", "must be 1 to 32 of a-z, 0-9, '-' and '_'");
  }
  manifest.version = in.text("version");
  if (json.is_object() && json.contains("version") && !is_version(manifest.version)) {
    in.fault("version", "must be 1 to 32 of letters, digits, '.', '+' and '-', as 1.0.0");
  }
  manifest.vendor = in.text("vendor");
  if (json.is_object() && json.value("vendor", Json()) == "") {
    in.fault("vendor", "must not be empty");
  }
  manifest.abi = static_cast<std::uint32_t>(in.integer("abi", XG_ABI_VERSION, XG_ABI_VERSION));
  if (const Json* interfaces = in.find("interfaces"); interfaces != nullptr) {
    read_interfaces(*interfaces, models, manifest, faults);
  } else {
    in.fault("interfaces", "missing");
  }
  read_quotas(in.object_or_empty("quotas"), manifest, faults);
  if (json.is_object() && json.contains("topics")) {
    read_topics(*in.find("topics"), manifest, faults);
  } else {
    in.fault("topics", "missing");
  }
  if (const Json* schema = in.find("options"); schema != nullptr) {
    read_options(*schema, manifest, faults);
  } else {
    in.fault("options", "missing");
  }
  const auto library = in.text_or("library", "libxiaogate_" + manifest.name + ".so");
  if (library.empty() || library.find('/') != std::string::npos) {
    in.fault("library", "must be the name of a file beside the manifest");
  }
  // Absolute, because dlopen() searches the system's folders for a bare name.
  manifest.library = (fs::absolute(folder) / library).lexically_normal().string();
  in.finish();
  return manifest;
}

}  // namespace

Result<PluginManifest> load_manifest(const fs::path& folder) {
  const auto file = folder / "manifest.json";
  const auto text = read(file);
  if (!text) return std::unexpected(text.error());
  const auto json = parse_json(*text);
  if (!json) {
    return failure("plugin.invalid", file.string() + " is not JSON: " + json.error().text);
  }
  const auto models = Interfaces::load();
  if (!models) return std::unexpected(models.error());
  std::vector<std::string> faults;
  auto manifest = read_manifest(*json, folder, *models, faults);
  if (!faults.empty())
    return failure("plugin.invalid", file.string() + ": " + joined(faults, "; "));
  return manifest;
}

Result<Json> check_options(const PluginManifest& manifest, const Json& options) {
  const auto schema = parse_json(manifest.options_schema);
  if (!schema) return std::unexpected(schema.error());
  const auto compiled = Schema::compile(*schema);
  if (!compiled) return std::unexpected(compiled.error());
  const auto faults = compiled->faults(options);
  if (!faults.empty()) return failure("config.invalid", joined(faults, "\n"));
  Json completed = options;
  if (const auto properties = schema->find("properties"); properties != schema->end()) {
    for (const auto& [name, property] : properties->items()) {
      if (!completed.contains(name) && property.is_object() && property.contains("default")) {
        completed[name] = property.at("default");
      }
    }
  }
  return completed;
}

}  // namespace xiaogate::host
