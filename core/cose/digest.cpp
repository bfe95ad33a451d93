#include "cose/digest.h"

#include <cstdlib>
#include <memory>

#include <openssl/evp.h>
#include <openssl/rand.h>

namespace xiaogate::cose {
namespace {

// Fetched once: looking the algorithm up costs several times what hashing a record costs.
const EVP_MD* sha256_method() {
  static EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  return method;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

Digest sha256(std::initializer_list<ByteView> parts) {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  bool good = EVP_DigestInit_ex2(context.get(), sha256_method(), nullptr) == 1;
  for (const ByteView part : parts) {
    good = good && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  Digest digest{};
  good = good && EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
  // Only an OpenSSL without SHA-256 or without memory comes here; no digest may be made up.
  if (!good) std::abort();
  return digest;
}

Bytes random_octets(std::size_t count) {
  Bytes octets(count);
  // A generator that fails must never yield a guessable key.
  if (RAND_bytes(octets.data(), static_cast<int>(count)) != 1) std::abort();
  return octets;
}

}  // namespace xiaogate::cose
