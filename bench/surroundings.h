// What a measurement takes place in: registries, sockets, processes.
#pragma once

#include <string>
#include <vector>

namespace berth::bench {

// A network namespace of our own with `lo` up, so that no socket of the machine counts and none of ours is in the way.
// Ends the program where the kernel does not allow it.
void enter_own_network();

// A directory that is removed at the end.
class Scratch {
 public:
  Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A registry with so many services: s0 has 10000, s1 10001 and so on.
void write_registry(const std::string& path, int entries);
// So many compose projects, each of three services with ports that nobody else has.
void write_compose_files(const std::string& directory, int count);
// A copy that is on the disk when this returns.
void copy_file(const std::string& from, const std::string& to);
// As many requests, for services that are not registered yet.
void write_batch(const std::string& path, int entries);
long size_of(const std::string& path);

// So many listening TCP sockets on 127.0.0.1, from port 40000 upward; until the object ends.
class Listeners {
 public:
  explicit Listeners(int count);
  Listeners(const Listeners&) = delete;
  Listeners& operator=(const Listeners&) = delete;
  ~Listeners();

 private:
  std::vector<int> sockets_;
};

// A machine without container engines, NAT and systemd, until the object ends: what would show them lies under empty
// directories.
class WithoutOtherSources {
 public:
  WithoutOtherSources();
  WithoutOtherSources(const WithoutOtherSources&) = delete;
  WithoutOtherSources& operator=(const WithoutOtherSources&) = delete;
  ~WithoutOtherSources();

 private:
  int mounts_before_;
  int directory_before_;
};

// So many sleeping processes, until the object ends.
class Crowd {
 public:
  explicit Crowd(int count);
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd();

 private:
  std::vector<int> pids_;
};

// A cgroup (v2) of this process alone, until the object ends: sockets that are made meanwhile say so.
class OwnCgroup {
 public:
  OwnCgroup();
  OwnCgroup(const OwnCgroup&) = delete;
  OwnCgroup& operator=(const OwnCgroup&) = delete;
  ~OwnCgroup();

  // False where there is no cgroup v2, or none may be made.
  bool is_entered() const { return entered_; }

 private:
  std::string parent_;
  std::string path_;
  bool entered_ = false;
};

}  // namespace berth::bench
