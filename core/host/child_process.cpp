#include "host/child_process.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

// glibc 2.36 forgets to say that these are C functions.
extern "C" {
#include <sys/pidfd.h>
}

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/bytes.h"

namespace xiaogate::host {
namespace {

constexpr int kChildSocket = 3;
constexpr int kWordsRoom = 4096;  // of the pipe; the kernel makes it a page at least
constexpr std::size_t kWordsShown = 500;
#ifdef XIAOGATE_SANITIZED
constexpr bool kIntoPipe = false;  // the sanitizers' reports are longer, and wanted whole
#else
constexpr bool kIntoPipe = true;
#endif

std::unexpected<Error> unavailable(const std::string& what, int problem) {
  return failure("host.unavailable", what + ": " + std::strerror(problem));
}

// posix_spawn's two argument objects, with an end to their lives.
struct SpawnArguments {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;

  SpawnArguments() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
  }
  SpawnArguments(const SpawnArguments&) = delete;
  SpawnArguments& operator=(const SpawnArguments&) = delete;
  ~SpawnArguments() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
};

int prepare(SpawnArguments& spawn, int child_socket, int child_output) {
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  // A process group of its own: Ctrl-C at a terminal is the gateway's to answer, in its own order.
  posix_spawnattr_setflags(&spawn.attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setsigmask(&spawn.attributes, &none);
  posix_spawnattr_setsigdefault(&spawn.attributes, &all);
  posix_spawnattr_setpgroup(&spawn.attributes, 0);
  for (const int problem :
       {posix_spawn_file_actions_adddup2(&spawn.files, child_socket, kChildSocket),
        posix_spawn_file_actions_addopen(&spawn.files, STDIN_FILENO, "/dev/null", O_RDONLY, 0),
        posix_spawn_file_actions_adddup2(&spawn.files, child_output, STDOUT_FILENO),
        posix_spawn_file_actions_adddup2(&spawn.files, child_output, STDERR_FILENO),
        posix_spawn_file_actions_addclosefrom_np(&spawn.files, kChildSocket + 1)}) {
    if (problem != 0) return problem;
  }
  return 0;
}

// The pipe that a process talks into, which neither end waits for.
int make_pipe(Descriptor& read_end, Descriptor& write_end) {
  std::array<int, 2> pair{};
  if (pipe2(pair.data(), O_CLOEXEC | O_NONBLOCK) != 0) return errno;
  read_end = Descriptor(pair[0]);
  write_end = Descriptor(pair[1]);
  return fcntl(write_end.get(), F_SETPIPE_SZ, kWordsRoom) < 0 ? errno : 0;
}

std::string describe(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) {
    if (info.si_status == kOutOfMemory) return "needed more memory than its quota";
    return "ended with status " + std::to_string(info.si_status);
  }
  if (info.si_status == SIGSYS) return "did something that plugins may not do (SIGSYS)";
  const char* name = sigabbrev_np(info.si_status);
  return "was killed by signal " + std::to_string(info.si_status) +
         (name != nullptr ? std::string(" (SIG") + name + ")" : std::string());
}

// Empty when there are none.
std::string last_words(const Descriptor& words) {
  std::array<char, kWordsRoom> buffer;
  const ssize_t size = read(words.get(), buffer.data(), buffer.size());
  if (size <= 0) return {};
  return "; it said: " + printable({buffer.data(), static_cast<std::size_t>(size)}, kWordsShown);
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) close(fd_);
    fd_ = other.release();
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

int Descriptor::release() noexcept {
  return std::exchange(fd_, -1);
}

Result<ChildProcess> ChildProcess::start(const std::string& runner, const std::string& plugin) {
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    return unavailable("no socket pair for plugin " + plugin, errno);
  }
  Descriptor ours(pair[0]);
  const Descriptor theirs(pair[1]);
  if (fcntl(ours.get(), F_SETFL, O_NONBLOCK) != 0) {
    return unavailable("the socket of plugin " + plugin, errno);
  }

  Descriptor words;
  Descriptor output;
  SpawnArguments spawn;
  int problem = make_pipe(words, output);
  if (problem == 0)
    problem = prepare(spawn, theirs.get(), kIntoPipe ? output.get() : STDERR_FILENO);
  std::string program = runner;
  std::string name = plugin;
  std::string parent = std::to_string(getpid());
  std::array<char*, 4> arguments{program.data(), name.data(), parent.data(), nullptr};
  std::array<char*, 1> environment{nullptr};
  pid_t pid = -1;
  if (problem == 0) {
    problem = posix_spawn(&pid, runner.c_str(), &spawn.files, &spawn.attributes, arguments.data(),
                          environment.data());
  }
  if (problem != 0)
    return unavailable("the process of plugin " + plugin + " (" + runner + ")", problem);

  Descriptor pidfd(pidfd_open(pid, 0));
  if (pidfd.get() < 0) {
    problem = errno;
    ::kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return unavailable("no pidfd for plugin " + plugin, problem);
  }
  return ChildProcess(pid, std::move(pidfd), std::move(ours), std::move(words));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      socket_(std::move(other.socket_)),
      words_(std::move(other.words_)) {}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  kill();
  siginfo_t info{};
  while (waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED) != 0 && errno == EINTR) {
  }
}

ChildProcess::Sent ChildProcess::send(std::string_view frame) {
  while (true) {
    if (::send(socket_.get(), frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) {
      return Sent::whole;
    }
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == ENOBUFS ? Sent::later : Sent::never;
  }
}

ChildProcess::Received ChildProcess::receive(std::span<char> buffer, std::string_view& frame) {
  // Once the process has closed with frames of ours unread, the first recv() reports ECONNRESET
  // before the frames that it had sent; they are still there and come next.
  while (true) {
    const ssize_t size = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size > 0) {
      frame = std::string_view(buffer.data(), static_cast<std::size_t>(size));
      return Received::frame;
    }
    if (size < 0 && (errno == EINTR || errno == ECONNRESET)) continue;
    return size < 0 && errno == EAGAIN ? Received::nothing : Received::closed;
  }
}

void ChildProcess::kill() {
  socket_ = Descriptor();
  if (pid_ >= 0) pidfd_send_signal(pidfd_.get(), SIGKILL, nullptr, 0);
}

std::optional<std::string> ChildProcess::ended() {
  if (pid_ < 0) return "has ended";
  siginfo_t info{};
  if (waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED | WNOHANG) != 0) {
    if (errno == EINTR) return std::nullopt;
    pid_ = -1;  // somebody else reaped it
    return "has ended";
  }
  if (info.si_pid == 0) return std::nullopt;
  pid_ = -1;
  return describe(info) + last_words(words_);
}

}  // namespace xiaogate::host
