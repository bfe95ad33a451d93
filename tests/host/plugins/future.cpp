// A plugin built for an ABI that this gateway does not speak.
#include "xiaogate/plugin.h"

extern "C" XG_EXPORT const xg_plugin* xiaogate_plugin(void) {
  static const xg_plugin descriptor = {
      sizeof(xg_plugin), XG_ABI_VERSION + 1, "future", "1.0.0", nullptr, nullptr, nullptr};
  return &descriptor;
}
