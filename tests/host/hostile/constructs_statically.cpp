// Does its mischief when the library is opened, before anybody has asked it for anything: reads a
// file, and when it could not, looks for a network.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hostile.h"

namespace {

constexpr int kCouldRead = 9;

struct Early {
  Early() {
    if (open("/etc/passwd", O_RDONLY) >= 0) _exit(kCouldRead);
    socket(AF_INET, SOCK_STREAM, 0);
  }
};
const Early early;

}  // namespace

bool mischief(const Input& in, Effects& effects) {
  return behave(in, effects);
}
