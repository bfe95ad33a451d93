#include "demo/story.h"

#include <cstdio>
#include <set>
#include <stdexcept>
#include <utility>

#include <poll.h>

#include "api/http_client.h"
#include "demo/telling.h"
#include "model/json.h"
#include "model/verdict.h"
#include "process/private_file.h"
#include "store/journal_reader.h"

namespace xiaogate::demo {
namespace {

constexpr const char* kGateway = "gw-00000000000d3301";

bool is_decision(const Record& record) {
  return record.kind == "access_granted" || record.kind == "access_denied";
}

}  // namespace

void Story::say(const std::string& english, const std::string& chinese) const {
  std::printf("%s\n", (language_ == Language::chinese ? chinese : english).c_str());
  std::fflush(stdout);
}

void Story::step(const std::string& english, const std::string& chinese,
                 double milliseconds) const {
  std::printf("  %8.1f ms  %s\n", milliseconds,
              (language_ == Language::chinese ? chinese : english).c_str());
  std::fflush(stdout);
}

void Story::tell() {
  with_the_hub();
  at_the_gates();
  without_the_hub();
  the_hub_returns();
  say("\nEverything came out as it should.", "\n全部符合预期。");
}

void Story::with_the_hub() {
  say("\nWith the hub", "\n联网时");
  const Registration registered = register_rider("wang");
  step("A rider is registered at the hub", "一名骑手在枢纽登记", registered.at_hub_ms);
  step("The credential is in the gateway's cache", "凭证已进入网关缓存", registered.at_gateway_ms);
  const std::string wang = code("wang");
  say("               The rider's phone shows a fresh code: " + wang.substr(0, 40) + "...",
      "               骑手手机显示新码：" + wang.substr(0, 40) + "...");
  const Scan opened = expect_open("north", wang, "The rider scans at the north gate: it opens",
                                  "骑手在北门扫码：门开");
  step("The record of it is at the hub, and acknowledged", "记录已到达枢纽并确认",
       wait_acknowledged(opened.at, opened.seq));
  const auto joined = Clock::now();
  for (const char* name : {"li", "zhao", "zhou"}) register_rider(name);
  step("Three more riders are registered, and in the cache", "又有三名骑手登记并进入缓存",
       ms(Clock::now() - joined));
  const auto begun = Clock::now();
  stage_.run("xiaogate", {"rider", "revoke", "--hub", stage_.hub_socket().string(), "--phone",
                          stage_.file("zhao.phone").string(), "--reason", "demo"});
  const auto fed = stage_.hub().wait(begun, [](const Seen& seen) {
    return seen.topic.ends_with("/state") && seen.payload.contains("\"feed_seq\":5");
  });
  require(fed.has_value(), "the revocation did not reach the gateway");
  step("Another rider is revoked at the hub, and the gateway knows", "另一骑手被注销，网关已知悉",
       ms(fed->at - begun));
}

void Story::without_the_hub() {
  say("\nThe hub and its network are gone", "\n枢纽与网络中断");
  stage_.stop_hub();
  const std::string li = code("li");
  expect_open("south", li, "The next rider still gets in, at the south gate",
              "下一位骑手仍可从南门进入");
  expect_denied("north", code("zhao"), "credential_revoked", "The revoked rider does not",
                "被注销的骑手不能进入");
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  expect_denied("north", code("zhou", {"--at", std::to_string(now - 360)}), "stale_code",
                "A code six minutes old (a screenshot) does not", "六分钟前的旧码（截图）无效");
  expect_denied("north", li, "replayed_code", "A code already used at the other gate does not",
                "已在另一门用过的码无效");
  expect_denied("north", forge(), "bad_signature", "A forged code does not", "伪造的码无效");
}

void Story::the_hub_returns() {
  say("\nThe hub comes back", "\n枢纽恢复");
  const auto begun = Clock::now();
  stage_.start_hub();
  step("It has received every missing record", "缺失的记录已全部补报",
       wait_acknowledged(begun, journal_head()));
  check_hub_has_each_once();
  say("               Each of them exactly once, and the hash chain holds",
      "               每条恰好一次，哈希链完整");
}

// Registers with the CLI, as an operator would, and returns when the gateway knows.
Story::Registration Story::register_rider(const std::string& name) {
  const auto begun = Clock::now();
  stage_.run("xiaogate", {"rider", "add", "--hub", stage_.hub_socket().string(), "--phone",
                          stage_.file(name + ".phone").string()});
  const auto batch =
      stage_.hub().wait(begun, [](const Seen& seen) { return seen.topic == "xg/1/feed/hangzhou"; });
  require(batch.has_value(), "the hub fed nothing");
  const auto state =
      stage_.hub().wait(batch->at, [](const Seen& seen) { return seen.topic.ends_with("/state"); });
  require(state.has_value(), "the credential did not reach the gateway");
  return {.at_hub_ms = ms(batch->at - begun), .at_gateway_ms = ms(state->at - batch->at)};
}

std::string Story::code(const std::string& name, std::vector<std::string> extra) {
  std::vector<std::string> arguments{"rider", "code", "--phone",
                                     stage_.file(name + ".phone").string()};
  arguments.insert(arguments.end(), extra.begin(), extra.end());
  return stage_.run("xiaogate", std::move(arguments));
}

// Another rider's credential, signed with the wrong key.
std::string Story::forge() {
  Json own = taken(parse_json(taken(process::read_file(stage_.file("zhou.phone"), 65536))));
  const Json other = taken(parse_json(taken(process::read_file(stage_.file("wang.phone"), 65536))));
  own["credential"] = other["credential"];
  own["issued"] = other["issued"];
  const auto written = process::write_private_file(stage_.file("forger.phone"), own.dump(),
                                                   process::IfThere::replace);
  require(written.has_value(), "the forger's phone cannot be written");
  return code("forger");
}

std::uint64_t Story::journal_head() {
  auto reader = open_journal(stage_);
  return taken(reader.status()).head;
}

Story::Scan Story::scan(const std::string& side, const std::string& code) {
  auto reader = open_journal(stage_);
  const std::uint64_t before = taken(reader.status()).head;
  stage_.order("reader-" + side, code);
  const auto scanned = stage_.site().wait(Clock::time_point{}, [&](const Seen& seen) {
    return seen.topic == "readers/" + side + "/scan" && seen.payload.starts_with(code);
  });
  require(scanned.has_value(), "the reader published nothing");
  const auto shown = stage_.site().wait(
      scanned->at, [&](const Seen& seen) { return seen.topic == "readers/" + side + "/show"; });
  require(shown.has_value(), "the reader got no answer");
  Scan scan;
  scan.answer_ms = ms(shown->at - scanned->at);
  scan.at = scanned->at;
  for (const Record& record : taken(reader.records(before + 1, 20))) {
    if (!is_decision(record)) continue;
    scan.seq = record.seq;
    scan.kind = record.kind;
    scan.verdict = taken(parse_json(record.body)).value("verdict", "granted");
  }
  if (scan.kind != "access_granted") return scan;
  const auto opened = stage_.site().wait(scanned->at, [&](const Seen& seen) {
    return seen.topic == "shellypro1-" + side + "/events/rpc" &&
           seen.payload.contains("\"output\":true");
  });
  require(opened.has_value(), "the gate did not open");
  scan.gate_ms = ms(opened->at - scanned->at);
  return scan;
}

Story::Scan Story::expect_open(const std::string& side, const std::string& code,
                               const std::string& english, const std::string& chinese) {
  const Scan done = scan(side, code);
  require(done.kind == "access_granted", english + " - but the verdict was " + done.verdict);
  step(english, chinese, done.gate_ms);
  return done;
}

void Story::expect_denied(const std::string& side, const std::string& code,
                          const std::string& verdict, const std::string& english,
                          const std::string& chinese) {
  const Scan done = scan(side, code);
  require(done.verdict == verdict, english + " - but the verdict was " + done.verdict);
  const Sentence why = explain(*parse_verdict(verdict));
  step(english + ": " + std::string(why.en) + " (" + verdict + ")",
       chinese + "：" + std::string(why.zh) + "（" + verdict + "）", done.answer_ms);
}

double Story::wait_acknowledged(Clock::time_point since, std::uint64_t through) {
  const auto acknowledged = stage_.hub().wait(since, [&](const Seen& seen) {
    if (!seen.topic.ends_with("/ack")) return false;
    const auto ack = parse_json(seen.payload);
    return ack && ack->value("through", std::uint64_t{0}) >= through;
  });
  require(acknowledged.has_value(),
          "the hub did not acknowledge record " + std::to_string(through));
  return ms(acknowledged->at - since);
}

void Story::check_hub_has_each_once() {
  auto reader = open_journal(stage_);
  taken(reader.verify());
  const auto own = taken(reader.records(1, 1000));
  const auto answer = taken(api::http_call(
      stage_.hub_socket(), "GET", std::string("/v1/gateways/") + kGateway + "/records?limit=1000"));
  require(answer.status == 200, "the hub tells no records: " + answer.body);
  const Json records = taken(parse_json(answer.body))["records"];
  std::set<std::uint64_t> seen;
  for (const Json& record : records) {
    const auto seq = record["seq"].get<std::uint64_t>();
    require(seen.insert(seq).second, "the hub has record " + std::to_string(seq) + " twice");
    if (seq > own.size()) continue;  // made since
    require(record["hash"] == to_hex(own.at(seq - 1).hash),
            "the hub has another record " + std::to_string(seq));
  }
  require(seen.size() + 10 >= own.size() && seen.contains(own.front().seq),
          "the hub lacks records");
}

void Story::explain_by_hand() {
  const std::string bin = stage_.program("xiaogate").string();
  const std::string publish = "mosquitto_pub -h 127.0.0.1 -p " +
                              std::to_string(stage_.site_port()) +
                              " -t readers/north/scan -m \"$(" + bin + " rider code --phone " +
                              stage_.file("wang.phone").string() + ")\"";
  const std::string status =
      bin + " status --socket " + (stage_.file("gateway") / "xiaogated.sock").string();
  say("\nThe demo goes on until Ctrl-C. Hold a code before the north gate's reader yourself:\n\n "
      " " +
          publish + "\n\nand ask the gateway how it is:\n\n  " + status + "\n",
      "\n演示持续运行，按 Ctrl-C 结束。可自行在北门读码器扫码：\n\n  " + publish +
          "\n\n查看网关状态：\n\n  " + status + "\n");
}

void Story::watch(int stop_descriptor) {
  auto reader = open_journal(stage_);
  std::uint64_t told = taken(reader.status()).head;
  pollfd stop{.fd = stop_descriptor, .events = POLLIN, .revents = 0};
  while (poll(&stop, 1, 200) == 0) {
    for (const Record& record : taken(reader.records(told + 1, 100))) {
      told = record.seq;
      if (!is_decision(record)) continue;
      const auto body = taken(parse_json(record.body));
      const Sentence why = explain(
          parse_verdict(body.value("verdict", "granted")).value_or(Verdict::malformed_code));
      const std::string place = body.value("access_point", "");
      say("  " + place + ": " + std::string(why.en), "  " + place + "：" + std::string(why.zh));
    }
  }
}

}  // namespace xiaogate::demo
