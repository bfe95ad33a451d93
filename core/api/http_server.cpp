#include "api/http_server.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <istream>
#include <optional>

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/ServerSocketImpl.h>
#include <Poco/ThreadPool.h>
#include <Poco/URI.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "api/router.h"

namespace xiaogate::api {
namespace {

namespace fs = std::filesystem;
namespace net = Poco::Net;

constexpr int kThreads = 4;
constexpr int kQueued = 16;       // connections that wait for a thread; more are closed
constexpr int kIdleSeconds = 10;  // for one wait on a client
constexpr int kBacklog = 16;

// The body when it has at most `most` octets. What is above is read and thrown away, because a
// connection that is closed with unread octets takes the answer with it; a client that goes on
// beyond eight times as much is cut off.
std::optional<std::string> read_body(net::HTTPServerRequest& request, std::size_t most) {
  std::string body;
  std::size_t size = 0;
  std::array<char, 16384> part{};
  std::istream& stream = request.stream();
  while (size < 8 * most && (stream.read(part.data(), part.size()) || stream.gcount() > 0)) {
    const auto count = static_cast<std::size_t>(stream.gcount());
    size += count;
    if (size <= most) body.append(part.data(), count);
  }
  if (size > most) return std::nullopt;
  return body;
}

Result<Request> read_request(net::HTTPServerRequest& incoming, std::size_t max_body) {
  Request request{.method = incoming.getMethod()};
  try {
    const Poco::URI target(incoming.getURI());
    request.path = target.getPath();
    for (const auto& [name, value] : target.getQueryParameters()) request.query[name] = value;
  } catch (const Poco::Exception&) {
    return failure("api.invalid", "The request's target is not a path.");
  }
  auto body = read_body(incoming, max_body);
  if (!body) {
    return failure("api.too_large",
                   "The request's body is larger than " + std::to_string(max_body) + " octets.");
  }
  request.body = std::move(*body);
  return request;
}

void send(net::HTTPServerResponse& outgoing, const Response& response) {
  outgoing.setStatusAndReason(static_cast<net::HTTPResponse::HTTPStatus>(response.status));
  outgoing.setContentType(response.content_type);
  outgoing.sendBuffer(response.body.data(), response.body.size());
}

class Handler final : public net::HTTPRequestHandler {
 public:
  Handler(const Router& router, std::size_t max_body) : router_(router), max_body_(max_body) {}

  void handleRequest(net::HTTPServerRequest& incoming, net::HTTPServerResponse& outgoing) override {
    auto request = read_request(incoming, max_body_);
    if (!request) {
      const bool large = request.error().code == "api.too_large";
      outgoing.setKeepAlive(false);
      send(outgoing, error_response(large ? 413 : 400, request.error().code, request.error().text));
      return;
    }
    send(outgoing, router_.answer(std::move(*request)));
  }

 private:
  const Router& router_;
  std::size_t max_body_;
};

class Factory final : public net::HTTPRequestHandlerFactory {
 public:
  Factory(const Router& router, std::size_t max_body) : router_(router), max_body_(max_body) {}
  net::HTTPRequestHandler* createRequestHandler(const net::HTTPServerRequest&) override {
    return new Handler(router_, max_body_);  // Poco deletes it
  }

 private:
  const Router& router_;
  std::size_t max_body_;
};

std::unexpected<Error> cannot_listen(const fs::path& path, const std::string& why) {
  return failure("api.unreadable", "Cannot listen on " + path.string() + ": " + why +
                                       ". Check the path and the permissions of its directory.");
}

// Whether somebody accepts connections at `path`.
bool is_listened_on(const sockaddr_un& address) {
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  const bool answered =
      connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(probe);
  return answered;
}

Result<void> make_room(const fs::path& path, const sockaddr_un& address) {
  struct stat status{};
  if (lstat(path.c_str(), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode)) {
    return cannot_listen(path, "something that is no socket lies there");
  }
  if (is_listened_on(address)) {
    return failure("api.locked", "Another process listens on " + path.string() +
                                     ". Stop it, or choose another socket.");
  }
  unlink(path.c_str());
  return {};
}

// A listening socket of mode 0600 from the moment it appears: on Linux, bind() takes the mode from
// the descriptor (unix(7)), so there is no gap between bind() and chmod().
Result<int> listen_on(const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.empty() || text.size() >= sizeof address.sun_path) {
    return cannot_listen(
        path, "the path must have 1 to " + std::to_string(sizeof address.sun_path - 1) + " octets");
  }
  std::memcpy(address.sun_path, text.data(), text.size());
  if (auto room = make_room(path, address); !room) return std::unexpected(room.error());
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return cannot_listen(path, std::strerror(errno));
  if (fchmod(descriptor, 0600) != 0 ||
      bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      chmod(path.c_str(), 0600) != 0 || listen(descriptor, kBacklog) != 0) {
    const std::string why = std::strerror(errno);
    close(descriptor);
    return cannot_listen(path, why);
  }
  return descriptor;
}

// Poco has no constructor for a socket that listens already.
class Adopted final : public net::ServerSocket {
 public:
  explicit Adopted(int descriptor) : net::ServerSocket(new Impl(descriptor), true) {}

 private:
  struct Impl final : net::ServerSocketImpl {
    explicit Impl(int descriptor) { reset(descriptor); }
  };
};

class PocoServer final : public HttpServer {
 public:
  PocoServer(fs::path socket, std::vector<Route> routes, std::size_t max_body, int descriptor)
      : path_(std::move(socket)),
        router_(std::move(routes)),
        threads_(1, kThreads),
        server_(new Factory(router_, max_body), threads_, Adopted(descriptor), parameters()) {
    server_.start();
  }
  PocoServer(const PocoServer&) = delete;
  PocoServer& operator=(const PocoServer&) = delete;
  ~PocoServer() override {
    // First, so that a successor at the same path is never unlinked by us.
    unlink(path_.c_str());
    server_.stopAll(true);
    threads_.joinAll();
  }

 private:
  static net::HTTPServerParams::Ptr parameters() {
    net::HTTPServerParams::Ptr parameters = new net::HTTPServerParams;
    parameters->setMaxThreads(kThreads);
    parameters->setMaxQueued(kQueued);
    // Stopping may have to wait this long: Poco's dispatcher can miss its own wake-up.
    parameters->setThreadIdleTime(Poco::Timespan(0, 100'000));
    parameters->setTimeout(Poco::Timespan(kIdleSeconds, 0));
    parameters->setKeepAliveTimeout(Poco::Timespan(kIdleSeconds, 0));
    return parameters;
  }

  fs::path path_;
  Router router_;
  Poco::ThreadPool threads_;
  net::HTTPServer server_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(fs::path socket, std::vector<Route> routes,
                                                      std::size_t max_body) {
  auto descriptor = listen_on(socket);
  if (!descriptor) return std::unexpected(descriptor.error());
  try {
    return std::make_unique<PocoServer>(std::move(socket), std::move(routes), max_body,
                                        *descriptor);
  } catch (const Poco::Exception& e) {
    return failure("api.failed", "Cannot serve HTTP: " + e.displayText() + ".");
  }
}

}  // namespace xiaogate::api
