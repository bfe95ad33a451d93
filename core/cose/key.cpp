#include "cose/key.h"

#include <algorithm>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "cose/cbor.h"

namespace xiaogate::cose {
namespace {

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};
using Pkey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;
using Bignum = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;

// What differs between the algorithms: COSE_Key's kty (1: OKP, 2: EC2) and crv, OpenSSL's names for
// the key type and its group, and the digest that is signed (Ed25519 brings its own).
struct Method {
  Algorithm algorithm;
  std::int64_t key_type;
  std::int64_t curve;
  const char* name;
  const char* group;
  const char* digest;
};

constexpr std::int64_t kOkp = 1;
constexpr std::int64_t kEc2 = 2;
constexpr Method kMethods[] = {
    {Algorithm::ed25519, kOkp, 6, "ED25519", nullptr, nullptr},
    {Algorithm::es256, kEc2, 1, "EC", "prime256v1", "SHA256"},
    {Algorithm::sm2, kEc2, -65537, "SM2", "SM2", "SM3"},
};

constexpr std::string_view kSm2SignerId = "1234567812345678";
constexpr std::size_t kHalf = 32;
constexpr std::size_t kMaxDer = 72;  // two integers of 33 octets, their heads and the sequence's

const Method& method_of(Algorithm algorithm) {
  return *std::ranges::find(kMethods, algorithm, &Method::algorithm);
}

Pkey make_key(const Method& method, int (*init)(EVP_PKEY_CTX*)) {
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, method.name, nullptr));
  EVP_PKEY* made = nullptr;
  if (!context || init(context.get()) != 1) return nullptr;
  if (method.group != nullptr && EVP_PKEY_CTX_set_group_name(context.get(), method.group) != 1) {
    return nullptr;
  }
  return EVP_PKEY_generate(context.get(), &made) == 1 ? Pkey(made) : nullptr;
}

// This thread's key object of a curve, without a point. Building the group anew for every key costs
// half of a verification; giving an existing object another point costs next to nothing.
EVP_PKEY* curve_key(const Method& method) {
  const auto make = [](Algorithm which) {
    return make_key(method_of(which), EVP_PKEY_paramgen_init);
  };
  thread_local const Pkey es256 = make(Algorithm::es256);
  thread_local const Pkey sm2 = make(Algorithm::sm2);
  return method.algorithm == Algorithm::es256 ? es256.get() : sm2.get();
}

// `key` as OpenSSL wants it, good until the next call on this thread; null for a point that is not
// on the curve.
Pkey import_public_key(const PublicKey& key, const Method& method) {
  if (method.key_type == kOkp) {
    return Pkey(
        EVP_PKEY_new_raw_public_key_ex(nullptr, method.name, nullptr, key.x.data(), key.x.size()));
  }
  std::array<std::uint8_t, 1 + 2 * kHalf> point{POINT_CONVERSION_UNCOMPRESSED};
  std::ranges::copy(key.x, point.begin() + 1);
  std::ranges::copy(key.y, point.begin() + 1 + kHalf);
  EVP_PKEY* const pkey = curve_key(method);
  if (pkey == nullptr || EVP_PKEY_set1_encoded_public_key(pkey, point.data(), point.size()) != 1 ||
      EVP_PKEY_up_ref(pkey) != 1) {
    return nullptr;
  }
  return Pkey(pkey);
}

std::optional<PublicKey> export_public_key(EVP_PKEY* pkey, const Method& method) {
  PublicKey key;
  key.algorithm = method.algorithm;
  if (method.key_type == kOkp) {
    std::size_t size = key.x.size();
    if (EVP_PKEY_get_raw_public_key(pkey, key.x.data(), &size) != 1) return std::nullopt;
    return key;
  }
  const auto coordinate = [pkey](const char* name, std::array<std::uint8_t, kHalf>& out) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(pkey, name, &number) != 1) return false;
    const Bignum owned(number);
    return BN_bn2binpad(number, out.data(), static_cast<int>(out.size())) >= 0;
  };
  if (!coordinate(OSSL_PKEY_PARAM_EC_PUB_X, key.x)) return std::nullopt;
  if (!coordinate(OSSL_PKEY_PARAM_EC_PUB_Y, key.y)) return std::nullopt;
  return key;
}

