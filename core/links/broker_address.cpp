#include "links/broker_address.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <optional>

#include <arpa/inet.h>
#include <dirent.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "model/bytes.h"

namespace xiaogate::links {
namespace {

constexpr std::string_view kScheme = "mqtt://";

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

bool is_loopback(std::string_view host) {
  in_addr v4{};
  in6_addr v6{};
  const std::string text(host);
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
  if (inet_pton(AF_INET6, text.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return text == "localhost";
}

// The numeric address and port of a socket address; nothing for other families.
std::optional<BrokerAddress> to_address(const sockaddr* address, socklen_t length) {
  if (address->sa_family != AF_INET && address->sa_family != AF_INET6) return std::nullopt;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (getnameinfo(address, length, host.data(), host.size(), port.data(), port.size(),
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return std::nullopt;
  }
  return BrokerAddress{host.data(), static_cast<std::uint16_t>(std::atoi(port.data()))};
}

bool is_peer(int descriptor, const BrokerAddress& broker) {
  sockaddr_storage peer{};
  socklen_t length = sizeof peer;
  auto* const address = reinterpret_cast<sockaddr*>(&peer);
  if (getpeername(descriptor, address, &length) != 0) return false;
  const auto found = to_address(address, length);
  return found && found->host == broker.host && found->port == broker.port;
}

}  // namespace

Result<BrokerUrl> parse_broker_url(std::string_view url) {
  const auto bad = [&](const std::string& what) {
    return failure("link.url", "broker URL '" + printable(url) + "': " + what +
                                   "; write mqtt://host or mqtt://host:port");
  };
  if (!url.starts_with(kScheme)) return bad("the scheme is not mqtt://");
  std::string_view rest = url.substr(kScheme.size());

  BrokerUrl result;
  if (rest.starts_with('[')) {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) return bad("']' is missing");
    result.host = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
  } else {
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    result.host = rest.substr(0, colon);
    rest.remove_prefix(colon);
  }
  if (result.host.empty() || result.host.find_first_of("/@?# ") != std::string::npos) {
    return bad("the host is missing or holds a character that does not belong there");
  }
  if (!rest.empty()) {
    const char* const end = rest.data() + rest.size();
    const auto [stop, fault] = std::from_chars(rest.data() + 1, end, result.port);
    if (rest[0] != ':' || fault != std::errc{} || stop != end || result.port == 0) {
      return bad("the port is not a number from 1 to 65535");
    }
  }
  if (!is_loopback(result.host)) {
    return failure("link.plaintext", "broker URL '" + printable(url) +
                                         "': an unencrypted connection may only go to this "
                                         "machine; use a broker on 127.0.0.1, ::1 or localhost");
  }
  return result;
}

std::string BrokerAddress::paho_uri() const {
  const bool v6 = host.find(':') != std::string::npos;
  return "tcp://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<std::vector<BrokerAddress>> resolve(const BrokerUrl& url) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int fault = getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &list);
  if (fault != 0) {
    return failure("link.resolve", "broker host '" + printable(url.host) +
                                       "' cannot be resolved: " + gai_strerror(fault));
  }
  const std::unique_ptr<addrinfo, FreeAddresses> owner(list);

  std::vector<BrokerAddress> result;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    auto address = to_address(entry->ai_addr, entry->ai_addrlen);
    // A name that was said to be this machine may still resolve to another one.
    if (address && is_loopback(address->host)) result.push_back(*std::move(address));
  }
  std::ranges::stable_partition(
      result, [](const BrokerAddress& a) { return a.host.find(':') == std::string::npos; });
  if (result.empty()) {
    return failure("link.resolve", "broker host '" + printable(url.host) +
                                       "' does not resolve to an address of this machine; check "
                                       "/etc/hosts or write 127.0.0.1");
  }
  return result;
}

int set_no_delay(const BrokerAddress& broker) {
  const std::unique_ptr<DIR, CloseDirectory> directory(opendir("/proc/self/fd"));
  if (!directory) return 0;
  int count = 0;
  while (const dirent* entry = readdir(directory.get())) {
    const int descriptor = std::atoi(entry->d_name);
    if (descriptor <= 2 || !is_peer(descriptor, broker)) continue;
    const int on = 1;
    if (setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0) ++count;
  }
  return count;
}

}  // namespace xiaogate::links
