// Takes memory until there is none.
#include <cstring>
#include <memory>
#include <vector>

#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  constexpr std::size_t kBlock = 1 << 20;
  std::vector<std::unique_ptr<char[]>> blocks;
  for (int i = 0; i < 4096; ++i) {
    blocks.push_back(std::make_unique<char[]>(kBlock));
    std::memset(blocks.back().get(), i, kBlock);
  }
  return behave(in, effects);
}
