// Packing, and what becomes of packages that were tampered with.
#include "kit/pack.h"

#include <fstream>

#include <gmock/gmock.h>

#include "cose/cbor.h"
#include "cose/digest.h"
#include "cose/sign1.h"
#include "host/package.h"
#include "tests/support/temp_dir.h"

namespace xiaogate::kit {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

cose::PrivateKey new_key() {
  return std::move(cose::PrivateKey::generate(Algorithm::ed25519).value());
}

class Pack : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(source() / "recordings");
    write("manifest.json", R"({"name":"relay","version":"1.2.0","abi":1,"vendor":"v",
      "interfaces":{"gate":[]},"topics":{"subscribe":[],"publish":[]},"options":{"type":"object"}})");
    write("libxiaogate_relay.so", "machine code");
    write("recordings/a.jsonl", "{}");
    write(".hidden", "x");
    trust_.vendors.emplace(key_id(key_.public_key()), host::Vendor{key_.public_key(), "Acme"});
  }
  fs::path source() const { return directory_.path() / "source"; }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(source() / name) << text;
  }
  Bytes packed() { return pack(source(), key_).value().octets; }
  // A package of our own making, signed.
  Bytes made(const Bytes& list, const std::vector<std::string>& contents) {
    cose::Writer out;
    out.array(2).item(cose::sign1(key_, key_id(key_.public_key()), list).value());
    out.array(contents.size());
    for (const auto& each : contents) out.bytes(as_bytes(each));
    return std::move(out).octets();
  }
  std::string refused(const Bytes& octets) {
    const auto package = host::open_package(octets, trust_);
    return package ? "taken" : std::string(package.error().code);
  }
  static host::PackedFile file(const std::string& name, const std::string& text) {
    return {name, text.size(), cose::sha256({as_bytes(text)})};
  }

  test::TempDir directory_;
  cose::PrivateKey key_ = new_key();
  host::PackageTrust trust_;
};

TEST_F(Pack, WhatIsPackedIsUnpackedAndVerifiedAgain) {
  const Packed made = pack(source(), key_).value();
  EXPECT_THAT(made.files, testing::ElementsAre("libxiaogate_relay.so", "manifest.json"));
  EXPECT_THAT(made.left_out, testing::UnorderedElementsAre("recordings", ".hidden"));
  const auto package = host::open_package(made.octets, trust_);
  ASSERT_TRUE(package) << package.error().text;
  EXPECT_EQ(package->vendor, "Acme");
  const fs::path folder = directory_.path() / "installed";
  const auto manifest = host::unpack(*package, folder);
  ASSERT_TRUE(manifest) << manifest.error().text;
  EXPECT_EQ(manifest->version, "1.2.0");
  EXPECT_TRUE(host::verify_installed(folder, trust_));
  EXPECT_EQ(host::unpack(*package, folder).error().code, "file.conflict");

  std::ofstream(folder / "libxiaogate_relay.so", std::ios::app) << "x";
  EXPECT_EQ(host::verify_installed(folder, trust_).error().code, "package.altered");
}

TEST_F(Pack, AFileBesideTheSignedOnesIsNoticed) {
  const Bytes octets = packed();
  const auto package = host::open_package(octets, trust_);
  const fs::path folder = directory_.path() / "installed";
  ASSERT_TRUE(host::unpack(*package, folder));
  std::ofstream(folder / "more.so") << "x";
  EXPECT_EQ(host::verify_installed(folder, trust_).error().code, "package.altered");
  fs::remove(folder / "more.so");
  fs::remove(folder / "manifest.json");
  fs::create_symlink("/etc/passwd", folder / "manifest.json");
  EXPECT_EQ(host::verify_installed(folder, trust_).error().code, "package.altered");
}

TEST_F(Pack, NoOctetCanBeChanged) {
  const Bytes good = packed();
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] ^= 0x01;
    EXPECT_NE(refused(bad), "taken") << "octet " << i;
  }
  for (std::size_t size = 0; size < good.size(); size += 7) {
    EXPECT_NE(refused(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))),
              "taken");
  }
}

TEST_F(Pack, AStrangersPackageIsTakenOnlyInDevelopment) {
  const Bytes octets = pack(source(), new_key()).value().octets;
  EXPECT_EQ(refused(octets), "package.untrusted");
  trust_.development = true;
  EXPECT_EQ(refused(octets), "taken");
  Bytes bad = octets;
  bad.back() ^= 0x01;
  EXPECT_EQ(refused(bad), "package.altered") << "digests count even then";
}

TEST_F(Pack, OnlyPlainNamesInOrderAreTaken) {
  host::DigestList list{.name = "relay", .version = "1", .abi = 1, .files = {file("a", "x")}};
  EXPECT_EQ(refused(made(host::encode_digest_list(list), {"x"})), "taken");
  for (const char* name : {"../a", "a/b", "/etc/passwd", ".signature", "", "a b", "ü"}) {
    list.files = {file(name, "x")};
    EXPECT_EQ(refused(made(host::encode_digest_list(list), {"x"})), "package.invalid") << name;
  }
  list.files = {file("b", "x"), file("a", "x")};
  EXPECT_EQ(refused(made(host::encode_digest_list(list), {"x", "x"})), "package.invalid");
  list.files = {file("a", "x"), file("a", "x")};
  EXPECT_EQ(refused(made(host::encode_digest_list(list), {"x", "x"})), "package.invalid");
  list.files = {file("a", "x")};
  EXPECT_EQ(refused(made(host::encode_digest_list(list), {"x", "x"})), "package.altered");
  list.name = "../relay";
  EXPECT_EQ(refused(made(host::encode_digest_list(list), {"x"})), "package.invalid");
}

TEST_F(Pack, AManifestThatSaysSomethingElseIsRefused) {
  const std::string manifest =
      R"({"name":"other","version":"2","abi":1,"vendor":"v","interfaces":{"gate":[]},
          "topics":{"subscribe":[],"publish":[]},"options":{"type":"object"}})";
  const host::DigestList list{
      .name = "relay", .version = "1", .abi = 1, .files = {file("manifest.json", manifest)}};
  const Bytes octets = made(host::encode_digest_list(list), {manifest});
  const auto package = host::open_package(octets, trust_);
  ASSERT_TRUE(package);
  const auto unpacked = host::unpack(*package, directory_.path() / "installed");
  ASSERT_FALSE(unpacked);
  for (const char* pointer : {"/name", "/version", "/library"}) {
    EXPECT_THAT(unpacked.error().text, HasSubstr(pointer));
  }
}

TEST_F(Pack, TellsEveryFaultOfAFolder) {
  fs::remove(source() / "libxiaogate_relay.so");
  write("with blank", "x");
  const auto refused_folder = pack(source(), key_);
  ASSERT_FALSE(refused_folder);
  EXPECT_THAT(refused_folder.error().text, HasSubstr("with blank"));
  EXPECT_THAT(refused_folder.error().text, HasSubstr("/library"));
}

}  // namespace
}  // namespace xiaogate::kit
