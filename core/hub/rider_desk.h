// Where riders are registered, suspended and revoked: requests in, answers and feed batches out.
#pragma once

#include <functional>
#include <optional>

#include "api/http.h"
#include "hub/register.h"
#include "hub/signing_key.h"

namespace xiaogate::hub {

// `count` random octets.
using Random = std::function<Bytes(std::size_t count)>;

struct DeskAnswer {
  api::Response response;
  std::optional<Batch> batch;  // published after the commit
};

// Lives on the register's thread and borrows it and the key. What is wrong with a request is a
// response; an error is the hub's own ("store.*", "key.*") and fails the turn.
// The requests are described in docs/hub-link.md.
class RiderDesk {
 public:
  RiderDesk(Register& riders, const SigningKey& issuer, Random random)
      : register_(riders), issuer_(issuer), random_(std::move(random)) {}

  // REQUIRES for both: inside a transaction.
  Result<DeskAnswer> add(const api::Request& request, WallTime now);
  Result<DeskAnswer> change(const api::Request& request, CredentialStatus status, WallTime now);

  Result<api::Response> list(const api::Request& request);

 private:
  Register& register_;
  const SigningKey& issuer_;
  Random random_;
};

}  // namespace xiaogate::hub
