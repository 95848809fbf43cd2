// What a service is called that is taken over: natural, and the same each time.
//
// A group with one member is called as the group is ("gitea" for a compose project with one service that has ports,
// "nginx" for the unit); of several, each is called "project/service". The main port of a party bears its name alone;
// a further one has the port behind it as its word: "gitea/22", or "blog/web-9000" where there are two words already.
// If that is taken, it is the port itself.
//
// The main port is the first that the compose file declares; without one, the lowest, those of UDP alone after all
// others. One for SSH is none as long as there is another: 22 behind it, or 22 or 2222 where nobody knows what is
// behind.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/claim.h"

namespace berth {

// `text` with all that a service's name may not have replaced by '-'; empty if nothing is left (core/spec.h).
std::string service_word(std::string_view text);

class Naming {
 public:
  // Of all that is there and written down; `counts`: which of them, by index, may have their party's main port. The
  // others of that party do not get its name, even if it is free: it is kept for the main port.
  Naming(const std::vector<Claim>& claims, const std::function<bool(std::size_t)>& counts);

  // A name that `is_taken` does not know; empty for a party without one.
  std::string name(const Claim& claim, const std::function<bool(std::string_view)>& is_taken) const;

  // What all names of a party begin with.
  std::string base(const Party& party) const;

 private:
  // What comes first is the main port.
  using Rank = std::tuple<bool, std::size_t, bool, PortRange>;
  static Rank rank_of(const Claim& claim);
  bool is_main(const Claim& claim) const;

  std::map<std::string, std::set<std::string>, std::less<>> members_;
  std::map<std::pair<std::string, std::string>, Rank> main_;
};

}  // namespace berth
