// What every chapter of the story needs: the first thing that is not as told ends it.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

#include "demo/stage.h"
#include "model/result.h"
#include "store/journal_reader.h"

namespace xiaogate::demo {

inline double ms(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

inline void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

template <class T>
T taken(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text);
  return std::move(*result);
}

inline store::JournalReader open_journal(const Stage& stage) {
  return taken(
      store::JournalReader::open(stage.file("gateway") / std::string(store::kJournalFile)));
}

}  // namespace xiaogate::demo
