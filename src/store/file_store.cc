#include "store/file_store.h"

#include <sys/stat.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "store/codec.h"
#include "store/file_store_errors.h"
#include "store/history.h"
#include "store/history_file.h"
#include "store/rebuild.h"
#include "store/salvage.h"
#include "system/append_file.h"
#include "system/clock.h"
#include "system/durable_file.h"
#include "system/file_lock.h"
#include "system/read_file.h"

namespace berth::store {

namespace {

std::expected<std::string, Error> follow(const std::string& path) {
  auto target = system::follow_link(path);
  if (!target) return std::unexpected(cannot_read("registry", path, target.error()));
  return *std::move(target);
}

std::expected<std::optional<system::File>, Error> read_registry_file(const std::string& path) {
  auto file = system::read_file(path);
  if (!file) return std::unexpected(cannot_read("registry", path, file.error()));
  return *std::move(file);
}

std::expected<Registry, Error> parse(const std::optional<system::File>& file, const std::string& path) {
  if (!file) return Registry{};
  auto registry = parse_registry(file->text, path);
  if (!registry) return std::unexpected(with_way_back(std::move(registry.error()), path));
  return registry;
}

bool exists(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0;
}

std::expected<system::FileLock, Error> lock(system::Files& files, const std::string& target, double wait) {
  const auto path = target + ".lock";
  auto lock = system::FileLock::acquire(files, path, wait);
  if (!lock && lock.error().error.code == ENOENT) {
    const auto made = system::make_directories(files, system::directory_of(target));
    if (!made) return std::unexpected(cannot_write(target, made.error()));
    lock = system::FileLock::acquire(files, path, wait);
  }
  if (lock) return *std::move(lock);
  if (lock.error().timed_out) return std::unexpected(cannot_lock(lock.error(), wait));
  return std::unexpected(cannot_write(target, lock.error().error));
}

// Where in the history the next line belongs.
std::expected<std::uint64_t, system::Error> end_of_history(const system::AppendFile& history, std::uint64_t latest) {
  constexpr std::uint64_t more_than_most_lines = 4096;
  for (auto length = more_than_most_lines;; length *= 16) {
    const auto tail = history.tail(length);
    if (!tail) return std::unexpected(tail.error());
    const auto remnant = remnant_length(*tail, tail->size() == history.size(), latest);
    if (remnant) return history.size() - *remnant;
  }
}

std::expected<system::AppendFile, system::Error> append_commit(system::Files& files, const std::string& target,
                                                               const std::optional<system::FileStatus>& like,
                                                               const Commit& commit) {
  auto history = system::AppendFile::open(files, history_path(target), like);
  if (!history) return history;
  const auto end = end_of_history(*history, commit.revision - 1);
  if (!end) return std::unexpected(end.error());
  auto appended = history->append(*end, format_commit(commit));
  if (!appended) return std::unexpected(std::move(appended.error()));
  return history;
}

// Keeps the file that is about to be replaced.
std::expected<void, system::Error> keep(system::Files& files, const std::string& target, const system::File& file,
                                        bool is_ours) {
  const auto old = target + ".old";
  if (!is_ours && !exists(old)) {
    auto kept = system::keep_as(files, target, file.status, file.text, old);
    if (!kept) return kept;
  }
  return system::keep_as(files, target, file.status, file.text, target + ".previous");
}

// The history's line is on its way to the disk when the fsync comes: then one journal commit of the file system takes
// both files, and the second call has little left to do.
std::expected<void, system::Error> sync_both(system::Replacement& replacement, system::AppendFile& history) {
  history.begin_sync();
  const auto done = replacement.sync();
  return done ? history.sync() : done;
}

// A registry that cannot be read takes nobody's place: the one before it may still be needed.
std::expected<void, system::Error> put_aside(system::Files& files, const std::string& target,
                                             const system::File& file) {
  return system::keep_as(files, target, file.status, file.text, target + ".broken");
}

// Everything from the new text to the moment when readers see it. An error before that moment leaves all as it was.
std::expected<void, system::Error> publish(system::Files& files, const std::string& target,
                                           const std::optional<system::File>& file, const Registry& registry,
                                           const Commit& commit, bool is_broken) {
  const auto like = file ? std::optional(file->status) : std::nullopt;
  auto replacement = system::Replacement::write(files, target, format_registry(registry), like);
  if (!replacement) return std::unexpected(std::move(replacement.error()));
  auto history = append_commit(files, target, like, commit);
  if (!history) return std::unexpected(std::move(history.error()));
  auto done = sync_both(*replacement, *history);
  if (done && file) {
    done = is_broken ? put_aside(files, target, *file) : keep(files, target, *file, commit.revision > 1);
  }
  if (done) done = replacement->publish();
  if (!replacement->is_published()) history->undo();
  return done;
}

// What is known of a registry, given what its file says.
std::expected<LastKnown, Error> know(const std::optional<system::File>& file, const std::string& path,
                                     const std::string& target) {
  auto latest = file ? parse_registry(file->text, path) : Registry{};
  if (latest && file) return LastKnown{*std::move(latest)};
  if (!latest && !is_about_invalid(latest.error())) return std::unexpected(std::move(latest.error()));
  if (auto found = salvage(target)) return LastKnown{*std::move(found), true};
  if (latest) return LastKnown{};
  return std::unexpected(with_way_back(std::move(latest.error()), path));
}

}  // namespace

FileStore::FileStore(std::string path, FileStoreOptions options)
    : path_(std::move(path)),
      options_(std::move(options)),
      files_(options_.files != nullptr ? *options_.files : kernel_) {
  if (!options_.now) options_.now = system::utc_now;
}

std::expected<std::optional<system::File>, Error> FileStore::read_file() const {
  auto file = system::read_file(path_);
  if (!file && file.error().code == ELOOP) {
    const auto target = follow(path_);
    if (!target) return std::unexpected(target.error());
    file = system::read_file(*target);
  }
  if (!file) return std::unexpected(cannot_read("registry", path_, file.error()));
  return *std::move(file);
}

std::expected<Registry, Error> FileStore::read() {
  const auto file = read_file();
  if (!file) return std::unexpected(file.error());
  return parse(*file, path_);
}

std::expected<Entry, Error> FileStore::find(std::string_view service) {
  const auto file = read_file();
  if (!file) return std::unexpected(file.error());
  if (!*file) return Entry{};
  auto entry = find_entry((*file)->text, service, path_);
  if (!entry) return std::unexpected(with_way_back(std::move(entry.error()), path_));
  return entry;
}

std::expected<std::uint64_t, Error> FileStore::update(const Author& author, const Mutation& mutate) {
  return commit(author, mutate, Basis::latest);
}

std::expected<std::uint64_t, Error> FileStore::recover(const Author& author, const Mutation& mutate) {
  return commit(author, mutate, Basis::last_known);
}

std::expected<std::uint64_t, Error> FileStore::commit(const Author& author, const Mutation& mutate, Basis basis) {
  const auto target = follow(path_);
  if (!target) return std::unexpected(target.error());
  const auto held = lock(files_, *target, options_.wait);
  if (!held) return std::unexpected(held.error());
  const auto file = read_registry_file(*target);
  if (!file) return std::unexpected(file.error());
  auto registry = parse(*file, path_);
  bool is_rebuilt = false;
  if (basis == Basis::last_known && (!registry || !*file)) {
    auto known = know(*file, path_, *target);
    if (!known) return std::unexpected(std::move(known.error()));
    is_rebuilt = known->is_rebuilt;
    registry = std::move(known->registry);
  }
  if (!registry) return std::unexpected(std::move(registry.error()));
  const auto revision = registry->revision;
  auto change = mutate(*std::move(registry));
  if (!change) return std::unexpected(std::move(change.error()));
  if (!*change) return revision;
  auto& [published, records] = **change;
  published.revision = revision + 1;
  const Commit commit{published.revision, options_.now(), author, std::move(records)};
  const auto done = publish(files_, *target, *file, published, commit, is_rebuilt);
  if (!done) return std::unexpected(cannot_write(path_, done.error()));
  // The commit is done, whatever becomes of this: a history that could not be cut is cut another time.
  [[maybe_unused]] const auto cut = prune_history(files_, history_path(*target), published.revision, options_.history);
  return published.revision;
}

std::expected<std::vector<Commit>, Error> FileStore::commits_until(std::uint64_t latest,
                                                                   std::string_view service) const {
  const auto target = follow(path_);
  if (!target) return std::unexpected(target.error());
  const auto path = history_path(*target);
  const auto text = read_history(path);
  if (!text) return std::unexpected(cannot_read("history", path, text.error()));
  return read_commits(*text, latest, service);
}

std::expected<std::vector<Commit>, Error> FileStore::history(std::string_view service) {
  // The registry first: a commit in between is then left out, instead of being half there.
  const auto registry = read();
  if (!registry) return std::unexpected(registry.error());
  return commits_until(registry->revision, service);
}

std::expected<LastKnown, Error> FileStore::last_known() {
  const auto file = read_file();
  if (!file) return std::unexpected(file.error());
  const auto target = follow(path_);
  if (!target) return std::unexpected(target.error());
  return know(*file, path_, *target);
}

std::expected<Past, Error> FileStore::at(std::uint64_t revision) {
  auto known = last_known();
  if (!known) return std::unexpected(std::move(known.error()));
  const auto commits = commits_until(known->registry.revision, "");
  if (!commits) return std::unexpected(commits.error());
  return go_back(std::move(known->registry), *commits, revision);
}

std::expected<Registry, Error> FileStore::previous() {
  const auto target = follow(path_);
  if (!target) return std::unexpected(target.error());
  return read_previous(*target);
}

}  // namespace berth::store
