#include "discover/inclusions.h"

#include <algorithm>
#include <utility>

namespace berth::discover {

const Inclusions::Text& Inclusions::read(const std::string& path) {
  if (const auto known = texts_.find(path); known != texts_.end()) return known->second;
  auto text = tree_.read(path);
  Text result = std::unexpected(std::string("there is no such file"));
  if (!text) {
    result = std::unexpected(std::move(text.error()));
  } else if (*text) {
    result = std::make_shared<const std::string>(std::move(**text));
  }
  return texts_.emplace(path, std::move(result)).first->second;
}

std::expected<std::shared_ptr<const std::string>, std::string> Inclusions::enter(const std::string& path) {
  if (is_exhausted()) return std::unexpected(std::string("too much is included; nothing more is read"));
  if (std::ranges::find(open_, path) != open_.end()) return std::unexpected(std::string("includes itself"));
  if (open_.size() >= deepest) return std::unexpected(std::string("is included too deeply"));
  auto text = read(path);
  ++files_;
  if (!text) return text;
  bytes_ += (*text)->size();
  open_.push_back(path);
  return text;
}

std::optional<std::string> directory_above(const FileTree& tree, const std::string& path,
                                           const std::vector<std::string>& names) {
  auto directory = path;
  while (directory != "/") {
    directory = parent_of(directory);
    const auto entries = tree.list(directory);
    if (!entries || !*entries) continue;
    if (std::ranges::any_of(names, [&](const auto& name) { return std::ranges::binary_search(**entries, name); })) {
      return directory;
    }
  }
  return std::nullopt;
}

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace berth::discover
