// xiaogate: the command line for everybody who works with a gateway or a hub.

#include <chrono>

#include "cli/access_commands.h"
#include "cli/gate_commands.h"
#include "cli/journal_commands.h"
#include "cli/plugin_commands.h"
#include "cli/rider_commands.h"
#include "cli/status_command.h"
#include "process/options.h"

namespace {

using namespace xiaogate;
using cli::Text;
using process::Command;
using process::Option;

// Where the options of all commands go.
struct Arguments {
  bool json = false;
  std::string language;
  std::string data = "/var/lib/xiaogate";
  std::string socket = "/var/lib/xiaogate/xiaogated.sock";
  cli::GateOrder gate;
  std::int64_t from = 0;
  std::int64_t limit = 100;
  cli::NewRider rider;
  cli::RiderChange change;
  cli::Question question;
  std::string hub;
  std::string phone;
  bool full = false;
  std::int64_t at = -1;
  cli::NewPluginArguments new_plugin;
  cli::TestArguments test;
  cli::RecordArguments record;
  cli::KeyArguments key;
  cli::PackArguments pack;
  cli::VerifyArguments verify;
  std::string package;
  std::string plugin;
};

class Program {
 public:
  explicit Program(cli::Language language) : language_(language) {}

  Command command() {
    return {.name = "xiaogate",
            .help = text(Text::help_program),
            .options = everywhere(),  // before the command as well as after it
            .commands = {journal(), status(), access(), gate(), rider(), plugin()}};
  }

 private:
  std::string text(Text which) const { return cli::say(language_, which); }
  cli::Output output() const { return {.language = language_, .json = in_.json}; }

  std::vector<Option> everywhere() {
    return {{"--json", &in_.json, text(Text::help_json)},
            // Read by choose_language() before the texts are made.
            {"--lang", &in_.language, text(Text::help_lang), false, {"zh", "en"}}};
  }

  // A command with the options that each of them has.
  Command leaf(const char* name, Text help, std::vector<Option> options, std::function<int()> run) {
    for (Option& option : everywhere()) options.push_back(std::move(option));
    return {.name = name, .help = text(help), .options = std::move(options), .run = std::move(run)};
  }

  Command journal() {
    const Option data{"--data", &in_.data, text(Text::option_data)};
    return {.name = "journal",
            .help = text(Text::help_journal),
            .commands = {leaf("show", Text::help_journal_show,
                              {data,
                               {.names = "--from",
                                .target = &in_.from,
                                .help = text(Text::option_from),
                                .least = 0},
                               {.names = "--limit",
                                .target = &in_.limit,
                                .help = text(Text::option_limit),
                                .least = 0}},
                              [this] {
                                return cli::show_journal(output(), in_.data,
                                                         static_cast<std::uint64_t>(in_.from),
                                                         static_cast<std::uint64_t>(in_.limit));
                              }),
                         leaf("verify", Text::help_journal_verify, {data},
                              [this] { return cli::verify_journal(output(), in_.data); })}};
  }

  Command status() {
    return leaf("status", Text::help_status,
                {{"--socket", &in_.socket, text(Text::option_gateway_socket)}},
                [this] { return cli::show_status(output(), in_.socket); });
  }

  Command gate() {
    return {.name = "gate",
            .help = text(Text::help_gate),
            .commands = {gate_order("open", Text::help_gate_open, Text::option_access_point, true,
                                    &cli::open_gate),
                         gate_order("lock-down", Text::help_gate_lock_down, Text::option_area,
                                    false, &cli::lock_down),
                         gate_order("release", Text::help_gate_release, Text::option_area, false,
                                    &cli::release_lock_down)}};
  }

  Command gate_order(const char* name, Text help, Text target, bool required,
                     int (*give)(const cli::Output&, const cli::GateOrder&)) {
    cli::GateOrder& order = in_.gate;
    return leaf(name, help,
                {{"target", &order.target, text(target), required},
                 {"--reason", &order.reason, text(Text::option_why), true},
                 {"--by", &order.by, text(Text::option_by)},
                 {"--socket", &in_.socket, text(Text::option_gateway_socket)}},
                [this, give] {
                  in_.gate.socket = in_.socket;
                  return give(output(), in_.gate);
                });
  }

  Command access() {
    cli::Question& question = in_.question;
    return {.name = "access",
            .help = text(Text::help_access),
            .commands = {
                leaf("explain", Text::help_access_explain,
                     {{"--config", &question.config, text(Text::option_config), true},
                      {"--gate", &question.gate, text(Text::option_gate), true},
                      {"--credential", &question.credential, text(Text::option_credential)},
                      {"--phone", &question.phone, text(Text::option_explain_phone)},
                      {"--scope", &question.scope, text(Text::option_explain_scope)},
                      {"--subject", &question.subject, text(Text::option_explain_subject)},
                      {"--at", &question.at, text(Text::option_explain_at)},
                      {"--data", &question.data, text(Text::option_explain_data)}},
                     [this] { return cli::explain_access(output(), in_.question, clock_now()); })}};
  }

  Command rider() {
    return {.name = "rider",
            .help = text(Text::help_rider),
            .commands = {rider_add(), rider_change("revoke", Text::help_rider_revoke),
                         rider_change("suspend", Text::help_rider_suspend),
                         rider_change("restore", Text::help_rider_restore),
                         leaf("list", Text::help_rider_list,
                              {{"--hub", &in_.hub, text(Text::option_hub), true}},
                              [this] { return cli::list_riders(output(), in_.hub); }),
                         rider_code()}};
  }

