// The rows of the benchmark: each prints its ratios to the floor of the same run.
#pragma once

#include <string>

#include "surroundings.h"

namespace berth::bench {

struct Setting {
  std::string berth;
  std::string floor_empty;
  std::string floor_commit;
  std::string floor_parse;
  std::string sockets_alone;
  int runs;
  const Scratch& scratch;
};

void measure_reading(const Setting& setting, int entries);
void measure_new_service(const Setting& setting, int entries);
void measure_batch(const Setting& setting, int entries);
void measure_stampede(const Setting& setting, int processes);
void measure_absent_sources(const Setting& setting);
void measure_migration(const Setting& setting, int files);
void measure_who(const Setting& setting, int processes);

}  // namespace berth::bench
