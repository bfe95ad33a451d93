// Starts a thread.
#include <thread>

#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  std::thread([] {}).join();
  return behave(in, effects);
}
