// Reads a file.
#include <fcntl.h>

#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  return open("/etc/passwd", O_RDONLY) >= 0 && behave(in, effects);
}
