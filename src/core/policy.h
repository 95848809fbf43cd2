// THE policy: which port a service gets. A pure function of the registry, the request, the kernel's ranges and what the
// machine shows when it is asked.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/census.h"
#include "core/error.h"
#include "core/registry.h"
#include "core/shared.h"
#include "core/verdict.h"

namespace berth {

struct Request {
  std::string service = {};
  // Its ports are the preferred ones; a range is contiguous, all or nothing.
  Endpoint endpoint = {};
  // Not said: the kind that the service has, else flexible.
  std::optional<Kind> kind = {};
  // Candidates are taken from here alone.
  std::optional<PortRange> within = {};
  // Refuse a fixed port that is in use.
  bool strict = false;
  // Where it stands in a batch, for errors; 0 for one that stands alone.
  std::size_t line = 0;
};

// What the policy may ask about the machine, the cheapest first. The answers are taken to be of one moment.
struct Sight {
  // Would a server get it? Asked of one port at a time.
  std::function<Probe(const Endpoint&)> probe;
  // Every holder that overlaps, named as well as can be. Asked only about what a probe has refused.
  std::function<std::vector<Holder>(const Endpoint&)> holders;
  // Asked when a new port is to be found. What it lends stays as long as this.
  std::function<const KernelRanges&()> kernel;
  // Who takes ports of it without a socket, so that no probe meets him: containers, NAT rules, socket units.
  std::function<std::vector<Holder>(const Endpoint&)> hidden = [](const Endpoint&) { return std::vector<Holder>{}; };
};

enum class Choice : std::uint8_t { kept, preferred, moved };
std::string_view to_string(Choice choice);

// Candidates that were passed over, for one reason. No verdict: a rule excluded them before anybody looked.
struct Skip {
  PortRange ports;
  std::optional<Verdict> verdict;
  std::vector<Evidence> evidence;
  friend bool operator==(const Skip&, const Skip&) = default;
};

struct Decision {
  Choice choice = Choice::preferred;
  Allocation allocation;
  // What the service had before.
  Shared<Allocation> before = {};
  std::vector<Skip> skipped = {};
  // What the operator should act upon, and what is only good to know.
  std::vector<std::string> warnings = {};
  std::vector<std::string> notes = {};

  bool changes() const { return before != allocation; }
};

struct Outcome {
  // With every decision applied; the revision untouched.
  Registry registry;
  std::vector<Decision> decisions;

  bool changes() const;
};

// The answer to a request for just what the service has, if its port is not in use, or if nobody is recorded whom its
// user could be compared with; nullopt if it takes decide() to answer. The same as that would answer.
std::optional<Decision> keep_at_once(const Request& request, const Allocation& current, bool owners_recorded,
                                     const Sight& sight);

// All requests or none, one after the other: a later one sees what an earlier one got. `now` (RFC 3339) is written into
// records that change. Errors: usage, taken, exhausted, unseen.
std::expected<Outcome, Error> decide(Registry registry, std::span<const Request> requests, const Sight& sight,
                                     std::string_view now);

// The next `count` ports that nobody is registered for yet, as a flexible request would find them one after the other.
// Errors: usage, exhausted, unseen.
std::expected<std::vector<Decision>, Error> choose_next(const Registry& registry, const Endpoint& preferred,
                                                        std::optional<PortRange> within, unsigned count,
                                                        const Sight& sight);

}  // namespace berth
