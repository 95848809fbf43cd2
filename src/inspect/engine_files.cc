#include "inspect/engine_files.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <utility>

#include "inspect/engine_fields.h"
#include "system/read_file.h"

namespace berth::inspect {
namespace {

// Far more than any container has.
constexpr std::size_t largest_settings = 4UZ << 20;

std::optional<std::string> text_of(const std::string& path) {
  auto file = system::read_file(path, largest_settings);
  if (!file || !*file) return std::nullopt;
  return std::move((*file)->text);
}

// "data-root" of dockerd(8)'s daemon.json, "graph" before 17.05.
std::string storage_of(const std::string& settings, const std::string& usual) {
  const auto text = settings.empty() ? std::nullopt : text_of(settings);
  const auto tree = text ? parse_answer(*text, json::JsonTree::Type::object) : std::unexpected(BadAnswer{});
  if (!tree) return usual;
  for (const auto name : {"data-root", "graph"}) {
    if (const auto folder = text_at(tree->root(), {name}); !folder.empty()) return std::string(folder);
  }
  return usual;
}

std::optional<EngineContainer> read_container(const std::string& folder) {
  const auto config = text_of(folder + "/config.v2.json");
  const auto host_config = text_of(folder + "/hostconfig.json");
  if (!config || !host_config) return std::nullopt;
  auto container = read_docker_files(*config, *host_config);
  if (!container) return std::nullopt;
  return std::move(*container);
}

}  // namespace

std::expected<StoredContainers, system::Error> read_docker_storage(const std::string& storage,
                                                                   const std::string& settings) {
  const auto folder = storage_of(settings, storage) + "/containers";
  StoredContainers stored;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (auto container = read_container(entry->path().string()); !container)
      ++stored.unreadable;
    else if (container->state != ContainerState::dead)
      stored.containers.push_back(std::move(*container));
  }
  if (error && error.value() != ENOENT) return std::unexpected(system::Error{error.value(), "read '" + folder + "'"});
  return stored;
}

std::expected<StoredNames, system::Error> read_podman_storage_folder(const std::string& storage,
                                                                     const std::string& running) {
  const auto path = storage + "/overlay-containers/containers.json";
  const auto file = system::read_file(path);
  if (!file) return std::unexpected(file.error());
  StoredNames stored;
  if (!*file) return stored;
  const auto containers = read_podman_storage((*file)->text);
  if (!containers) return std::unexpected(system::Error{EBADMSG, "read '" + path + "'"});
  stored.count = static_cast<unsigned>(containers->size());
  for (const auto& container : *containers) {
    const auto pid_file = running + "/overlay-containers/" + container.id + "/userdata/pidfile";
    if (::access(pid_file.c_str(), F_OK) == 0) stored.containers.push_back({container, {}});
  }
  return stored;
}

}  // namespace berth::inspect
