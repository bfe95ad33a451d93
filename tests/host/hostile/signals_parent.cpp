// Ends the gateway: by the number it is told, or by its own parent's.
#include <csignal>
#include <cstdlib>
#include <string>

#include <unistd.h>

#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  const int told = std::atoi(std::string(in.data).c_str());
  return kill(told > 1 ? told : getppid(), SIGTERM) == 0 && behave(in, effects);
}
