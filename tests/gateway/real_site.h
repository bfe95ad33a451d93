// A site of real programs for one test: two brokers, the hub, xiaogated with its plugins, and
// registered riders. The devices are the test itself (devices.h).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cose/key.h"
#include "model/credential.h"
#include "model/json.h"
#include "store/journal_reader.h"
#include "tests/support/mosquitto.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace xiaogate::test {

inline const std::string kGatewayId = "gw-00000000000d3301";

// The value, or std::runtime_error with the error's sentence, which fails the test.
template <class T>
T value(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

struct Rider {
  cose::PrivateKey key;
  CredentialId id;
  Bytes issued;  // the credential as the hub signed it

  // What the phone shows now. Two within one second are the same code.
  std::string code() const;
  // The same with the credential in it, for a gateway that does not know it.
  std::string full_code() const;
};

// Lives on the thread that made it.
class RealSite {
 public:
  // Makes the hub's keys and the configuration: config/demo/site.json on these brokers, after
  // `change`. The brokers run, nothing else does.
  explicit RealSite(const std::function<void(Json&)>& change = {});
  ~RealSite();

  Mosquitto& site_broker() { return site_broker_; }
  Mosquitto& hub_broker() { return hub_broker_; }

  // Until it answers.
  void start_hub();
  Process& hub() { return *hub_; }
  Json hub_call(const std::string& method, const std::string& target, const std::string& body = "");
  std::vector<Rider> register_riders(std::size_t count);
  // Waits until the hub has every record that the journal has now, and says what is wrong with
  // them there: lost, doubled, another. Empty when nothing is.
  std::string fault_at_hub();

  // Makes the plugins in the folders of `directory` known, beside those of the build. Before the
  // gateway is started.
  void install_plugins(const std::filesystem::path& directory) const;

  // Only starts the process; it may be killed at any time.
  void start_gateway();
  // Until it answers and its links are up.
  void serve_gateway();
  Process& gateway() { return *gateway_; }
  std::vector<std::string> gateway_command() const;
  // An empty object while it does not answer.
  Json status() const;
  // Until status() has what `is` wants.
  bool wait_status(const std::function<bool(const Json&)>& is) const;
  // Processes of plugins that run now.
  std::vector<pid_t> plugin_pids() const;
  store::JournalReader journal() const;

  std::filesystem::path file(const std::string& name) const { return directory_.path() / name; }
  std::filesystem::path data() const { return file("gateway"); }
  std::string log(const std::string& name = "xiaogated") const;  // its last lines

 private:
  Json hub_records();
  void write_config(const std::function<void(Json&)>& change) const;

  TempDir directory_{"xiaogate-site"};
  Mosquitto site_broker_;
  Mosquitto hub_broker_;
  std::unique_ptr<Process> hub_;
  std::unique_ptr<Process> gateway_;
};

// The newest record of this kind whose body `is` accepts; null when there is none yet.
Json find_record(
    store::JournalReader& journal, const std::string& kind,
    const std::function<bool(const Json&)>& is = [](const Json&) { return true; });

}  // namespace xiaogate::test
