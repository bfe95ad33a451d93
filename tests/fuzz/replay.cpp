// Stands in for libFuzzer where the compiler has none: runs a target over every file of the
// directories given, as it is, cut after every octet, and with every octet changed in two ways.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void replay(std::vector<std::uint8_t> input) {
  LLVMFuzzerTestOneInput(input.data(), input.size());
  for (std::size_t i = 0; i < input.size(); ++i) {
    LLVMFuzzerTestOneInput(input.data(), i);
    for (const std::uint8_t mask : {std::uint8_t{0x01}, std::uint8_t{0x80}}) {
      input[i] ^= mask;
      LLVMFuzzerTestOneInput(input.data(), input.size());
      input[i] ^= mask;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  int files = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream in(entry.path(), std::ios::binary);
      replay({std::istreambuf_iterator<char>(in), {}});
      ++files;
    }
  }
  std::printf("%d files\n", files);
  return files > 0 ? 0 : 1;  // an empty corpus would prove nothing
}
