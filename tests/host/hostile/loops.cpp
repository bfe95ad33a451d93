// Never comes back.
#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  volatile unsigned turns = 0;
  while (true) turns = turns + 1;
  return behave(in, effects);
}
