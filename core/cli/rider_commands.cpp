#include "cli/rider_commands.h"

#include <filesystem>
#include <utility>

#include "cli/admin_call.h"
#include "cli/phone.h"
#include "process/exit_code.h"

namespace xiaogate::cli {
namespace {

constexpr const char* kRiders = "/v1/riders";

Algorithm algorithm_of(const std::string& name) {
  for (const Algorithm algorithm : {Algorithm::es256, Algorithm::sm2}) {
    if (to_string(algorithm) == name) return algorithm;
  }
  return Algorithm::ed25519;
}

Json registration(const NewRider& rider, const PublicKey& key) {
  Json body{{"key", to_hex(cose::encode_public_key(key))},
            {"scope", rider.scope},
            {"valid_days", rider.valid_days}};
  if (!rider.subject.empty()) body["subject"] = rider.subject;
  return body;
}

Result<Phone> registered(cose::PrivateKey key, const Json& answer) {
  const auto id = CredentialId::from_text(shown(answer, "id"));
  auto issued = from_hex(shown(answer, "issued"));
  if (!id || !issued) return failure("admin.malformed", "the hub's answer has no credential");
  return Phone{std::move(key), *id, std::move(*issued)};
}

Result<std::string> credential_of(const Output& output, const RiderChange& change) {
  if (change.id.empty() == change.phone.empty()) {
    return failure("rider.which", say(output.language, Text::rider_which));
  }
  if (change.phone.empty()) {
    const auto id = CredentialId::from_text(change.id);
    if (!id) return failure("rider.invalid", "a credential id is 16 hexadecimal digits");
    return id->text();
  }
  const auto phone = Phone::load(change.phone);
  if (!phone) return std::unexpected(phone.error());
  return phone->id.text();
}

}  // namespace

int add_rider(const Output& output, const NewRider& rider) {
  // Before the hub hears of it: a rider whose phone cannot be kept is of no use.
  std::error_code unused;
  if (std::filesystem::exists(rider.phone, unused)) {
    return output.fail({"file.conflict", rider.phone + " is there already"});
  }
  auto key = cose::PrivateKey::generate(algorithm_of(rider.algorithm));
  if (!key) return output.fail(key.error());
  const auto answer =
      admin_call(rider.hub, "POST", kRiders, canonical(registration(rider, key->public_key())));
  if (!answer) return output.fail(answer.error());
  const auto phone = registered(std::move(*key), *answer);
  if (!phone) return output.fail(phone.error());
  if (const auto saved = phone->save(rider.phone); !saved) return output.fail(saved.error());
  output.print(*answer, say(output.language, Text::rider_added,
                            {shown(*answer, "subject"), phone->id.text(), rider.phone}));
  return process::kExitOk;
}

int change_rider(const Output& output, const RiderChange& change, const std::string& operation) {
  const auto id = credential_of(output, change);
  if (!id) return output.fail(id.error());
  const auto answer =
      admin_call(change.hub, "POST", std::string(kRiders) + "/" + *id + "/" + operation,
                 canonical({{"reason", change.reason}}));
  if (!answer) return output.fail(answer.error());
  output.print(*answer, say(output.language, Text::rider_status,
                            {*id, say_word(output.language, shown(*answer, "status"))}));
  return process::kExitOk;
}

int list_riders(const Output& output, const std::string& hub) {
  Json riders = Json::array();
  Json after = 0;
  while (!after.is_null()) {
    auto page =
        admin_call(hub, "GET", std::string(kRiders) + "?limit=1000&after=" + canonical(after));
    if (!page) return output.fail(page.error());
    const auto rows = page->find("riders");
    if (rows == page->end() || !rows->is_array()) {
      return output.fail({"admin.malformed", "the hub's answer has no riders"});
    }
    for (Json& row : *rows) riders.push_back(std::move(row));
    after = page->value("next", Json());
  }
  std::string text;
  for (const Json& row : riders) {
    text += (text.empty() ? "" : "\n") + shown(row, "id") + "  " + shown(row, "subject") + "  " +
            say_word(output.language, shown(row, "status")) + "  " + shown(row, "scope") + "  " +
            shown(row, "reason");
  }
  output.print(riders, text.empty() ? say(output.language, Text::rider_none) : text);
  return process::kExitOk;
}

int show_code(const Output& output, const std::string& phone_file, bool full, WallTime now) {
  const auto phone = Phone::load(phone_file);
  if (!phone) return output.fail(phone.error());
  const auto code = phone->code(now, full);
  if (!code) return output.fail(code.error());
  output.print({{"code", *code}, {"credential", phone->id.text()}}, *code);
  return process::kExitOk;
}

}  // namespace xiaogate::cli
