// What a cabinet's reader tells the rider.
#pragma once

#include <string>

namespace xiaogate::site {

// One sentence for the rider, and the stable word for it.
struct SwapNotice {
  bool good = true;  // the reader shows it as granted, else as denied
  std::string word;
  std::string en;
  std::string zh;
};

// `word` is one of those in swap_texts.cpp; "{slot}" in its sentence becomes `slot`.
SwapNotice swap_notice(const std::string& word, int slot = 0);

}  // namespace xiaogate::site
