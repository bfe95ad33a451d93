// One turn, one transaction.
#pragma once

#include <span>

#include "model/result.h"
#include "site/input.h"
#include "site/ports.h"
#include "site/site.h"

namespace xiaogate::site {

// Hands every input to the site inside one transaction, commits, and only then lets the actions
// out, in order. Whatever is seen outside is therefore on record; a crash at any instant leaves
// either both or neither.
//
// On an error nothing was committed and nothing let out, and `site` is ahead of the journal:
// discard it (see Site).
Result<void> run_turn(Site& site, std::span<const Input> inputs, const Instant& now, Ledger& ledger,
                      Outbox& outbox);

}  // namespace xiaogate::site
