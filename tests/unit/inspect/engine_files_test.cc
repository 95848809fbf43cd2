#include "inspect/engine_files.h"

#include <gmock/gmock.h>

#include <cerrno>

#include "scratch_directory.h"

namespace berth::inspect {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto config = R"({"State":{"Running":false},"ID":"a1","Name":"/web"})";
constexpr auto host_config = R"({"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}]}})";

TEST(DockerStorage, ReadsEveryContainer) {
  const tests::ScratchDirectory folder;
  folder.write("containers/a1/config.v2.json", config);
  folder.write("containers/a1/hostconfig.json", host_config);
  folder.write("containers/b2/config.v2.json", "{");
  folder.write("containers/b2/hostconfig.json", host_config);
  folder.make_directory("containers/c3");
  folder.write("containers/d4/config.v2.json", R"({"State":{"Dead":true},"ID":"d4","Name":"/gone"})");
  folder.write("containers/d4/hostconfig.json", host_config);
  const auto stored = read_docker_storage(folder.path(), "");
  ASSERT_TRUE(stored) << stored.error().message();
  ASSERT_THAT(stored->containers, SizeIs(1));
  EXPECT_EQ(stored->containers[0].container.name, "web");
  EXPECT_EQ(stored->unreadable, 2U);
}

TEST(DockerStorage, NoFolderIsNoContainer) {
  const auto stored = read_docker_storage("/nowhere", "");
  ASSERT_TRUE(stored);
  EXPECT_THAT(stored->containers, IsEmpty());
  EXPECT_EQ(stored->unreadable, 0U);
}

TEST(DockerStorage, AFolderThatCannotBeReadIsAnError) {
  const tests::ScratchDirectory folder;
  folder.write("containers", "a file");
  const auto stored = read_docker_storage(folder.path(), "");
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().code, ENOTDIR);
}

TEST(DockerStorage, TheSettingsMayNameAnotherFolder) {
  const tests::ScratchDirectory folder;
  folder.write("moved/containers/a1/config.v2.json", config);
  folder.write("moved/containers/a1/hostconfig.json", host_config);
  for (const auto* name : {"data-root", "graph"}) {
    folder.write("daemon.json", std::string("{\"") + name + "\":\"" + folder.path("moved") + "\"}");
    EXPECT_THAT(read_docker_storage("/nowhere", folder.path("daemon.json"))->containers, SizeIs(1)) << name;
  }
  folder.write("daemon.json", "{\"debug\":true}");
  EXPECT_THAT(read_docker_storage(folder.path("moved"), folder.path("daemon.json"))->containers, SizeIs(1));
}

TEST(PodmanStorageFolder, CountsAndNamesWhatRuns) {
  const tests::ScratchDirectory folder;
  folder.write("storage/overlay-containers/containers.json",
               R"([{"id":"a1","metadata":"{\"name\":\"web\"}"},{"id":"b2","metadata":"{\"name\":\"made\"}"}])");
  folder.write("run/overlay-containers/a1/userdata/pidfile", "7");
  const auto stored = read_podman_storage_folder(folder.path("storage"), folder.path("run"));
  ASSERT_TRUE(stored) << stored.error().message();
  EXPECT_EQ(stored->count, 2U);
  EXPECT_THAT(stored->containers, ElementsAre(KnownContainer{{"a1", "web", "", std::nullopt}, std::nullopt}));
}

TEST(PodmanStorageFolder, WhatIsNotThereOrBroken) {
  const tests::ScratchDirectory folder;
  EXPECT_EQ(read_podman_storage_folder(folder.path(), "")->count, 0U);
  folder.write("overlay-containers/containers.json", "[");
  EXPECT_EQ(read_podman_storage_folder(folder.path(), "").error().code, EBADMSG);
}

}  // namespace
}  // namespace berth::inspect
