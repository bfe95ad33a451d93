// Crashes in one call of four; which, the call's number decides.
#include <cstdint>

#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  constexpr std::uint64_t kSeed = 0x9e3779b97f4a7c15;
  volatile int* volatile nowhere = nullptr;
  if (((in.id + 1) * kSeed >> 32U) % 4 == 0) *nowhere = 1;
  return behave(in, effects);
}
