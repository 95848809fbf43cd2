// berth beside the floor, whole processes, in one run. Prints ratios alone: absolute times say more about the machine.
//
//   berth_bench BERTH DIRECTORY_OF_FLOORS [RUNS]
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "rows.h"

int main(int argc, char** argv) {
  using namespace berth::bench;
  if (argc < 3) {
    std::fputs("berth_bench BERTH DIRECTORY_OF_FLOORS [RUNS]\n", stderr);
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
  enter_own_network();
  for (const int sockets : {0, 5000}) {
    const Listeners listeners(sockets);
    for (const int entries : {10, 200, 1000, 10000}) {
      std::puts(fmt::format("{} entries, {} listening sockets", entries, sockets).c_str());
      measure_reading(setting, entries);
      measure_new_service(setting, entries);
    }
    std::puts(fmt::format("many at once, {} listening sockets", sockets).c_str());
    measure_batch(setting, 1000);
    measure_stampede(setting, 128);
  }
  std::puts("where there is no engine, no NAT and no systemd");
  measure_absent_sources(setting);
  std::puts("taking over");
  measure_migration(setting, 6000);
  std::puts("owner of one port");
  measure_who(setting, 2000);
  return 0;
}
