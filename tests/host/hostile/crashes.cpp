// Writes where nothing is.

#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  volatile int* volatile nowhere = nullptr;
  *nowhere = 1;
  return behave(in, effects);
}
