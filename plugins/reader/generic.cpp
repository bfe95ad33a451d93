// Any reader that publishes the scanned text on one topic, bare or inside JSON.
#include <optional>

#include "protocol.h"

namespace {

using nlohmann::json;
using xiaogate::sdk::Effects;
using xiaogate::sdk::Input;

struct Feedback {
  std::string topic;
  std::string granted;
  std::string denied;
};

class Generic : public Protocol {
 public:
  explicit Generic(const json& options) : topic_(options.at("topic").get<std::string>()) {
    if (options.contains("pointer")) {
      pointer_ = json::json_pointer(options.at("pointer").get<std::string>());
    }
    if (options.contains("feedback")) {
      const json& feedback = options.at("feedback");
      feedback_ = Feedback{feedback.at("topic").get<std::string>(),
                           feedback.at("granted").get<std::string>(),
                           feedback.at("denied").get<std::string>()};
    }
  }

  bool message(const Input& in, Effects& effects) override {
    if (in.name != topic_ || in.data.empty()) return false;
    if (!pointer_) return emit_scanned(in, std::string(in.data), "", effects);
    const json body = json::parse(in.data);
    return emit_scanned(in, body.at(*pointer_).get<std::string>(), "", effects);
  }

  bool indicate(const Input& in, const Indication& indication, Effects& effects) override {
    if (!feedback_) return true;
    return effects.publish(in.device, feedback_->topic,
                           indication.granted ? feedback_->granted : feedback_->denied);
  }

 private:
  std::string topic_;
  std::optional<json::json_pointer> pointer_;
  std::optional<Feedback> feedback_;
};

}  // namespace

std::unique_ptr<Protocol> make_generic(const json& options) {
  return std::make_unique<Generic>(options);
}
