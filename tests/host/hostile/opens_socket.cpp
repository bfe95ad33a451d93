// Looks for a network.
#include <sys/socket.h>

#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  return socket(AF_INET, SOCK_STREAM, 0) >= 0 && behave(in, effects);
}
