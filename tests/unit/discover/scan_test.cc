#include "discover/scan.h"

#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "discover/caddy.h"
#include "discover/compose.h"
#include "discover/nginx.h"
#include "scratch_directory.h"
#include "unit/discover/found_lines.h"

namespace berth::discover {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string publishes(const std::string& ports) { return "services:\n  web:\n    ports: ['" + ports + "']\n"; }

class ScanTest : public testing::Test {
 protected:
  ScanTest() {
    discoverers_.push_back(std::make_unique<ComposeDiscoverer>());
    discoverers_.push_back(std::make_unique<NginxDiscoverer>());
    discoverers_.push_back(std::make_unique<CaddyDiscoverer>());
  }

  // Paths below the scratch directory.
  Discovery look(const std::vector<std::string>& paths) const {
    Scan what;
    for (const auto& path : paths) what.paths.push_back(scratch.path(path));
    return scan(discoverers_, what);
  }
  Discovery look_at_all() const { return look({""}); }
  std::vector<std::string> lines_of(const Discovery& found) const { return tests::found_lines(found); }
  // "path: message", the path as below the scratch directory.
  std::vector<std::string> problems_of(const Discovery& found) const {
    std::vector<std::string> lines;
    for (const auto& problem : found.problems) {
      lines.push_back(std::filesystem::path(problem.file).lexically_relative(scratch.path()).string() + ": " +
                      problem.message);
    }
    return lines;
  }

