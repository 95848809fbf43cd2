#include "cli/command.h"
#include "cli/restoration.h"

namespace berth::cli {

Result run_undo(Session& session, const Arguments& arguments) {
  return go_back(session, arguments, {.goal = app::RestoreRequest::Goal::before_last});
}

}  // namespace berth::cli
