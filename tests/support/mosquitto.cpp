#include "tests/support/mosquitto.h"

#include <fstream>
#include <stdexcept>

#include <signal.h>
#include <unistd.h>

namespace xiaogate::test {
namespace {

// Debian installs the broker where an ordinary user's PATH does not lead.
std::string program() {
  for (const char* path : {"/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"}) {
    if (access(path, X_OK) == 0) return path;
  }
  return "mosquitto";
}

}  // namespace

Mosquitto::Mosquitto(std::string extra) : port_(free_port()) {
  // "user root": started by root, the broker would become a user who cannot read the test's files.
  std::ofstream(directory_.path() / "mosquitto.conf")
      << "listener " << port_ << " 127.0.0.1\nallow_anonymous true\npersistence false\n"
      << "set_tcp_nodelay true\nuser root\nlog_dest stderr\n"
      << extra;
  start();
}

void Mosquitto::start() {
  if (process_ && process_->running()) return;
  process_ = std::make_unique<Process>(ProcessOptions{
      {program(), "-c", directory_.path() / "mosquitto.conf"}, {}, directory_.path() / "log", {}});
  wait_until([this] { return accepts_connections(port_) || !process_->running(); });
  if (!process_->running()) throw std::runtime_error("mosquitto does not start:\n" + log());
}

void Mosquitto::stop() {
  if (process_) process_->stop();
}

void Mosquitto::kill() {
  if (!process_) return;
  process_->signal(SIGKILL);
  process_->wait();
}

void Mosquitto::pause() const {
  process_->signal(SIGSTOP);
}
void Mosquitto::resume() const {
  process_->signal(SIGCONT);
}

std::string Mosquitto::log() const {
  return process_ ? process_->output() : std::string();
}

std::unique_ptr<Mosquitto> absent_mosquitto() {
  auto broker = std::make_unique<Mosquitto>();
  broker->stop();
  return broker;
}

}  // namespace xiaogate::test
