// Ends the process.
#include <cstdlib>

#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  std::exit(0);
  return behave(in, effects);
}
