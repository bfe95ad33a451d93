// Says more than anybody wants to read.
#include <cstdio>
#include <cstdlib>

#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  std::fputs("the first words\n", stderr);
  for (int i = 0; i < 100'000; ++i) std::fputs("and many more, line after line\n", stderr);
  std::abort();
  return behave(in, effects);
}
