#include "site/cabinets.h"

#include <algorithm>
#include <utility>

namespace xiaogate::site {

class Cabinets::Port : public CabinetPort {
 public:
  Port(const Device& cabinet, const Device& reader, Calls& calls)
      : cabinet_(cabinet), reader_(reader), calls_(calls) {}

  std::uint64_t command(Effects& out, const std::string& action, const Json& input,
                        MonoTime expires, std::optional<std::uint64_t> number) override {
    PluginInput call{.kind = PluginInputKind::command,
                     .device = cabinet_.id,
                     .name = action,
                     .data = canonical(input)};
    const bool makes_safe = (action == "lock_slot" && input.at("locked") == true) ||
                            (action == "set_charge_limit" && input.at("percent") == 0);
    if (makes_safe) return calls_.call_for_safety(out, cabinet_, std::move(call));
    return calls_.command(out, cabinet_, std::move(call), expires, number);
  }

  void show(Effects& out, const SwapNotice& notice) override {
    last_ = notice;
    calls_.call(out, reader_,
                {.kind = PluginInputKind::command,
                 .device = reader_.id,
                 .name = "indicate",
                 .data = canonical({{"result", notice.good ? "granted" : "denied"},
                                    {"verdict", notice.word},
                                    {"text", {{"en", notice.en}, {"zh", notice.zh}}},
                                    {"token", token_}})});
  }

  void scanned(const std::string& token) { token_ = token; }
  void show_again(Effects& out) {
    if (last_) show(out, SwapNotice(*last_));
  }

 private:
  const Device& cabinet_;
  const Device& reader_;
  Calls& calls_;
  std::string token_;
  std::optional<SwapNotice> last_;
};

Cabinets::Cabinets(const SiteConfig& config, Calls& calls, JournalWriter& journal,
                   const Recovered& recovered, const Instant& now)
    : batteries_(recovered.state) {
  for (const auto& cabinet : config.cabinets) {
    Place& place = places_[cabinet.rules.id];
    place.cabinet = &cabinet;
    place.port = std::make_unique<Port>(config.devices.at(cabinet.cabinet),
                                        config.devices.at(cabinet.reader), calls);
    const auto saved = recovered.state.find(Swap::key(cabinet));
    place.swap =
        std::make_unique<Swap>(cabinet, batteries_, journal, *place.port,
                               saved == recovered.state.end() ? "" : saved->second, now.mono);
  }
}

Cabinets::~Cabinets() = default;

const Cabinet* Cabinets::of_reader(const std::string& reader) const {
  for (const auto& [id, place] : places_) {
    if (place.cabinet->reader == reader) return place.cabinet;
  }
  return nullptr;
}

Cabinets::Place* Cabinets::of_device(const std::string& device) {
  for (auto& [id, place] : places_) {
    if (place.cabinet->cabinet == device) return &place;
  }
  return nullptr;
}

void Cabinets::verified(Effects& out, const Instant& now, const Cabinet& cabinet,
                        const SwapRider& rider, const std::string& token) {
  Place& place = places_.at(cabinet.rules.id);
  place.port->scanned(token);
  place.swap->verified(out, now, rider);
}

void Cabinets::repeated(Effects& out, const Cabinet& cabinet, const std::string& token) {
  Place& place = places_.at(cabinet.rules.id);
  place.port->scanned(token);
  place.port->show_again(out);
}

bool Cabinets::event(Effects& out, const Instant& now, const std::string& device,
                     const std::string& name, const Json& body) {
  Place* place = of_device(device);
  return place != nullptr && place->swap->event(out, now, name, body);
}

void Cabinets::command_lost(Effects& out, const Instant& now, const std::string& device,
                            std::uint64_t number, const std::string& reason) {
  if (Place* place = of_device(device)) place->swap->command_lost(out, now, number, reason);
}

void Cabinets::tick(Effects& out, const Instant& now) {
  for (auto& [id, place] : places_) place.swap->tick(out, now);
}

std::optional<MonoTime> Cabinets::next_deadline() const {
  std::optional<MonoTime> next;
  for (const auto& [id, place] : places_) {
    const auto due = place.swap->next_deadline();
    if (due && (!next || *due < *next)) next = due;
  }
  return next;
}

Json Cabinets::status() const {
  Json told = Json::object();
  for (const auto& [id, place] : places_) told[id] = place.swap->status();
  return told;
}

Swap* Cabinets::find(const std::string& cabinet) {
  const auto found = places_.find(cabinet);
  return found == places_.end() ? nullptr : found->second.swap.get();
}

}  // namespace xiaogate::site
