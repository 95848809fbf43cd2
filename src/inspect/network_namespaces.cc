#include "inspect/network_namespaces.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "inspect/socket_owners.h"
#include "inspect/sockets.h"
#include "system/network_namespaces.h"
#include "system/processes.h"

namespace berth::inspect {
namespace {

using system::NetworkNamespace;
using system::SocketEntry;

// Asking for the namespaces of as many processes takes 2 ms.
constexpr unsigned few_threads = 400;

Question listeners_of(const Question& question) {
  Question listeners{.about = question.about, .listeners_only = true};
  listeners.about->address = {};
  return listeners;
}

bool has_listener_here(const Question& question) {
  std::vector<BlindSpot> blind_spots;
  return !find_sockets({.about = question.about, .listeners_only = true}, blind_spots).empty();
}

std::string name_of(const NetworkNamespace& place) {
  return place.name.empty() ? "net:[" + std::to_string(place.inode) + "]" : place.name;
}

class Search {
 public:
  explicit Search(const Question& question) : question_(question), listeners_(listeners_of(question)) {}

  Census run(std::span<const NetworkNamespace> namespaces) {
    left_ = namespaces.size();
    const auto visited = system::visit_network_namespaces(
        namespaces, [this](const auto& place, const auto& entered) { return visit(place, entered); });
    if (!visited) forbidden_ = namespaces.size();
    name_owners();
    Census census;
    census.elsewhere = std::move(found_.holders);
    add_blind_spots(census.blind_spots);
    return census;
  }

 private:
  bool visit(const NetworkNamespace& place, const std::expected<void, system::Error>& entered) {
    if (std::chrono::steady_clock::now() >= question_.deadline) return false;
    --left_;
    if (entered)
      look_around(place);
    else if (entered.error().code != ENOENT)
      ++forbidden_;
    return true;
  }

  void look_around(const NetworkNamespace& place) {
    const auto sockets = find_sockets(listeners_, found_.blind_spots);
    if (sockets.empty()) return;
    for (const auto& socket : sockets) {
      auto& holder = found_.holders.emplace_back(holder_of(socket));
      holder.network = name_of(place);
      sockets_.push_back(socket);
    }
    std::ranges::copy(place.processes, std::back_inserter(likely_));
  }

  // A holder whose process is in none of the likely places stays without one: it is not worth a walk.
  void name_owners() {
    Census named{.holders = std::move(found_.holders), .blind_spots = {}};
    find_owners(sockets_, named, {Walk::none, likely_});
    found_.holders = std::move(named.holders);
  }

  void add_blind_spots(std::vector<BlindSpot>& blind_spots) const {
    if (forbidden_ > 0) {
      add(blind_spots, forbidden_,
          ::geteuid() == 0 ? "cannot be looked into: that needs CAP_SYS_ADMIN"
                           : "cannot be looked into: only root may");
    }
    if (left_ > 0) add(blind_spots, left_, "could not be looked into in time (--deadline)");
    for (const auto& spot : found_.blind_spots) blind_spots.push_back({spot.source, spot.why, false});
  }

  static void add(std::vector<BlindSpot>& blind_spots, std::size_t count, const std::string& why) {
    const std::string what = count == 1 ? " other network namespace " : " other network namespaces ";
    blind_spots.push_back({std::string(to_string(Source::socket)), std::to_string(count) + what + why, false});
  }

  const Question& question_;
  const Question listeners_;
  std::vector<SocketEntry> sockets_;
  Census found_;
  std::vector<pid_t> likely_;
  std::size_t left_ = 0;
  std::size_t forbidden_ = 0;
};

}  // namespace

Census NetworkNamespacesInspector::inspect(const Question& question) {
  const auto own = system::own_network_namespace();
  if (!own) return {};
  system::NetworkNamespaces namespaces(*own);
  namespaces.add_kept(system::namespace_directories());
  if (!has_listener_here(question) || system::count_threads() <= few_threads) {
    const system::Processes processes;
    namespaces.add_of(processes, processes.pids());
  }
  if (namespaces.others().empty()) return {};
  return Search(question).run(namespaces.others());
}

}  // namespace berth::inspect
