#include "links/pulse.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace xiaogate::links {
namespace {

constexpr std::array<std::uint8_t, 4> kConnack{0x20, 2, 0, 0};  // accepted, no session
constexpr std::array<std::uint8_t, 2> kPingresp{0xD0, 0};

template <std::size_t N>
bool send_all(int client, const std::array<std::uint8_t, N>& packet) {
  return send(client, packet.data(), N, MSG_NOSIGNAL) == static_cast<ssize_t>(N);
}

}  // namespace

Result<std::unique_ptr<Pulse>> Pulse::start() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int stop = eventfd(0, EFD_CLOEXEC);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (listener < 0 || stop < 0 || bind(listener, any, length) != 0 || listen(listener, 1) != 0 ||
      getsockname(listener, any, &length) != 0) {
    const int fault = errno;
    if (listener >= 0) close(listener);
    if (stop >= 0) close(stop);
    return failure("link.system", std::string("no socket on 127.0.0.1: ") + std::strerror(fault) +
                                      "; check the limit of open files");
  }
  return std::unique_ptr<Pulse>(new Pulse(listener, stop, ntohs(address.sin_port)));
}

Pulse::Pulse(int listener, int stop, std::uint16_t port)
    : listener_(listener), stop_(stop), port_(port), thread_([this] { run(); }) {}

Pulse::~Pulse() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(stop_, &one, sizeof one);
  thread_.join();
  close(stop_);
}

bool Pulse::wait_readable(int descriptor) const {
  std::array<pollfd, 2> wanted{pollfd{stop_, POLLIN, 0}, pollfd{descriptor, POLLIN, 0}};
  while (poll(wanted.data(), wanted.size(), -1) < 0 && errno == EINTR) {
  }
  return wanted[0].revents == 0;
}

void Pulse::run() {
  const int client =
      wait_readable(listener_) ? accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC) : -1;
  close(listener_);
  if (client < 0) return;
  beat(client);
  close(client);
}

void Pulse::beat(int client) const {
  const int on = 1;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  std::array<char, 256> ignored{};
  if (!wait_readable(client) || recv(client, ignored.data(), ignored.size(), 0) <= 0) return;
  if (!send_all(client, kConnack)) return;

  pollfd stop{stop_, POLLIN, 0};
  while (poll(&stop, 1, static_cast<int>(kInterval.count())) <= 0) {
    if (!send_all(client, kPingresp)) return;
  }
}

}  // namespace xiaogate::links
