#include "model/verdict.h"

#include <array>

namespace xiaogate {
namespace {

struct Entry {
  std::string_view name;
  Sentence sentence;
};

// Indexed by the enumerator's value.
constexpr std::array<Entry, kVerdictCount> kEntries{{
    {"malformed_code", {"This is not a rider code", "不是有效的小哥码"}},
    {"unsupported_algorithm",
     {"The code is signed in a way not accepted here", "签名算法不受支持"}},
    {"unknown_credential",
     {"Rider not known here yet: show the full code", "未登记，请出示完整码"}},
    {"unknown_issuer", {"The code's issuer is not trusted here", "发码机构不受信任"}},
    {"bad_signature", {"The code is forged or damaged", "签名无效，码可能被伪造"}},
    {"credential_revoked", {"This rider's code has been revoked", "小哥码已被注销"}},
    {"credential_suspended", {"This rider's code is suspended", "小哥码已被暂停"}},
    {"credential_not_yet_valid", {"This rider's code is not valid yet", "小哥码尚未生效"}},
    {"credential_expired", {"This rider's code has expired", "小哥码已过期"}},
    {"stale_code", {"The code is too old: refresh it", "码已失效，请刷新"}},
    {"future_code", {"The phone's clock is ahead: check its time", "手机时间偏快，请校准"}},
    {"replayed_code", {"This code was already used: refresh it", "码已被使用，请刷新"}},
    {"no_access_profile", {"This rider may not enter here", "无此处通行权限"}},
    {"outside_schedule", {"Not at this hour", "不在允许时段"}},
    {"site_banned", {"This rider is banned from this site", "已被本小区禁止进入"}},
    {"access_point_closed", {"This entrance is closed", "此入口已关闭"}},
    {"anti_passback", {"This code is inside already: leave first", "该码已在区域内，请先离开"}},
    {"area_full", {"The area is full: please wait", "区域已满，请稍候"}},
    {"lock_down", {"Locked down: nobody passes now", "已封闭，暂停通行"}},
    {"granted", {"Welcome", "请通行"}},
}};

const Entry& entry(Verdict verdict) {
  return kEntries.at(static_cast<std::size_t>(verdict));
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  return entry(verdict).name;
}

std::optional<Verdict> parse_verdict(std::string_view text) {
  for (std::size_t i = 0; i < kEntries.size(); ++i) {
    if (kEntries[i].name == text) return static_cast<Verdict>(i);
  }
  return std::nullopt;
}

Sentence explain(Verdict verdict) {
  return entry(verdict).sentence;
}

}  // namespace xiaogate
