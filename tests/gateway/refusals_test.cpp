// What xiaogated does not start with: it says so in one line a fault, exits with 1 and leaves every
// file that was there as it was.

#include <csignal>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "store/database.h"
#include "tests/gateway/real_site.h"

namespace xiaogate::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

class Refusals : public testing::Test {
 protected:
  // Everything that the gateway could touch, octet for octet; but not the lock, which says who
  // came last, and the reserve, which holds nothing.
  std::map<std::string, std::string> files() const {
    static const std::set<std::string> kOther{"lock", "reserve", "refusal.out"};
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(site_.file(""))) {
      if (entry.is_regular_file() && !kOther.contains(entry.path().filename())) {
        found[entry.path()] = read(entry.path());
      }
    }
    return found;
  }
  static std::vector<std::string> changed(const std::map<std::string, std::string>& before,
                                          const std::map<std::string, std::string>& after) {
    std::vector<std::string> names;
    for (const auto& [name, text] : before) {
      if (!after.contains(name) || after.at(name) != text) names.push_back(name);
    }
    return names;
  }
  // Sets one option of the command line.
  void set(const std::string& option, const std::string& value) {
    const auto found = std::ranges::find(command_, option);
    if (found == command_.end()) {
      command_.insert(command_.end(), {option, value});
    } else {
      *std::next(found) = value;
    }
  }
  // Each line without its time, level and program.
  std::vector<std::string> refused() {
    const fs::path output = site_.file("refusal.out");
    fs::remove(output);
    const auto before = files();
    Process gateway({.arguments = command_, .output = output});
    EXPECT_EQ(gateway.wait(), 1) << gateway.output();
    EXPECT_THAT(changed(before, files()), testing::IsEmpty());
    return faults(gateway.output());
  }
  static std::vector<std::string> faults(const std::string& text) {
    static const std::string kProgram = " error xiaogated: ";
    std::vector<std::string> found;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const auto at = line.find(kProgram);
      found.push_back(at == std::string::npos ? "?" + line : line.substr(at + kProgram.size()));
    }
    return found;
  }
  // One line, with all of these in it.
  void expect_refused(const std::vector<std::string>& parts) {
    const auto lines = refused();
    ASSERT_EQ(lines.size(), 1U) << testing::PrintToString(lines);
    for (const auto& part : parts) EXPECT_THAT(lines[0], HasSubstr(part));
  }
  void configure(const std::function<void(Json&)>& change) {
    Json config = value(parse_json(read(site_.file("site.json"))));
    change(config);
    write(site_.file("site.json"), config.dump());
  }
  // A folder of plugins to damage.
  fs::path own_plugins() {
    const auto folder = site_.file("own-plugins");
    fs::copy(XIAOGATE_PLUGINS, folder, fs::copy_options::recursive);
    set("--plugins", folder);
    return folder;
  }
  // A journal as a gateway leaves it.
  fs::path journal_file() {
    site_.start_gateway();
    EXPECT_TRUE(site_.wait_status([](const Json&) { return true; })) << site_.log();
    EXPECT_EQ(site_.gateway().stop(), 0);
    return site_.data() / std::string(store::kJournalFile);
  }
  void alter_journal(const std::string& sql) {
    auto database = value(store::Database::open(journal_file(), store::journal_schema()));
    ASSERT_TRUE(database.execute(sql));
  }
  // File permissions do not apply to root, unless it gives that up.
  void obey_permissions() {
    if (geteuid() != 0) return;
    command_.insert(command_.begin(), {"setpriv", "--bounding-set=-dac_override,-dac_read_search"});
  }

  RealSite site_;
  std::vector<std::string> command_ = site_.gateway_command();
};

TEST_F(Refusals, ConfigurationThatCannotBeRead) {
  set("--config", site_.file("none.json"));
  expect_refused({"site configuration", "none.json", "No such file", "--config"});
  set("--config", site_.data());
  expect_refused({"site configuration", "Is a directory", "--config"});
}

TEST_F(Refusals, FilesWithoutPermission) {
  obey_permissions();
  fs::permissions(site_.file("site.json"), fs::perms(0));
  expect_refused({"site configuration", "site.json", "Permission denied", "--config"});
}

TEST_F(Refusals, ConfigurationThatIsNotJson) {
  write(site_.file("site.json"), "{\"gateway\": nope}");
  expect_refused({"site.json", "line 1", "column 14"});
  write(site_.file("site.json"), "");
  expect_refused({"site.json", "line 1"});
}

TEST_F(Refusals, AllFaultsOfAConfigurationAtOnce) {
  configure([](Json& config) {
    config["gateway"] = "gate";
    config["colour"] = "red";
    config["devices"][0]["options"]["prefix"] = 7;
  });
  const auto lines = refused();
  ASSERT_EQ(lines.size(), 3U) << testing::PrintToString(lines);
  EXPECT_THAT(lines, testing::Contains(HasSubstr("/gateway: must be")));
  EXPECT_THAT(lines, testing::Contains(HasSubstr("/colour: not an option; options here:")));
  EXPECT_THAT(lines, testing::Contains(HasSubstr("/devices/0/options/prefix: ")));
}

