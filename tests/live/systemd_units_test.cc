// The inspector's view of unit files beside that of systemd itself, which can load the units of any directories without
// being run: `systemd --test`.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "inspect/systemd.h"
#include "scratch_directory.h"

namespace berth::live {
namespace {

constexpr const char* systemd = "/lib/systemd/systemd";
constexpr std::array<const char*, 4> directories{"etc/systemd/system/", "run/systemd/system/",
                                                 "usr/local/lib/systemd/system/", "usr/lib/systemd/system/"};
constexpr const char* vendor = directories.back();

// "x.socket ListenStream [::]:80" and "x.socket activates x.service".
using Facts = std::set<std::string>;

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  std::array<char, 4096> portion;
  for (std::size_t got = 0; (got = std::fread(portion.data(), 1, portion.size(), pipe)) > 0;) {
    output.append(portion.data(), got);
  }
  ::pclose(pipe);
  return output;
}

class SystemdUnits : public testing::Test {
 protected:
  void SetUp() override {
    if (::access(systemd, X_OK) != 0) GTEST_SKIP() << "needs the package systemd";
    // systemd refuses to do this for root, and another user must be able to read the tree.
    if (::getuid() != 0) GTEST_SKIP() << "needs root, to become another user";
    ::chmod(tree_.path().c_str(), 0755);
    for (const auto* target : {"sockets.target", "sysinit.target", "shutdown.target", "system.slice", "-.slice"}) {
      tree_.write(vendor + std::string(target), "[Unit]\nDefaultDependencies=no\n");
    }
  }

  void unit(const std::string& directory, const std::string& name, const std::string& text) const {
    tree_.write(directory + name, text);
  }
  void listens(const std::string& directory, const std::string& name, const std::string& value) const {
    unit(directory, name, "[Socket]\nListenStream=" + value + "\n");
  }
  // A link from one directory of units to a name in another one.
  void alias(const std::string& directory, const std::string& name, const std::string& of_directory,
             const std::string& target) const {
    const auto to = std::filesystem::path("/" + of_directory + target).lexically_relative("/" + directory);
    tree_.link(directory + name, to.string());
  }
  // Only the name of the link counts, unless it leads to an empty file.
  void wants(const std::string& directory, const std::string& name) const {
    tree_.link(directory + "sockets.target.wants/" + name, "/none/" + name);
  }

  // What systemd would start.
  Facts facts_of_systemd() const {
    std::string path;
    for (const auto* directory : directories) path += (path.empty() ? "" : ":") + tree_.path(directory);
    const auto dump = output_of("env -i HOME=/ PATH=/usr/bin:/bin SYSTEMD_UNIT_PATH=" + path +
                                " timeout 20 setpriv --reuid=65534 --regid=65534 --clear-groups " + systemd +
                                " --test --system --no-pager --unit=sockets.target 2>&1 </dev/null");
    if (!dump.contains("-> By units:")) return {"systemd --test does not work here: " + dump};
    return read_dump(dump);
  }

  Facts facts_of_inspector() {
    Facts facts;
    for (const auto& holder :
         inspect::SystemdInspector(tree_.path()).inspect({.sources = inspect::Sources::all}).holders) {
      if (holder.enabled != true) continue;
      auto endpoint = to_string(holder.endpoint);
      endpoint.resize(endpoint.rfind('/'));
      const bool tcp = holder.endpoint.protocol == Protocol::tcp;
      facts.insert(holder.unit + (tcp ? " ListenStream " : " ListenDatagram ") + endpoint +
                   (holder.endpoint.address.is_v6only() ? " only" : ""));
      // systemd loads the template's instances when somebody connects.
      if (!holder.activates.contains("@.")) facts.insert(holder.unit + " activates " + holder.activates);
    }
    return facts;
  }

