// The first 100 octets of a SQLite file, read without SQLite, so that a file that is not ours can
// be refused before anything touches it
// (https://www.sqlite.org/fileformat.html#the_database_header).
#pragma once

#include <cstdint>
#include <string_view>

#include "model/bytes.h"
#include "model/result.h"
#include "store/database.h"

namespace xiaogate::store {

inline constexpr std::size_t kHeaderSize = 100;

// Whether `header` is that of a file of this schema, of a version known here. `subject` names the
// file in the sentence. Errors: "store.foreign", "store.too_new", "store.damaged".
Result<void> check_header(ByteView header, const Schema& schema, std::string_view subject);

Error too_new(std::string_view subject, std::uint32_t found, std::size_t known);

}  // namespace xiaogate::store