// OpenSSL writes ECDSA and SM2 signatures as DER, COSE as r||s.
std::size_t to_der(ByteView raw, std::array<std::uint8_t, kMaxDer>& der) {
  const EcdsaSignature signature(ECDSA_SIG_new());
  const int half = static_cast<int>(kHalf);
  Bignum r(BN_bin2bn(raw.data(), half, nullptr));
  Bignum s(BN_bin2bn(raw.data() + kHalf, half, nullptr));
  if (!signature || !r || !s) return 0;
  if (ECDSA_SIG_set0(signature.get(), r.release(), s.release()) != 1) return 0;
  std::uint8_t* end = der.data();
  const int size = i2d_ECDSA_SIG(signature.get(), &end);
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

bool from_der(ByteView der, Signature& raw) {
  const std::uint8_t* begin = der.data();
  const EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size())));
  if (!signature) return false;
  const int half = static_cast<int>(kHalf);
  return BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), half) == half &&
         BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + kHalf, half) == half;
}

// OpenSSL 3 takes an empty signer id unless told otherwise, and such signatures verify nowhere
// else.
bool set_signer_id(EVP_PKEY_CTX* context, const Method& method) {
  if (method.algorithm != Algorithm::sm2) return true;
  return EVP_PKEY_CTX_set1_id(context, kSm2SignerId.data(),
                              static_cast<int>(kSm2SignerId.size())) == 1;
}

bool verify_with(EVP_PKEY* pkey, const Method& method, ByteView message, ByteView signature) {
  thread_local const DigestContext context(EVP_MD_CTX_new());
  if (!context || EVP_MD_CTX_reset(context.get()) != 1) return false;
  EVP_PKEY_CTX* parameters = nullptr;
  return EVP_DigestVerifyInit_ex(context.get(), &parameters, method.digest, nullptr, nullptr, pkey,
                                 nullptr) == 1 &&
         set_signer_id(parameters, method) &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

// The members of a COSE_Key, as far as they were there.
struct Members {
  std::optional<std::int64_t> key_type;
  std::optional<std::int64_t> curve;
  std::optional<ByteView> x;
  std::optional<ByteView> y;
};

std::optional<Fault> read_members(ByteView cose_key, Members& members) {
  Reader in(cose_key);
  for (std::uint64_t left = in.map(); left > 0 && in.good(); --left) {
    const std::size_t at = in.offset();
    switch (in.integer()) {
      case 1:
        members.key_type = in.integer();
        break;
      case -1:
        members.curve = in.integer();
        break;
      case -2:
        members.x = in.bytes();
        break;
      case -3:
        members.y = in.bytes();
        break;
      default:
        in.reject("an unknown member", at);
    }
  }
  return in.finish();
}

}  // namespace

Result<PublicKey> decode_public_key(ByteView cose_key) {
  Members members;
  if (const auto fault = read_members(cose_key, members)) {
    return failure("key.malformed", "COSE_Key: " + fault->text());
  }
  if (!members.key_type || !members.curve) {
    return failure("key.malformed", "COSE_Key: without kty (1) or crv (-1)");
  }
  const auto* const method = std::ranges::find_if(kMethods, [&](const Method& known) {
    return known.key_type == *members.key_type && known.curve == *members.curve;
  });
  if (method == std::end(kMethods)) {
    return failure("key.unsupported", "COSE_Key: neither Ed25519, P-256 nor SM2");
  }
  const bool on_curve_by_two = method->key_type == kEc2;
  if (!members.x || members.x->size() != kHalf || members.y.has_value() != on_curve_by_two ||
      (members.y && members.y->size() != kHalf)) {
    return failure("key.malformed", "COSE_Key: x (-2) and y (-3) are not those of its curve");
  }
  PublicKey key;
  key.algorithm = method->algorithm;
  std::ranges::copy(*members.x, key.x.begin());
  if (members.y) std::ranges::copy(*members.y, key.y.begin());
  return key;
}

