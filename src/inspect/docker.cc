#include "inspect/docker.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/quote.h"
#include "inspect/container_ports.h"
#include "inspect/engine_answers.h"
#include "inspect/engine_files.h"
#include "system/accounts.h"
#include "system/bind_probe.h"

namespace berth::inspect {
namespace {

using Containers = std::vector<EngineContainer>;

// What may not be looked at may be there.
bool may_exist(const std::string& path) {
  return !path.empty() && (::access(path.c_str(), F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR));
}

std::string folder_of(const EnginePlace& place) {
  if (place.storage.empty()) return {};
  return place.storage + (place.kind == EnginePlace::Kind::docker ? "/containers" : "/overlay-containers");
}

bool is_present(const EnginePlace& place) {
  return !place.variable.empty() || may_exist(place.api.unix_path) || may_exist(folder_of(place)) ||
         may_exist(place.settings);
}

std::string engine_at(const EnginePlace& place) {
  const std::string kind = place.kind == EnginePlace::Kind::docker ? "Docker" : "podman";
  return kind + " at " + escape(to_string(place.api));
}

// Whose socket it is, may ask.
std::string who_may_ask(const std::string& socket) {
  struct stat status{};
  if (::stat(socket.c_str(), &status) != 0 || status.st_gid == 0) return "only root may";
  return "only root and the group " + escape(system::Accounts("/etc/group").name(status.st_gid)) + " may";
}

std::string why_silent(const EnginePlace& place, const system::Error& error) {
  switch (error.code) {
    case ENOENT:
      return engine_at(place) + " does not run: there is no socket";
    case ECONNREFUSED:
      return engine_at(place) + " does not run: nobody answers";
    case EACCES:
    case EPERM:
      return engine_at(place) + " may not be asked: " + who_may_ask(place.api.unix_path);
    case ETIMEDOUT:
      return engine_at(place) + " did not answer in time";
    case ECONNRESET:
    case EPIPE:
      return engine_at(place) + " broke its answer off";
    case EBADMSG:
      return engine_at(place) + " does not answer in HTTP";
    case EMSGSIZE:
      return engine_at(place) + " answered more than can be read";
    default:
      return engine_at(place) + " cannot be asked: " + error.message();
  }
}

// An engine on another machine has nothing here. With a wrong guess (net.ipv4.ip_nonlocal_bind) it is asked all the
// same.
bool is_elsewhere(const system::HttpPlace& api) {
  if (!api.unix_path.empty() || api.address == "localhost") return false;
  const auto address = Address::parse(api.address);
  if (!address || address->is_loopback()) return false;
  system::BindPlace place;
  place.kind =
      address->family() == Address::Family::ipv4 ? system::BindPlace::Kind::ipv4 : system::BindPlace::Kind::ipv6;
  place.address = address->bytes();
  const auto bound = system::probe_bind(place);
  return !bound && bound.error().code == EADDRNOTAVAIL;
}

// One engine's part of a census.
class EngineVisit {
 public:
  EngineVisit(const EnginePlace& place, EngineClient& client, const Question& question, Census& census)
      : place_(place), question_(question), census_(census), client_(client) {}

  void run() {
    if (is_elsewhere(place_.api)) {
      say(place_.variable + " names an engine on another machine, " + escape(to_string(place_.api)) +
              "; it is not asked",
          false);
    } else if (place_.kind == EnginePlace::Kind::docker) {
      visit_docker();
    } else {
      visit_podman();
    }
  }

 private:
  // What went wrong, and whether the engine answered at all.
  struct Failure {
    std::string why;
    int code = 0;
  };
  template <typename T>
  using Asked = std::expected<T, Failure>;

  void visit_docker() {
    auto containers = ask("/containers/json?all=1", read_docker_list);
    if (!containers) return read_docker_folder(containers.error());
    bool complete =
        add_details(*containers, "/containers/", [this](const auto& it) { return needs_docker_detail(it); });
    complete = add_services(*containers) && complete;
    add(*containers);
    if (complete) note_answer();
  }

  void visit_podman() {
    // A version that is asked for is the least that it must have.
    auto containers = ask("/v4.0.0/libpod/containers/json?all=true", read_podman_list);
    if (!containers) return read_podman_folder(containers.error());
    const bool complete =
        add_details(*containers, "/v4.0.0/libpod/containers/", [this](const auto& it) { return is_asked_for(it); });
    add(*containers);
    if (complete) note_answer();
  }

  template <typename T>
  using Read = Answer<T> (*)(std::string_view);

  template <typename T>
  Asked<T> ask(const std::string& target, Read<T> read) {
    const auto& answer = client_.get(target, question_.deadline);
    if (!answer) return std::unexpected(Failure{why_silent(place_, answer.error()), answer.error().code});
    return read_answer(target, *answer, read);
  }

  template <typename T>
  Asked<T> read_answer(const std::string& target, const system::HttpAnswer& answer, Read<T> read) const {
    if (answer.status != 200) {
      return std::unexpected(Failure{engine_at(place_) + " answered " + std::to_string(answer.status) + " to " +
                                         escape(target) + ": " + read_error(answer.body),
                                     static_cast<int>(answer.status)});
    }
    auto value = read(answer.body);
    if (!value) {
      return std::unexpected(Failure{engine_at(place_) + " answered " + value.error().why + " to " + escape(target)});
    }
    return std::move(*value);
  }

  // Of a running one: if a port may be configured and not published, or the question is about it.
  bool needs_docker_detail(const EngineContainer& container) const {
    if (container.state == ContainerState::waiting) return true;
    return container.state == ContainerState::published && (container.has_unpublished || is_asked_for(container));
  }
  bool is_asked_for(const EngineContainer& container) const {
    return question_.owners && container.state == ContainerState::published &&
           std::ranges::any_of(container.published, [this](const auto& it) { return is_wanted(it.endpoint); });
  }
  bool is_wanted(const Endpoint& endpoint) const { return !question_.about || overlap(endpoint, *question_.about); }

