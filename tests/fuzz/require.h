// What a fuzz target asserts: stays on in every build, unlike assert().
#pragma once

#include <cstdio>
#include <cstdlib>

inline void require(bool holds, const char* invariant) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", invariant);
  std::abort();
}
