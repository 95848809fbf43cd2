#include "store/file_store.h"

#include <cerrno>
#include <cstddef>
#include <utility>

#include "store/codec.h"
#include "store/file_store_errors.h"
#include "store/history.h"
#include "store/history_file.h"
#include "store/rebuild.h"
#include "store/salvage.h"
#include "store/strict_form.h"
#include "system/clock.h"
#include "system/durable_file.h"
#include "system/file_lock.h"
#include "system/memory.h"
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

// What is known of a registry, given what its file says.
std::expected<LastKnown, Error> know(const std::string* text, const std::string& path, const std::string& target) {
  auto latest = text != nullptr ? parse_registry(*text, path) : Registry{};
  if (latest && text != nullptr) return LastKnown{*std::move(latest)};
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

std::expected<Registry, Error> FileStore::parse(std::string_view text) const {
  auto registry = parse_registry(text, path_);
  if (!registry) return std::unexpected(with_way_back(std::move(registry.error()), path_));
  return registry;
}

std::expected<Registry, Error> FileStore::read() {
  const auto file = read_file();
  if (!file) return std::unexpected(file.error());
  if (!*file) return Registry{};
  constexpr std::size_t in_memory = 4;  // times as large as its text
  system::make_room((*file)->text.size() * in_memory);
  return parse((*file)->text);
}

std::expected<Entry, Error> FileStore::find(std::string_view service) {
  auto file = read_file();
  if (!file) return std::unexpected(file.error());
  if (!*file) return Entry{};
  auto& text = (*file)->text;
  // Whoever does not find a service is about to register it.
  if (!is_in_strict_form(text, service)) {
    known_.text = std::make_shared<const std::string>(std::move(text));
    known_.registry = index_strict_form(known_.text);
    if (known_.registry) return entry_of(*known_.registry, service);
    const auto registry = parse(*known_.text);
    if (!registry) return std::unexpected(registry.error());
    return entry_of(*registry, service);
  }
  auto entry = find_entry(text, service, path_);
  if (!entry) return std::unexpected(with_way_back(std::move(entry.error()), path_));
  return entry;
}

std::expected<std::optional<PresentFile>, Error> FileStore::look_again(const std::string& target) {
  if (known_.registry) {
    if (const auto status = system::status_if_same(target, *known_.text)) {
      return PresentFile{known_.text, *status, true};
    }
    known_.registry.reset();
  }
  auto file = read_registry_file(target);
  if (!file) return std::unexpected(std::move(file.error()));
  if (!*file) return std::nullopt;
  known_.text = std::make_shared<const std::string>(std::move((*file)->text));
  known_.registry = index_strict_form(known_.text);
  return PresentFile{known_.text, (*file)->status, known_.registry.has_value()};
}

std::expected<std::uint64_t, Error> FileStore::update(const Author& author, const Mutation& mutate) {
  return commit(author, mutate, Basis::latest);
}

std::expected<std::uint64_t, Error> FileStore::recover(const Author& author, const Mutation& mutate) {
  return commit(author, mutate, Basis::last_known);
}

std::expected<Registry, Error> FileStore::registry_of(std::optional<PresentFile>& file, const std::string& target,
                                                      Basis basis) {
  if (file && file->is_strict) return *std::exchange(known_.registry, std::nullopt);
  auto registry = file ? parse(*file->text) : Registry{};
  if (basis == Basis::latest || (registry && file)) return registry;
  auto known = know(file ? file->text.get() : nullptr, path_, target);
  if (!known) return std::unexpected(std::move(known.error()));
  if (file) file->is_broken = known->is_rebuilt;
  return std::move(known->registry);
}

std::expected<std::uint64_t, Error> FileStore::commit(const Author& author, const Mutation& mutate, Basis basis) {
  const auto target = follow(path_);
  if (!target) return std::unexpected(target.error());
  const auto held = lock(files_, *target, options_.wait);
  if (!held) return std::unexpected(held.error());
  auto file = look_again(*target);
  if (!file) return std::unexpected(file.error());
  auto registry = registry_of(*file, *target, basis);
  if (!registry) return std::unexpected(std::move(registry.error()));
  const auto revision = registry->revision;
  auto change = mutate(*std::move(registry));
  if (!change) return std::unexpected(std::move(change.error()));
  if (!*change) return revision;
  auto& [published, records] = **change;
  published.revision = revision + 1;
  const Commit commit{published.revision, options_.now(), author, std::move(records)};
  const auto done = publish(files_, *target, *file, published, commit);
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
  return know(*file ? &(*file)->text : nullptr, path_, *target);
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
