#include "hub/hub.h"

#include <utility>

#include "hub/hub_database.h"
#include "hub/report.h"
#include "process/logging.h"

namespace xiaogate::hub {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRoot = "xg/1/";
constexpr std::size_t kMaxState = 4096;

struct Address {
  std::string gateway;
  std::string_view leaf;
};

// xg/1/{gateway}/{leaf}
std::optional<Address> parse_topic(std::string_view topic) {
  if (!topic.starts_with(kRoot)) return std::nullopt;
  topic.remove_prefix(kRoot.size());
  const auto slash = topic.find('/');
  if (slash == std::string_view::npos || !is_gateway_id(topic.substr(0, slash))) {
    return std::nullopt;
  }
  return Address{std::string(topic.substr(0, slash)), topic.substr(slash + 1)};
}

std::string topic_of(const std::string& gateway, std::string_view leaf) {
  return std::string(kRoot) + gateway + "/" + std::string(leaf);
}

}  // namespace

std::vector<std::string> hub_filters() {
  return {"xg/1/+/report", "xg/1/+/state", "xg/1/+/feed/pull"};
}

Result<std::unique_ptr<Hub>> Hub::open(const fs::path& directory, Random random) {
  std::error_code error;
  if (!fs::exists(directory / kHubFile, error)) {
    return failure("hub.missing", "no hub in " + directory.string() +
                                      ". Make one: xiaogate-hub init --data " + directory.string() +
                                      " --region NAME");
  }
  auto lock = store::DirectoryLock::acquire(directory);
  if (!lock) return std::unexpected(lock.error());
  auto issuer = read_key_file(directory / kIssuerKeyFile);
  if (!issuer) return std::unexpected(issuer.error());
  auto feed = read_key_file(directory / kFeedKeyFile);
  if (!feed) return std::unexpected(feed.error());
  auto database = open_hub_database(directory / kHubFile);
  if (!database) return std::unexpected(database.error());
  auto region = region_of(*database);
  if (!region) return std::unexpected(region.error());
  Parts parts{.lock = std::move(*lock),
              .database = std::move(*database),
              .issuer = std::make_unique<SigningKey>(std::move(*issuer)),
              .feed = std::make_unique<SigningKey>(std::move(*feed)),
              .region = std::move(*region)};
  auto riders = Register::over(parts.database, parts.region, *parts.feed);
  if (!riders) return std::unexpected(riders.error());
  auto intake = Intake::over(parts.database);
  if (!intake) return std::unexpected(intake.error());
  return std::unique_ptr<Hub>(
      new Hub(std::move(parts), std::move(*riders), std::move(*intake), std::move(random)));
}

Hub::Hub(Parts parts, Register riders, Intake intake, Random random)
    : lock_(std::move(parts.lock)),
      database_(std::move(parts.database)),
      issuer_(std::move(parts.issuer)),
      feed_key_(std::move(parts.feed)),
      region_(std::move(parts.region)),
      register_(std::move(riders)),
      intake_(std::move(intake)),
      desk_(register_, *issuer_, std::move(random)) {}

std::vector<Publication> Hub::turn(std::vector<Input> inputs, WallTime now) {
  Turn turn{.now = now, .publications = {}, .answers = {}};
  const auto done = handle_all(inputs, turn);
  ++turns_;
  if (done) {
    records_ += turn.records;
  } else {
    ++failed_turns_;
    process::log_error("turn failed, nothing of it happened",
                       {{"inputs", inputs.size()}, {"error", done.error().text}});
    turn.publications.clear();
  }
  std::size_t next = 0;
  for (const Input& input : inputs) {
    const auto* question = std::get_if<Question>(&input);
    if (question == nullptr) continue;
    question->answer(done ? std::move(turn.answers[next++])
                          : api::error_response(503, done.error().code, done.error().text));
  }
  return std::move(turn.publications);
}

Result<void> Hub::handle_all(const std::vector<Input>& inputs, Turn& turn) {
  store::Transaction transaction(database_);
  if (auto begun = transaction.begin(); !begun) return begun;
  for (const Input& input : inputs) {
    auto handled = std::visit([&](const auto& what) { return on(what, turn); }, input);
    if (!handled) return handled;
  }
  return transaction.commit();
}

Result<void> Hub::on(const BrokerMessage& message, Turn& turn) {
  const auto address = parse_topic(message.topic);
  if (address && address->leaf == "report") return report(address->gateway, message, turn);
  if (address && address->leaf == "state") return state(address->gateway, message, turn);
  if (address && address->leaf == "feed/pull") return pull(address->gateway, message, turn);
  rejected_.add("topic.unknown", message.topic, "not the topic of a gateway", turn.now);
  return {};
}

