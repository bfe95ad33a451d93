// The CWT claims (RFC 8392) of rider codes and credentials: from octets to values and back.
#pragma once

#include <cstdint>

#include "model/bytes.h"
#include "model/credential.h"
#include "model/result.h"

namespace xiaogate::access {

// `iat` (6) of a rider code's payload, whole Unix seconds. Unknown claims are ignored.
// Error: "code.malformed".
Result<std::uint64_t> read_issued_at(ByteView payload);
Bytes write_issued_at(std::uint64_t issued_at);

// A credential's claims; all of sub, exp, nbf, cti, cnf and scope must be there, unknown ones are
// ignored. Error: "code.malformed".
Result<Credential> read_credential(ByteView payload);
// Error: "credential.invalid", for a value that read_credential() would refuse.
Result<Bytes> write_credential(const Credential& credential);

// Whole Unix seconds to wall time. What lies beyond the year 9999 becomes its last second, so that
// no sum with such a time can overflow.
WallTime from_unix_seconds(std::uint64_t seconds);

}  // namespace xiaogate::access