Bytes encode_public_key(const PublicKey& key) {
  const Method& method = method_of(key.algorithm);
  const bool two_coordinates = method.key_type == kEc2;
  Writer out;
  out.map(two_coordinates ? 4 : 3).integer(1).integer(method.key_type);
  out.integer(-1).integer(method.curve).integer(-2).bytes(key.x);
  if (two_coordinates) out.integer(-3).bytes(key.y);
  return std::move(out).octets();
}

bool verify(const PublicKey& key, ByteView message, ByteView signature) {
  if (signature.size() != Signature().size()) return false;
  const Method& method = method_of(key.algorithm);
  const Pkey pkey = import_public_key(key, method);
  bool good = false;
  if (pkey && method.key_type == kOkp) {
    good = verify_with(pkey.get(), method, message, signature);
  } else if (pkey) {
    std::array<std::uint8_t, kMaxDer> der{};
    const std::size_t size = to_der(signature, der);
    good = size > 0 && verify_with(pkey.get(), method, message, {der.data(), size});
  }
  // A signature that does not verify leaves entries in OpenSSL's queue of this thread.
  if (!good) ERR_clear_error();
  return good;
}

struct PrivateKey::Handle {
  Pkey pkey;
};

PrivateKey::PrivateKey(std::unique_ptr<Handle> handle, const PublicKey& public_key)
    : handle_(std::move(handle)), public_key_(public_key) {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

Result<PrivateKey> PrivateKey::generate(Algorithm algorithm) {
  const Method& method = method_of(algorithm);
  Pkey pkey = make_key(method, EVP_PKEY_keygen_init);
  if (!pkey) {
    ERR_clear_error();
    return failure("key.unsupported", "OpenSSL makes no key of type " + std::string(method.name));
  }
  const auto public_key = export_public_key(pkey.get(), method);
  if (!public_key) return failure("key.unsupported", "OpenSSL does not tell the public key");
  return PrivateKey(std::make_unique<Handle>(Handle{std::move(pkey)}), *public_key);
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
  const Bio source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // Without this callback OpenSSL asks the terminal for the pass phrase of an encrypted key.
  const auto no_pass_phrase = [](char*, int, int, void*) { return -1; };
  Pkey pkey(PEM_read_bio_PrivateKey(source.get(), nullptr, no_pass_phrase, nullptr));
  ERR_clear_error();
  if (!pkey) return failure("key.malformed", "not an unencrypted PKCS #8 private key in PEM");
  for (const Method& method : kMethods) {
    if (EVP_PKEY_is_a(pkey.get(), method.name) != 1) continue;
    char group[32] = "";
    if (method.group != nullptr) {
      EVP_PKEY_get_group_name(pkey.get(), group, sizeof group, nullptr);
      if (std::string_view(group) != method.group) continue;
    }
    const auto public_key = export_public_key(pkey.get(), method);
    if (!public_key) break;
    return PrivateKey(std::make_unique<Handle>(Handle{std::move(pkey)}), *public_key);
  }
  return failure("key.malformed", "the private key is neither Ed25519, P-256 nor SM2");
}

std::string PrivateKey::pem() const {
  const Bio sink(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(sink.get(), handle_->pkey.get(), nullptr, nullptr, 0, nullptr,
                                nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(sink.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

Result<Signature> PrivateKey::sign(ByteView message) const {
  const Method& method = method_of(public_key_.algorithm);
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  std::array<std::uint8_t, kMaxDer> made{};
  std::size_t size = made.size();
  Signature signature{};
  const bool is_signed =
      context &&
      EVP_DigestSignInit_ex(context.get(), &parameters, method.digest, nullptr, nullptr,
                            handle_->pkey.get(), nullptr) == 1 &&
      set_signer_id(parameters, method) &&
      EVP_DigestSign(context.get(), made.data(), &size, message.data(), message.size()) == 1;
  const bool raw = method.key_type == kOkp;
  if (is_signed && raw) std::copy_n(made.begin(), signature.size(), signature.begin());
  if (!is_signed || (!raw && !from_der({made.data(), size}, signature))) {
    ERR_clear_error();
    return failure("key.sign", "OpenSSL did not sign with " + std::string(method.name));
  }
  return signature;
}

}  // namespace xiaogate::cose
