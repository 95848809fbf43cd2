#include "system/cgroup_name.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace berth::system {
namespace {

const std::string id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const std::string other_id = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";

struct Case {
  std::string path;
  CgroupName name;
};

const std::vector<Case> units{
    {"/", {}},
    {"", {}},
    {"/system.slice", {}},
    {"/system.slice/nginx.service", {"nginx.service", {}}},
    {"/system.slice/nginx.service (deleted)", {"nginx.service", {}}},
    {"/system.slice/system-getty.slice/getty@tty1.service", {"getty@tty1.service", {}}},
    {"/system.slice/ssh.socket", {"ssh.socket", {}}},
    {"/system.slice/foo.service/workers/3", {"foo.service", {}}},
    {"/init.scope", {"init.scope", {}}},
    {"/user.slice/user-1000.slice/session-3.scope", {"session-3.scope", {}}},
    {"/user.slice/user-1000.slice/user@1000.service/app.slice/syncthing.service", {"syncthing.service", {}}},
    {R"(/user.slice/user@1000.service/app-org.gnome.Terminal\x2d1.scope)",
     {R"(app-org.gnome.Terminal\x2d1.scope)", {}}},
    {"/system.slice/docker.service", {"docker.service", {}}},
    {"/.service", {}},
    {"/../../nginx.service", {"nginx.service", {}}},
    {"/lxc.payload.web", {}},
};

const std::vector<Case> containers{
    {"/docker/" + id, {{}, id}},
    {"/system.slice/docker-" + id + ".scope", {{}, id}},
    {"/machine.slice/libpod-" + id + ".scope", {{}, id}},
    {"/machine.slice/libpod-" + id + ".scope/container", {{}, id}},
    {"/machine.slice/libpod-conmon-" + id + ".scope", {{}, id}},
    {"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + id + ".scope", {{}, id}},
    {"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod0.slice/cri-containerd-" + id + ".scope",
     {{}, id}},
    {"/kubepods/burstable/pod01234567-89ab-cdef-0123-456789abcdef/" + id, {{}, id}},
    {"/crio-" + id + ".scope", {{}, id}},
    {"/docker/" + id + "/system.slice/nginx.service", {{}, id}},
    {"/docker/" + id + "/docker/" + other_id, {{}, id}},
};

const std::vector<Case> not_containers{
    {"/docker/" + id.substr(1), {}},
    {"/docker/" + id + "0", {}},
    {"/docker/G" + id.substr(1), {}},
    {"/system.slice/run-r" + id.substr(32) + ".scope", {"run-r" + id.substr(32) + ".scope", {}}},
    {"/system.slice/docker" + id + ".scope", {"docker" + id + ".scope", {}}},
};

void expect_names(const std::vector<Case>& cases) {
  for (const auto& [path, name] : cases) EXPECT_EQ(name_of_cgroup(path), name) << path;
}

TEST(CgroupName, IsTheUnitOfThePath) { expect_names(units); }
TEST(CgroupName, IsTheContainerOfThePath) { expect_names(containers); }
TEST(CgroupName, TakesNothingElseForAContainer) { expect_names(not_containers); }

TEST(ProcessCgroups, TheUnifiedHierarchyComesFirst) {
  EXPECT_EQ(name_of_process_cgroups("0::/system.slice/nginx.service\n").unit, "nginx.service");
  EXPECT_EQ(name_of_process_cgroups("1:name=systemd:/a.service\n0::/b.service\n").unit, "b.service");
}

TEST(ProcessCgroups, SystemdsOwnHierarchyComesNext) {
  EXPECT_EQ(name_of_process_cgroups("4:memory:/c.service\n1:name=systemd:/a.service\n0::/\n").unit, "a.service");
}

TEST(ProcessCgroups, AnyOtherIsBetterThanNone) {
  const auto text = "12:memory:/docker/" + id + "\n11:name=systemd:/\n0::/\n";
  EXPECT_EQ(name_of_process_cgroups(text).container, id);
}

TEST(ProcessCgroups, ColonsInAPathAreItsOwn) {
  EXPECT_EQ(name_of_process_cgroups("0::/a:b.service").unit, "a:b.service");
}

TEST(ProcessCgroups, NonsenseHasNoName) {
  for (const char* text : {"", "\n\n", "0", "0:", "0::", ":::", "0::/\n", "::/x.service x"}) {
    EXPECT_FALSE(name_of_process_cgroups(text)) << text;
  }
}

}  // namespace
}  // namespace berth::system
