// Where concrete parts meet; which sources of evidence there are stands in sources.cc.
#include <unistd.h>

#include <csignal>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/exit_codes.h"
#include "cli/run.h"
#include "core/error.h"
#include "discover/scan.h"
#include "inspect/linux_machine.h"
#include "sources.h"
#include "store/file_store.h"
#include "system/accounts.h"
#include "system/clock.h"
#include "system/memory.h"
#include "system/standard_streams.h"

namespace {

std::unique_ptr<berth::store::Store> open_store(std::string path, double wait) {
  return std::make_unique<berth::store::FileStore>(std::move(path),
                                                   berth::store::FileStoreOptions{wait, berth::system::utc_now});
}

std::unique_ptr<berth::inspect::Machine> open_machine(const berth::cli::Looking& looking) {
  return std::make_unique<berth::inspect::LinuxMachine>([root = looking.root] { return berth::make_inspectors(root); },
                                                        looking.patience);
}

berth::Discovery search(const berth::cli::Search& search) {
  return berth::discover::scan(berth::make_discoverers(), {search.paths, search.root, search.progress});
}

// Where a limit leaves no room (setrlimit(2)): nothing is half done that the next command could not put right.
[[noreturn]] void end_without_memory() {
  constexpr std::string_view text = "berth: there is not enough memory\n  hint: ulimit -v says how much is allowed\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
  ::_exit(berth::cli::exit_code(berth::ErrorCode::not_writable));
}

std::string current_user() { return berth::system::Accounts().name(::getuid()); }

}  // namespace

int main(int argc, char** argv) {
  berth::system::occupy_standard_streams();
  // A reader that has seen enough is no reason to die in the middle of a commit, nor is a file that may not grow.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  std::set_new_handler(end_without_memory);
  const std::vector<std::string_view> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  return berth::cli::run(
      {open_store, open_machine, berth::system::utc_now, current_user, search, berth::system::make_room}, words);
}
