// Looks for a descriptor that was left open, and for a file through it; once when the library is
// opened, while reading is still possible, and at each input.
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

#include "hostile.h"

namespace {

constexpr int kHighest = 64;
constexpr int kFound = 9;

struct Search {
  Search() {
    for (int descriptor = 0; descriptor < kHighest; ++descriptor) {
      // 2 is the way to complain, 3 the wire.
      if (descriptor == 2 || descriptor == 3) continue;
      if (read(descriptor, nullptr, 0) == 0) _exit(kFound);
      if (openat(descriptor, "passwd", O_RDONLY) >= 0) _exit(kFound);
    }
  }
};
const Search search;

}  // namespace

bool mischief(const Input& in, Effects& effects) {
  for (int descriptor = 0; descriptor < kHighest; ++descriptor) {
    openat(descriptor, "passwd", O_RDONLY);
  }
  return behave(in, effects);
}
