// Becomes another program.
#include <unistd.h>

#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  execl("/bin/true", "true", nullptr);
  return behave(in, effects);
}
