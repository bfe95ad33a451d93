// Makes a process that would outlive it.
#include <unistd.h>

#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  return fork() >= 0 && behave(in, effects);
}
