// Whatever runs and whatever is written down: what taking it over must never do.
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "core/take_over.h"
#include "unit/core/random_values.h"

namespace berth {
namespace {

using What = PlannedChange::What;

rc::Gen<std::string> any_party_word() {
  return rc::gen::element<std::string>("", "web", "blog", "my app", "nginx", "caf\xc3\xa9", std::string(70, 'x'));
}

rc::Gen<Found> any_found() {
  return rc::gen::exec([] {
    Found found{.source = *rc::gen::element<std::string>("compose", "nginx")};
    found.file = "/srv/" + *any_party_word() + ".yaml";
    found.line = *rc::gen::inRange(0U, 9U);
    found.group = *any_party_word();
    found.member = *any_party_word();
    found.state = *rc::gen::weightedElement<Found::State>(
        {{8, Found::State::declared}, {1, Found::State::ephemeral}, {1, Found::State::unresolved}});
    if (found.state == Found::State::declared) found.endpoint = *tests::any_endpoint();
    found.target = *rc::gen::element<std::optional<PortRange>>(std::nullopt, PortRange{80, 80}, PortRange{443, 443});
    if (found.source == "compose") found.owner = {Owner::Kind::compose, found.group + "/" + found.member};
    return found;
  });
}

// What runs is called as what is written down, often enough.
rc::Gen<Holder> any_party() {
  return rc::gen::exec([] {
    auto holder = *tests::any_holder();
    holder.process = *any_party_word();
    const auto kind = *rc::gen::inRange(0, 4);
    if (kind == 0) return holder;
    holder.unit.clear();
    if (kind == 1) return holder;
    holder.source = Source::container;
    holder.state = kind == 2 ? HolderState::published : HolderState::configured;
    holder.endpoint = *tests::any_endpoint();
    holder.container = Container{.id = "id", .name = "c"};
    holder.compose = Compose{*any_party_word(), *any_party_word()};
    return holder;
  });
}

struct Grown {
  Registry registered;
  std::vector<Holder> holders;
  Discovery discovery;
  KernelRanges kernel;

