// Random registries for properties: with odd names, every kind of endpoint and owner, and fields from the future.
#pragma once

#include <rapidcheck.h>

#include <array>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/registry.h"
#include "store/codec.h"

namespace berth {

// What RapidCheck prints of a counterexample.
inline void showValue(const Registry& registry, std::ostream& out) { out << store::format_registry(registry); }

}  // namespace berth

namespace berth::tests {

// Names that the strict reader takes.
inline rc::Gen<std::string> plain_name() {
  return rc::gen::nonEmpty(rc::gen::container<std::string>(
      rc::gen::elementOf(std::string_view("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789._-/ {}[]:,'"))));
}

// UTF-8, with all that needs an escape.
inline rc::Gen<std::string> odd_name() {
  using namespace std::string_view_literals;
  static constexpr std::array pieces{"web"sv, "\""sv, "\\"sv, "\n"sv, "\x1b[2J"sv,          "\0"sv, "\x7f"sv, "/"sv,
                                     "é"sv,   "日"sv, "😀"sv, "{"sv,  "\xf4\x8f\xbf\xbf"sv, "}\n"sv};
  return rc::gen::exec([] {
    std::string name;
    for (const auto piece : *rc::gen::container<std::vector<std::string_view>>(rc::gen::elementOf(pieces))) {
      name += piece;
    }
    return name;
  });
}

inline rc::Gen<Port> port() { return rc::gen::inRange<Port>(1, 65535); }

inline rc::Gen<Endpoint> endpoint() {
  return rc::gen::exec([] {
    Endpoint endpoint;
    constexpr std::array addresses{"*", "0.0.0.0", "127.0.0.1", "::", "::1", "fe80::1:2"};
    endpoint.address = Address::parse(*rc::gen::elementOf(addresses)).value();
    endpoint.protocol = *rc::gen::element(Protocol::tcp, Protocol::udp, Protocol::tcp_udp);
    endpoint.ports.first = *port();
    endpoint.ports.last =
        *rc::gen::oneOf(rc::gen::just(endpoint.ports.first), rc::gen::inRange<Port>(endpoint.ports.first, 65535));
    return endpoint;
  });
}

inline rc::Gen<Owner> owner(rc::Gen<std::string> name) {
  return rc::gen::oneOf(rc::gen::just(Owner{}),
                        rc::gen::construct<Owner>(rc::gen::element(Owner::Kind::container, Owner::Kind::compose,
                                                                   Owner::Kind::unit, Owner::Kind::exe),
                                                  std::move(name)));
}

inline rc::Gen<Allocation> allocation(const rc::Gen<std::string>& name) {
  return rc::gen::exec([name] {
    Allocation made;
    made.service = *name;
    made.endpoint = *endpoint();
    made.kind = *rc::gen::element(Kind::fixed, Kind::flexible);
    if (*rc::gen::arbitrary<bool>()) made.preferred = *port();
    made.since = *rc::gen::element<std::string>("", "2026-11-22T18:00:00Z");
    made.owner = *owner(name);
    if (*rc::gen::inRange(0, 4) == 0) {
      made.contest = Contest{*owner(name), *rc::gen::inRange(0, 4194304), *rc::gen::arbitrary<std::uint64_t>()};
    }
    return made;
  });
}

// Compact JSON that a later version may have written.
inline rc::Gen<std::string> foreign_json() {
  return rc::gen::element<std::string>("null", "true", "-0", "1e5", "1.50", "123456789012345678901234567890", "0.1E-7",
                                       R"("a\u0041\/b é")", R"(" \" ")", "[]", "{}", R"([1,[2,{"a":[]}],"x y"])",
                                       R"({"b":{"port":70000},"a":[null,false]})");
}

inline rc::Gen<std::vector<Field>> unknown_fields() {
  return rc::gen::exec([] {
    std::vector<Field> fields;
    const int count = *rc::gen::inRange(0, 4);
    for (int index = 0; index < count; ++index) {
      fields.push_back({"x-" + std::to_string(index) + *odd_name(), *foreign_json()});
    }
    return fields;
  });
}

inline rc::Gen<Registry> registry_of(const rc::Gen<Allocation>& allocations) {
  return rc::gen::exec([allocations] {
    Registry registry;
    registry.revision = *rc::gen::inRange<std::uint64_t>(0, store::highest_revision);
    for (auto& each : *rc::gen::container<std::vector<Allocation>>(allocations)) registry.put(std::move(each));
    return registry;
  });
}

// What berth itself writes: the strict reader must read it.
inline rc::Gen<Registry> plain_registry() { return registry_of(allocation(plain_name())); }

// Anything a registry can hold.
inline rc::Gen<Registry> any_registry() {
  return rc::gen::exec([] {
    const auto with_unknown = rc::gen::exec([] {
      auto made = *allocation(odd_name());
      made.unknown = *unknown_fields();
      return made;
    });
    auto registry = *registry_of(with_unknown);
    registry.unknown = *unknown_fields();
    return registry;
  });
}

}  // namespace berth::tests