Result<void> Hub::on(const BrokerMessageDropped& dropped, Turn& turn) {
  rejected_.add("message.too_large", dropped.topic, std::to_string(dropped.size) + " octets",
                turn.now);
  return {};
}

Result<void> Hub::on(const BrokerLinkChanged& change, Turn& turn) {
  link_up_ = change.up;
  if (change.up) {
    process::log_info("broker connected");
    // What could not be published meanwhile: gateways see the gap and pull.
    return publish_newest_batch(turn.publications);
  }
  process::log_warning("broker not connected", {{"why", change.why}});
  streams_.clear();
  return {};
}

Result<void> Hub::on(const Question& question, Turn& turn) {
  auto response = answer(question, turn);
  if (!response) return std::unexpected(response.error());
  turn.answers.push_back(std::move(*response));
  return {};
}

Result<void> Hub::report(const std::string& gateway, const BrokerMessage& message, Turn& turn) {
  const auto records = parse_report(message.payload);
  if (!records) {
    rejected_.add(records.error().code, message.topic, records.error().text, turn.now);
    return {};
  }
  const auto outcome = intake_.report(gateway, *records, turn.now);
  if (!outcome) return std::unexpected(outcome.error());
  if (outcome->refusal) {
    const Refusal& refusal = *outcome->refusal;
    rejected_.add("report." + std::string(refusal.kind), message.topic, refusal.text, turn.now);
    return intake_.alarm(gateway, refusal, turn.now);
  }
  if (outcome->gap) {
    rejected_.add("report.gap", message.topic,
                  "begins at " + std::to_string(records->front().seq) + " after " +
                      std::to_string(outcome->through),
                  turn.now);
  }
  turn.records += outcome->added;
  turn.publications.push_back(
      {topic_of(gateway, "ack"), canonical({{"through", outcome->through}})});
  return {};
}

Result<void> Hub::state(const std::string& gateway, const BrokerMessage& message, Turn& turn) {
  const auto json = parse_json(message.payload);
  if (!json || !json->is_object() || message.payload.size() > kMaxState) {
    rejected_.add("state.malformed", message.topic, "must be an object of at most 4096 octets",
                  turn.now);
    return {};
  }
  return intake_.state(gateway, canonical(*json),
                       message.retained ? std::nullopt : std::optional(turn.now));
}

Result<void> Hub::pull(const std::string& gateway, const BrokerMessage& message, Turn& turn) {
  const auto reject = [&](std::string_view reason, const std::string& detail) {
    rejected_.add(reason, message.topic, detail, turn.now);
  };
  const auto wanted = parse_pull(message.payload);
  if (!wanted) {
    reject(wanted.error().code, wanted.error().text);
    return {};
  }
  if (wanted->region != region_) {
    reject("pull.foreign_region", "region " + wanted->region);
    return {};
  }
  const auto head = register_.head();
  if (!head) return std::unexpected(head.error());
  if (wanted->from > head->seq) {
    // The gateway knows batches that this hub never made: the database is older than it was.
    const std::string text = "the gateway has feed batch " + std::to_string(wanted->from) +
                             ", the hub only " + std::to_string(head->seq);
    reject("pull.feed_ahead", text);
    return intake_.alarm(gateway, {"feed_ahead", wanted->from, text}, turn.now);
  }
  auto stream = PageStream::begin(register_, region_, wanted->from);
  if (!stream) return std::unexpected(stream.error());
  streams_.insert_or_assign(gateway, std::move(*stream));
  return {};
}

void Hub::publish_batch(const Batch& batch, std::vector<Publication>& out) const {
  out.push_back({std::string(kRoot) + "feed/" + region_, batch.message});
}

Result<void> Hub::publish_newest_batch(std::vector<Publication>& out) {
  const auto newest = register_.newest_batch();
  if (!newest) return std::unexpected(newest.error());
  if (*newest) publish_batch(**newest, out);
  return {};
}

std::vector<Publication> Hub::pages(std::size_t most) {
  std::vector<Publication> out;
  while (out.size() < most && has_pages()) {
    PageStream& stream = streams_.begin()->second;
    const std::string gateway = streams_.begin()->first;
    const auto payload = stream.next(register_);
    auto message = payload ? feed_key_->sign(*payload) : std::unexpected(payload.error());
    auto told = message ? Result<void>() : std::unexpected(message.error());
    if (message) out.push_back({topic_of(gateway, "feed/page"), std::move(*message)});
    if (told && stream.done()) {
      // Batches made meanwhile were of no use to a gateway that was waiting for pages.
      const auto head = register_.head();
      if (head && head->seq > stream.upto().seq) told = publish_newest_batch(out);
    }
    if (!told) {
      process::log_error("pull not answered", {{"gateway", gateway}, {"error", told.error().text}});
    }
    if (!told || stream.done()) streams_.erase(gateway);
  }
  return out;
}

}  // namespace xiaogate::hub
