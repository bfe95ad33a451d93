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
// What people's safety depends on (SafetyAction) is the exception: it goes out as soon as the site
// asks for it, and every input is handed over even when the transaction has failed already, so that
// no broken disk holds a fire's release back.
//
// On an error nothing was committed and nothing else let out, and `site` is ahead of the journal:
// discard it (see Site). The next one must be given Site::standing() of this one.
Result<void> run_turn(Site& site, std::span<const Input> inputs, const Instant& now, Ledger& ledger,
                      Outbox& outbox);

}  // namespace xiaogate::site
