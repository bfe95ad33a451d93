// Writes the seed corpus of every target below the directory given.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "access/base45.h"
#include "cose/cbor.h"
#include "tests/fuzz/seeds.h"

using namespace xiaogate;

namespace {

class Corpus {
 public:
  Corpus(const std::filesystem::path& root, const char* target) : directory_(root / target) {
    std::filesystem::create_directories(directory_);
  }
  void add(const char* name, std::string_view content) const {
    std::ofstream(directory_ / name, std::ios::binary) << content;
  }
  void add(const char* name, ByteView content) const { add(name, as_text(content)); }

 private:
  std::filesystem::path directory_;
};

const Bytes kChanges = {0xF7, 0x00, 0x05, 0x01, 0x00, 0x20, 0x80};

void write_base45(const std::filesystem::path& root) {
  const Corpus corpus(root, "fuzz_base45");
  corpus.add("standard", access::encode_base45(as_bytes("base-45")));
  corpus.add("odd", access::encode_base45(as_bytes("AB!")));
  corpus.add("largest_group", "FGWU5");
  corpus.add("above_the_range", ":::");
  corpus.add("octets", Bytes{0x00, 0xFF, 0x00});
}

void write_cose(const std::filesystem::path& root) {
  const Corpus corpus(root, "fuzz_cose");
  const Credential& credential = fuzz::seeds().credential;
  const std::string& full = fuzz::seeds().codes[1];
  corpus.add("credential", fuzz::seeds().issued);
  corpus.add("full_code", access::decode_base45(std::string_view(full).substr(4)).value());
  corpus.add("key", cose::encode_public_key(credential.key));
  PublicKey sm2 = credential.key;
  sm2.algorithm = Algorithm::sm2;
  corpus.add("key_sm2", cose::encode_public_key(sm2));
  corpus.add("claims", cose::Writer().map(1).integer(6).integer(1'791'946'695).octets());
  corpus.add("keys_out_of_order", cose::Writer()
                                      .map(3)
                                      .integer(3)
                                      .text("小哥")
                                      .integer(1)
                                      .array(0)
                                      .integer(2)
                                      .tag(1)
                                      .integer(-70'000)
                                      .octets());
  corpus.add("changes", kChanges);
}

void write_rider_code(const std::filesystem::path& root) {
  const Corpus corpus(root, "fuzz_rider_code");
  corpus.add("short", fuzz::seeds().codes[2]);
  corpus.add("short_with_ending", fuzz::seeds().codes[4] + " \r\n");
  corpus.add("full", fuzz::seeds().codes[3]);
  corpus.add("web_address", "https://example.com/p/abc");
  corpus.add("changes", kChanges);
  corpus.add("changes_full", Bytes{0xF7, 0x03, 0x00, 0x80, 0x04});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: fuzz_make_corpus <directory>\n";
    return 2;
  }
  write_base45(argv[1]);
  write_cose(argv[1]);
  write_rider_code(argv[1]);
  return 0;
}
