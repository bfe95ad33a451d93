// Writes to the wire itself, past the runner.
#include <sys/socket.h>

#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  const char garbage[] = "\x12\xff\xff\xff not a frame";
  return send(3, garbage, sizeof garbage, 0) > 0 && behave(in, effects);
}
