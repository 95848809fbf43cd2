// What holds for every registry, every machine and every request.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "core/browser_ports.h"
#include "unit/core/random_values.h"

namespace berth {
namespace {

using tests::decide_all;
using tests::decide_one;
using tests::Scene;

// Names, kinds, strictness and bounds of requests at random, decided one after the other; what is refused is left out.
Registry after_many(Registry registry, Scene& scene) {
  for (const auto& request : *rc::gen::container<std::vector<Request>>(tests::any_request())) {
    if (auto outcome = decide_all(registry, scene, {&request, 1})) registry = std::move(outcome->registry);
  }
  return registry;
}

RC_GTEST_PROP(Policy, NeverLetsTwoAllocationsOverlap, ()) {
  auto scene = *tests::any_scene();
  RC_ASSERT(!tests::has_overlap(after_many(*tests::any_sound_registry(), scene)));
}

RC_GTEST_PROP(Policy, PutsNothingNewOnTopOfAnExistingOverlap, ()) {
  Registry torn;
  for (const auto& each : *tests::any_allocations()) torn.put(each);
  auto scene = *tests::any_scene();
  const auto request = *tests::any_request();
  RC_PRE(!torn.allocations().contains(request.service));
  const auto decision = decide_one(torn, scene, request);
  RC_PRE(decision.has_value());
  RC_ASSERT(torn.overlapping(decision->allocation.endpoint).empty());
}

RC_GTEST_PROP(Policy, ADecisionChangesNoOtherService, ()) {
  const auto before = *tests::any_sound_registry();
  auto scene = *tests::any_scene();
  const auto request = *tests::any_request();
  auto outcome = decide_all(before, scene, {&request, 1});
  RC_PRE(outcome.has_value());
  auto expected = before;
  expected.put(outcome->decisions.front().allocation);
  RC_ASSERT(outcome->registry == expected);
  RC_ASSERT(outcome->changes() == (expected != before));
}

RC_GTEST_PROP(Policy, AskingAgainChangesNothing, ()) {
  auto scene = *tests::any_scene();
  const auto request = *tests::any_request();
  const auto first = decide_all(*tests::any_sound_registry(), scene, {&request, 1});
  RC_PRE(first.has_value());
  // Who is known to be foreign moves the service as long as the machine is as it is: that is no idempotence to ask for.
  const auto& got = first->decisions.front().allocation;
  RC_PRE(!got.owner && !got.contest);
  scene.holders.clear();
  const auto again = decide_all(first->registry, scene, {&request, 1}).value();
  RC_ASSERT(!again.changes());
  RC_ASSERT(again.decisions.front().choice == Choice::kept);
  RC_ASSERT(again.registry == first->registry);
}

RC_GTEST_PROP(Policy, ARunningServiceKeepsItsPort, ()) {
  auto registry = *tests::any_sound_registry();
  RC_PRE(!registry.allocations().empty());
  const auto current = (*rc::gen::elementOf(registry.allocations())).second;
  RC_PRE(current.preferred.has_value());
  Scene scene;
  scene.holders.push_back(tests::nameless(to_string(current.endpoint.at(current.endpoint.ports.first))));
  const Request request{
      current.service,
      current.endpoint.at(
          PortRange{*current.preferred, static_cast<Port>(*current.preferred + current.endpoint.ports.size() - 1)}),
      current.kind};
  const auto decision = decide_one(registry, scene, request).value();
  RC_ASSERT(decision.choice == Choice::kept);
  RC_ASSERT(!decision.changes());
}

RC_GTEST_PROP(Policy, AnAnswerLiesWithinWhatWasAllowed, ()) {
  auto scene = *tests::any_scene();
  const auto request = *tests::any_request();
  const auto decision = decide_one(*tests::any_sound_registry(), scene, request);
  RC_PRE(decision.has_value());
  const auto& got = decision->allocation.endpoint;
  RC_ASSERT(got.address == request.endpoint.address);
  RC_ASSERT(got.protocol == request.endpoint.protocol);
  RC_ASSERT(got.ports.size() == request.endpoint.ports.size());
  RC_ASSERT(got.ports.first >= 1);
  if (request.within) RC_ASSERT(request.within->contains(got.ports));
  if (decision->allocation.kind == Kind::fixed && decision->choice != Choice::kept)
    RC_ASSERT(got.ports == request.endpoint.ports);
}

// Where a unit is that is called as the service is, nobody else's connections count.
bool is_held_by_others(const Scene& scene, const Endpoint& candidate, std::string_view service, PortRange preferred) {
  for (unsigned port = candidate.ports.first; port <= candidate.ports.last; ++port) {
    const bool may_be_own = preferred.contains(static_cast<Port>(port));
    bool is_there = false;
    bool claimed = false;
    bool passing = false;
    for (const auto& holder : scene.holders) {
      if (!overlap(holder.endpoint, candidate.at(static_cast<Port>(port)))) continue;
      const bool own = may_be_own && claims(holder) && is_named_after(holder, service);
      is_there = is_there || own;
      claimed = claimed || (claims(holder) && !own);
      passing = passing || !claims(holder);
    }
    if (claimed || (passing && !is_there)) return true;
  }
  return false;
}

RC_GTEST_PROP(Policy, ANewFlexibleServiceGetsTheFirstPortThatNothingSpeaksAgainst, ()) {
  const auto registry = *tests::any_sound_registry();
  auto scene = *tests::any_scene();
  auto request = *tests::any_request();
  request.kind = Kind::flexible;
  RC_PRE(!registry.allocations().contains(request.service));
  const auto& asked = request.endpoint;
  const auto& kernel = scene.kernel;
  const auto speaks_against = [&](const Endpoint& candidate) {
    if (is_held_by_others(scene, candidate, request.service, asked.ports) || !registry.overlapping(candidate).empty())
      return true;
    if (candidate == asked) return false;
    const bool ephemeral = overlap(*kernel.ephemeral, candidate.ports) && !overlap(*kernel.ephemeral, asked.ports);
    const bool reserved =
        std::ranges::any_of(kernel.reserved, [&](PortRange range) { return overlap(range, candidate.ports); });
    bool refused = false;
    for (unsigned port = candidate.ports.first; port <= candidate.ports.last; ++port) {
      if (overlap(candidate.protocol, Protocol::tcp) && browsers_refuse(static_cast<Port>(port))) refused = true;
    }
    return ephemeral || reserved || refused;
  };
  const auto size = asked.ports.size();
  const unsigned limit = request.within ? request.within->last : 65535;
  std::optional<PortRange> expected;
  for (unsigned first = asked.ports.first; first + size - 1 <= limit && !expected; ++first) {
    const PortRange ports{static_cast<Port>(first), static_cast<Port>(first + size - 1)};
    if (!speaks_against(asked.at(ports))) expected = ports;
  }
  const auto decision = decide_one(registry, scene, request);
  RC_ASSERT(decision.has_value() == expected.has_value());
  if (expected) {
    RC_ASSERT(decision->allocation.endpoint.ports == *expected);
    RC_ASSERT((decision->choice == Choice::preferred) == (*expected == asked.ports));
  } else {
    RC_ASSERT(decision.error().code == ErrorCode::exhausted);
  }
}

RC_GTEST_PROP(Policy, SkipsLeadUpToTheAnswerInOrder, ()) {
  auto scene = *tests::any_scene();
  const auto request = *tests::any_request();
  const auto decision = decide_one(*tests::any_sound_registry(), scene, request);
  // Not in one: RapidCheck looks at both sides of an && whatever the first one is.
  RC_PRE(decision.has_value());
  RC_PRE(!decision->skipped.empty());
  unsigned next = request.endpoint.ports.first;
  for (const auto& skip : decision->skipped) {
    RC_ASSERT(skip.ports.first >= next);
    RC_ASSERT(skip.ports.last >= skip.ports.first);
    RC_ASSERT(!skip.evidence.empty());
    next = skip.ports.last + 1U;
  }
  RC_ASSERT(unsigned{decision->allocation.endpoint.ports.first} == next);
}

RC_GTEST_PROP(Policy, ABatchIsItsRequestsOneByOne, ()) {
  auto registry = *tests::any_sound_registry();
  auto scene = *tests::any_scene();
  const auto requests = *rc::gen::container<std::vector<Request>>(tests::any_request());
  const auto batch = decide_all(registry, scene, requests);
  std::vector<Allocation> got;
  for (const auto& request : requests) {
    auto outcome = decide_all(registry, scene, {&request, 1});
    if (!outcome) {
      RC_ASSERT(!batch.has_value());
      RC_ASSERT(batch.error().message == outcome.error().message);
      return;
    }
    registry = std::move(outcome->registry);
    got.push_back(outcome->decisions.front().allocation);
  }
  RC_ASSERT(batch.has_value());
  RC_ASSERT(batch->registry == registry);
  for (std::size_t index = 0; index < got.size(); ++index) RC_ASSERT(batch->decisions[index].allocation == got[index]);
}

RC_GTEST_PROP(Policy, TheOrderOfUnrelatedRequestsDoesNotMatter, ()) {
  // Each in a stretch of its own, with room for a walk.
  auto scene = *tests::any_scene();
  std::vector<Request> requests;
  for (unsigned stretch = 0; stretch < 5; ++stretch) {
    const auto first = static_cast<Port>(20000 + 100 * stretch);
    auto request = *tests::any_request();
    request.service = "s" + std::to_string(stretch);
    request.endpoint.ports = {first, static_cast<Port>(first + request.endpoint.ports.size() - 1)};
    request.within = PortRange{first, static_cast<Port>(first + 99)};
    requests.push_back(request);
  }
  const auto sorted = decide_all({}, scene, requests).value().registry;
  std::vector<Request> shuffled;
  for (const auto& request : requests) {
    shuffled.insert(shuffled.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, std::ssize(shuffled) + 1), request);
  }
  RC_ASSERT(decide_all({}, scene, shuffled).value().registry == sorted);
}

RC_GTEST_PROP(Policy, ExhaustsARangeWithEveryPortGivenOnce, ()) {
  const auto first = *rc::gen::inRange<unsigned>(2000, 60000);
  const auto count = *rc::gen::inRange<unsigned>(1, 60);
  const PortRange room{static_cast<Port>(first), static_cast<Port>(first + count - 1)};
  Scene scene{.kernel = {}};
  const auto spec = std::to_string(first) + (*rc::gen::arbitrary<bool>() ? "/udp" : "");
  unsigned refused = 0;
  for (unsigned port = first + 1; port <= room.last; ++port) {
    if (!spec.ends_with("udp") && browsers_refuse(static_cast<Port>(port))) ++refused;
  }
  Registry registry;
  std::set<Port> given;
  for (unsigned index = 0; index < count - refused; ++index) {
    const auto request = tests::request_within("s" + std::to_string(index), spec, to_string(room));
    auto outcome = decide_all(registry, scene, {&request, 1}).value();
    const auto port = outcome.decisions.front().allocation.endpoint.ports.first;
    RC_ASSERT(room.contains(port));
    RC_ASSERT(given.insert(port).second);
    registry = std::move(outcome.registry);
  }
  const auto one_more = tests::request_within("one-more", spec, to_string(room));
  RC_ASSERT(decide_one(registry, scene, one_more).error().code == ErrorCode::exhausted);

  const auto released = *rc::gen::elementOf(registry.allocations());
  registry.erase(released.first);
  RC_ASSERT(decide_one(registry, scene, one_more)->allocation.endpoint == released.second.endpoint);
}

}  // namespace
}  // namespace berth
