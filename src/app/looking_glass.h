// What a decision sees of the machine: remembers what it has seen, and looks no closer than it has to.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/holder_index.h"
#include "core/policy.h"
#include "inspect/machine.h"

namespace berth::app {

// A decision is made twice: first before the lock, where looking may take its time, and again under it, where only
// probes are cheap enough. What was found before is remembered for the second time.
class LookingGlass {
 public:
  explicit LookingGlass(inspect::Machine& machine) : machine_(machine) {}
  LookingGlass(const LookingGlass&) = delete;
  LookingGlass& operator=(const LookingGlass&) = delete;

  // The view for decide(). Valid as long as this object.
  Sight sight();

  // As long as there is time for it: sees what has ports without a socket, and names who holds the preferred ports, if
  // any is refused.
  void look_ahead(std::span<const Request> requests);

  // What the census of what has ports without a socket could not show, if one was taken.
  std::vector<BlindSpot> blind_spots() const {
    return hidden_ ? hidden_->census.blind_spots : std::vector<BlindSpot>{};
  }

  // From now on holders are not named any more: for what happens under the lock.
  void hurry() { hurried_ = true; }

  // If there are many requests: takes one census of what they may get, so that only ports on which something was seen
  // need a probe. To be called under the lock. Where they move further up than that, it is taken again.
  void survey(std::span<const Request> requests);
  // The same for `count` ports from the preferred one upward.
  void survey(const Endpoint& preferred, std::size_t count);

 private:
  struct Survey {
    Survey(const Endpoint& asked_about, Census taken)
        : about(asked_about), census(std::move(taken)), index(census.holders) {}
    // Whether it shows that no socket is there.
    bool excludes(const Endpoint& endpoint) const;
    bool ends_before(const Endpoint& endpoint) const;

    Endpoint about;
    Census census;
    HolderIndex index;
  };
  struct Seen {
    Endpoint endpoint;
    std::vector<Holder> holders;
  };

  Probe probe(const Endpoint& endpoint);
  bool any_refused(std::span<const Request> requests);
  bool is_refused(const Endpoint& endpoint);
  void survey_from(const Endpoint& asked, std::size_t ports);
  void take_survey(const Endpoint& all);
  void survey_beyond(const Endpoint& endpoint);
  std::vector<Holder> holders(const Endpoint& endpoint);
  std::vector<Holder> listeners(const Endpoint& endpoint);
  std::vector<Holder> hidden(const Endpoint& endpoint);
  const KernelRanges& kernel();

  inspect::Machine& machine_;
  bool hurried_ = false;
  std::vector<Seen> seen_;
  std::unique_ptr<Survey> survey_;
  std::size_t probes_beyond_ = 0;  // since it was taken
  std::unique_ptr<Survey> named_;
  std::unique_ptr<Survey> listeners_;
  std::unique_ptr<Survey> hidden_;
  std::optional<KernelRanges> kernel_;
};

}  // namespace berth::app
