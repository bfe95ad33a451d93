#include "tests/support/process.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace xiaogate::test {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> merged_environment(const std::vector<std::string>& added) {
  std::vector<std::string> result = added;  // first: getenv() finds the first of a name
  for (char** entry = environ; *entry != nullptr; ++entry) result.emplace_back(*entry);
  return result;
}

// In the child, between fork and exec: only async-signal-safe calls. Tells errno through `report`.
[[noreturn]] void become(const char* directory, const char* output, char* const* arguments,
                         char* const* environment, pid_t parent, int report) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // the test died before the line above
  // A parent that waits for its signals on a descriptor has them blocked; the child must not.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int sink = open(output, O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int source = open("/dev/null", O_RDONLY);
  const bool ready = sink >= 0 && source >= 0 && dup2(source, 0) == 0 && dup2(sink, 1) == 1 &&
                     dup2(sink, 2) == 2 && (*directory == '\0' || chdir(directory) == 0);
  if (ready) execvpe(arguments[0], arguments, environment);
  const int fault = errno;
  [[maybe_unused]] const auto written = write(report, &fault, sizeof fault);
  _exit(127);
}

}  // namespace

Process::Process(ProcessOptions options) : output_(std::move(options.output)) {
  std::vector<std::string> environment_texts = merged_environment(options.environment);
  const std::vector<char*> arguments = pointers(options.arguments);
  const std::vector<char*> environment = pointers(environment_texts);
  const std::string output = output_.empty() ? "/dev/null" : output_.string();
  const std::string directory = options.directory.string();

  std::array<int, 2> report{};
  if (pipe2(report.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    become(directory.c_str(), output.c_str(), arguments.data(), environment.data(), parent,
           report[1]);
  }
  close(report[1]);
  int fault = errno;
  const bool failed = pid_ < 0 || read(report[0], &fault, sizeof fault) == sizeof fault;
  close(report[0]);
  if (!failed) return;
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
  throw std::runtime_error("cannot start " + options.arguments[0] + ": " + std::strerror(fault));
}

Process::~Process() {
  if (status_) return;
  signal(SIGKILL);
  signal(SIGCONT);
  wait();
}

void Process::signal(int number) const {
  if (!status_) ::kill(pid_, number);
}

std::optional<int> Process::wait(std::chrono::milliseconds limit) {
  if (status_) return status_;
  wait_until(
      [this] {
        int status = 0;
        if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return true;
      },
      limit);
  return status_;
}

int Process::stop(std::chrono::milliseconds limit) {
  signal(SIGTERM);
  if (!wait(limit)) {
    signal(SIGKILL);
    wait();
  }
  return status_.value_or(-1);
}

std::string Process::output() const {
  std::ifstream file(output_, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace xiaogate::test
