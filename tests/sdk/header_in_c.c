/* Compiled as C11: the contract is C. Called by the tests, so that both languages agree. */
#include "xiaogate/plugin.h"

size_t size_in_c(int which) {
  const size_t sizes[] = {sizeof(xg_text),   sizeof(xg_entry), sizeof(xg_input),
                          sizeof(xg_effect), sizeof(xg_sink),  sizeof(xg_plugin)};
  return sizes[which];
}
