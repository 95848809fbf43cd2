#include "inspect/systemd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "inspect/socket_unit.h"
#include "system/kernel_file.h"
#include "system/root_directory.h"
#include "system/unit_path.h"

namespace berth::inspect {
namespace {

// An installation that does not run has what a machine has where nobody has changed it.
PortDefaults port_defaults(bool live) {
  PortDefaults defaults;
  if (!live) return defaults;
  defaults.has_ipv6 = ::access("/proc/net/if_inet6", F_OK) == 0;
  defaults.v6only = system::read_kernel_file(AT_FDCWD, "/proc/sys/net/ipv6/bindv6only").value_or("0").starts_with('1');
  return defaults;
}

BlindSpot blind_spot(std::string why, bool hides_holders = true) {
  return {std::string(to_string(Source::systemd)), std::move(why), hides_holders};
}

bool is_about(const Question& question, const DoubtfulSetting& setting) {
  return !question.about || overlap(question.about->protocol, setting.protocol);
}

void add_unit(const system::Unit& unit, const PortDefaults& defaults, const Question& question, Census& census) {
  const auto socket = read_socket_unit(unit, defaults);
  for (const auto& endpoint : socket.endpoints) {
    if (question.about && !overlap(endpoint, *question.about)) continue;
    Holder holder;
    holder.source = Source::systemd;
    holder.state = HolderState::declared;
    holder.endpoint = endpoint;
    holder.unit = unit.name;
    holder.activates = socket.activates;
    holder.enabled = unit.is_wanted;
    census.holders.push_back(std::move(holder));
  }
  for (const auto& setting : socket.doubtful) {
    if (!is_about(question, setting)) continue;
    census.blind_spots.push_back(
        blind_spot(unit.name + " (" + setting.file + ", line " + std::to_string(setting.line) + "): " + setting.why,
                   setting.hides_port));
  }
}

}  // namespace

SystemdInspector::SystemdInspector(std::string root) : root_(root == "/" ? "" : std::move(root)) {}

bool SystemdInspector::is_present() const {
  struct stat status{};
  return !root_.empty() || (::lstat("/run/systemd/system", &status) == 0 && S_ISDIR(status.st_mode));
}

Census SystemdInspector::inspect(const Question& question) {
  Census census;
  const system::RootDirectory root(root_);
  system::UnitTree tree(root, "socket");
  const auto defaults = port_defaults(root_.empty());
  bool is_complete = true;
  for (const auto& name : tree.names()) {
    if (std::chrono::steady_clock::now() >= question.deadline) {
      census.blind_spots.push_back(blind_spot("the socket units could not be read in time"));
      is_complete = false;
      break;
    }
    if (const auto unit = tree.load(name); unit) add_unit(*unit, defaults, question, census);
  }
  for (const auto& fault : tree.faults()) {
    census.blind_spots.push_back(blind_spot("cannot " + fault.message() + "; socket units there are not known"));
  }
  if (is_complete && !root.failure()) census.answered.push_back(Source::systemd);
  return census;
}

}  // namespace berth::inspect
