// What is due when, one instant a key: the next one is known without looking at all of them.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "model/time.h"

namespace xiaogate::site {

// Lives on the site's thread.
template <class Key>
class Deadlines {
 public:
  // Replaces what the key had.
  void set(const Key& key, MonoTime due) {
    clear(key);
    due_.emplace(key, due);
    order_.emplace(due, key);
  }
  void clear(const Key& key) {
    const auto found = due_.find(key);
    if (found == due_.end()) return;
    order_.erase({found->second, key});
    due_.erase(found);
  }
  bool has(const Key& key) const { return due_.contains(key); }
  // How many keys from `first` on, in their order, `belong`.
  template <class Predicate>
  std::size_t count(const Key& first, Predicate belong) const {
    std::size_t found = 0;
    for (auto at = due_.lower_bound(first); at != due_.end() && belong(at->first); ++at) ++found;
    return found;
  }
  std::optional<MonoTime> next() const {
    if (order_.empty()) return std::nullopt;
    return order_.begin()->first;
  }
  // The keys that are due by `now`, earliest first; they have no deadline any more.
  std::vector<Key> take_due(MonoTime now) {
    std::vector<Key> taken;
    while (!order_.empty() && order_.begin()->first <= now) {
      taken.push_back(order_.begin()->second);
      clear(taken.back());
    }
    return taken;
  }

 private:
  std::map<Key, MonoTime> due_;
  std::set<std::pair<MonoTime, Key>> order_;
};

}  // namespace xiaogate::site
