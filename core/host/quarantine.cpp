#include "host/quarantine.h"

#include <algorithm>
#include <string>

#include "cose/digest.h"

namespace xiaogate::host {
namespace {

void remember(std::deque<Digest>& digests, const Digest& digest, std::size_t most) {
  if (digests.size() == most) digests.pop_front();
  digests.push_back(digest);
}

bool from_outside(const PluginInput& input) {
  return input.kind == PluginInputKind::message || input.kind == PluginInputKind::request;
}

}  // namespace

Digest fingerprint(const PluginInput& input) {
  // Lengths first, so that no two inputs run together to the same octets.
  const std::string frame = std::to_string(static_cast<std::uint32_t>(input.kind)) + ":" +
                            std::to_string(input.device.size()) + ":" +
                            std::to_string(input.name.size()) + ":";
  return cose::sha256(
      {as_bytes(frame), as_bytes(input.device), as_bytes(input.name), as_bytes(input.data)});
}

bool Quarantine::holds(const PluginInput& input) const {
  if (held_.empty() || !from_outside(input)) return false;
  return std::ranges::find(held_, fingerprint(input)) != held_.end();
}

bool Quarantine::ended_by(const PluginInput& input) {
  if (!from_outside(input)) return false;
  const Digest digest = fingerprint(input);
  if (const auto before = std::ranges::find(suspects_, digest); before != suspects_.end()) {
    suspects_.erase(before);
    remember(held_, digest, kMostHeld);
    return true;
  }
  remember(suspects_, digest, kMostSuspects);
  return false;
}

void Quarantine::clear() {
  suspects_.clear();
  held_.clear();
}

}  // namespace xiaogate::host
