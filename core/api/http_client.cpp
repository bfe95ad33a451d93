#include "api/http_client.h"

#include <cerrno>
#include <istream>
#include <iterator>

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace xiaogate::api {
namespace {

namespace net = Poco::Net;

std::unexpected<Error> refused(std::string_view code, const std::filesystem::path& socket,
                               const std::string& why) {
  return failure(code, "Cannot talk to " + socket.string() + ": " + why);
}

Result<net::StreamSocket> connect(const std::filesystem::path& path,
                                  std::chrono::milliseconds timeout) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) {
    return errno == EACCES ? refused("api.unreadable", path,
                                     "no permission. Run this as the user of the program.")
                           : refused("api.missing", path,
                                     "there is no such socket. Is the program running, and is "
                                     "this the path in its configuration?");
  }
  if (path.string().size() >= sizeof(sockaddr_un::sun_path)) {
    return refused("api.failed", path, "the path is too long for a socket.");
  }
  try {
    const net::SocketAddress address(net::SocketAddress::UNIX_LOCAL, path.string());
    net::StreamSocket socket(net::SocketAddress::UNIX_LOCAL);
    socket.connect(address);
    const Poco::Timespan wait(std::chrono::microseconds(timeout).count());
    socket.setReceiveTimeout(wait);
    socket.setSendTimeout(wait);
    return socket;
  } catch (const net::ConnectionRefusedException&) {
    return refused("api.refused", path, "nobody listens there. Is the program running?");
  } catch (const Poco::Exception& e) {
    const bool denied = e.code() == EACCES;
    return refused(
        denied ? "api.unreadable" : "api.failed", path,
        denied ? "no permission. Run this as the user of the program." : e.displayText() + ".");
  }
}

}  // namespace

Result<Response> http_call(const std::filesystem::path& socket, const std::string& method,
                           const std::string& target, const std::string& body,
                           std::chrono::milliseconds timeout) {
  auto stream = connect(socket, timeout);
  if (!stream) return std::unexpected(stream.error());
  try {
    net::HTTPClientSession session(*stream);
    session.setTimeout(Poco::Timespan(std::chrono::microseconds(timeout).count()));
    net::HTTPRequest request(method, target, net::HTTPMessage::HTTP_1_1);
    request.setHost("localhost");
    request.setKeepAlive(false);
    request.setContentLength64(static_cast<Poco::Int64>(body.size()));
    if (!body.empty()) request.setContentType("application/json");
    session.sendRequest(request) << body << std::flush;
    net::HTTPResponse incoming;
    std::istream& content = session.receiveResponse(incoming);
    Response response{.status = incoming.getStatus(),
                      .body = {std::istreambuf_iterator<char>(content), {}},
                      .content_type = incoming.getContentType()};
    if (const auto wanted = incoming.getContentLength64();
        wanted >= 0 && response.body.size() != static_cast<std::size_t>(wanted)) {
      return refused("api.failed", socket, "the answer broke off.");
    }
    return response;
  } catch (const Poco::Exception& e) {
    return refused("api.failed", socket, e.displayText() + ".");
  }
}

}  // namespace xiaogate::api
