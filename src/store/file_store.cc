#include "store/file_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "store/codec.h"
#include "store/file_store_errors.h"
#include "store/history.h"
#include "store/strict_form.h"
#include "system/append_file.h"
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

// The text of a change; `before` is the strict form of what it changes, if that is known. To copy the lines of a
// thousand allocations is a hundredth of the work of writing them anew.
AmendedText text_of(const Change& change, const std::string* before) {
  constexpr std::size_t few = 16;
  if (before == nullptr || change.records.size() > few) {
    AmendedText text;
    text.pieces.push_back(text.written.emplace_back(format_registry(change.registry)));
    return text;
  }
  std::vector<std::string_view> changed;
  for (const auto& record : change.records) changed.push_back(record.service);
  std::ranges::sort(changed);
  const auto doubled = std::ranges::unique(changed);
  changed.erase(doubled.begin(), doubled.end());
  return amend_strict_form(*before, change.registry, changed);
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
std::expected<void, system::Error> keep(system::Files& files, const std::string& target, const PresentFile& file,
                                        bool is_ours) {
  const auto old = target + ".old";
  if (!is_ours && !exists(old)) {
    auto kept = system::keep_as(files, target, file.status, *file.text, old);
    if (!kept) return kept;
  }
  return system::keep_as(files, target, file.status, *file.text, target + ".previous");
}

// The history's line is on its way to the disk when the fsync comes: then one journal commit of the file system takes
// both files, and the second call has little left to do.
std::expected<void, system::Error> sync_both(system::Replacement& replacement, system::AppendFile& history) {
  history.begin_sync();
  const auto done = replacement.sync();
  return done ? history.sync() : done;
}

std::expected<system::Replacement, system::Error> write_beside(system::Files& files, const std::string& target,
                                                               const std::optional<system::FileStatus>& like,
                                                               const AmendedText& text) {
  auto replacement = system::Replacement::begin(files, target, like);
  if (!replacement) return replacement;
  for (const auto piece : text.pieces) {
    if (auto written = replacement->write(piece); !written) return std::unexpected(std::move(written.error()));
  }
  return replacement;
}

// Everything from the new text to the moment when readers see it. An error before that moment leaves all as it was.
std::expected<void, system::Error> publish(system::Files& files, const std::string& target,
                                           const std::optional<PresentFile>& file, const AmendedText& text,
                                           const Commit& commit) {
  const auto like = file ? std::optional(file->status) : std::nullopt;
  auto replacement = write_beside(files, target, like, text);
  if (!replacement) return std::unexpected(std::move(replacement.error()));
  auto history = append_commit(files, target, like, commit);
  if (!history) return std::unexpected(std::move(history.error()));
  auto done = sync_both(*replacement, *history);
  if (done && file) done = keep(files, target, *file, commit.revision > 1);
  if (done) done = replacement->publish();
  if (!replacement->is_published()) history->undo();
  return done;
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
  if (!registry && registry.error().hint.empty()) registry.error().hint = way_back(path_);
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
  if (!entry && entry.error().hint.empty()) entry.error().hint = way_back(path_);
  return entry;
}

std::expected<std::optional<PresentFile>, Error> FileStore::look_again(const std::string& target) {
  if (known_.registry) {
    if (const auto status = system::status_if_same(target, *known_.text)) return PresentFile{known_.text, *status};
    known_.registry.reset();
  }
  auto file = read_registry_file(target);
  if (!file) return std::unexpected(std::move(file.error()));
  if (!*file) return std::nullopt;
  known_.text = std::make_shared<const std::string>(std::move((*file)->text));
  known_.registry = index_strict_form(known_.text);
  return PresentFile{known_.text, (*file)->status};
}

std::expected<std::uint64_t, Error> FileStore::update(const Author& author, const Mutation& mutate) {
  const auto target = follow(path_);
  if (!target) return std::unexpected(target.error());
  const auto held = lock(files_, *target, options_.wait);
  if (!held) return std::unexpected(held.error());
  const auto file = look_again(*target);
  if (!file) return std::unexpected(file.error());
  auto strict = std::exchange(known_.registry, std::nullopt);
  const bool is_strict = strict.has_value();
  std::expected<Registry, Error> registry;
  if (is_strict) {
    registry = *std::move(strict);
  } else if (*file) {
    registry = parse(*(*file)->text);
  }
  if (!registry) return std::unexpected(std::move(registry.error()));
  const auto revision = registry->revision;
  auto change = mutate(*std::move(registry));
  if (!change) return std::unexpected(std::move(change.error()));
  if (!*change) return revision;
  (*change)->registry.revision = revision + 1;
  const auto text = text_of(**change, is_strict ? (*file)->text.get() : nullptr);
  const Commit commit{revision + 1, options_.now(), author, std::move((*change)->records)};
  const auto done = publish(files_, *target, *file, text, commit);
  if (!done) return std::unexpected(cannot_write(path_, done.error()));
  return commit.revision;
}

std::expected<std::vector<Commit>, Error> FileStore::history(std::string_view service) {
  // The registry first: a commit in between is then left out, instead of being half there.
  const auto registry = read();
  if (!registry) return std::unexpected(registry.error());
  const auto target = follow(path_);
  if (!target) return std::unexpected(target.error());
  const auto path = history_path(*target);
  constexpr std::size_t largest_history = 1UZ << 30;
  const auto file = system::read_file(path, largest_history);
  if (!file) return std::unexpected(cannot_read("history", path, file.error()));
  if (!*file) return std::vector<Commit>{};
  return read_commits((*file)->text, registry->revision, service);
}

}  // namespace berth::store
