// bench_chatter: the devices of a busy site that nobody waits for. Each has a connection of its own
// and tells its status so many times a second, QoS 0; all of them cost one thread and next to
// nothing, so that what is measured beside it is the gateway. Runs until it is killed.
//
// MQTT 3.1.1 by hand, as far as that goes: CONNECT, PUBLISH. Answers are not read.

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "process/exit_code.h"
#include "process/options.h"
#include "tests/bench/floors.h"

namespace xiaogate::bench {
namespace {

// A length of the remaining packet, seven bits an octet (MQTT 3.1.1, section 2.2.3).
std::string packet(char type, const std::string& rest) {
  std::string octets(1, type);
  std::size_t left = rest.size();
  do {
    const auto low = static_cast<unsigned char>(left % 128);
    left /= 128;
    octets += static_cast<char>(left > 0 ? low | 0x80U : low);
  } while (left > 0);
  return octets + rest;
}

std::string text(const std::string& value) {
  return {std::string(1, static_cast<char>(value.size() >> 8U)) +
          static_cast<char>(value.size() & 0xffU) + value};
}

class Device {
 public:
  Device(std::uint16_t port, std::size_t number)
      : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const std::string name = "chat-" + std::to_string(number);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
      throw std::runtime_error("the broker does not listen");
    }
    // Protocol level 4, clean session, no keep-alive.
    send(packet(0x10, text("MQTT") + std::string("\x04\x02\x00\x00", 4) + text(name)));
    std::array<char, 4> answer{};
    if (recv(socket_, answer.data(), answer.size(), MSG_WAITALL) != 4 || answer[3] != 0) {
      throw std::runtime_error("the broker refuses device " + name);
    }
    status_ = packet(
        0x30,
        text(name + "/events/rpc") + R"({"src":")" + name + R"(","dst":")" + name +
            R"(/events","method":"NotifyStatus","params":{"ts":1631186545.04,)"
            R"("switch:0":{"id":0,"aenergy":{"by_minute":[0.0,0.0,0.0],"minute_ts":1631186544,)"
            R"("total":12.3}}}})");
  }

  void tell() const { send(status_); }

 private:
  void send(const std::string& octets) const {
    if (::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(octets.size())) {
      throw std::runtime_error("the broker is gone");
    }
  }

  int socket_;
  std::string status_;
};

// The devices' turns are spread evenly over the period.
int chat(std::uint16_t port, std::int64_t devices, std::int64_t rate) {
  try {
    std::vector<Device> all;
    for (std::int64_t i = 0; i < devices; ++i) all.emplace_back(port, static_cast<std::size_t>(i));
    const auto step = std::chrono::nanoseconds(std::chrono::seconds(1)) / (devices * rate);
    std::puts("chatting");
    std::fflush(stdout);
    for (auto due = Clock::now();;) {
      for (const Device& device : all) {
        device.tell();
        due += step;
        std::this_thread::sleep_until(due);
      }
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_chatter: %s\n", e.what());
    return process::kExitFailed;
  }
}

}  // namespace
}  // namespace xiaogate::bench

int main(int argc, char** argv) {
  std::int64_t port = 1883;
  std::int64_t devices = 500;
  std::int64_t rate = 10;
  return xiaogate::process::run_program(
      {.name = "bench_chatter",
       .help = "Devices that tell their status to a broker on this machine, until it is killed.",
       .options = {{"--port", &port, "The broker's.", false, {}, 1, 65535},
                   {"--devices", &devices, "How many, chat-0 and on.", false, {}, 1, 10'000},
                   {"--rate", &rate, "Messages a second of each.", false, {}, 1, 1000}},
       .run =
           [&] { return xiaogate::bench::chat(static_cast<std::uint16_t>(port), devices, rate); }},
      "0.1.0", argc, argv);
}