  Command rider_add() {
    cli::NewRider& rider = in_.rider;
    return leaf(
        "add", Text::help_rider_add,
        {{"--hub", &rider.hub, text(Text::option_hub), true},
         {"--phone", &rider.phone, text(Text::option_phone_new), true},
         {"--alg",
          &rider.algorithm,
          text(Text::option_algorithm),
          false,
          {"ed25519", "es256", "sm2"}},
         {"--subject", &rider.subject, text(Text::option_subject)},
         {"--scope", &rider.scope, text(Text::option_scope)},
         {"--valid-days", &rider.valid_days, text(Text::option_valid_days), false, {}, 1, 3660}},
        [this] { return cli::add_rider(output(), in_.rider); });
  }

  Command rider_change(const char* operation, Text help) {
    cli::RiderChange& change = in_.change;
    return leaf(operation, help,
                {{"--hub", &change.hub, text(Text::option_hub), true},
                 {"id", &change.id, text(Text::option_rider_id)},
                 {"--phone", &change.phone, text(Text::option_phone)},
                 {"--reason", &change.reason, text(Text::option_reason)}},
                [this, operation] { return cli::change_rider(output(), in_.change, operation); });
  }

  Command rider_code() {
    return leaf("code", Text::help_rider_code,
                {{"--phone", &in_.phone, text(Text::option_phone), true},
                 {"--full", &in_.full, text(Text::option_full)},
                 {"--at", &in_.at, text(Text::option_at), false, {}, 0, 253'402'300'799}},
                [this] { return cli::show_code(output(), in_.phone, in_.full, code_time()); });
  }

  Command plugin() {
    return {
        .name = "plugin",
        .help = text(Text::help_plugin),
        .commands = {plugin_new(), plugin_test(), plugin_record(), plugin_key(), plugin_pack(),
                     plugin_verify(), plugin_install(),
                     leaf("list", Text::help_plugin_list,
                          {{"--socket", &in_.socket, text(Text::option_gateway_socket)}},
                          [this] { return cli::list_plugins(output(), in_.socket); }),
                     leaf("start", Text::help_plugin_start,
                          {{"plugin", &in_.plugin, text(Text::option_plugin), true},
                           {"--socket", &in_.socket, text(Text::option_gateway_socket)}},
                          [this] { return cli::start_plugin(output(), in_.socket, in_.plugin); })}};
  }

  Command plugin_new() {
    cli::NewPluginArguments& made = in_.new_plugin;
    return leaf("new", Text::help_plugin_new,
                {{"name", &made.name, text(Text::option_plugin_name), true},
                 {"--interface", &made.interface, text(Text::option_interface)},
                 {"--language", &made.language, text(Text::option_plugin_language)}},
                [this] { return cli::new_plugin(output(), in_.new_plugin); });
  }

  Command plugin_test() {
    cli::TestArguments& test = in_.test;
    return leaf("test", Text::help_plugin_test,
                {{"folder", &test.folder, text(Text::option_plugin_folder), true},
                 {"--quick", &test.quick, text(Text::option_quick)},
                 {"--seed", &test.seed, text(Text::option_seed), false, {}, 0},
                 {"--junit", &test.junit, text(Text::option_junit)},
                 {"--recordings", &test.recordings, text(Text::option_recordings)},
                 {"--runner", &test.runner, text(Text::option_runner)}},
                [this] { return cli::test_plugin(output(), in_.test); });
  }

  Command plugin_record() {
    cli::RecordArguments& record = in_.record;
    return leaf(
        "record", Text::help_plugin_record,
        {{"plugin", &record.plugin, text(Text::option_record_plugin), true},
         {"--devices", &record.devices, text(Text::option_record_devices), true},
         {"--output,-o", &record.recording, text(Text::option_recording), true},
         {"--broker", &record.broker, text(Text::option_record_broker)},
         {"--drive", &record.drive, text(Text::option_drive)},
         {"--count", &record.count, text(Text::option_count), false, {}, 0},
         {"--seconds", &record.seconds, text(Text::option_seconds), false, {}, 0, 31'536'000},
         {"--runner", &record.runner, text(Text::option_runner)}},
        [this] { return cli::record_plugin(output(), in_.record); });
  }

  Command plugin_key() {
    return leaf("key", Text::help_plugin_key,
                {{"file", &in_.key.file, text(Text::option_key_file), true},
                 {"--name", &in_.key.name, text(Text::option_vendor_name), true}},
                [this] { return cli::make_plugin_key(output(), in_.key); });
  }

  Command plugin_pack() {
    return leaf("pack", Text::help_plugin_pack,
                {{"folder", &in_.pack.folder, text(Text::option_plugin_folder), true},
                 {"--key", &in_.pack.key, text(Text::option_key), true},
                 {"--output,-o", &in_.pack.package, text(Text::option_package_out), true}},
                [this] { return cli::pack_plugin(output(), in_.pack); });
  }

  Command plugin_verify() {
    return leaf("verify", Text::help_plugin_verify,
                {{"package", &in_.verify.package, text(Text::option_package), true},
                 {"--trust", &in_.verify.trust, text(Text::option_trust), true}},
                [this] { return cli::verify_package(output(), in_.verify); });
  }

  Command plugin_install() {
    return leaf("install", Text::help_plugin_install,
                {{"package", &in_.package, text(Text::option_package), true},
                 {"--socket", &in_.socket, text(Text::option_gateway_socket)}},
                [this] { return cli::install_plugin(output(), {in_.package, in_.socket}); });
  }

  WallTime code_time() const {
    if (in_.at >= 0) return WallTime(std::chrono::seconds(in_.at));
    return clock_now();
  }

  static WallTime clock_now() {
    return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  }

  cli::Language language_;
  Arguments in_;
};

}  // namespace

int main(int argc, char** argv) {
  Program program(cli::choose_language(argc, argv));
  return process::run_program(program.command(), XIAOGATE_VERSION, argc, argv);
}
