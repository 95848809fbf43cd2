// The only place where concrete parts meet.
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
#include "discover/apache.h"
#include "discover/caddy.h"
#include "discover/compose.h"
#include "discover/haproxy.h"
#include "discover/nginx.h"
#include "discover/scan.h"
#include "discover/traefik.h"
#include "inspect/docker.h"
#include "inspect/linux_machine.h"
#include "inspect/nat.h"
#include "inspect/network_namespaces.h"
#include "inspect/sockets.h"
#include "inspect/systemd.h"
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

namespace inspect = berth::inspect;

inspect::Inspectors make_inspectors(const std::string& root) {
  inspect::Inspectors inspectors;
  if (root.empty()) {
    inspectors.push_back(std::make_unique<inspect::SocketsInspector>());
    inspectors.push_back(std::make_unique<inspect::DockerInspector>());
    inspectors.push_back(std::make_unique<inspect::NatInspector>());
    inspectors.push_back(std::make_unique<inspect::NetworkNamespacesInspector>());
  }
  inspectors.push_back(std::make_unique<inspect::SystemdInspector>(root));
  return inspectors;
}

std::unique_ptr<inspect::Machine> open_machine(const berth::cli::Looking& looking) {
  return std::make_unique<inspect::LinuxMachine>([root = looking.root] { return make_inspectors(root); },
                                                 looking.patience);
}

namespace discover = berth::discover;

berth::Discovery search(const berth::cli::Search& search) {
  discover::Discoverers discoverers;
  discoverers.push_back(std::make_unique<discover::ComposeDiscoverer>());
  discoverers.push_back(std::make_unique<discover::NginxDiscoverer>());
  discoverers.push_back(std::make_unique<discover::ApacheDiscoverer>());
  discoverers.push_back(std::make_unique<discover::HaproxyDiscoverer>());
  discoverers.push_back(std::make_unique<discover::CaddyDiscoverer>());
  discoverers.push_back(std::make_unique<discover::TraefikDiscoverer>());
  return discover::scan(discoverers, {search.paths, search.root, search.progress});
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
