#include "core/coexistence.h"

#include "core/attribution.h"

namespace berth {
namespace {

bool listens(const Holder& holder) { return holder.source == Source::socket && holder.state == HolderState::listening; }

// It is not there now, and will want the port when it starts.
bool is_asleep(const Holder& holder) {
  return holder.state == HolderState::configured || holder.state == HolderState::declared;
}

bool is_one_of(const Holder& holder, std::string_view unit) {
  return !unit.empty() && (holder.unit == unit || holder.activates == unit);
}

bool are_of_one_unit(const Holder& one, const Holder& other) {
  return is_one_of(one, other.unit) || is_one_of(one, other.activates);
}

// A process outside every unit beside what a unit declares.
bool is_no_part_of(const Holder& declared, const Holder& process) {
  return declared.source == Source::systemd && !process.process.empty() && process.unit.empty() && process.pid != 1;
}

bool are_both_wide(const Address& one, const Address& other) {
  return (one.is_wildcard() && other.is_wildcard()) || (one.is_loopback() && other.is_loopback());
}

std::optional<Trouble> beside_nat(const Holder& rule, const Holder& server) {
  if (!listens(server) || forwards_for_containers(server) || has_name(server.container)) return std::nullopt;
  if (!overlap(rule.endpoint, server.endpoint)) return std::nullopt;
  return Trouble{"nat-shadows-listener", Severity::conflict, "{1} listens, but {0} takes what comes for it",
                 "remove the rule, or let the listener have another port"};
}

std::optional<Trouble> at_next_start(const Holder& one, const Holder& other) {
  if (!overlap(one.endpoint, other.endpoint) || !are_different(one, other)) return std::nullopt;
  if (!takes_without_socket(one) && !listens(one)) return std::nullopt;
  if (!takes_without_socket(other) && !listens(other)) return std::nullopt;
  const auto starts = [](const Holder& holder) { return !is_asleep(holder) || holder.enabled.value_or(false); };
  return Trouble{"latent-conflict", starts(one) && starts(other) ? Severity::conflict : Severity::risk,
                 "{0} and {1} both want it when they start",
                 "give one of them another port, or disable the one that is not needed"};
}

std::optional<Trouble> beside_each_other(const Holder& one, const Holder& other) {
  if (!are_different(one, other)) return std::nullopt;
  if (one.endpoint == other.endpoint) {
    return Trouble{"shared-port", Severity::risk, "{0} and {1} share it (SO_REUSEPORT): each gets some of what comes",
                   "stop one of them, or give it another port"};
  }
  const bool split = one.endpoint.address.family() != other.endpoint.address.family() &&
                     !overlap(one.endpoint, other.endpoint) &&
                     are_both_wide(one.endpoint.address, other.endpoint.address);
  if (!split) return std::nullopt;
  return Trouble{"split-families", Severity::risk, "{0} has it for one family of addresses, {1} for the other",
                 "a name such as localhost leads to either of them: give one of the two another port"};
}

}  // namespace

bool are_different(const Holder& one, const Holder& other) {
  if (one.pid && one.pid == other.pid) return false;
  if (has_name(one.container) && has_name(other.container)) return one.container->name != other.container->name;
  if (has_name(one.container) != has_name(other.container)) {
    const auto& bare = has_name(one.container) ? other : one;
    return !bare.container && !forwards_for_containers(bare) && (!bare.process.empty() || !bare.unit.empty());
  }
  if (one.container || other.container) return false;
  if (!one.unit.empty() && !other.unit.empty()) return !are_of_one_unit(one, other);
  if (!one.exe.empty() && !other.exe.empty()) return one.exe != other.exe;
  return is_no_part_of(one, other) || is_no_part_of(other, one);
}

std::optional<Trouble> coexistence(const Holder& one, const Holder& other) {
  if (!claims(one) || !claims(other)) return std::nullopt;
  if (!overlap(one.endpoint.ports, other.endpoint.ports)) return std::nullopt;
  if (!overlap(one.endpoint.protocol, other.endpoint.protocol)) return std::nullopt;
  if (one.source == Source::nat) return beside_nat(one, other);
  if (other.source == Source::nat) {
    auto trouble = beside_nat(other, one);
    if (trouble) trouble->sentence = "{0} listens, but {1} takes what comes for it";
    return trouble;
  }
  if (is_asleep(one) || is_asleep(other)) return at_next_start(one, other);
  if (listens(one) && listens(other)) return beside_each_other(one, other);
  return std::nullopt;
}

}  // namespace berth