  // False, and a blind spot, if some could not be asked for; one that is gone meanwhile has no ports.
  template <typename Needs>
  bool add_details(Containers& containers, const std::string& path, Needs needs) {
    std::vector<EngineContainer*> wanted;
    std::vector<std::string> targets;
    for (auto& container : containers) {
      if (!needs(container)) continue;
      wanted.push_back(&container);
      targets.push_back(path + container.container.id + "/json");
    }
    std::optional<Failure> failure;
    const auto take = [&](std::size_t index, const system::HttpAnswer& answer) {
      auto detail = read_answer(targets[index], answer, read_docker_container);
      if (detail || detail.error().code == gone)
        add_detail(*wanted[index], std::move(detail));
      else
        failure = detail.error();
      return !failure;
    };
    const auto asked = client_.get_each(targets, question_.deadline, take);
    if (!asked) failure = Failure{why_silent(place_, asked.error())};
    if (failure) say(failure->why + "; not all containers could be asked for", true);
    return !failure;
  }

  void add_detail(EngineContainer& container, Asked<EngineContainer> detail) const {
    if (!detail)
      container.state = ContainerState::dead;
    else if (place_.kind == EnginePlace::Kind::docker)
      container = std::move(*detail);
    else
      container.address = std::move(detail->address);
  }

  // False, and a blind spot, if it is not known what the swarm publishes. Only its managers know.
  bool add_services(Containers& containers) {
    auto services = ask("/services", read_docker_services);
    if (services) {
      std::ranges::move(*services, std::back_inserter(containers));
      return true;
    }
    const auto& why = services.error().why;
    // "This node is not a swarm manager. Worker nodes can't be used to ..." or "... Use "docker swarm init" ..."
    if (services.error().code == unavailable && why.contains("not a swarm manager")) {
      if (why.contains("Worker"))
        say("this machine is a worker of a swarm: only its managers know which service a port belongs to", false);
      return true;
    }
    // Before 1.24 there were no services.
    if (services.error().code == gone) return true;
    say(why + "; what the swarm publishes is not known", true);
    return false;
  }

  void add(const Containers& containers) {
    for (const auto& container : containers) {
      if (container.state == ContainerState::dead) continue;
      const bool runs = container.container.running.value_or(false);
      if (runs && !container.container.id.empty())
        census_.containers.push_back({container.container, container.compose});
      for (auto& holder : holders_of(container)) {
        if (is_wanted(holder.endpoint)) census_.holders.push_back(std::move(holder));
      }
    }
  }

  // Whether they run now is not known, only that they did.
  void add_stored(Containers containers) {
    for (auto& container : containers) {
      const bool ran = container.container.running.value_or(false);
      container.container.running.reset();
      if (ran) census_.containers.push_back({container.container, container.compose});
    }
    add(containers);
  }

  void read_docker_folder(const Failure& failure) {
    const bool is_known = !place_.storage.empty();
    const auto stored =
        is_known ? read_docker_storage(place_.storage, place_.settings) : std::unexpected(system::Error{});
    if (!stored) {
      return say(failure.why + (is_known ? "; nor can the settings of its containers be read" : ""), true);
    }
    const bool is_down = failure.code == ENOENT || failure.code == ECONNREFUSED;
    if (is_down && stored->containers.empty() && stored->unreadable == 0) return;  // nothing to be seen
    add_stored(stored->containers);
    if (stored->unreadable > 0) {
      say(failure.why + "; the settings of " + std::to_string(stored->unreadable) + " of its containers cannot be read",
          true);
    } else {
      say(failure.why + "; the ports are those that its containers are configured with", false);
    }
  }

  void read_podman_folder(const Failure& failure) {
    const auto stored =
        place_.storage.empty() ? StoredNames{} : read_podman_storage_folder(place_.storage, place_.running);
    const bool is_down = failure.code == ENOENT || failure.code == ECONNREFUSED;
    if (stored) std::ranges::copy(stored->containers, std::back_inserter(census_.containers));
    if (stored && stored->count == 0 && is_down && place_.variable.empty()) return;
    say(failure.why + "; the ports of containers that do not run are not known (systemctl start podman.socket)", true);
  }

  void note_answer() {
    if (std::ranges::find(census_.answered, Source::container) == census_.answered.end())
      census_.answered.push_back(Source::container);
  }

  void say(std::string why, bool hides_holders) {
    census_.blind_spots.push_back({std::string(to_string(Source::container)), std::move(why), hides_holders});
  }

  static constexpr int gone = 404;
  static constexpr int unavailable = 503;

  const EnginePlace& place_;
  const Question& question_;
  Census& census_;
  EngineClient& client_;
};

}  // namespace

DockerInspector::DockerInspector(EnginePlaces places) : places_(std::move(places)) {
  clients_.reserve(places_.engines.size());
  for (const auto& place : places_.engines) clients_.emplace_back(place.api);
}

bool DockerInspector::is_present() const {
  return !places_.blind_spots.empty() ||
         std::ranges::any_of(places_.engines, [](const auto& place) { return inspect::is_present(place); });
}

Census DockerInspector::inspect(const Question& question) {
  Census census;
  census.blind_spots = places_.blind_spots;
  for (std::size_t index = 0; index < clients_.size(); ++index) {
    const auto& place = places_.engines[index];
    if (inspect::is_present(place)) EngineVisit(place, clients_[index], question, census).run();
  }
  return census;
}

}  // namespace berth::inspect