  static Facts read_dump(std::string_view dump) {
    Facts facts;
    std::set<std::string> unit_facts;
    std::string unit;
    std::string triggers;
    std::string only;
    const auto end_unit = [&] {
      for (const auto& fact : unit_facts) {
        const bool wildcard = fact.contains(" [::]:");
        facts.insert(fact + (wildcard ? only : ""));
        if (!triggers.empty()) facts.insert(unit + " activates " + triggers);
      }
      unit_facts.clear();
      triggers.clear();
      only.clear();
    };
    while (!dump.empty()) {
      const auto end = std::min(dump.find('\n'), dump.size());
      const std::string line(dump.substr(0, end));
      dump.remove_prefix(std::min(end + 1, dump.size()));
      const auto value = line.substr(std::min(line.find(": ") + 2, line.size()));
      if (line.starts_with("\t-> Unit ")) {
        end_unit();
        unit = line.substr(9, line.size() - 10);
      }
      if (line.starts_with("\t\tTriggers: ")) triggers = value.substr(0, value.find(' '));
      if (line.starts_with("\t\tBindIPv6Only: ipv6-only")) only = " only";
      for (const std::string key : {"ListenStream", "ListenDatagram"}) {
        if (line.starts_with("\t\t" + key + ": ") && value.contains(':')) {
          // Of a link-local address, the interface.
          unit_facts.insert(unit + " " + key + " " + value.substr(0, value.find('%')));
        }
      }
    }
    end_unit();
    return facts;
  }

  void expect_agreement(const std::string& what) {
    const auto expected = facts_of_systemd();
    ASSERT_FALSE(!expected.empty() && expected.begin()->starts_with("systemd --test")) << *expected.begin();
    const auto found = facts_of_inspector();
    if (found == expected) return;
    ADD_FAILURE() << what << "systemd alone: " << testing::PrintToString(without(expected, found))
                  << "\nthe inspector alone: " << testing::PrintToString(without(found, expected)) << "\n"
                  << output_of("cd " + tree_.path() + " && find . -type l -printf '%p -> %l\\n' && grep -ar ''");
  }

  static Facts without(const Facts& facts, const Facts& others) {
    Facts rest;
    std::ranges::set_difference(facts, others, std::inserter(rest, rest.end()));
    return rest;
  }

  tests::ScratchDirectory tree_;
};

TEST_F(SystemdUnits, OfEveryFormOfSettings) {
  const std::vector<std::string> texts{
      "ListenStream=7001",
      "ListenStream=0x1F90\nListenStream=010\nListenStream=+7002\nListenStream=0b101\nListenStream=0O17",
      "ListenStream=08080\nListenStream=0\nListenStream=65536\nListenStream=-1\nListenStream=7000",
      "ListenStream=0.0.0.0:7006\nListenStream=127.0.0.1:7007\nListenDatagram=[::1]:7008\nListenStream=[::]:7005",
      "ListenStream=::1:7009\nListenStream=::7010\nListenStream=[fe80::1]:7011%%lo\nListenStream=127.0.0.1:7013%%lo",
      "ListenStream=/run/x\nListenStream=@abs\nListenDatagram=7020\nListenSequentialPacket=7021\nListenFIFO=/run/f",
      "ListenStream=*:7014\nListenStream=localhost:7015\nListenStream=127.1:7016\nListenStream=7019 7020",
      "ListenStream=%i7001\nListenStream=127.0.0.1:%p\nListenStream=%j\nListenStream=70%%22\nListenStream=7001%e",
      "ListenStream=7000\nListenDatagram=7001\nListenFIFO=\nListenStream=7002",
      "ListenStream=\\\n 7001\nListenDatagram=\\\n# x\n; y\n7002\nListenStream=7003 \\\n\nListenStream=7004 \\",
      "ListenStream=7001\r\nListenStream=7002\rListenStream=7003\n\rListenStream=7005",
      " ListenStream = 7001 \n\t[Socket] \nListenStream=7002 # "
      "c\nlistenstream=7003\n=5\nfoo\n[Unit]\nListenStream=7005",
      "ListenStream=7000\nBindIPv6Only=ipv6-only",
      "ListenStream=7000\nBindIPv6Only=ipv6-only\nBindIPv6Only=",
      "ListenStream=7000\nBindIPv6Only=yes\nListenStream=[::1]:7001\nListenStream=0.0.0.0:7002",
      "ListenStream=7000\nBindIPv6Only=yes\nBindIPv6Only=default",
      "ListenStream=7000\nService=%p-x.service",
      "ListenStream=7000\nService=a.service\nService=\nService=b.socket\nService=c@.service",
      "ListenStream=7000\nService=a.service\nAccept=yes",
      "ListenStream=7000\nAccept=on\nAccept=off",
      "ListenStream=7000\nAccept=yes",
      "ListenStream=7000\nListenStream=7001\n[Bad",
      "ListenStream=7000\nDescription=caf\xe9",
      "# caf\xe9\nListenStream=7000\n",
      "ListenStream=7000\\\\\nListenStream=7001\n",
  };
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto name = "x" + std::to_string(i) + "-" + std::to_string(8000 + i) + ".socket";
    unit(vendor, name, "[Socket]\n" + texts[i]);
    wants(vendor, name);
  }
  expect_agreement("");
}

