// What a service is called that is taken over: natural, and the same each time.
//
// A group with one member is called as the group is ("gitea" for a compose project with one service that has ports,
// "nginx" for the unit); of several, each is called "project/service". The first port of a party bears its name alone;
// a further one has the port behind it as its word: "gitea/22", or "blog/web-9000" where there are two words already.
// If that is taken, it is the port itself.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/claim.h"

namespace berth {

// `text` with all that a service's name may not have replaced by '-'; empty if nothing is left (core/spec.h).
std::string service_word(std::string_view text);

class Naming {
 public:
  // Of all that is going to be named.
  explicit Naming(const std::vector<Claim>& claims);

  // A name that `is_taken` does not know; empty for a party without one.
  std::string name(const Claim& claim, const std::function<bool(std::string_view)>& is_taken) const;

  // What all names of a party begin with.
  std::string base(const Party& party) const;

 private:
  std::map<std::string, std::set<std::string>, std::less<>> members_;
};

}  // namespace berth
