// Hostile octets as an envelope, a key and claims: what is taken is written in the one strict form,
// and no envelope is believed that its key has not signed.
//
// An input whose first octet is kChange is a recipe instead: position (2 octets) and mask, three
// octets each, applied to a valid envelope.
#include "access/claims.h"
#include "cose/cbor.h"
#include "cose/sign1.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/seeds.h"

using namespace xiaogate;

namespace {

constexpr std::size_t kLimit = 1024;
constexpr std::uint8_t kChange = 0xF7;

// Writes an item of `in` to `out`; only the strict form comes out as it went in.
void copy_item(cose::Reader& in, cose::Writer& out) {
  std::uint64_t inside = 0;
  switch (in.peek().value()) {
    case cose::Kind::unsigned_integer:
      out.unsigned_integer(in.unsigned_integer());
      return;
    case cose::Kind::bytes:
      out.bytes(in.bytes());
      return;
    case cose::Kind::text:
      out.text(in.text());
      return;
    case cose::Kind::array:
      out.array(inside = in.array());
      break;
    case cose::Kind::map:
      inside = in.map();
      out.map(inside);
      inside *= 2;
      break;
    case cose::Kind::tag:
      out.tag(in.tag());
      inside = 1;
      break;
    case cose::Kind::negative_integer:  // integer() holds only those of int64
    case cose::Kind::simple:
      out.item(in.item());
      return;
  }
  for (; inside > 0; --inside) copy_item(in, out);
}

bool is_strict(ByteView octets) {
  cose::Reader in(octets);
  cose::Writer out;
  copy_item(in, out);
  return !in.finish() && std::ranges::equal(out.octets(), octets);
}

void take_item(ByteView octets) {
  cose::Reader in(octets);
  const ByteView whole = in.item();
  if (in.finish()) return;
  require(whole.size() == octets.size(), "an item is all of the octets");
  require(is_strict(octets), "an item that is taken is in the strict form");
}

void take_envelope(ByteView octets) {
  const auto message = cose::parse_sign1(octets, kLimit);
  if (!message) return;
  require(octets.size() <= kLimit, "no envelope is above the limit");
  require(is_strict(octets), "an envelope that is taken is in the strict form");
  require(is_strict(message->protected_header), "and so is its protected header");
  const auto& issuer = fuzz::seeds().issuer.public_key();
  if (cose::check(*message, issuer) == cose::Trust::good) {
    const auto valid = cose::parse_sign1(fuzz::seeds().issued, kLimit);
    require(cose::signed_octets(*message) == cose::signed_octets(*valid),
            "nothing is believed that the key has not signed");
  }
}

void take_values(ByteView octets) {
  if (const auto key = cose::decode_public_key(octets)) {
    require(cose::decode_public_key(cose::encode_public_key(*key)) == *key, "a key survives");
  }
  if (const auto credential = access::read_credential(octets)) {
    const auto again = access::write_credential(*credential);
    require(again && access::read_credential(*again) == *credential, "a credential survives");
  }
  if (const auto issued_at = access::read_issued_at(octets)) {
    require(access::read_issued_at(access::write_issued_at(*issued_at)) == *issued_at,
            "an iat survives");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView octets(data, size);
  if (size > 0 && data[0] == kChange) {
    Bytes changed = fuzz::seeds().issued;
    for (std::size_t i = 1; i + 3 <= size; i += 3) {
      changed[(data[i] * 256U + data[i + 1]) % changed.size()] ^= data[i + 2];
    }
    take_envelope(changed);
    return 0;
  }
  take_item(octets);
  take_envelope(octets);
  take_values(octets);
  return 0;
}