  const tests::ScratchDirectory scratch;
  Discoverers discoverers_;
};

TEST_F(ScanTest, FindsFilesWhereverTheyLie) {
  scratch.write("compose.yaml", publishes("8080:80"));
  scratch.write("a/b/c/docker-compose.yml", publishes("8081:80"));
  scratch.write("a/other.yml", publishes("8082:80"));
  const auto found = look_at_all();
  EXPECT_THAT(lines_of(found), ElementsAre("8080/tcp web", "8081/tcp web"));
  EXPECT_THAT(found.problems, IsEmpty());
}

TEST_F(ScanTest, PassesOverWhatIsNobodysConfiguration) {
  scratch.write(".git/compose.yaml", publishes("8080:80"));
  scratch.write("app/node_modules/x/compose.yaml", publishes("8081:80"));
  scratch.write("app/.hidden/compose.yaml", publishes("8082:80"));
  EXPECT_THAT(lines_of(look_at_all()), ElementsAre("8082/tcp web"));
}

TEST_F(ScanTest, AFileThatIsNamedIsReadWhateverItIsCalled) {
  scratch.write("stack.yml", publishes("8080:80"));
  EXPECT_THAT(lines_of(look({"stack.yml"})), ElementsAre("8080/tcp web"));
  scratch.write("Caddyfile", ":8081\n");
  EXPECT_THAT(lines_of(look({"Caddyfile"})), Contains("8081/tcp"));
  scratch.write("ports.json", "{}");
  EXPECT_THAT(look({"ports.json"}).registries, ElementsAre(scratch.path("ports.json")));
  EXPECT_THAT(problems_of(look({"nothing"})), ElementsAre("nothing: is not there"));
}

TEST_F(ScanTest, FindsRegistries) {
  scratch.write("stack/port_allocation.json", "{}");
  EXPECT_THAT(look_at_all().registries, ElementsAre(scratch.path("stack/port_allocation.json")));
}

TEST_F(ScanTest, LinksToDirectoriesAreNotFollowedAndLinksToFilesAre) {
  scratch.write("real/compose.yaml", publishes("8080:80"));
  scratch.link("real/again", ".");
  scratch.link("real/up", "..");
  scratch.link("loop", "loop");
  scratch.link("left", "right");
  scratch.link("right", "left");
  scratch.link("alias", "real");
  EXPECT_THAT(lines_of(look_at_all()), ElementsAre("8080/tcp web"));
  scratch.link("linked/compose.yaml", "../real/compose.yaml");
  scratch.link("broken/compose.yaml", "compose.yaml");
  const auto found = look_at_all();
  EXPECT_THAT(found.found, SizeIs(2));
  EXPECT_THAT(found.problems, IsEmpty());
}

TEST_F(ScanTest, TooDeepIsSaid) {
  std::string path;
  for (int depth = 0; depth < 40; ++depth) path += "d/";
  scratch.write(path + "compose.yaml", publishes("8080:80"));
  const auto found = look_at_all();
  EXPECT_THAT(found.found, IsEmpty());
  EXPECT_THAT(problems_of(found), ElementsAre(HasSubstr("is too deep: not looked into")));
}

// What is no file of ordinary size is never read, and nobody waits for it.
TEST_F(ScanTest, AHugeFileIsNotRead) {
  scratch.write("compose.yml", "");
  std::filesystem::resize_file(scratch.path("compose.yml"), 100UZ << 20);
  scratch.write("sound/compose.yml", publishes("8080:80"));
  const auto found = look_at_all();
  EXPECT_THAT(lines_of(found), ElementsAre("8080/tcp web"));
  EXPECT_THAT(problems_of(found), ElementsAre("compose.yml: has more than 4 MiB"));
}

TEST_F(ScanTest, AFifoAndASocketAreNotOpened) {
  scratch.make_directory("fifo");
  ASSERT_EQ(::mkfifo(scratch.path("fifo/compose.yaml").c_str(), 0600), 0);
  scratch.make_directory("socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = scratch.path("socket/compose.yaml");
  ASSERT_LT(path.size(), sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(fd);
  scratch.link("linked/compose.yaml", "../fifo/compose.yaml");
  const auto found = look_at_all();
  EXPECT_THAT(found.found, IsEmpty());
  EXPECT_THAT(found.problems, IsEmpty());
  EXPECT_THAT(problems_of(look({"fifo/compose.yaml"})), ElementsAre("fifo/compose.yaml: is not a regular file"));
}

TEST_F(ScanTest, AliasesThatWouldGrowToGigabytesEnd) {
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int level = 1; level < 40; ++level) {
    const auto below = std::to_string(level - 1);
    bomb += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [*a" + below + ", *a" + below + "]\n";
  }
  scratch.write("bomb/compose.yaml", bomb + "services: {web: {ports: *a39}}\n");
  scratch.write("sound/compose.yaml", publishes("8080:80"));
  const auto found = look_at_all();
  EXPECT_THAT(lines_of(found), Contains("8080/tcp web"));
  EXPECT_THAT(problems_of(found), testing::Each(HasSubstr("bomb/compose.yaml")));
  EXPECT_LT(found.problems.size() + found.found.size(), 100UZ);
}

TEST_F(ScanTest, ABrokenFileDoesNotStopTheRest) {
  scratch.write("a/compose.yaml", "services: [\n");
  scratch.write("b/compose.yaml", std::string("\0\0\0", 3));
  scratch.write("c/compose.yaml", publishes("8080:80"));
  const auto found = look_at_all();
  EXPECT_THAT(lines_of(found), ElementsAre("8080/tcp web"));
  EXPECT_THAT(problems_of(found), ElementsAre(HasSubstr("a/compose.yaml"), HasSubstr("b/compose.yaml")));
}

TEST_F(ScanTest, BesideAComposeFileAServersConfigurationIsAContainers) {
  scratch.write("app/compose.yaml", publishes("8080:80"));
  scratch.write("app/Caddyfile", ":8081\n");
  scratch.write("app/nginx/nginx.conf", "http { server { listen 8082; } }\n");
  EXPECT_THAT(lines_of(look_at_all()), ElementsAre("8080/tcp web"));
  // Unless somebody points at it.
  EXPECT_THAT(lines_of(look({"app/nginx"})), ElementsAre(HasSubstr("8082/tcp")));
}

TEST_F(ScanTest, InADirectoryThatIsNamedAServersConfigurationIsRead) {
  scratch.write("etc/nginx.conf", "http { server { listen 8082; } }\n");
  scratch.write("etc/sub/Caddyfile", ":8081\n");
  EXPECT_THAT(lines_of(look({"etc"})), ElementsAre("0.0.0.0:8082/tcp", "8081/tcp", "127.0.0.1:2019/tcp admin"));
}

// The installation below a directory, as if it were this machine.
class ScanRootTest : public ScanTest {
 protected:
  Discovery look_where_it_is_usual() const {
    Scan what;
    what.root = scratch.path();
    if (what.root.ends_with('/')) what.root.pop_back();
    return scan(discoverers_, what);
  }
};

TEST_F(ScanRootTest, TheUsualPlacesAreLookedAt) {
  for (const auto* place : {"opt", "srv", "home/me", "root", "var/lib/docker/compose/1", "etc", "var/www"}) {
    scratch.write(std::string(place) + "/compose.yaml", publishes("8080:80"));
  }
  std::vector<std::string> files;
  for (const auto& found : look_where_it_is_usual().found) files.push_back(found.file);
  EXPECT_THAT(files, ElementsAre("/opt/compose.yaml", "/srv/compose.yaml", "/home/me/compose.yaml",
                                 "/root/compose.yaml", "/var/lib/docker/compose/1/compose.yaml"));
}

TEST_F(ScanRootTest, ServersAreBelievedOnlyWhereTheyAreUsual) {
  scratch.write("opt/app/nginx.conf", "http { server { listen 8082; } }\n");
  scratch.write("opt/app/Caddyfile", ":8083\n");
  scratch.write("etc/nginx/nginx.conf", "http { include sites/*; }\n");
  scratch.write("etc/nginx/sites/a", "server { listen 8084; }\n");
  EXPECT_THAT(lines_of(look_where_it_is_usual()), ElementsAre(HasSubstr("8084/tcp")));
}

TEST_F(ScanRootTest, NothingThereIsNothingFound) {
  const auto found = look_where_it_is_usual();
  EXPECT_THAT(found.found, IsEmpty());
  EXPECT_THAT(found.problems, IsEmpty());
}

TEST_F(ScanRootTest, RegistriesAreNamedAsTheyLieHere) {
  scratch.write("opt/stack/port_allocation.json", "{}");
  EXPECT_THAT(look_where_it_is_usual().registries, ElementsAre(scratch.path("opt/stack/port_allocation.json")));
}

TEST_F(ScanRootTest, AbsoluteLinksLeadToWhereTheyWouldLeadThere) {
  scratch.link("opt", "/data/opt");
  scratch.write("data/opt/a/compose.yaml", publishes("8080:80"));
  scratch.link("srv/b/compose.yaml", "/data/b.yaml");
  scratch.write("data/b.yaml", publishes("8081:80"));
  scratch.link("etc/nginx/nginx.conf", "/data/nginx.conf");
  scratch.write("data/nginx.conf", "http { server { listen 8082; } }\n");
  scratch.link("srv/c/port_allocation.json", "/data/ports.json");
  scratch.write("data/ports.json", "{}");
  const auto found = look_where_it_is_usual();
  EXPECT_THAT(lines_of(found), ElementsAre("8080/tcp web", "8081/tcp web", HasSubstr("8082/tcp")));
  EXPECT_THAT(found.registries, ElementsAre(scratch.path("data/ports.json")));
  EXPECT_THAT(found.problems, IsEmpty());
}

TEST_F(ScanRootTest, NothingOutsideIsLookedAt) {
  const tests::ScratchDirectory outside;
  outside.write("compose.yaml", publishes("8080:80"));
  outside.write("nginx.conf", "http { server { listen 8082; } }\n");
  outside.write("port_allocation.json", "{}");
  scratch.link("opt", outside.path());
  scratch.link("srv/a/compose.yaml", outside.path("compose.yaml"));
  scratch.link("srv/b/compose.yaml", "../../../../../../.." + outside.path("compose.yaml"));
  scratch.link("srv/c/port_allocation.json", outside.path("port_allocation.json"));
  scratch.link("etc/nginx/nginx.conf", outside.path("nginx.conf"));
  scratch.link("home", "../../../../../../.." + outside.path());
  const auto found = look_where_it_is_usual();
  EXPECT_THAT(lines_of(found), IsEmpty());
  EXPECT_THAT(found.registries, IsEmpty());
  EXPECT_THAT(found.problems, IsEmpty());
}

TEST_F(ScanTest, WhatIsNamedTwiceIsFoundOnce) {
  scratch.write("a/compose.yaml", publishes("8080:80"));
  scratch.write("a/b/compose.yaml", "services: [\n");
  scratch.write("a/port_allocation.json", "{}");
  const auto found = look({"a", "a", "a/", "a/compose.yaml", "a/b", "a/../a", "a/port_allocation.json"});
  EXPECT_THAT(lines_of(found), ElementsAre("8080/tcp web"));
  EXPECT_THAT(problems_of(found), ElementsAre(HasSubstr("a/b/compose.yaml")));
  EXPECT_THAT(found.registries, ElementsAre(scratch.path("a/port_allocation.json")));
}

// Runs `body` in a process that may give up what it is, and says whether it could; its failed expectations are on
// stderr, and fail the test.
bool expect_apart(const std::function<bool()>& body) {
  enum Status { good, bad, impossible };
  const pid_t pid = ::fork();
  if (pid == 0) {
    const bool was_possible = body();
    std::fflush(nullptr);
    ::_exit(testing::Test::HasFailure() ? bad : was_possible ? good : impossible);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) != bad) << "status " << status;
  return !(WIFEXITED(status) && WEXITSTATUS(status) == impossible);
}

bool become_nobody() {
  constexpr uid_t nobody = 65534;
  return ::geteuid() != 0 || ::setresuid(nobody, nobody, nobody) == 0;
}

TEST_F(ScanTest, WhatMayNotBeReadIsSaid) {
  scratch.write("closed/compose.yaml", publishes("8080:80"));
  scratch.write("secret/compose.yaml", publishes("8081:80"));
  scratch.write("sound/compose.yaml", publishes("8082:80"));
  std::filesystem::permissions(scratch.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(scratch.path("closed"), std::filesystem::perms(0));
  std::filesystem::permissions(scratch.path("secret/compose.yaml"), std::filesystem::perms(0));
  const bool was_possible = expect_apart([&] {
    if (!become_nobody()) return false;
    const auto found = look_at_all();
    EXPECT_THAT(lines_of(found), ElementsAre("8082/tcp web"));
    EXPECT_THAT(problems_of(found), ElementsAre("closed: permission denied", "secret/compose.yaml: permission denied"));
    return true;
  });
  std::filesystem::permissions(scratch.path("closed"), std::filesystem::perms(0700));
  if (!was_possible) GTEST_SKIP() << "root may read everything, and cannot become somebody else here";
}

// In a mount namespace of its own: what is mounted is gone with its process.
bool mount_proc(const std::string& place) {
  return ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("/proc", place.c_str(), nullptr, MS_BIND, nullptr) == 0;
}

TEST_F(ScanTest, FileSystemsOfTheKernelAreNotGoneInto) {
  scratch.make_directory("chroot/proc");
  scratch.write("chroot/compose.yaml", publishes("8080:80"));
  const bool was_possible = expect_apart([&] {
    if (!mount_proc(scratch.path("chroot/proc"))) return false;
    std::size_t directories = 0;
    Scan what{.paths = {scratch.path()}};
    what.progress = [&](std::size_t count) { directories = count; };
    const auto found = scan(discoverers_, what);
    EXPECT_THAT(lines_of(found), ElementsAre("8080/tcp web"));
    EXPECT_THAT(found.problems, IsEmpty());
    EXPECT_EQ(directories, 2U);
    return true;
  });
  if (!was_possible) GTEST_SKIP() << "a mount namespace is not to be had here";
}

}  // namespace
}  // namespace berth::discover
