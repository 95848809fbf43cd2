#include "inspect/nat_rules.h"

#include <netinet/in.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "inspect/nat_registers.h"

namespace berth::inspect {
namespace {

namespace nf = system::netfilter;
using system::IpFamily;

constexpr int deepest = 64;

Condition condition_of(const nf::MatchPorts& match, IpFamily) {
  std::vector<Interval<std::uint16_t>> parts;
  parts.reserve(match.destinations.size());
  for (const auto& span : match.destinations) parts.push_back({span.first, span.last});
  return {.on = Condition::On::ports, .ports = Ports(std::move(parts))};
}

Condition condition_of(const nf::MatchDestination& match, IpFamily family) {
  return {.on = Condition::On::addresses,
          .addresses = Addresses({{number_of(match.first, family), number_of(match.last, family)}})};
}

Condition condition_of(const nf::MatchProtocol& match, IpFamily) {
  return {.on = Condition::On::protocol, .tcp = match.protocol == IPPROTO_TCP, .udp = match.protocol == IPPROTO_UDP};
}

Condition condition_of(const nf::MatchLocal&, IpFamily) { return {.on = Condition::On::verdict, .passes = true}; }

bool covers(nf::Family some, IpFamily one) {
  return some == nf::Family::both || (some == nf::Family::ipv4) == (one == IpFamily::ipv4);
}

// What a rule has done so far with the packets that came to it.
struct State {
  Traffic traffic;
  Registers registers;
};

class ChainWalk {
 public:
  ChainWalk(const nf::Table& table, IpFamily family, int steps, Followed& followed)
      : table_(&table), family_(family), followed_(&followed), steps_(steps) {}

  void enter(const std::string& name, Traffic traffic) {
    const auto chain = table_->chains.find(name);
    if (chain == table_->chains.end()) return;
    if (++depth_ > deepest) followed_->is_complete = false;
    for (const auto& rule : chain->second) {
      if (traffic.empty() || !followed_->is_complete) break;
      State state{traffic, Registers(family_)};
      state.traffic.is_exact = true;
      run(rule, 0, std::move(state), traffic);
    }
    --depth_;
  }

 private:
  // From the expression `at` on. What certainly comes no further than this rule is taken off `rest`.
  void run(const nf::Rule& rule, std::size_t at, State state, Traffic& rest) {
    for (; at < rule.size() && !state.traffic.empty(); ++at) {
      if (--steps_ < 0) followed_->is_complete = false;
      if (!followed_->is_complete) return;
      if (const auto* lookup = std::get_if<nf::Lookup>(&rule[at])) {
        if (!look_up(*lookup, rule, at, state, rest)) return;
      } else if (!std::visit([&](const auto& expression) { return step(expression, state, rest); }, rule[at])) {
        return;
      }
    }
  }

  // Each returns whether the rule goes on.
  template <typename T>
    requires requires(Registers registers, const T& load) { registers.load(load); }
  bool step(const T& load, State& state, Traffic&) {
    state.registers.load(load);
    return true;
  }
  bool step(const nf::Mask& mask, State& state, Traffic&) {
    state.registers.mask(mask);
    return true;
  }
  bool step(const nf::Compare& compare, State& state, Traffic&) {
    const auto conditions = state.registers.conditions(compare.from, compare.first, compare.last);
    if (compare.inverted && conditions.size() != 1) {
      state.traffic.is_exact = false;
      return true;
    }
    for (const auto& condition : conditions) narrow(state.traffic, condition, compare.inverted);
    return true;
  }
  template <typename T>
    requires requires(const T& match) { condition_of(match, IpFamily::ipv4); }
  bool step(const T& match, State& state, Traffic&) {
    narrow(state.traffic, condition_of(match, family_), match.inverted);
    return true;
  }
  bool step(const nf::Narrow&, State& state, Traffic&) {
    state.traffic.is_exact = false;
    return true;
  }
  bool step(const nf::Unread& unread, State& state, Traffic&) {
    state.traffic.is_exact = false;
    state.traffic.unread = unread.name;
    state.registers.clear();
    return true;
  }
  bool step(const nf::Verdict& verdict, State& state, Traffic& rest) {
    using enum nf::Verdict::Kind;
    if (verdict.kind == go_on) return true;
    if (verdict.kind == jump || verdict.kind == go_to) enter(verdict.chain, state.traffic);
    if (verdict.kind != jump) rest.remove(state.traffic);
    return false;
  }
  bool step(const nf::Translate& translate, State& state, Traffic& rest) {
    rest.remove(state.traffic);
    followed_->taken.push_back({std::move(state.traffic), translate});
    return false;
  }
  bool step(const nf::TranslateByRegister& translate, State& state, Traffic& rest) {
    if (!covers(translate.family, family_)) return true;
    return step(read(translate, state.registers), state, rest);
  }
  static bool step(const nf::Lookup&, State&, Traffic&) { return true; }

