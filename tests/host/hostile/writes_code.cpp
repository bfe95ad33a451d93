// Makes instructions of data.
#include <sys/mman.h>

#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  return mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
              0) != MAP_FAILED &&
         behave(in, effects);
}
