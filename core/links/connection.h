// One connection over Paho's asynchronous C client: opened once, never revived.
//
// What Paho 1.3 makes of a process, and what this file therefore guards:
// * All its clients share one send thread, one receive thread and one lock, which is held while a
//   callback runs. A callback that waits stops every call into Paho from other threads.
// * Its list of commands is walked without its own lock when a client is destroyed: every call
//   from our threads into Paho goes through one mutex of ours.
// * Destroying a client leaks the topic and payload of every message that still waits in Paho's
//   queue (it takes them for messages in flight, which it does free): hand it few at a time.
// * Its send thread looks whether commands wait and then waits for a signal, for up to a second and
//   without a lock across the two (paho.mqtt.c #1039); nor does it hear of a socket that has become
//   writable again. A command that came between lies there: whoever misses the outcome of one
//   calls PahoLibrary::wake().
// * Making and destroying the last client races with the end of its threads (paho.mqtt.c #323):
//   an idle client stays for as long as any link exists (PahoLibrary).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "links/broker_address.h"
#include "links/mqtt_link.h"
#include "links/pulse.h"
#include "model/result.h"

namespace xiaogate::links {

// Called on Paho's threads under Paho's lock, and from within open() and the destructor.
class ConnectionListener {
 public:
  virtual void on_connected() = 0;
  // Connecting, subscribing or an established connection failed.
  virtual void on_broken(std::string why) = 0;
  virtual void on_subscribed() = 0;  // once for every subscribe()
  // At most once for every message that send() accepted; not for those that a destruction cuts off.
  virtual void on_finished(bool delivered) = 0;
  // Borrowed for the call.
  virtual void on_arrived(std::string_view topic, std::string_view payload, bool retained) = 0;

 protected:
  ~ConnectionListener() = default;
};

// Keeps Paho initialised and awake. Shared by the links of the process.
class PahoLibrary {
 public:
  // Errors: "link.paho", "link.system".
  static Result<std::shared_ptr<PahoLibrary>> acquire();
  PahoLibrary(std::unique_ptr<Pulse> pulse, void* idle_client)
      : pulse_(std::move(pulse)), idle_client_(idle_client) {}
  ~PahoLibrary();
  PahoLibrary(const PahoLibrary&) = delete;
  PahoLibrary& operator=(const PahoLibrary&) = delete;

  // Makes Paho's send thread look at the commands of every client once more. Sends nothing. Not
  // for Paho's threads.
  void wake();

 private:
  std::unique_ptr<Pulse> pulse_;
  void* idle_client_;
};

class Connection {
 public:
  // Begins to connect; the listener hears the outcome. Borrows the listener for its lifetime.
  static Result<std::unique_ptr<Connection>> open(const BrokerAddress& broker,
                                                  const LinkOptions& options,
                                                  ConnectionListener& listener);
  // Takes leave of the broker if connected. No callback runs afterwards.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Each returns at once, or with "link.paho".
  // One filter a packet, because Paho reports a refusal among several as a success.
  Result<void> subscribe(const Subscription& subscription);
  Result<void> send(const std::string& topic, const std::string& payload, int qos, bool retain);

 private:
  Connection(void* client, ConnectionListener& listener) : client_(client), listener_(listener) {}

  void* client_;
  ConnectionListener& listener_;
};

}  // namespace xiaogate::links