  nf::Translate read(const nf::TranslateByRegister& translate, const Registers& registers) const {
    const auto address = [&](std::optional<nf::Register> at) -> std::optional<system::IpBytes> {
      const auto bytes = at ? registers.constant(*at, family_ == IpFamily::ipv4 ? 4 : 16) : std::nullopt;
      if (!bytes) return std::nullopt;
      system::IpBytes result{};
      std::ranges::copy(*bytes, result.begin());
      return result;
    };
    const auto port = [&](std::optional<nf::Register> at) -> std::optional<std::uint16_t> {
      const auto bytes = at ? registers.constant(*at, 2) : std::nullopt;
      if (!bytes) return std::nullopt;
      return static_cast<std::uint16_t>(((*bytes)[0] << 8) | (*bytes)[1]);
    };
    nf::Translate result{.first_address = address(translate.first_address),
                         .last_address = address(translate.last_address),
                         .ports = {},
                         .port_is_unknown = false,
                         .to_this_machine = translate.to_this_machine};
    if (const auto first = port(translate.first_port)) {
      result.ports = system::PortSpan{*first, port(translate.last_port).value_or(*first)};
    }
    result.port_is_unknown = translate.first_port && !result.ports;
    return result;
  }

  // Returns whether the rule goes on with `state`; where it branches, all branches have been followed.
  bool look_up(const nf::Lookup& lookup, const nf::Rule& rule, std::size_t at, State& state, Traffic& rest) {
    const auto set = table_->sets.find(lookup.set);
    if (set == table_->sets.end()) return step(nf::Unread{"@" + lookup.set}, state, rest);
    const bool is_map = lookup.to || lookup.passes_verdict;
    if (!is_map && (lookup.inverted || has_one_part(lookup, set->second, state.registers))) {
      return is_member(lookup, set->second, state);
    }
    for (const auto& element : set->second) {
      State branch = state;
      if (element.is_catchall) branch.traffic.is_exact = false;
      for (const auto& condition : state.registers.conditions(lookup.from, element.first, element.last)) {
        narrow(branch.traffic, condition);
      }
      if (branch.traffic.empty()) continue;
      if (lookup.passes_verdict && !step(element.verdict, branch, rest)) continue;
      if (lookup.to) branch.registers.load(nf::LoadConstant{.value = element.value, .to = *lookup.to});
      run(rule, at + 1, std::move(branch), rest);
    }
    return false;
  }

  static bool has_one_part(const nf::Lookup& lookup, const nf::Set& set, const Registers& registers) {
    return set.empty() ||
           (!set[0].is_catchall && registers.conditions(lookup.from, set[0].first, set[0].last).size() == 1);
  }

  bool is_member(const nf::Lookup& lookup, const nf::Set& set, State& state) {
    Condition all;
    for (const auto& element : set) {
      const auto conditions = state.registers.conditions(lookup.from, element.first, element.last);
      if (element.is_catchall || conditions.size() != 1) {
        state.traffic.is_exact = false;
        return true;
      }
      if (all.on == Condition::On::nothing) all = {.on = conditions[0].on};
      all.add(conditions[0]);
    }
    if (set.empty()) all = {.on = Condition::On::verdict};
    narrow(state.traffic, all, lookup.inverted);
    return true;
  }

  const nf::Table* table_;
  IpFamily family_;
  Followed* followed_;
  int depth_ = 0;
  int steps_;  // left
};

}  // namespace

Followed follow(const nf::Table& table, int steps) {
  Followed followed;
  for (const auto family : {IpFamily::ipv4, IpFamily::ipv6}) {
    if (!covers(table.family, family)) continue;
    for (const auto& entry : table.entries)
      ChainWalk(table, family, steps, followed).enter(entry, Traffic::all(family));
  }
  return followed;
}

}  // namespace berth::inspect
