// What a durable commit costs at the least: lock, read, probe, write as many bytes as berth does, fsync, rename, fsync
// of the directory. It understands nothing of what it reads.
//
//   floor_commit REGISTRY PORT BYTES HISTORY_BYTES   (a file of so many bytes, and so many more appended to the
//   history: bytes that nobody has synced are not durable)
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

void check(bool good, const char* what) {
  if (good) return;
  std::perror(what);
  std::exit(1);
}

std::string read_all(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  check(fd >= 0, "open");
  struct stat status{};
  check(::fstat(fd, &status) == 0, "fstat");
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  check(::read(fd, text.data(), text.size()) == status.st_size, "read");
  ::close(fd);
  return text;
}

void write_all(int fd, const std::string& text) {
  check(::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()), "write");
}

void probe(in_port_t port) {
  const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  check(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "bind");
  ::close(fd);
}

}  // namespace

int main(int argc, char** argv) {
  check(argc == 5, "floor_commit REGISTRY PORT BYTES HISTORY_BYTES");
  const std::string path = argv[1];
  const int lock = ::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  check(::flock(lock, LOCK_EX) == 0, "flock");
  auto text = read_all(path);
  probe(static_cast<in_port_t>(std::atoi(argv[2])));
  text.resize(static_cast<std::size_t>(std::atol(argv[3])), ' ');

  const auto temporary = path + ".tmp";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  write_all(file, text);
  const int history = ::open((path + ".history").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  write_all(history, std::string(static_cast<std::size_t>(std::atol(argv[4])), ' '));
  check(::fsync(file) == 0 && ::fdatasync(history) == 0, "fsync");
  check(::rename(temporary.c_str(), path.c_str()) == 0, "rename");
  const int directory = ::open(path.substr(0, path.rfind('/')).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  check(::fsync(directory) == 0, "fsync of the directory");
  return 0;
}
