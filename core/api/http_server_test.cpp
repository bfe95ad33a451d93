#include "api/http_server.h"

#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "api/http_client.h"

namespace xiaogate::api {
namespace {

using testing::HasSubstr;

class Socket : public testing::Test {
 protected:
  Socket() {
    std::string name = (std::filesystem::temp_directory_path() / "xiaogate-api-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory_ = name;
    path_ = directory_ / "admin.sock";
  }
  ~Socket() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  std::vector<Route> routes() {
    return {{"GET", "/v1/status", [](const Request&) { return json_response({{"online", true}}); }},
            {"POST", "/v1/echo/{name}",
             [](const Request& request) {
               return Response{.status = 201,
                               .body = request.parameters.at("name") + "|" + request.query.at("q") +
                                       "|" + request.body,
                               .content_type = "text/plain"};
             }},
            {"GET", "/v1/boom",
             [](const Request&) -> Response { throw std::runtime_error("the cable is cut"); }}};
  }

  std::filesystem::path directory_;
  std::filesystem::path path_;
};

TEST_F(Socket, CarriesARequestAndItsAnswer) {
  auto server = HttpServer::start(path_, routes());
  ASSERT_TRUE(server) << server.error().text;
  const auto status = http_call(path_, "GET", "/v1/status");
  ASSERT_TRUE(status) << status.error().text;
  EXPECT_EQ(status->status, 200);
  EXPECT_EQ(status->body, "{\"online\":true}\n");
  EXPECT_EQ(status->content_type, "application/json");
  const std::string octets("{\"a\":1}\0\xff", 9);
  const auto echo = http_call(path_, "POST", "/v1/echo/%E4%B8%9C?q=a%20b", octets);
  ASSERT_TRUE(echo) << echo.error().text;
  EXPECT_EQ(echo->status, 201);
  EXPECT_EQ(echo->body, "东|a b|" + octets);
  EXPECT_EQ(echo->content_type, "text/plain");
}

TEST_F(Socket, AnswersErrorsAsJson) {
  auto server = HttpServer::start(path_, routes());
  ASSERT_TRUE(server);
  EXPECT_EQ(http_call(path_, "GET", "/nothing").value().status, 404);
  EXPECT_EQ(http_call(path_, "DELETE", "/v1/status").value().status, 405);
  const Response boom = http_call(path_, "GET", "/v1/boom").value();
  EXPECT_EQ(boom.status, 500);
  EXPECT_THAT(error_text(boom), HasSubstr("the cable is cut"));
  EXPECT_EQ(http_call(path_, "GET", "/v1/status").value().status, 200);
}

TEST_F(Socket, BoundsTheBody) {
  auto server = HttpServer::start(path_, routes());
  ASSERT_TRUE(server);
  const auto fits = http_call(path_, "POST", "/v1/echo/x?q=", std::string(kMaxBody, 'b'));
  ASSERT_TRUE(fits) << fits.error().text;
  EXPECT_EQ(fits->status, 201);
  EXPECT_EQ(fits->body.size(), kMaxBody + 3);
  const auto large = http_call(path_, "POST", "/v1/echo/x?q=", std::string(kMaxBody + 1, 'b'));
  ASSERT_TRUE(large) << large.error().text;
  EXPECT_EQ(large->status, 413);
  EXPECT_THAT(error_text(*large), HasSubstr("1048576"));
}

TEST_F(Socket, ServesSeveralAtATime) {
  auto server = HttpServer::start(path_, routes());
  ASSERT_TRUE(server);
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([&] {
        for (int k = 0; k < 25; ++k) {
          const auto answer = http_call(path_, "GET", "/v1/status");
          if (answer && answer->status == 200) ++good;
        }
      });
    }
  }
  EXPECT_EQ(good, 100);
}

TEST_F(Socket, SurvivesClientsThatSpeakNoHttp) {
  auto server = HttpServer::start(path_, routes());
  ASSERT_TRUE(server);
  for (const std::string_view octets :
       {std::string_view("\0\xff\n\n", 4), std::string_view("GET"),
        std::string_view("POST /v1/echo/x?q= HTTP/1.1\r\nContent-Length: -5\r\n\r\n"),
        std::string_view("POST /v1/echo/x?q= HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n"),
        std::string_view("GET /%zz HTTP/1.1\r\n\r\n")}) {
    const int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, path_.c_str());
    ASSERT_EQ(connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(send(client, octets.data(), octets.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(octets.size()));
    close(client);
  }
  EXPECT_EQ(http_call(path_, "GET", "/v1/status").value().status, 200);
}

TEST_F(Socket, IsForItsOwnerAloneAndGoesWithTheServer) {
  auto server = HttpServer::start(path_, routes());
  ASSERT_TRUE(server);
  struct stat status{};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  server->reset();
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_EQ(http_call(path_, "GET", "/v1/status").error().code, "api.missing");
}

TEST_F(Socket, IsNotTakenFromAProcessThatListens) {
  auto server = HttpServer::start(path_, routes());
  ASSERT_TRUE(server);
  EXPECT_EQ(HttpServer::start(path_, routes()).error().code, "api.locked");
  EXPECT_EQ(http_call(path_, "GET", "/v1/status").value().status, 200);
}

TEST_F(Socket, ReplacesOneThatNobodyListensOn) {
  const int stale = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, path_.c_str());
  ASSERT_EQ(bind(stale, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  close(stale);
  EXPECT_EQ(http_call(path_, "GET", "/v1/status").error().code, "api.refused");
  auto server = HttpServer::start(path_, routes());
  ASSERT_TRUE(server) << server.error().text;
  EXPECT_EQ(http_call(path_, "GET", "/v1/status").value().status, 200);
}

TEST_F(Socket, LeavesOtherFilesAlone) {
  {
    std::ofstream(path_) << "precious";
  }
  EXPECT_EQ(HttpServer::start(path_, routes()).error().code, "api.unreadable");
  EXPECT_EQ(std::filesystem::file_size(path_), 8U);
  EXPECT_EQ(HttpServer::start(directory_ / "none/admin.sock", routes()).error().code,
            "api.unreadable");
  EXPECT_EQ(HttpServer::start(directory_ / std::string(200, 'x'), routes()).error().code,
            "api.unreadable");
}

TEST_F(Socket, AClientDoesNotWaitForEver) {
  const int mute = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, path_.c_str());
  ASSERT_EQ(bind(mute, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(mute, 1), 0);
  const auto answer = http_call(path_, "GET", "/", "", std::chrono::milliseconds(20));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, "api.failed");
  close(mute);
}

TEST_F(Socket, SpeaksWithCurl) {
  if (std::system("command -v curl >/dev/null 2>&1") != 0) GTEST_SKIP() << "no curl here";
  auto server = HttpServer::start(path_, routes());
  ASSERT_TRUE(server);
  const std::string command = "curl -s --max-time 10 --unix-socket " + path_.string() +
                              " -d hello 'http://localhost/v1/echo/curl?q=1'";
  std::FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::array<char, 256> text{};
  const std::size_t length = std::fread(text.data(), 1, text.size(), pipe);
  EXPECT_EQ(pclose(pipe), 0);
  EXPECT_EQ(std::string_view(text.data(), length), "curl|1|hello");
}

}  // namespace
}  // namespace xiaogate::api
