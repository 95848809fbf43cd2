// berth beside the floor, whole processes, in one run. Prints ratios alone: absolute times say more about the machine.
//
//   berth_bench BERTH DIRECTORY_OF_FLOORS [RUNS [TOPIC...]]
//
// Topics: reading, commit, batch, stampede, absent, migrate, who. Without any, all of them.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

#include "rows.h"

int main(int argc, char** argv) {
  using namespace berth::bench;
  if (argc < 3) {
    std::fputs("berth_bench BERTH DIRECTORY_OF_FLOORS [RUNS [TOPIC...]]\n", stderr);
    return 2;
  }
  const std::string floors = argv[2];
  const Scratch scratch;
  const Setting setting{argv[1],
                        floors + "/floor_empty",
                        floors + "/floor_commit",
                        floors + "/floor_parse",
                        floors + "/sockets_alone",
                        argc > 3 ? std::atoi(argv[3]) : 200,
                        scratch};
  const std::set<std::string> topics(argv + std::min(argc, 4), argv + argc);
  const auto wants = [&](const char* topic) { return topics.empty() || topics.contains(topic); };
  enter_own_network();
  for (const int sockets : {0, 5000}) {
    const Listeners listeners(sockets);
    for (const int entries : {10, 200, 1000, 10000}) {
      std::puts(fmt::format("{} entries, {} listening sockets", entries, sockets).c_str());
      if (wants("reading")) measure_reading(setting, entries);
      if (wants("commit")) measure_new_service(setting, entries);
    }
    std::puts(fmt::format("many at once, {} listening sockets", sockets).c_str());
    if (wants("batch")) measure_batch(setting, 1000);
    if (wants("stampede")) measure_stampede(setting, 128);
  }
  std::puts("where there is no engine, no NAT and no systemd");
  if (wants("absent")) measure_absent_sources(setting);
  std::puts("taking over");
  if (wants("migrate")) measure_migration(setting, 6000);
  std::puts("owner of one port");
  if (wants("who")) measure_who(setting, 2000);
  return 0;
}
