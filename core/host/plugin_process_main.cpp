// xiaogate-plugin-host <plugin name> <gateway's pid>: the process in which one plugin runs. Started
// by host::ChildProcess with its end of the wire (wire.h) at descriptor 3.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <string>

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "host/child_process.h"
#include "host/plugin_process.h"
#include "host/sandbox.h"

namespace xiaogate::host {
namespace {

constexpr int kSocket = 3;

// Dies with the gateway, whatever the plugin is doing. The parent is looked at afterwards, since it
// may have gone before the kernel was asked.
bool live_only_with(pid_t gateway) {
  return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == gateway;
}

// What the process was started with and does not need.
void drop_inheritance() {
  clearenv();
  close(STDIN_FILENO);
  close(STDOUT_FILENO);
  close_range(kSocket + 1, ~0U, 0);
}

// operator new has no memory left: said by the exit status, since even a sentence would need some.
[[noreturn]] void out_of_memory() {
  _exit(kOutOfMemory);
}

// Opens the library and makes the instance, each in its stage of the sandbox. The configuration and
// the state are given back as soon as the plugin has seen them.
Result<PluginInstance> load(const PluginStart& start, Sandbox& sandbox) {
  PluginManifest manifest;
  manifest.name = start.hello.name;
  manifest.version = start.hello.version;
  manifest.library = start.hello.library;
  const auto library = PluginLibrary::open(manifest);
  if (!library) return std::unexpected(library.error());
  if (auto locked = sandbox.lock(); !locked) return std::unexpected(locked.error());
  return library->create(start.config, start.state);
}

Result<PluginInstance> start_plugin(PluginWire& wire, std::string& held_by) {
  const auto start = receive_start(wire);
  if (!start) return std::unexpected(start.error());
  auto sandbox = Sandbox::confine({
      .folder = std::filesystem::path(start->hello.library).parent_path(),
      .memory_mib = start->hello.memory_mib,
  });
  if (!sandbox) return std::unexpected(sandbox.error());
  held_by = sandbox->holds();
  return load(*start, *sandbox);
}

Result<void> run() {
  PluginWire wire(kSocket);
  std::string held_by;
  auto instance = start_plugin(wire, held_by);
  if (!instance) return wire.send(wire::encode_refused(instance.error().text));
  if (auto sent = wire.send(wire::encode_ready(held_by)); !sent) return sent;
  return answer_calls(wire, *instance);
}

}  // namespace
}  // namespace xiaogate::host

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("xiaogate-plugin-host is started by xiaogated, not by hand\n", stderr);
    return 2;
  }
  if (!xiaogate::host::live_only_with(static_cast<pid_t>(std::atol(argv[2])))) return 1;
  xiaogate::host::drop_inheritance();
  std::set_new_handler(xiaogate::host::out_of_memory);
  const auto done = xiaogate::host::run();
  if (done) return 0;
  std::fprintf(stderr, "plugin %s: %s\n", argv[1], done.error().text.c_str());
  return 1;
}
