// A registry in a file (store/codec.h) of this machine.
//
// Beside the registry `a.json`, at the target if it is a symbolic link, lie:
//   a.json.lock         the writers' lock; never renamed or removed
//   a.json.previous     the registry before the last commit
//   a.json.old          the file that was there before berth wrote its first commit over it, in an old format, say;
//                       kept once and for all
//   a.json.broken       the last one that was invalid when recover() replaced it
//   a.history.jsonl     one line a commit (store/history.h); the last thousand or so (store/history_file.h)
//   a.json.tmp          for an instant, during a commit
//
// A commit: lock -> read the latest -> mutate -> write `.tmp` and the history line -> fsync both -> `.previous` ->
// rename -> fsync the directory -> unlock. A crash before the rename leaves the old registry, one after it the new one.
// The first commit creates the directory if need be.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "store/history_file.h"
#include "store/publication.h"
#include "store/store.h"
#include "system/files.h"
#include "system/read_file.h"

namespace berth::store {

struct FileStoreOptions {
  // How long to wait for another writer, in seconds. 0: not at all.
  double wait = 10;
  // The time of a commit, RFC 3339. The machine's clock if empty.
  std::function<std::string()> now = {};
  HistoryBound history = {};
  // What changes the file system; the kernel if null. Must outlive the store.
  system::Files* files = nullptr;
};

class FileStore final : public Store {
 public:
  explicit FileStore(std::string path, FileStoreOptions options = {});

  std::expected<Registry, Error> read() override;
  std::expected<Entry, Error> find(std::string_view service) override;
  std::expected<std::uint64_t, Error> update(const Author& author, const Mutation& mutate) override;
  std::expected<std::vector<Commit>, Error> history(std::string_view service) override;
  std::expected<LastKnown, Error> last_known() override;
  std::expected<Past, Error> at(std::uint64_t revision) override;
  std::expected<Registry, Error> previous() override;
  std::expected<std::uint64_t, Error> recover(const Author& author, const Mutation& mutate) override;
  std::string name() const override { return path_; }

 private:
  enum class Basis : std::uint8_t { latest, last_known };
  std::expected<std::uint64_t, Error> commit(const Author& author, const Mutation& mutate, Basis basis);
  std::expected<std::vector<Commit>, Error> commits_until(std::uint64_t latest, std::string_view service) const;
  // The file as it is, links followed; nullopt if there is none.
  std::expected<std::optional<system::File>, Error> read_file() const;

  std::expected<Registry, Error> parse(std::string_view text) const;
  // The file that is there under the lock; known_ has its registry if it has the strict form.
  std::expected<std::optional<PresentFile>, Error> look_again(const std::string& target);
  // What `file` says, or what else is known; notes in `file` whether it is broken.
  std::expected<Registry, Error> registry_of(std::optional<PresentFile>& file, const std::string& target, Basis basis);

  std::string path_;
  FileStoreOptions options_;
  // What the file said when it was looked at last, and what that means if it has the strict form (store/strict_form.h):
  // mostly it says the same under the lock.
  struct Known {
    std::shared_ptr<const std::string> text;
    std::optional<Registry> registry;
  };
  Known known_;
  system::KernelFiles kernel_;
  system::Files& files_;
};

}  // namespace berth::store
