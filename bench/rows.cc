#include "rows.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "timing.h"

namespace berth::bench {
namespace {

// What a script does without berth: one `ss` and one `grep` a candidate, then the port is written down.
constexpr const char* shell_way = R"(
port=$1
while ss -tuln | grep -q ":$port "; do port=$((port + 1)); done
echo "$port")";

void print(const std::string& what, double ratio, const std::string& of) {
  std::puts(fmt::format("  {:<46} {:6.2f} x {}", what, ratio, of).c_str());
}

std::function<Words(int)> always(Words words) {
  return [words = std::move(words)](int) { return words; };
}

// What one commit of `words` makes of `original`: the sizes that the floor must write too.
struct Written {
  long registry;
  long history;
};

// The registry as it was, without a history of what never happened to it.
void begin_anew(const std::string& original, const std::string& registry, const std::string& history) {
  copy_file(original, registry);
  std::remove(history.c_str());
}

Written written_by(const Setting& setting, const std::string& original, Words words) {
  const auto registry = setting.scratch / "written.json";
  const auto history = setting.scratch / "written.history.jsonl";
  begin_anew(original, registry, history);
  words.insert(words.end(), {"--registry", registry});
  race({{"", always(words)}}, 1);
  // The first of the four runs wrote everything; the others found it there.
  return {size_of(registry), size_of(history)};
}

void measure_commit(const Setting& setting, const std::string& what, int entries, Words words) {
  const auto original = setting.scratch / "original.json";
  write_registry(original, entries);
  const auto [registry_size, history_size] = written_by(setting, original, words);
  const auto mine = setting.scratch / "mine";
  const auto floor = setting.scratch / "floor";
  words.insert(words.end(), {"--registry", mine + ".json"});
  const auto times = race(
      {{"floor",
        always({setting.floor_commit, floor, "39000", std::to_string(registry_size), std::to_string(history_size)}),
        [&] { begin_anew(original, floor, floor + ".history"); }},
       {"berth", always(words), [&] { begin_anew(original, mine + ".json", mine + ".history.jsonl"); }},
       {"shell", always({"sh", "-c", shell_way, "sh", "39000"})}},
      setting.runs);
  print(what, times[1].median / times[0].median, "one durable commit");
  print("  the shell way, which records nothing", times[2].median / times[0].median, "one durable commit");
}

}  // namespace

void measure_reading(const Setting& setting, int entries) {
  const auto registry = setting.scratch / "reading.json";
  write_registry(registry, entries);
  const auto berth = [&](Words words) {
    words.insert(words.begin(), setting.berth);
    words.insert(words.end(), {"--registry", registry});
    return always(words);
  };
  const auto times = race({{"floor", always({setting.floor_empty})},
                           {"get", berth({"get", "s5"})},
                           {"register", berth({"register", "s5", "10005", "flexible"})},
                           {"list", berth({"list"})},
                           {"shell", always({"sh", "-c", shell_way, "sh", "39000"})}},
                          setting.runs);
  print("get", times[1].median / times[0].median, "an empty process");
  print("register of a known service", times[2].median / times[0].median, "an empty process");
  print("list with states", times[3].median / times[1].median, "get");
  print("  the shell way, which records nothing", times[4].median / times[0].median, "an empty process");
}

void measure_new_service(const Setting& setting, int entries) {
  measure_commit(setting, "register of a new service", entries,
                 {setting.berth, "register", "new", "39000", "flexible"});
}

void measure_batch(const Setting& setting, int entries) {
  const auto batch = setting.scratch / "batch";
  write_batch(batch, entries);
  measure_commit(setting, fmt::format("register --batch of {} new services", entries), 10,
                 {setting.berth, "register", "--batch", batch});
}

void measure_stampede(const Setting& setting, int processes) {
  const auto registry = setting.scratch / "stampede.json";
  write_registry(registry, 10);
  std::vector<Words> floor(static_cast<std::size_t>(processes), Words{setting.floor_empty});
  std::vector<Words> shell(static_cast<std::size_t>(processes), Words{"sh", "-c", shell_way, "sh", "20000"});
  std::vector<Words> berth;
  for (int index = 0; index < processes; ++index) {
    berth.push_back(
        {setting.berth, "register", fmt::format("p{}", index), "20000", "flexible", "--registry", registry});
  }
  const auto empty = stampede(floor);
  print(fmt::format("{} registers at once, one preferred port", processes), stampede(berth) / empty,
        fmt::format("{} empty processes at once", processes));
  print("  the shell way, which gives all the same port", stampede(shell) / empty,
        fmt::format("{} empty processes at once", processes));
}

// What it costs to know of sources that are not there.
void measure_absent_sources(const Setting& setting) {
  const auto original = setting.scratch / "original.json";
  write_registry(original, 10);
  const auto registry = setting.scratch / "absent.json";
  const auto history = setting.scratch / "absent.history.jsonl";
  const auto anew = [&] { begin_anew(original, registry, history); };
  const auto words = [&](const std::string& program) {
    return always({program, "register", "new", "39000", "flexible", "--registry", registry});
  };
  const WithoutOtherSources bare;
  const auto times =
      race({{"alone", words(setting.sockets_alone), anew}, {"berth", words(setting.berth), anew}}, setting.runs);
  print("register of a new service", times[1].median / times[0].median, "a berth that knows of sockets alone");
}

// As many as nobody has: the search and the plan for it, beside reading and parsing the same files alone.
void measure_migration(const Setting& setting, int files) {
  const auto directory = setting.scratch / "projects";
  write_compose_files(directory, files);
  const auto times =
      race({{"floor", always({setting.floor_parse, directory})},
            {"migrate",
             always({setting.berth, "migrate", directory, "--dry-run", "--registry", setting.scratch / "none.json"})}},
           setting.runs / 20 + 1);
  print(fmt::format("migrate of {} compose files", files), times[1].median / times[0].median,
        "reading and parsing them");
}

void measure_who(const Setting& setting, int processes) {
  const Crowd crowd(processes);
  const auto ratio = [&] {
    const Listeners listeners(1);
    const auto times =
        race({{"ss", always({"ss", "-tulpn"})},
              {"who", always({setting.berth, "who", "40000", "--registry", setting.scratch / "none.json"})}},
             setting.runs / 4 + 1);
    return times[1].median / times[0].median;
  };
  print(fmt::format("who, {} processes, by a walk", processes), ratio(), "ss -tulpn");
  const OwnCgroup cgroup;
  const auto by_cgroup = fmt::format("who, {} processes, by the cgroup", processes);
  if (!cgroup.is_entered()) {
    std::puts(("  " + by_cgroup + ": not measured, there is no cgroup v2 to be had").c_str());
    return;
  }
  print(by_cgroup, ratio(), "ss -tulpn");
}

}  // namespace berth::bench
