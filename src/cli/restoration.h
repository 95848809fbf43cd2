// The end of the commands that go back to an earlier registry.
#pragma once

#include "app/restore.h"
#include "cli/session.h"

namespace berth::cli {

// Restores, or with --dry-run only plans, and answers. --strict is read here, too.
Result go_back(Session& session, const Arguments& arguments, app::RestoreRequest request);

}  // namespace berth::cli
