#include "system/unit_path.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <iterator>
#include <ranges>

#include "system/kernel_file.h"
#include "system/unit_name.h"

namespace berth::system {
namespace {

// What comes first counts (systemd-analyze unit-paths).
constexpr std::array<std::string_view, 13> search_path{
    "/etc/systemd/system.control",   "/run/systemd/system.control",  "/run/systemd/transient",
    "/run/systemd/generator.early",  "/etc/systemd/system",          "/etc/systemd/system.attached",
    "/run/systemd/system",           "/run/systemd/system.attached", "/run/systemd/generator",
    "/usr/local/lib/systemd/system", "/lib/systemd/system",          "/usr/lib/systemd/system",
    "/run/systemd/generator.late"};

// Far more than any unit has.
constexpr std::size_t largest_unit_file = 1UZ << 20;
// Links that lead to links: systemd follows no more.
constexpr int most_hops = 8;

bool is_absent(const Error& error) { return error.code == ENOENT || error.code == ENOTDIR; }

// The directory that a link leads to, seen from the directory it lies in; `..` is taken by the letter.
std::string directory_of_target(std::string_view directory, std::string_view target) {
  std::string whole(target);
  if (!target.starts_with('/')) whole = std::string(directory) + "/" + whole;
  std::vector<std::string_view> steps;
  for (const auto part : std::views::split(std::string_view(whole), '/')) {
    const std::string_view step(part.begin(), part.end());
    if (step == ".." && !steps.empty()) steps.pop_back();
    if (!step.empty() && step != "." && step != "..") steps.push_back(step);
  }
  if (!steps.empty()) steps.pop_back();
  std::string path;
  for (const auto step : steps) path += "/" + std::string(step);
  return path;
}

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool is_in_search_path(std::string_view directory) {
  return std::ranges::find(search_path, directory) != search_path.end();
}

bool leads_to_nothing(std::string_view target) { return target.ends_with("/dev/null"); }

bool is_template_name(std::string_view name) {
  const auto parts = parse_unit_name(name);
  return parts && parts->is_template();
}

// An instance may stand for its template or for the same instance of another one, a template for a template.
bool may_be_alias(const UnitName& name, const UnitName& target) {
  if (name.type != target.type || name.instance.has_value() != target.instance.has_value()) return false;
  return !name.instance || target.is_template() || name.instance == target.instance;
}

std::string path_of(std::string_view directory, std::string_view name) {
  std::string path(directory);
  path += '/';
  return path += name;
}

}  // namespace

UnitTree::UnitTree(const RootDirectory& root, std::string_view type) : root_(root), suffix_("." + std::string(type)) {
  if (root_.failure()) {
    faults_.push_back(*root_.failure());
    return;
  }
  std::set<std::uint64_t> seen;
  for (const auto directory : search_path) scan(std::string(directory), seen);
  read_wants();
  find_names();
}

std::optional<UniqueFd> UnitTree::open_directory(const std::string& path) {
  auto fd = root_.open_directory(path);
  if (fd) return std::move(*fd);
  if (!is_absent(fd.error())) faults_.push_back(fd.error());
  return std::nullopt;
}

void UnitTree::scan(const std::string& directory, std::set<std::uint64_t>& seen) {
  const auto fd = open_directory(directory);
  struct stat status{};
  if (!fd || ::fstat(fd->get(), &status) != 0 || !seen.insert(status.st_ino).second) return;
  const auto type = std::string_view(suffix_).substr(1);
  visit_directory(fd->get(), [&](const DirectoryEntry& entry) {
    const std::string_view name(entry.name);
    if (name.ends_with(suffix_)) take_unit(fd->get(), directory, std::string(name));
    if (name.ends_with(".d")) {
      const auto unit = name.substr(0, name.size() - 2);
      if (unit == type || unit.ends_with(suffix_)) drop_ins_.insert(path_of(directory, name));
    }
    for (const std::string_view suffix : {".wants", ".requires", ".upholds"}) {
      if (name.ends_with(suffix)) wants_[std::string(name)].push_back(path_of(directory, name));
    }
    return true;
  });
}

void UnitTree::take_unit(int directory, const std::string& path, const std::string& name) {
  if (!parse_unit_name(name) || entries_.contains(name)) return;
  if (auto entry = entry_of(directory, path, name)) entries_.emplace(name, std::move(*entry));
}

std::optional<UnitTree::Entry> UnitTree::entry_of(int directory, const std::string& path,
                                                  const std::string& name) const {
  const auto target = read_kernel_link(directory, name);
  if (target && leads_to_nothing(*target)) return Entry{Entry::Kind::mask, {}};
  // A link to a file outside of the search path is that file under this name.
  if (!target || !is_in_search_path(directory_of_target(path, *target))) {
    return Entry{Entry::Kind::file, path_of(path, name)};
  }
  const auto other = last_part(*target);
  const auto parts = parse_unit_name(name);
  const auto other_parts = parse_unit_name(other);
  if (other == name || !parts || !other_parts || !may_be_alias(*parts, *other_parts)) return std::nullopt;
  return Entry{Entry::Kind::alias, std::string(other)};
}

void UnitTree::read_wants() {
  for (const auto& [owner, directories] : wants_) {
    // Whether the name is linked, by the first directory that has it: a link to /dev/null takes it back.
    std::map<std::string, bool> links;
    for (const auto& directory : directories) take_wants(directory, links);
    for (const auto& [name, linked] : links) {
      if (linked) wanted_.insert(name);
    }
  }
}

void UnitTree::take_wants(const std::string& path, std::map<std::string, bool>& links) {
  const auto fd = open_directory(path);
  if (!fd) return;
  visit_directory(fd->get(), [&](const DirectoryEntry& entry) {
    const std::string name(entry.name);
    if (!name.ends_with(suffix_) || links.contains(name)) return true;
    const auto target = read_kernel_link(fd->get(), name);
    links.emplace(name, target && !leads_to_nothing(*target));
    return true;
  });
}

const std::pair<const std::string, UnitTree::Entry>* UnitTree::follow(std::string_view name) const {
  for (int hops = 0; hops < most_hops; ++hops) {
    auto found = entries_.find(name);
    if (found == entries_.end()) {
      const auto parts = parse_unit_name(name);
      if (parts && parts->is_instance()) found = entries_.find(with_instance(*parts, ""));
    }
    if (found == entries_.end()) return nullptr;
    if (found->second.kind != Entry::Kind::alias) return &*found;
    name = found->second.target;
  }
  return nullptr;
}

std::optional<UnitTree::Main> UnitTree::find_main(const std::string& name) const {
  const auto parts = parse_unit_name(name);
  if (!parts) return std::nullopt;
  const auto* found = follow(name);
  // A link to a unit that is missing leaves an instance to its template.
  if (found == nullptr && parts->is_instance()) found = follow(with_instance(*parts, ""));
  if (found == nullptr || found->second.kind == Entry::Kind::mask) return std::nullopt;
  const auto& [own_name, entry] = *found;
  const auto own = parse_unit_name(own_name);
  if (!own || !own->is_template()) return Main{own_name, entry.target};
  // An instance of that name may have another file, or be masked.
  const auto instance = with_instance(*own, parts->instance.value_or(""));
  return Main{follow(instance) == found ? instance : name, entry.target};
}

void UnitTree::find_names() {
  std::map<std::string, std::vector<std::string_view>> templates;  // by the file's own name: all its names
  const auto take = [&](const std::string& name) {
    if (is_template_name(name)) {
      if (const auto* found = follow(name); found != nullptr) templates[found->first].push_back(name);
      return;
    }
    const auto main = find_main(name);
    if (!main) return;
    auto& known = known_[main->name];
    known.path = main->path;
    known.names.insert({name, main->name});
  };
  for (const auto& name : entries_ | std::views::keys) take(name);
  for (const auto& name : wanted_) take(name);
  for (auto& [name, known] : known_) {
    names_.push_back(name);
    const auto parts = parse_unit_name(name);
    if (!parts || !parts->is_instance()) continue;
    for (const auto other : templates[with_instance(*parts, "")]) {
      known.names.insert(with_instance(*parse_unit_name(other), *parts->instance));
    }
  }
}

std::optional<UnitText> UnitTree::read(const std::string& path) {
  const auto text = root_.read(path, largest_unit_file);
  if (!text) faults_.push_back(text.error());
  if (!text || !*text || (*text)->is_device || (*text)->text.empty()) return std::nullopt;
  return parse_unit_text((*text)->text);
}

void UnitTree::take_drop_ins(const std::string& directory, std::map<std::string, std::string>& files) {
  const auto fd = open_directory(directory);
  if (!fd) return;
  visit_directory(fd->get(), [&](const DirectoryEntry& entry) {
    const std::string name(entry.name);
    if (name.ends_with(".conf") && !name.starts_with('.')) files.emplace(name, path_of(directory, name));
    return true;
  });
}

std::vector<std::string> UnitTree::drop_ins_of(const std::string& name, const Known& known) {
  if (drop_ins_.empty()) return {};
  std::vector<std::string> units{name};
  std::ranges::copy_if(known.names, std::back_inserter(units), [&](const auto& other) { return other != name; });
  // By file name, which also is the order in which they apply; of two with one name the first found counts.
  std::map<std::string, std::string> files;
  const auto take = [&](std::string_view directory, std::string_view unit) {
    const auto path = path_of(directory, unit) + ".d";
    if (drop_ins_.contains(path)) take_drop_ins(path, files);
  };
  for (const auto& unit : units) {
    const auto candidates = drop_in_names(unit);
    for (const auto directory : search_path) {
      for (const auto& candidate : candidates) take(directory, candidate);
    }
  }
  for (const auto directory : search_path) take(directory, std::string_view(suffix_).substr(1));
  std::vector<std::string> paths;
  for (auto& path : files | std::views::values) paths.push_back(std::move(path));
  return paths;
}

std::optional<Unit> UnitTree::load(const std::string& name) {
  const auto known = known_.find(name);
  if (known == known_.end()) return std::nullopt;
  const auto& [path, names] = known->second;
  auto text = read(path);
  if (!text) return std::nullopt;
  Unit unit{name, {}, std::ranges::any_of(names, [&](const auto& other) { return wanted_.contains(other); })};
  unit.files.push_back({path, std::move(*text)});
  for (const auto& drop_in : drop_ins_of(name, known->second)) {
    if (auto added = read(drop_in)) unit.files.push_back({drop_in, std::move(*added)});
  }
  return unit;
}

}  // namespace berth::system
