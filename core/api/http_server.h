// A small HTTP/1.1 server on a Unix domain socket: the local admin door.
//
//   auto server = HttpServer::start("/run/xiaogate/admin.sock",
//       {{"GET", "/v1/status", [&](const Request&) { return json_response(status()); }},
//        {"GET", "/v1/records/{seq}", show_record}});
//
// Who may connect is decided by the file system: the socket is readable and writable by its owner
// alone (0600) from the moment it appears.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/http.h"

namespace xiaogate::api {

// `path` matches level by level; a level in braces matches any one level that is not empty and is
// given to the handler as a parameter. Handlers run on the server's threads, several at a time; an
// exception that leaves one is answered 500.
struct Route {
  std::string method;
  std::string path;
  std::function<Response(const Request&)> handler;
};

class HttpServer {
 public:
  // Serves from now on; a request's body of more than `max_body` octets is answered 413. A socket
  // file that nobody listens on any more is replaced. Errors: "api.locked" (another process listens
  // there), "api.unreadable" (something else lies there, or the directory is missing or not
  // writable), "api.failed".
  static Result<std::unique_ptr<HttpServer>> start(std::filesystem::path socket,
                                                   std::vector<Route> routes,
                                                   std::size_t max_body = kMaxBody);
  virtual ~HttpServer() = default;  // waits for running handlers, then removes the socket

 protected:
  HttpServer() = default;
};

}  // namespace xiaogate::api
