#include "store/publication.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/codec.h"
#include "store/history.h"
#include "store/history_file.h"
#include "store/strict_form.h"
#include "system/append_file.h"
#include "system/durable_file.h"

namespace berth::store {
namespace {

bool exists(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0;
}

// The new text. To copy the lines of a thousand allocations is a hundredth of the work of writing them anew.
AmendedText text_of(const Registry& registry, const std::optional<PresentFile>& file, const Commit& commit) {
  constexpr std::size_t few = 16;
  if (!file || !file->is_strict || commit.records.size() > few) {
    AmendedText text;
    text.pieces.push_back(text.written.emplace_back(format_registry(registry)));
    return text;
  }
  std::vector<std::string_view> changed;
  changed.reserve(commit.records.size());
  for (const auto& record : commit.records) changed.push_back(record.service());
  std::ranges::sort(changed);
  const auto doubled = std::ranges::unique(changed);
  changed.erase(doubled.begin(), doubled.end());
  return amend_strict_form(*file->text, registry, changed);
}

// Small pieces are sooner put together than written one by one.
std::expected<void, system::Error> write_all(system::Replacement& replacement,
                                             const std::vector<std::string_view>& pieces) {
  constexpr std::size_t small = 4096;
  std::string gathered;
  for (const auto piece : pieces) {
    if (gathered.size() + piece.size() > small) {
      if (auto written = replacement.write(std::exchange(gathered, {})); !written) return written;
    }
    if (piece.size() <= small) {
      gathered.append(piece);
    } else if (auto written = replacement.write(piece); !written) {
      return written;
    }
  }
  return replacement.write(gathered);
}

std::expected<system::Replacement, system::Error> write_beside(system::Files& files, const std::string& target,
                                                               const std::optional<system::FileStatus>& like,
                                                               const AmendedText& text) {
  auto replacement = system::Replacement::begin(files, target, like);
  if (!replacement) return replacement;
  if (auto written = write_all(*replacement, text.pieces); !written) {
    return std::unexpected(std::move(written.error()));
  }
  return replacement;
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

std::expected<system::AppendFile, system::Error> open_history(system::Files& files, const std::string& path,
                                                              const std::optional<system::FileStatus>& like) {
  auto history = system::AppendFile::open(files, path, like);
  if (!history || !history->has_other_names()) return history;
  if (auto alone = leave_other_names(files, path); !alone) return std::unexpected(std::move(alone.error()));
  return system::AppendFile::open(files, path, like);
}

std::expected<system::AppendFile, system::Error> append_commit(system::Files& files, const std::string& target,
                                                               const std::optional<system::FileStatus>& like,
                                                               const Commit& commit) {
  auto history = open_history(files, history_path(target), like);
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
  const auto keep_as = [&](const char* suffix) {
    return system::keep_as(files, target, file.status, *file.text, target + suffix);
  };
  // One that cannot be read takes nobody's place: the one before it may still be needed.
  if (file.is_broken) return keep_as(".broken");
  if (!is_ours && !exists(target + ".old")) {
    if (auto kept = keep_as(".old"); !kept) return kept;
  }
  return keep_as(".previous");
}

// The history's line is on its way to the disk when the fsync comes: then one journal commit of the file system takes
// both files, and the second call has little left to do.
std::expected<void, system::Error> sync_both(system::Replacement& replacement, system::AppendFile& history) {
  history.begin_sync();
  const auto done = replacement.sync();
  return done ? history.sync() : done;
}

}  // namespace

std::expected<void, system::Error> publish(system::Files& files, const std::string& target,
                                           const std::optional<PresentFile>& file, const Registry& registry,
                                           const Commit& commit) {
  const auto like = file ? std::optional(file->status) : std::nullopt;
  auto replacement = write_beside(files, target, like, text_of(registry, file, commit));
  if (!replacement) return std::unexpected(std::move(replacement.error()));
  // The disk takes the new text while the history's line is written.
  replacement->begin_sync();
  auto history = append_commit(files, target, like, commit);
  if (!history) return std::unexpected(std::move(history.error()));
  auto done = sync_both(*replacement, *history);
  if (done && file) done = keep(files, target, *file, commit.revision > 1);
  if (done) done = replacement->publish();
  if (!replacement->is_published()) history->undo();
  return done;
}

}  // namespace berth::store
