#include "cli/rule_texts.h"

#include <array>

namespace xiaogate::cli {
namespace {

using access::Rule;

// {0}: what the rule was asked about; {1}: the site's value that decided.
struct Row {
  Rule rule;
  std::array<std::string_view, 2> passed;  // English, Chinese
  std::array<std::string_view, 2> failed;
};

constexpr Row kRows[] = {
    {Rule::shape,
     {"it is a rider code", "是小哥码"},
     {"it is no rider code: {1}", "不是小哥码：{1}"}},
    {Rule::algorithm,
     {"the signature's algorithm fits", "签名算法相符"},
     {"the signature's algorithm is not the key's, or unknown", "签名算法与密钥不符或不受支持"}},
    {Rule::known_credential,
     {"the credential is known here", "凭证已知"},
     {"the credential {1} is not known here", "凭证 {1} 在此未知"}},
    {Rule::trusted_issuer,
     {"its issuer is on the trust list", "发码机构受信任"},
     {"its issuer is not on the trust list", "发码机构不在信任名单上"}},
    {Rule::signature,
     {"the signatures are genuine", "签名有效"},
     {"a signature is forged", "签名无效"}},
    {Rule::status,
     {"the credential is active", "凭证有效"},
     {"the credential is {1}", "凭证状态为 {1}"}},
    {Rule::not_before,
     {"its validity has begun", "凭证已生效"},
     {"its validity has not begun yet", "凭证尚未生效"}},
    {Rule::expiry, {"it has not expired", "凭证未过期"}, {"it has expired", "凭证已过期"}},
    {Rule::freshness,
     {"the code is fresh (age / window: {1})", "码在时效内（码龄/时效：{1}）"},
     {"the code is not fresh (age / window: {1})", "码不在时效内（码龄/时效：{1}）"}},
    {Rule::single_use,
     {"the code was not used before", "码未使用过"},
     {"the code was used at {1}", "码已在 {1} 使用过"}},
    {Rule::accepted_profile,
     {"{0}: the access point accepts this profile", "{0}：此口接受该权限"},
     {"{0}: the access point accepts only {1}", "{0}：此口只接受 {1}"}},
    {Rule::known_profile,
     {"{0}: the site has this profile", "{0}：站点有此权限"},
     {"{0}: the site has no such profile", "{0}：站点没有此权限"}},
    {Rule::profile_area,
     {"{0}: it holds in this area", "{0}：适用于此区域"},
     {"{0}: it holds only in {1}", "{0}：只适用于区域 {1}"}},
    {Rule::profile_vehicle,
     {"{0}: it holds for this lane", "{0}：适用于此车道"},
     {"{0}: it holds only for {1}", "{0}：只适用于车道 {1}"}},
    {Rule::profile_hours,
     {"{0}: it is open at this time ({1})", "{0}：此时可进（{1}）"},
     {"{0}: it is not open at this time ({1})", "{0}：此时不可进（{1}）"}},
    {Rule::ban,
     {"the rider is not banned", "骑手未被禁止"},
     {"{0} is banned from this site (last day: {1})", "{0} 已被禁止进入本站（截止：{1}）"}},
    {Rule::open_access_point, {"{0} is not closed", "{0} 未关闭"}, {"{0} is closed", "{0} 已关闭"}},
    {Rule::anti_passback,
     {"the credential is not inside {0}", "该凭证不在 {0} 内"},
     {"the credential is inside {0} already", "该凭证已在 {0} 内"}},
    {Rule::capacity,
     {"there is room in {0} ({1})", "{0} 尚有余量（{1}）"},
     {"{0} is full ({1})", "{0} 已满（{1}）"}},
    {Rule::lock_down, {"no lock-down stands", "没有封闭"}, {"a lock-down stands", "已封闭"}},
};

constexpr bool complete() {
  if (std::size(kRows) != access::kRuleCount) return false;
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    if (kRows[i].rule != static_cast<Rule>(i)) return false;
  }
  return true;
}
static_assert(complete(), "one row a rule, in the order of the enumeration");

}  // namespace

std::string say_step(Language language, const access::Step& step) {
  const Row& row = kRows[static_cast<std::size_t>(step.rule)];
  const auto& sentences = step.passed ? row.passed : row.failed;
  const std::string value = step.rule == Rule::status ? say_word(language, step.value) : step.value;
  return filled(sentences.at(language == Language::chinese ? 1 : 0),
                {step.subject, value.empty() ? "-" : value});
}

}  // namespace xiaogate::cli
