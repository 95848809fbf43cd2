// The system's socket units as they lie on disk: what systemd listens on once they are started, enabled or not. Reads
// files alone, without D-Bus and without systemctl, so that it works on a tree that is not running.
//
// Each endpoint of a unit is a holder: state `declared`, `unit`, `activates` (with Accept=yes the template of the
// service), and `enabled`: whether a link in a directory *.wants, *.requires or *.upholds pulls the unit in, be it made
// by `systemctl enable`, by a generator, with --runtime, or shipped by the vendor. What a unit's file pulls in by
// Requires= or Wants= is not followed, nor are conditions (ConditionPathExists=...) looked at. Units that are masked
// are not there; neither are templates nobody instantiated. A declared endpoint says nothing about a socket: whether
// there is one, the kernel tells; it has the very same endpoint then.
//
// Left out: socket units of users (systemd --user), which do not start before somebody logs in; sockets in networks of
// their own (PrivateNetwork=, NetworkNamespacePath=), of other protocols (SocketProtocol=), and without IP.
//
// Blind spots: directories and files that cannot be read, and ports that only the running systemd can tell (%H...).
// Lines that systemd itself does not understand are told, too, but hide no holder.
//
// Speed: about 0.4 ms for the units of a Debian installation, 1 us where systemd did not boot.
#pragma once

#include <string>

#include "inspect/inspector.h"

namespace berth::inspect {

class SystemdInspector : public Inspector {
 public:
  // `root`: the directory of an installation that is not running; "" for this machine, as it runs.
  explicit SystemdInspector(std::string root = "");

  // Whether this machine was booted with systemd (sd_booted(3)); always of a given root.
  bool is_present() const override;

  // By unit name, those of a unit in the order of its files.
  Census inspect(const Question& question) override;

 private:
  std::string root_;
};

}  // namespace berth::inspect