TEST_F(SystemdUnits, OfLinks) {
  listens(vendor, "a.socket", "7001");
  listens(vendor, "b.socket", "7002");
  listens(vendor, "t@.socket", "%i");
  listens(vendor, "u@.socket", "127.0.0.1:%i");
  alias(directories[0], "aa.socket", vendor, "a.socket");
  alias(directories[0], "b.socket", vendor, "b.socket");
  alias(directories[0], "tt@.socket", vendor, "t@.socket");
  alias(directories[0], "t@7100.socket", vendor, "u@.socket");
  alias(directories[0], "t@7101.socket", vendor, "u@7101.socket");
  alias(directories[0], "t@7102.socket", vendor, "u@7103.socket");
  alias(directories[0], "p.socket", vendor, "t@.socket");
  alias(directories[0], "q@1.socket", vendor, "a.socket");
  alias(directories[0], "c.socket", directories[0], "d.socket");
  alias(directories[0], "d.socket", directories[0], "c.socket");
  for (const auto* name : {"aa.socket", "b.socket", "tt@7105.socket", "t@7100.socket", "t@7101.socket", "t@7102.socket",
                           "p.socket", "q@1.socket", "c.socket", "t@7106.socket"}) {
    wants(directories[0], name);
  }
  expect_agreement("");
}

TEST_F(SystemdUnits, InTheOrderOfTheSearchPath) {
  auto paths = output_of("systemd-analyze unit-paths 2>/dev/null");
  std::vector<std::string> below;  // "etc/systemd/system/"
  while (!paths.empty()) {
    const auto end = paths.find('\n');
    below.push_back(paths.substr(1, end - 1) + "/");
    paths.erase(0, end + 1);
  }
  ASSERT_GE(below.size(), 10U);
  for (std::size_t i = below.size(); i-- > 0;) {
    listens(below[i], "x.socket", std::to_string(1000 + i));
    const auto holders = inspect::SystemdInspector(tree_.path()).inspect({.sources = inspect::Sources::all}).holders;
    ASSERT_EQ(holders.size(), 1U);
    EXPECT_EQ(holders[0].endpoint.ports.first, 1000 + i) << below[i];
  }
}

TEST_F(SystemdUnits, InEveryStateOfSystemctl) {
  struct Case {
    std::string name;
    std::string install;
    std::string linked_in;  // sockets.target.wants of this directory
    std::string state;      // as systemctl has it
  };
  const std::vector<Case> cases{{"enabled", "WantedBy=sockets.target", directories[0], "enabled"},
                                {"runtime", "WantedBy=sockets.target", directories[1], "enabled-runtime"},
                                {"disabled", "WantedBy=sockets.target", "", "disabled"},
                                {"indirect", "Also=enabled.socket", "", "indirect"},
                                {"static", "", "", "static"},
                                {"vendor", "", vendor, "static"},
                                {"masked", "WantedBy=sockets.target", directories[0], "masked"}};
  for (const auto& [name, install, linked_in, state] : cases) {
    unit(vendor, name + ".socket",
         "[Socket]\nListenStream=80\n" + (install.empty() ? "" : "[Install]\n" + install + "\n"));
    if (!linked_in.empty()) {
      tree_.link(linked_in + "sockets.target.wants/" + name + ".socket", "/usr/lib/systemd/system/" + name + ".socket");
    }
  }
  tree_.link(directories[0] + std::string("masked.socket"), "/dev/null");
  const auto states = output_of("systemctl --root=" + tree_.path() +
                                " list-unit-files --type=socket --no-pager --plain --no-legend 2>&1");
  const auto holders = inspect::SystemdInspector(tree_.path()).inspect({.sources = inspect::Sources::all}).holders;
  for (const auto& [name, install, linked_in, state] : cases) {
    const auto line = states.substr(std::min(states.find(name + ".socket"), states.size()));
    EXPECT_TRUE(line.substr(0, line.find('\n')).contains(" " + state + " ")) << name << "\n" << states;
    const auto found = std::ranges::find(holders, name + ".socket", &Holder::unit);
    ASSERT_EQ(found == holders.end(), state == "masked") << name;
    if (found == holders.end()) continue;
    EXPECT_EQ(found->enabled, !linked_in.empty()) << name;
  }
}