TEST_F(Refusals, BrokersOnOtherMachines) {
  configure([](Json& config) {
    config["device_broker"] = "mqtt://192.0.2.7:1883";
    config["hub_broker"] = "mqtt://hub.example";
  });
  const auto lines = refused();
  ASSERT_EQ(lines.size(), 2U) << testing::PrintToString(lines);
  EXPECT_THAT(lines[0], HasSubstr("site.json: /device_broker: broker URL 'mqtt://192.0.2.7:1883'"));
  EXPECT_THAT(lines[1], HasSubstr("site.json: /hub_broker: "));
  EXPECT_THAT(lines[1], HasSubstr("use a broker on 127.0.0.1"));
}

TEST_F(Refusals, TrustLists) {
  set("--trust", site_.file("none"));
  expect_refused({"trust list", "No such file", "--trust"});
  write(site_.file("trust"), R"({"issuers":[{"kid":"12","key":"00"}]})");
  set("--trust", site_.file("trust"));
  EXPECT_EQ(refused().size(), 2U);
}

TEST_F(Refusals, PluginsThatAreNotThere) {
  set("--plugins", site_.file("none"));
  expect_refused({"plugin directory", "No such file", "--plugins"});
  const fs::path plugins = own_plugins();
  fs::remove(plugins / "shelly" / "libxiaogate_shelly.so");
  expect_refused({"plugin shelly", "libxiaogate_shelly.so is missing", "install"});
  fs::remove_all(plugins / "shelly");
  EXPECT_THAT(refused(), testing::Contains(HasSubstr("no plugin 'shelly'; plugins here: ")));
  set("--runner", site_.file("none"));
  set("--plugins", XIAOGATE_PLUGINS);
  expect_refused({"program that runs plugins", "No such file", "install"});
}

// One plugin that cannot be loaded is not the whole site: its devices are down and the log says
// why, the others work.
TEST_F(Refusals, ALibraryThatIsNoPluginIsOnlyItsDevices) {
  write(own_plugins() / "shelly" / "libxiaogate_shelly.so", "not a library");
  Process gateway({.arguments = command_, .output = site_.file("xiaogated.log")});
  EXPECT_TRUE(site_.wait_status([](const Json& status) {
    return status["plugins"].value("shelly", "") == "down" &&
           status["plugins"].value("reader", "") == "up";
  })) << site_.log();
  EXPECT_THAT(site_.log(), HasSubstr("plugin shelly cannot be loaded: "));
  auto journal = site_.journal();
  EXPECT_EQ(find_record(journal, "plugin_failed")["source"], "shelly");
  EXPECT_EQ(gateway.stop(), 0);
}

TEST_F(Refusals, DataDirectories) {
  set("--data", site_.file("none"));
  expect_refused({"data directory", "does not exist", "Create it"});
  set("--data", site_.file("site.json"));
  expect_refused({"is not a directory"});
  obey_permissions();
  fs::permissions(site_.data(), fs::perms(0500));
  set("--data", site_.data());
  expect_refused({"data directory", "is not writable", "Give it to the user"});
}

TEST_F(Refusals, JournalsThatAreNoJournals) {
  const fs::path journal = journal_file();
  const std::string whole = read(journal);
  write(journal, std::string(5000, '\x5A'));
  expect_refused({"journal.db", "not a SQLite database", "has not been changed"});
  write(journal, whole.substr(0, 5000));
  expect_refused({"journal.db", "malformed", "restore it from a backup"});
}

TEST_F(Refusals, AJournalOfANewerProgram) {
  alter_journal("PRAGMA user_version=9");
  expect_refused({"journal.db", "version 9", "Install the newer program"});
}

TEST_F(Refusals, AJournalOfAnotherProgram) {
  alter_journal("PRAGMA application_id=7");
  expect_refused({"journal.db", "another program", "has not been changed"});
}

TEST_F(Refusals, ASecondGatewayOnTheSameData) {
  site_.start_gateway();
  ASSERT_TRUE(site_.wait_status([](const Json&) { return true; })) << site_.log();
  Process second({.arguments = command_, .output = site_.file("refusal.out")});
  EXPECT_EQ(second.wait(), 1);
  const auto lines = faults(second.output());
  ASSERT_EQ(lines.size(), 1U) << second.output();
  EXPECT_THAT(lines[0], HasSubstr("in use by process " + std::to_string(site_.gateway().pid())));
  EXPECT_TRUE(site_.gateway().running());
  EXPECT_TRUE(site_.wait_status([](const Json&) { return true; })) << "its socket was taken away";
}

TEST_F(Refusals, SocketsThatCannotBe) {
  journal_file();
  set("--socket", "/tmp/" + std::string(120, 's'));
  expect_refused({"Cannot listen on", "1 to 107 octets"});
  set("--socket", site_.file("none") / "socket");
  expect_refused({"Cannot listen on", "No such file"});
}

}  // namespace
}  // namespace xiaogate::test
