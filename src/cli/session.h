// One run of the command line: what the options everywhere said, and the places behind the use cases.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/context.h"
#include "cli/options.h"
#include "cli/output.h"
#include "core/discovery.h"

namespace berth::cli {

// How the machine is looked at.
struct Looking {
  // Until then every source has answered, or is a blind spot.
  std::chrono::milliseconds patience = std::chrono::seconds(2);
  // The root of a file system that does not run, whose declarations alone are looked at; empty for this machine.
  std::string root = {};
};

// Where files are looked for that say who has which port; empty paths: where they usually are.
struct Search {
  std::vector<std::string> paths = {};
  std::string root = {};
  std::function<void(std::size_t directories)> progress;
};

// What main hands over: the concrete parts, made when they are needed.
struct Backstage {
  // A registry at `path`, whose lock is waited for so many seconds.
  std::function<std::unique_ptr<store::Store>(std::string path, double wait)> open_store;
  std::function<std::unique_ptr<inspect::Machine>(const Looking& looking)> open_machine;
  std::function<std::string()> now;
  std::function<std::string()> user;
  std::function<Discovery(const Search& search)> search;
  // So many bytes of memory are about to be needed.
  std::function<void(std::size_t bytes)> make_room;
};

class Session {
 public:
  // `words`: the command line, for the history.
  Session(const Backstage& backstage, Output& output, std::string registry, double wait, Looking looking,
          std::vector<std::string> words)
      : out(output),
        backstage_(backstage),
        registry_(std::move(registry)),
        wait_(wait),
        looking_(std::move(looking)),
        words_(std::move(words)) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Output& out;

  // The use cases' view. Valid as long as the session.
  app::Context context();
  void make_room(std::size_t bytes) const { backstage_.make_room(bytes); }
  Discovery search(std::vector<std::string> paths, std::function<void(std::size_t directories)> progress) const {
    return backstage_.search({std::move(paths), looking_.root, std::move(progress)});
  }
  const std::string& registry() const { return registry_; }
  // Another registry, to take over.
  std::unique_ptr<store::Store> open_store(std::string path) const {
    return backstage_.open_store(std::move(path), wait_);
  }

 private:
  const Backstage& backstage_;
  std::string registry_;
  double wait_;
  Looking looking_;
  std::vector<std::string> words_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<inspect::Machine> machine_;
};

// The exit code, or an error that run() prints and turns into one.
using Result = std::expected<int, Error>;

}  // namespace berth::cli
