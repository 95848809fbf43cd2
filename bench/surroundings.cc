#include "surroundings.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace berth::bench {
namespace {

void check(bool good, const char* what) {
  if (good) return;
  std::perror(what);
  std::exit(1);
}

void write_file(const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  check(file != nullptr, "open");
  std::fwrite(text.data(), 1, text.size(), file);
  std::fflush(file);
  ::fsync(::fileno(file));
  std::fclose(file);
}

}  // namespace

void enter_own_network() {
  check(::unshare(CLONE_NEWNET) == 0, "unshare(CLONE_NEWNET), which the benchmark needs root for");
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  request.ifr_name[0] = 'l';
  request.ifr_name[1] = 'o';
  request.ifr_flags = IFF_UP;
  check(::ioctl(fd, SIOCSIFFLAGS, &request) == 0, "lo up");
  ::close(fd);
}

Scratch::Scratch() : path_((std::filesystem::temp_directory_path() / "berth-bench-XXXXXX").string()) {
  check(::mkdtemp(path_.data()) != nullptr, "mkdtemp");
}

Scratch::~Scratch() { std::filesystem::remove_all(path_); }

void write_registry(const std::string& path, int entries) {
  // By name, as berth writes it.
  std::map<std::string, int> ports;
  for (int index = 0; index < entries; ++index) ports[fmt::format("s{}", index)] = 10000 + index;
  std::string text = "{\n  \"schema\": 1,\n  \"revision\": 1,\n  \"allocations\": {";
  const char* separator = "\n";
  for (const auto& [name, port] : ports) {
    text += fmt::format(
        "{}    \"{}\": {{\"port\": {}, \"protocol\": \"tcp\", \"kind\": \"flexible\", \"preferred\": {}, "
        "\"since\": \"2026-11-22T18:00:00Z\"}}",
        separator, name, port, port);
    separator = ",\n";
  }
  write_file(path, text + "\n  }\n}\n");
}

void write_compose_files(const std::string& directory, int count) {
  constexpr const char* service = R"(  {0}:
    image: registry.example.com/{0}:1.{1}
    restart: unless-stopped
    environment:
      PUBLIC_URL: https://{0}.example.com
      LOG_LEVEL: ${{LOG_LEVEL:-info}}
      WORKERS: "4"
    volumes:
      - ./{0}/config:/etc/{0}:ro
      - {0}-state:/var/lib/{0}
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost/health"]
      interval: 30s
    ports:
      - "{1}:80"
)";
  for (int index = 0; index < count; ++index) {
    const auto place = fmt::format("{}/p{}", directory, index);
    std::filesystem::create_directories(place);
    std::string text = "services:\n";
    int port = 2000 + 3 * index;
    for (const auto* name : {"web", "api", "worker"}) text += fmt::format(fmt::runtime(service), name, port++);
    std::ofstream(place + "/compose.yaml") << text << "volumes:\n  web-state:\n  api-state:\n  worker-state:\n";
  }
}

void copy_file(const std::string& from, const std::string& to) {
  std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
  const int fd = ::open(to.c_str(), O_RDONLY | O_CLOEXEC);
  ::fsync(fd);
  ::close(fd);
}

void write_batch(const std::string& path, int entries) {
  std::string text;
  for (int index = 0; index < entries; ++index) text += fmt::format("b{} {} flexible\n", index, 30000 + index);
  write_file(path, text);
}

long size_of(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_size : 0;
}

Listeners::Listeners(int count) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  for (int index = 0; index < count; ++index) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<in_port_t>(40000 + index));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(
        fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && ::listen(fd, 1) == 0,
        "a listening socket");
    sockets_.push_back(fd);
  }
}

Listeners::~Listeners() {
  for (const int fd : sockets_) ::close(fd);
}

Crowd::Crowd(int count) {
  for (int index = 0; index < count; ++index) {
    const pid_t pid = ::fork();
    check(pid >= 0, "fork");
    if (pid == 0) {
      ::pause();
      ::_exit(0);
    }
    pids_.push_back(pid);
  }
}

namespace {

// Where cgroup v2 is mounted; empty if it is not.
std::string cgroup_root() {
  std::ifstream mounts("/proc/self/mounts");
  for (std::string device, place, type, rest; mounts >> device >> place >> type && std::getline(mounts, rest);) {
    if (type == "cgroup2") return place;
  }
  return {};
}

// The path of our own, "0::/..." of /proc/self/cgroup.
std::string own_cgroup() {
  std::ifstream lines("/proc/self/cgroup");
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return {};
}

bool enter_cgroup(const std::string& path) {
  std::ofstream processes(path + "/cgroup.procs");
  processes << ::getpid() << std::flush;
  return processes.good();
}

}  // namespace

WithoutOtherSources::WithoutOtherSources()
    : mounts_before_(::open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC)),
      directory_before_(::open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  check(mounts_before_ >= 0 && directory_before_ >= 0 && ::unshare(CLONE_NEWNS) == 0, "unshare the mounts");
  check(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "make the mounts private");
  for (const auto* path : {"/run", "/var/lib/docker", "/var/lib/containers", "/etc/docker", "/etc/systemd",
                           "/usr/lib/systemd", "/proc/sys/net/netfilter", "/sys/module"}) {
    check(::mount("none", path, "tmpfs", 0, nullptr) == 0 || errno == ENOENT, path);
  }
}

WithoutOtherSources::~WithoutOtherSources() {
  // setns(2) leaves a process in the root directory.
  check(::setns(mounts_before_, CLONE_NEWNS) == 0 && ::fchdir(directory_before_) == 0,
        "return to the mounts of before");
  ::close(mounts_before_);
  ::close(directory_before_);
}

OwnCgroup::OwnCgroup() {
  const auto root = cgroup_root();
  if (root.empty()) return;
  parent_ = root + own_cgroup();
  path_ = root + "/berth-bench-" + std::to_string(::getpid());
  entered_ = ::mkdir(path_.c_str(), 0755) == 0 && enter_cgroup(path_);
}

OwnCgroup::~OwnCgroup() {
  if (entered_) enter_cgroup(parent_);
  if (!path_.empty()) ::rmdir(path_.c_str());
}

Crowd::~Crowd() {
  for (const int pid : pids_) ::kill(pid, SIGKILL);
  for (const int pid : pids_) ::waitpid(pid, nullptr, 0);
}

}  // namespace berth::bench
