#include "inspect/engine_answers.h"

#include <algorithm>

#include "core/quote.h"
#include "inspect/engine_fields.h"

namespace berth::inspect {
namespace {

using json::JsonTree;
using Type = JsonTree::Type;

std::string name_without_slash(std::string_view name) {
  if (name.starts_with('/')) name.remove_prefix(1);
  return std::string(name);
}

// A container can have more names, of links: "/other/alias". Its own has one slash.
std::string own_name(const std::optional<Json>& names) {
  if (!names || !names->is(Type::array)) return {};
  for (const auto name : names->children()) {
    if (name.string().find('/', 1) == std::string_view::npos) return name_without_slash(name.string());
  }
  return {};
}

// With several networks it is not said which of them the ports lead to.
std::string only_address(const std::optional<Json>& networks) {
  std::string only;
  if (!networks || !networks->is(Type::object)) return only;
  for (const auto network : networks->children()) {
    auto address = text_at(network, {"IPAddress"});
    if (address.empty()) address = text_at(network, {"GlobalIPv6Address"});
    if (!address.empty() && !only.empty()) return {};
    if (!address.empty()) only = address;
  }
  return only;
}

// Such a container has no ports of its own on the machine, whatever it is configured with.
bool publishes_nothing(std::string_view network_mode) {
  return network_mode == "host" || network_mode == "none" || network_mode.starts_with("container:");
}

PortRange single(Port port) { return {port, port}; }

// {"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"}
void read_row(const Json& row, EngineContainer& container) {
  const auto protocol = protocol_of(text_at(row, {"Type"}));
  const auto inside = port_of(number_at(row, {"PrivatePort"}));
  const auto outside = port_of(number_at(row, {"PublicPort"}));
  if (!protocol || !inside) return;
  if (!outside) {
    container.has_unpublished = true;
  } else {
    container.published.push_back({{address_of(text_at(row, {"IP"})), *protocol, single(*outside)}, single(*inside)});
  }
}

EngineContainer read_list_element(const Json& element) {
  EngineContainer container;
  const auto state = text_at(element, {"State"});
  container.container = {std::string(text_at(element, {"Id"})), own_name(at(element, {"Names"})),
                         std::string(text_at(element, {"Image"})), is_running(state)};
  container.state = state_of(state);
  container.compose = compose_of(at(element, {"Labels"}));
  container.address = only_address(at(element, {"NetworkSettings", "Networks"}));
  // One that failed to start is told with the ports that it would have.
  const auto rows = at(element, {"Ports"});
  const bool counts = container.state == ContainerState::published &&
                      !publishes_nothing(text_at(element, {"HostConfig", "NetworkMode"}));
  if (rows && rows->is(Type::array) && counts) {
    for (const auto row : rows->children()) read_row(row, container);
  }
  return container;
}

// {"80/tcp": [{"HostIp": "", "HostPort": "8080"}], "443/tcp": null}
std::vector<PortMapping> read_bindings(const std::optional<Json>& bindings) {
  std::vector<PortMapping> mappings;
  if (!bindings || !bindings->is(Type::object)) return mappings;
  for (const auto inside : bindings->children()) {
    const auto slash = inside.name().find('/');
    const auto target = ports_of(inside.name().substr(0, slash));
    const auto protocol = protocol_of(slash == std::string_view::npos ? "" : inside.name().substr(slash + 1));
    if (!target || !protocol || !inside.is(Type::array)) continue;
    for (const auto outside : inside.children()) {
      const auto ports = ports_of(text_at(outside, {"HostPort"}));  // none: at random
      if (ports) mappings.push_back({{address_of(text_at(outside, {"HostIp"})), *protocol, *ports}, *target});
    }
  }
  return mappings;
}

// Whether the engine starts it when it starts itself (container restart policies; moby, restartmanager). What was
// stopped by hand is started again under `always` alone.
std::optional<bool> is_enabled(const Json& host_config, const Json& state, bool stopped_by_hand,
                               std::int64_t restarts) {
  const auto policy = text_at(host_config, {"RestartPolicy", "Name"});
  if (policy == "no" || policy.empty()) return false;
  if (policy == "always") return true;
  if (policy == "unless-stopped") return !stopped_by_hand;
  if (policy != "on-failure") return std::nullopt;
  const auto most = number_at(host_config, {"RestartPolicy", "MaximumRetryCount"}).value_or(0);
  return number_at(state, {"ExitCode"}).value_or(0) != 0 && (most == 0 || restarts < most);
}

// The API does not say who stopped it. But one that ended otherwise would have been started again, unless that failed.
bool looks_stopped_by_hand(const Json& state) {
  return text_at(state, {"Status"}) == "exited" && text_at(state, {"Error"}).empty();
}

// What the API and the files have in common. `json` has the rest, `host_config` the settings.
EngineContainer read_settings(const Json& json, const Json& host_config) {
  EngineContainer container;
  container.container.name = name_without_slash(text_at(json, {"Name"}));
  container.container.image = text_at(json, {"Config", "Image"});
  container.compose = compose_of(at(json, {"Config", "Labels"}));
  container.address = only_address(at(json, {"NetworkSettings", "Networks"}));
  if (!publishes_nothing(text_at(host_config, {"NetworkMode"})))
    container.configured = read_bindings(at(host_config, {"PortBindings"}));
  return container;
}

EngineContainer read_service(const Json& service) {
  EngineContainer container;
  container.state = ContainerState::published;
  container.container.name = text_at(service, {"Spec", "Name"});
  const auto image = text_at(service, {"Spec", "TaskTemplate", "ContainerSpec", "Image"});
  container.container.image = image.substr(0, image.find('@'));
  container.compose = compose_of(at(service, {"Spec", "Labels"}));
  if (container.compose) container.compose->service = service_of(container.compose->project, container.container.name);
  const auto ports = at(service, {"Endpoint", "Ports"});
  if (!ports || !ports->is(Type::array)) return container;
  for (const auto port : ports->children()) {
    const auto protocol = protocol_of(text_at(port, {"Protocol"}));
    const auto outside = port_of(number_at(port, {"PublishedPort"}));
    const auto inside = port_of(number_at(port, {"TargetPort"}));
    if (!protocol || !outside || text_at(port, {"PublishMode"}) != "ingress") continue;
    container.published.push_back({{{}, *protocol, single(*outside)}, single(inside.value_or(0))});
  }
  return container;
}

}  // namespace

Answer<std::vector<EngineContainer>> read_docker_list(std::string_view json) {
  return read_elements(json, read_list_element);
}

Answer<EngineContainer> read_docker_container(std::string_view json) {
  const auto tree = parse_answer(json, Type::object);
  if (!tree) return std::unexpected(tree.error());
  const auto root = tree->root();
  const auto host_config = at(root, {"HostConfig"});
  const auto state = at(root, {"State"});
  if (!host_config || !state) return std::unexpected(BadAnswer{unexpected_form});
  auto container = read_settings(root, *host_config);
  const auto word = text_at(*state, {"Status"});
  container.container.id = text_at(root, {"Id"});
  container.container.running = is_running(word);
  container.state = state_of(word);
  container.enabled =
      is_enabled(*host_config, *state, looks_stopped_by_hand(*state), number_at(root, {"RestartCount"}).value_or(0));
  if (container.state != ContainerState::published) return container;
  container.since = seconds_of(text_at(*state, {"StartedAt"}));
  if (!publishes_nothing(text_at(*host_config, {"NetworkMode"})))
    container.published = read_bindings(at(root, {"NetworkSettings", "Ports"}));
  return container;
}

Answer<EngineContainer> read_docker_files(std::string_view config, std::string_view host_config) {
  const auto tree = parse_answer(config, Type::object);
  if (!tree) return std::unexpected(tree.error());
  const auto settings = parse_answer(host_config, Type::object);
  if (!settings) return std::unexpected(settings.error());
  const auto root = tree->root();
  const auto state = at(root, {"State"});
  if (!state) return std::unexpected(BadAnswer{unexpected_form});
  auto container = read_settings(root, settings->root());
  container.container.id = text_at(root, {"ID"});
  container.container.running = is_true(*state, {"Running"});
  if (is_true(*state, {"Dead"}) || is_true(*state, {"RemovalInProgress"})) container.state = ContainerState::dead;
  container.enabled = is_enabled(settings->root(), *state, is_true(root, {"HasBeenManuallyStopped"}),
                                 number_at(root, {"RestartCount"}).value_or(0));
  if (!*container.container.running || publishes_nothing(text_at(settings->root(), {"NetworkMode"}))) return container;
  // What it got at random it keeps for as long as it runs.
  for (const auto& mapping : read_bindings(at(root, {"NetworkSettings", "Ports"}))) {
    const bool is_told = std::ranges::any_of(container.configured, [&](const PortMapping& configured) {
      return configured.target == mapping.target && overlap(configured.endpoint, mapping.endpoint);
    });
    if (!is_told) container.configured.push_back(mapping);
  }
  return container;
}

Answer<std::vector<EngineContainer>> read_docker_services(std::string_view json) {
  return read_elements(json, read_service);
}

std::string read_error(std::string_view text) {
  const auto tree = JsonTree::parse(text);
  auto message = tree ? text_at(tree->root(), {"message"}) : std::string_view{};
  if (message.empty()) message = text;
  const auto end = message.find_last_not_of(" \t\r\n");
  return quote(message.substr(0, end == std::string_view::npos ? 0 : end + 1));
}

}  // namespace berth::inspect
