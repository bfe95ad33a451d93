#include "tests/gateway/real_site.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "access/rider_code.h"
#include "api/http_client.h"

namespace xiaogate::test {
namespace {

constexpr std::size_t kLogTail = 4000;
constexpr std::size_t kPage = 1000;

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Json call(const std::filesystem::path& socket, const std::string& method, const std::string& target,
          const std::string& body) {
  const auto response = api::http_call(socket, method, target, body);
  if (!response) return Json::object();
  return parse_json(response->body).value_or(Json::object());
}

WallTime wall_now() {
  return std::chrono::floor<Millis>(std::chrono::system_clock::now());
}

}  // namespace

std::string Rider::code() const {
  return value(access::make_rider_code(key, id, wall_now()));
}

std::string Rider::full_code() const {
  return value(access::make_rider_code(key, id, wall_now(), issued));
}

RealSite::RealSite(const std::function<void(Json&)>& change) {
  Process init(
      {.arguments = {XIAOGATE_HUB, "init", "--data", file("hub").string(), "--region", "hangzhou"},
       .output = file("init.log")});
  if (init.wait() != 0) throw std::runtime_error("the hub's init failed: " + init.output());
  std::filesystem::create_directory(data());
  std::filesystem::create_directory(file("plugins"));
  install_plugins(XIAOGATE_PLUGINS);
  write_config(change);
}

RealSite::~RealSite() {
  if (gateway_) gateway_->stop();
  if (hub_) hub_->stop();
}

void RealSite::write_config(const std::function<void(Json&)>& change) const {
  Json config = value(parse_json(read(XIAOGATE_DEMO_CONFIG)));
  config["device_broker"] = site_broker_.url();
  config["hub_broker"] = hub_broker_.url();
  if (change) change(config);
  std::ofstream(file("site.json")) << config.dump(2) << "\n";
}

void RealSite::install_plugins(const std::filesystem::path& directory) const {
  for (const auto& folder : std::filesystem::directory_iterator(directory)) {
    if (!std::filesystem::exists(folder.path() / "manifest.json")) continue;
    std::filesystem::create_directory_symlink(folder.path(),
                                              file("plugins") / folder.path().filename());
  }
}

void RealSite::start_hub() {
  hub_ = std::make_unique<Process>(
      ProcessOptions{.arguments = {XIAOGATE_HUB, "serve", "--data", file("hub").string(),
                                   "--broker", hub_broker_.url()},
                     .output = file("xiaogate-hub.log")});
  if (!wait_until([&] { return hub_call("GET", "/v1/status").contains("region"); })) {
    throw std::runtime_error("the hub does not answer: " + log("xiaogate-hub"));
  }
}

Json RealSite::hub_call(const std::string& method, const std::string& target,
                        const std::string& body) {
  return call(file("hub") / "hub.sock", method, target, body);
}

std::vector<Rider> RealSite::register_riders(std::size_t count) {
  std::vector<Rider> riders;
  for (std::size_t i = 0; i < count; ++i) {
    auto key =
        value(cose::PrivateKey::generate(i % 2 == 0 ? Algorithm::ed25519 : Algorithm::es256));
    const Bytes encoded = cose::encode_public_key(key.public_key());
    const Json answer = hub_call("POST", "/v1/riders", canonical(Json{{"key", to_hex(encoded)}}));
    const auto id = CredentialId::from_text(answer.value("id", ""));
    if (!id) throw std::runtime_error("the hub registers no rider: " + answer.dump());
    riders.push_back({std::move(key), *id, *from_hex(answer["issued"].get<std::string>())});
  }
  return riders;
}

Json RealSite::hub_records() {
  Json all = Json::array();
  while (true) {
    const std::size_t from = all.empty() ? 1 : all.back()["seq"].get<std::size_t>() + 1;
    const Json page =
        hub_call("GET", "/v1/gateways/" + kGatewayId + "/records?limit=" + std::to_string(kPage) +
                            "&from=" + std::to_string(from))
            .value("records", Json::array());
    for (const Json& record : page) all.push_back(record);
    if (page.size() < kPage) return all;
  }
}

std::string RealSite::fault_at_hub() {
  std::size_t head = 0;
  const bool settled = wait_status([&](const Json& status) {
    head = status["journal"]["head"];
    return status["journal"]["acknowledged"] == head && status["hub_link"] == "up";
  });
  if (!settled) return "not everything was acknowledged: " + status().dump();
  auto journal = this->journal();
  const auto own = value(journal.records(1, head));
  const Json at_hub = hub_records();
  if (at_hub.size() < head) return "the hub has only " + std::to_string(at_hub.size()) + " records";
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (at_hub[i]["seq"] != own[i].seq || at_hub[i]["hash"] != to_hex(own[i].hash)) {
      return "the hub has " + at_hub[i].dump() + " for record " + std::to_string(own[i].seq);
    }
  }
  return "";
}

std::vector<std::string> RealSite::gateway_command() const {
  return {XIAOGATED,
          "--config",
          file("site.json").string(),
          "--trust",
          (file("hub") / "trust.json").string(),
          "--data",
          data().string(),
          "--plugins",
          file("plugins").string(),
          "--runner",
          XIAOGATE_PLUGIN_RUNNER};
}

void RealSite::start_gateway() {
  gateway_ = std::make_unique<Process>(
      ProcessOptions{.arguments = gateway_command(), .output = file("xiaogated.log")});
}

void RealSite::serve_gateway() {
  start_gateway();
  const bool up = wait_status([](const Json& status) {
    return status.value("device_link", "") == "up" && status.value("hub_link", "") == "up" &&
           status["plugins"].value("shelly", "") == "up" &&
           status["plugins"].value("reader", "") == "up";
  });
  if (!up) throw std::runtime_error("xiaogated is not up: " + status().dump() + "\n" + log());
}

Json RealSite::status() const {
  return call(data() / "xiaogated.sock", "GET", "/v1/status", "");
}

bool RealSite::wait_status(const std::function<bool(const Json&)>& is) const {
  return wait_until([&] {
    const Json now = status();
    return now.contains("journal") && is(now);
  });
}

std::vector<pid_t> RealSite::plugin_pids() const {
  const std::string pid = std::to_string(gateway_->pid());
  std::istringstream children(read("/proc/" + pid + "/task/" + pid + "/children"));
  std::vector<pid_t> pids;
  for (pid_t child = 0; children >> child;) pids.push_back(child);
  return pids;
}

store::JournalReader RealSite::journal() const {
  return value(store::JournalReader::open(data() / std::string(store::kJournalFile)));
}

std::string RealSite::log(const std::string& name) const {
  std::string text = read(file(name + ".log"));
  if (text.size() > kLogTail) text = "..." + text.substr(text.size() - kLogTail);
  return text;
}

Json find_record(store::JournalReader& journal, const std::string& kind,
                 const std::function<bool(const Json&)>& is) {
  const auto status = value(journal.status());
  auto records = value(journal.records(status.first, status.head));
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    if (record->kind != kind) continue;
    Json body = value(parse_json(record->body));
    if (is(body)) return body;
  }
  return nullptr;
}

}  // namespace xiaogate::test
