// Any octets survive base45, and no text is taken that base45 would not have written.
#include "access/base45.h"
#include "tests/fuzz/require.h"

using namespace xiaogate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView octets(data, size);
  require(access::decode_base45(access::encode_base45(octets)) == Bytes(data, data + size),
          "decode(encode(x)) == x");
  const std::string_view text = as_text(octets);
  if (const auto decoded = access::decode_base45(text)) {
    require(access::encode_base45(*decoded) == text, "encode(decode(text)) == text");
  }
  return 0;
}
