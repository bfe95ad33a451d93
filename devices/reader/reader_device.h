// A reader as a gateway sees it over MQTT, in each of the protocols that plugins/reader knows.
//
// Orders:
//   scan TEXT    a text is held before it; a line that begins with no order's name is one as well
//   admit TEXT   vbar: the terminal opens by itself, tells of it, and keeps the record until it is
//                acknowledged; it tells again when it comes back
#pragma once

#include <cstdint>
#include <string>

#include "simulator/simulated_device.h"

namespace xiaogate::devices {

struct ReaderOptions {
  std::string protocol = "generic";  // "generic", "vbar" or "native"
  std::string topic = {};            // generic: where scans go
  std::string feedback_topic = {};   // generic: where answers come from; empty: nowhere
  std::string serial = {};           // vbar
  std::string device = {};           // native: the device's id
};

class ReaderDevice : public SimulatedDevice {
 public:
  // The first option of its protocol that is missing, as a sentence; empty: none.
  static std::string missing(const ReaderOptions& options);
  // REQUIRES: nothing is missing.
  explicit ReaderDevice(ReaderOptions options) : options_(std::move(options)) {}

  std::vector<std::string> subscriptions() const override;
  std::optional<Publication> last_will() const override;
  Doings connected(WallTime now) override;
  Doings message(std::string_view topic, std::string_view payload, WallTime now) override;
  Doings due(std::string_view, WallTime) override { return {}; }
  Result<Doings> order(const std::vector<std::string>& words, WallTime now) override;
  Result<Doings> order_line(std::string_view line, const std::vector<std::string>& words,
                            WallTime now) override;
  bool idle() const override {
    return kept_.empty() && (answers_ >= scans_ || answer_topic().empty());
  }

  // Records that are not acknowledged yet.
  std::size_t kept() const { return kept_.size(); }

  // What it publishes for a text.
  Publication scan(std::string_view code, WallTime now);
  // The topic on which it hears answers; empty when it hears none.
  std::string answer_topic() const;
  // What a person sees: "granted", "denied", or the text that a generic reader is told to show.
  // Nothing when the payload is no answer.
  std::optional<std::string> shown(std::string_view payload) const;

 private:
  Result<Doings> hold(std::string_view text, WallTime now);
  Result<Doings> admit(std::string_view text, WallTime now);
  Publication native_state(bool online) const;
  void tell_kept(WallTime now, Doings& out);
  std::string acknowledgement_topic() const;

  ReaderOptions options_;
  std::uint64_t scans_ = 0;
  std::uint64_t answers_ = 0;
  std::uint64_t serials_ = 0;
  WallTime scanned_at_;
  std::vector<Json> kept_;
  std::string batch_;         // serial number of the last batch
  std::size_t in_batch_ = 0;  // records in it
};

}  // namespace xiaogate::devices
