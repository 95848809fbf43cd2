// `.if` and its likes in HAProxy's configuration (its configuration manual, section 2.4).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "discover/truth.h"
#include "discover/variables.h"

namespace berth::discover {

class HaproxyConditions {
 public:
  // More than HAProxy takes.
  static constexpr std::size_t deepest = 1'000;

  // A line whose first word begins with a dot. False: it belongs to no `.if`.
  bool obey(std::span<const std::string> words, const Assignments& variables);

  // Whether the lines that follow count.
  Truth holds() const;
  // The innermost condition that is unknown, as written: ".if feature(QUIC)".
  std::string doubt() const;

 private:
  struct Block {
    std::string text = {};
    Truth now = Truth::yes;
    Truth before = Truth::no;  // whether a branch up to now has been taken
    Truth outer = Truth::yes;
  };
  void turn_to(Truth condition, std::string text);

  std::vector<Block> blocks_;
};

}  // namespace berth::discover
