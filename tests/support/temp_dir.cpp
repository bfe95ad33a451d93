#include "tests/support/temp_dir.h"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>

namespace xiaogate::test {

TempDir::TempDir(std::string_view prefix) {
  std::string name = std::filesystem::temp_directory_path() / (std::string(prefix) + "-XXXXXX");
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace xiaogate::test
