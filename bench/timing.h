// Whole processes, timed from outside.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace berth::bench {

using Words = std::vector<std::string>;

struct Contender {
  std::string name;
  // The command of the n-th run.
  std::function<Words(int)> command;
  // Done before each run, not timed.
  std::function<void()> prepare = {};
};

struct Times {
  double median;  // microseconds
  double tenth;   // so that a noisy machine can be told from a slow program
};

// Runs all contenders in turn, A B C A B C, so that a drift of the machine meets them all alike. Their output goes to
// /dev/null; an exit code other than 0 ends the benchmark.
std::vector<Times> race(const std::vector<Contender>& contenders, int runs);

// The wall time of so many commands started at once, in microseconds.
double stampede(const std::vector<Words>& commands);

}  // namespace berth::bench
