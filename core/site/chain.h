// The journal's hash chain.
//
// hash = SHA-256( prev[32] || seq as 8 octets big-endian || time in ms as 8 octets big-endian
//                 || length of kind as 2 octets || kind || length of body as 4 octets || body )
#pragma once

#include "model/record.h"
#include "model/result.h"

namespace xiaogate::site {

Digest record_hash(const Record& record);

// The record that follows (seq, hash) in the chain.
Record seal(std::uint64_t previous_seq, const Digest& previous_hash, WallTime time,
            std::string kind, std::string body);

// Whether `record` follows (seq, hash) and its own hash is right. Error: "journal.broken", and the
// sentence names the sequence number and what does not fit.
Result<void> check_link(std::uint64_t previous_seq, const Digest& previous_hash,
                        const Record& record);

}  // namespace xiaogate::site
