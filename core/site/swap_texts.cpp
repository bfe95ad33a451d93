#include "site/swap_texts.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace xiaogate::site {
namespace {

struct Entry {
  std::string_view word;
  bool good;
  std::string_view en;
  std::string_view zh;
};

constexpr std::array<Entry, 13> kEntries{{
    {"wait", true, "One moment", "请稍候"},
    {"insert", true, "Put your battery into slot {slot} and close its door",
     "请将电池放入{slot}号仓并关好仓门"},
    {"take", true, "Take the battery from slot {slot} and close its door",
     "请从{slot}号仓取出电池并关好仓门"},
    {"give_back", false, "This battery cannot be swapped: take it back from slot {slot}",
     "该电池无法更换，请从{slot}号仓取回"},
    {"done", true, "Done, ride safely", "换电完成，注意安全"},
    {"busy", false, "Another rider is swapping: please wait", "其他骑手正在换电，请稍候"},
    {"no_full_battery", false, "No charged battery here now", "暂无满电电池"},
    {"no_empty_slot", false, "No empty slot here now", "暂无空仓"},
    {"cabinet_silent", false, "The cabinet does not answer: use another one",
     "换电柜无响应，请使用其他柜"},
    {"alarm", false, "Alarm: keep away from the cabinet", "报警：请远离换电柜"},
    {"nothing_inserted", false, "No battery was put in", "未放入电池"},
    {"aborted", false, "The swap has ended: start again", "换电已结束，请重新开始"},
    {"case_opened", false, "Please ask the staff: slot {slot} is kept for you",
     "请联系工作人员：{slot}号仓已为您保留"},
}};

std::string filled(std::string_view sentence, int slot) {
  constexpr std::string_view kSlot = "{slot}";
  std::string text(sentence);
  if (const auto at = text.find(kSlot); at != std::string::npos) {
    text.replace(at, kSlot.size(), std::to_string(slot));
  }
  return text;
}

}  // namespace

SwapNotice swap_notice(const std::string& word, int slot) {
  const auto found = std::ranges::find(kEntries, word, &Entry::word);
  // A reason without a sentence of its own ends the swap all the same.
  if (found == kEntries.end()) return swap_notice("aborted");
  return {found->good, word, filled(found->en, slot), filled(found->zh, slot)};
}

}  // namespace xiaogate::site
