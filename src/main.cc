// Where concrete parts meet; which sources of evidence there are stands in sources.cc.
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/run.h"
#include "discover/scan.h"
#include "inspect/linux_machine.h"
#include "sources.h"
#include "store/file_store.h"
#include "system/accounts.h"
#include "system/clock.h"
#include "system/memory.h"

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

std::string current_user() { return berth::system::Accounts().name(::getuid()); }

}  // namespace

int main(int argc, char** argv) {
  // A reader that has seen enough is no reason to die in the middle of a commit.
  std::signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string_view> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  return berth::cli::run(
      {open_store, open_machine, berth::system::utc_now, current_user, search, berth::system::make_room}, words);
}