  std::vector<Claim> there() const { return claims_of({holders, {}}, kernel); }
  TakeOver plan(const Registry& registry, Reach reach = Reach::everything) const {
    return take_over(registry, there(), discovery, reach, tests::now);
  }
};

void showValue(const Grown& grown, std::ostream& out) {
  out << "registered: ";
  berth::showValue(grown.registered, out);
  out << "\nthere: ";
  for (const auto& claim : grown.there()) {
    out << quote(claim.party.group) << "|" << quote(claim.party.member) << " " << to_string(claim.endpoint)
        << (claim.is_there ? "; " : " (not there); ");
  }
  out << "\nwritten: ";
  for (const auto& found : grown.discovery.found) {
    out << found.source << " " << quote(found.group) << "|" << quote(found.member) << " "
        << (found.endpoint ? to_string(*found.endpoint) : to_string(found.state)) << "; ";
  }
}

rc::Gen<Grown> any_server() {
  return rc::gen::exec([] {
    Grown made;
    made.registered = *tests::any_sound_registry();
    made.holders = *rc::gen::container<std::vector<Holder>>(any_party());
    made.discovery.found = *rc::gen::container<std::vector<Found>>(any_found());
    made.kernel = tests::Scene{}.kernel;
    if (*rc::gen::arbitrary<bool>()) made.kernel.ephemeral = PortRange{8100, 8110};
    return made;
  });
}

Registry after(Registry registry, const TakeOver& take) {
  for (const auto& change : take.plan.changes) {
    if (change.what == What::add) registry.put(change.allocation);
  }
  return registry;
}

RC_GTEST_PROP(TakeOverProperty, NothingThatIsRegisteredIsTouchedAndNothingOverlaps, ()) {
  const auto grown = *any_server();
  const auto reach = *rc::gen::element(Reach::everything, Reach::files);
  const auto registry = after(grown.registered, grown.plan(grown.registered, reach));
  RC_ASSERT(!tests::has_overlap(registry));
  for (const auto& [name, allocation] : grown.registered.allocations()) RC_ASSERT(*registry.find(name) == allocation);
}

RC_GTEST_PROP(TakeOverProperty, TakingOverTwiceAddsNothing, ()) {
  const auto grown = *any_server();
  const auto reach = *rc::gen::element(Reach::everything, Reach::files);
  const auto once = after(grown.registered, grown.plan(grown.registered, reach));
  RC_ASSERT(!grown.plan(once, reach).plan.adds());
}

RC_GTEST_PROP(TakeOverProperty, NamesAreValidAndUnique, ()) {
  const auto grown = *any_server();
  std::set<std::string> names;
  for (const auto& change : grown.plan(grown.registered).plan.changes) {
    if (change.what != What::add) continue;
    RC_ASSERT(check_service_name(change.allocation.service).has_value());
    RC_ASSERT(grown.registered.find(change.allocation.service) == nullptr);
    RC_ASSERT(names.insert(change.allocation.service).second);
    // The registry would read it again as an address of both families.
    RC_ASSERT(!change.allocation.endpoint.address.is_v6only());
  }
}

RC_GTEST_PROP(TakeOverProperty, NothingThatIsThereIsFlexible, ()) {
  const auto grown = *any_server();
  const auto reach = *rc::gen::element(Reach::everything, Reach::files);
  for (const auto& change : grown.plan(grown.registered, reach).plan.changes) {
    if (change.what != What::add || change.allocation.kind == Kind::fixed) continue;
    for (const auto& claim : grown.there()) {
      RC_ASSERT(!claim.is_there || !overlap(claim.endpoint, change.allocation.endpoint));
    }
  }
}

// Of what is registered each is in the plan, or somebody else is who wants its port.
RC_GTEST_PROP(TakeOverProperty, NothingThatIsRegisteredIsForgotten, ()) {
  const auto grown = *any_server();
  const auto take = grown.plan(grown.registered);
  for (const auto& [service, allocation] : grown.registered.allocations()) {
    bool is_told = false;
    for (const auto& change : take.plan.changes) {
      const bool is_own = change.allocation.service == service;
      const bool is_about_it = change.has_port && overlap(change.allocation.endpoint, allocation.endpoint);
      RC_ASSERT(!is_own || change.what != What::add);
      if (is_own && change.match == PlannedChange::Match::none) RC_ASSERT(change.allocation == allocation);
      is_told = is_told || is_own || is_about_it;
    }
    RC_ASSERT(is_told);
  }
}

// What is kept whole has all that was found of it.
RC_GTEST_PROP(TakeOverProperty, WhatIsKeptIsRegisteredSo, ()) {
  const auto grown = *any_server();
  const auto once = after(grown.registered, grown.plan(grown.registered));
  for (const auto& change : grown.plan(once).plan.changes) {
    if (change.what != What::keep || change.match == PlannedChange::Match::part) continue;
    RC_ASSERT(once.find(change.allocation.service)->endpoint == change.allocation.endpoint);
  }
}

// Of what is found each is in the plan, or is part of what is; what several services share bears the name of one.
RC_GTEST_PROP(TakeOverProperty, NothingIsForgottenAndNothingIsSaidTwice, ()) {
  const auto grown = *any_server();
  const auto take = grown.plan(grown.registered);
  const auto there = grown.there();
  // A range of a container may be divided as its file divides it.
  RC_ASSERT(take.found.size() >= there.size() + grown.discovery.found.size());
  RC_ASSERT(take.plan.changes.size() <= take.found.size() + grown.registered.allocations().size());
  for (const auto& change : take.plan.changes) {
    RC_ASSERT(!change.because.empty());
    const auto& service = change.allocation.service;
    RC_ASSERT(change.what != What::add || std::ranges::count(take.found, service, &NamedFinding::service) > 0);
  }
  for (const auto& change : take.plan.changes) {
    RC_LOG() << to_string(change.what) << " '" << change.allocation.service << "' "
             << to_string(change.allocation.endpoint) << ": " << change.because << "\n";
  }
  for (const auto& [found, service] : take.found) {
    if (!found.endpoint) continue;
    RC_LOG() << "found " << to_string(*found.endpoint) << " as '" << service << "'\n";
    const auto endpoint = claim_of(found).endpoint;
    const auto is_about_it = [&](const PlannedChange& change) {
      return change.has_port && overlap(change.allocation.endpoint, endpoint);
    };
    const bool is_registered = !grown.registered.overlapping(endpoint).empty() && !service.empty();
    RC_ASSERT(is_registered || std::ranges::any_of(take.plan.changes, is_about_it));
  }
  const auto unknown = [](const auto& change) { return !change.has_port; };
  const auto without_port = [](const Found& found) { return !found.endpoint; };
  RC_ASSERT(std::ranges::count_if(take.plan.changes, unknown) ==
            std::ranges::count_if(grown.discovery.found, without_port));
}

}  // namespace
}  // namespace berth
