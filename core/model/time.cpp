#include "model/time.h"

namespace xiaogate {

std::string_view to_string(ClockQuality quality) {
  switch (quality) {
    case ClockQuality::synchronised:
      return "synchronised";
    case ClockQuality::holdover:
      return "holdover";
    case ClockQuality::unset:
      return "unset";
  }
  return "unset";
}

}  // namespace xiaogate