// Random trees of few names, so that they meet.
class RandomTree {
 public:
  explicit RandomTree(unsigned seed) : random_(seed) {}

  bool chance(unsigned percent) { return below(100) < percent; }
  unsigned below(unsigned limit) { return std::uniform_int_distribution<unsigned>(0, limit - 1)(random_); }
  template <typename T>
  const auto& one_of(const T& all) {
    return all[below(static_cast<unsigned>(std::size(all)))];
  }

  std::string text() {
    std::string text = "[Socket]\n";
    for (auto lines = 1 + below(3); lines > 0; --lines) text += line() + "\n";
    return text;
  }

 private:
  std::string line() {
    const auto port = std::to_string(++port_);
    const std::array<std::string, 14> lines{"ListenStream=" + port,
                                            "ListenStream=" + port,
                                            "ListenStream=0.0.0.0:" + port,
                                            "ListenDatagram=[::1]:" + port,
                                            "ListenDatagram=127.0.0.1:%i",
                                            "ListenStream=%i",
                                            "ListenStream=%j",
                                            "ListenStream=",
                                            "ListenStream=/run/" + port,
                                            "BindIPv6Only=" + std::string(chance(50) ? "both" : "ipv6-only"),
                                            "Service=" + port + ".service",
                                            "Accept=" + std::string(chance(30) ? "yes" : "no"),
                                            "ListenStream=wrong",
                                            "[Unit]\n[Socket]"};
    return one_of(lines);
  }

  std::mt19937 random_;
  unsigned port_ = 10000;
};

TEST_F(SystemdUnits, OfRandomTrees) {
  const std::vector<std::string> plain{"a.socket", "a-b.socket", "a-b-c.socket"};
  const std::vector<std::string> templates{"x@.socket", "x-y@.socket"};
  const std::vector<std::string> instances{"x@7001.socket", "x@7002.socket", "x-y@7001.socket"};
  std::vector<std::string> all(plain);
  all.insert(all.end(), templates.begin(), templates.end());
  all.insert(all.end(), instances.begin(), instances.end());
  std::vector<std::string> drop_ins(all);
  for (const auto* name : {"a-.socket", "a-b-.socket", "x-@.socket", "x-@7001.socket", "socket"})
    drop_ins.emplace_back(name);
  constexpr unsigned trees = 30;
  for (unsigned seed = 1; seed <= trees && !HasFailure(); ++seed) {
    RandomTree random(seed);
    for (const auto* directory : directories) {
      std::filesystem::remove_all(tree_.path(directory));
    }
    SetUp();
    for (const auto* directory : directories) {
      for (const auto& name : all) {
        if (!random.chance(30)) continue;
        const auto kind = random.below(100);
        if (kind < 5)
          tree_.link(directory + name, "/dev/null");
        else if (kind < 10)
          unit(directory, name, "");
        else if (kind < 30)
          alias(directory, name, random.one_of(directories), random.one_of(all));
        else
          unit(directory, name, random.text());
      }
      for (const auto& name : drop_ins) {
        for (const auto* file : {"10.conf", "20.conf"}) {
          if (!random.chance(8)) continue;
          const auto path = directory + name + ".d/" + file;
          if (random.chance(20))
            tree_.link(path, "/dev/null");
          else
            tree_.write(path, random.text());
        }
      }
      for (const auto& name : all) {
        if (!random.chance(30) || std::ranges::find(templates, name) != templates.end()) continue;
        if (random.chance(15))
          tree_.link(directory + std::string("sockets.target.wants/") + name, "/dev/null");
        else
          wants(directory, name);
      }
    }
    expect_agreement("seed " + std::to_string(seed) + "\n");
  }
}

}  // namespace
}  // namespace berth::live
