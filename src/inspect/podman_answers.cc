// The part of engine_answers.h that is podman's.
#include <algorithm>

#include "inspect/engine_answers.h"
#include "inspect/engine_fields.h"

namespace berth::inspect {
namespace {

using json::JsonTree;
using Type = JsonTree::Type;

// {"host_ip": "", "container_port": 80, "host_port": 19000, "range": 3, "protocol": "tcp"}; several protocols are
// told as "tcp,udp".
void read_mapping(const Json& row, std::vector<PortMapping>& mappings) {
  const auto outside = port_of(number_at(row, {"host_port"}));
  const auto count = std::max<std::int64_t>(number_at(row, {"range"}).value_or(1), 1);
  if (!outside || count > 65536 - *outside) return;
  const auto range = [&](Port first) { return PortRange{first, static_cast<Port>(first + count - 1)}; };
  const auto inside = port_of(number_at(row, {"container_port"}));
  const auto target = inside && count <= 65536 - *inside ? range(*inside) : PortRange{0, 0};
  auto words = text_at(row, {"protocol"});
  while (true) {
    const auto comma = words.find(',');
    if (const auto protocol = protocol_of(words.substr(0, comma)); protocol)
      mappings.push_back({{address_of(text_at(row, {"host_ip"})), *protocol, range(*outside)}, target});
    if (comma == std::string_view::npos) return;
    words.remove_prefix(comma + 1);
  }
}

struct Listed {
  EngineContainer container;
  std::string pod;
  bool holds_pod = false;  // the container that only keeps the pod's namespaces
};

Listed read_element(const Json& element) {
  Listed listed;
  auto& container = listed.container;
  const auto state = text_at(element, {"State"});
  container.container = {
      std::string(text_at(element, {"Id"})), {}, std::string(text_at(element, {"Image"})), is_running(state)};
  if (const auto names = at(element, {"Names"}); names && names->is(Type::array)) {
    for (const auto name : names->children()) {
      if (container.container.name.empty()) container.container.name = name.string();
    }
  }
  container.state = state_of(state);
  container.compose = compose_of(at(element, {"Labels"}));
  if (container.state == ContainerState::published)
    container.since = time_of(number_at(element, {"StartedAt"}).value_or(0));
  listed.pod = text_at(element, {"Pod"});
  listed.holds_pod = is_true(element, {"IsInfra"});
  auto& mappings = container.state == ContainerState::published ? container.published : container.configured;
  if (const auto rows = at(element, {"Ports"}); rows && rows->is(Type::array)) {
    for (const auto row : rows->children()) read_mapping(row, mappings);
  }
  return listed;
}

bool has_holder(const std::vector<Listed>& all, const Listed& member) {
  return std::ranges::any_of(all, [&](const Listed& other) {
    return other.holds_pod && other.pod == member.pod &&
           !(other.container.published.empty() && other.container.configured.empty());
  });
}

Container read_stored(const Json& element) {
  Container container;
  container.id = text_at(element, {"id"});
  // JSON inside JSON.
  const auto metadata = JsonTree::parse(text_at(element, {"metadata"}));
  if (metadata) {
    container.name = text_at(metadata->root(), {"name"});
    container.image = text_at(metadata->root(), {"image-name"});
  }
  return container;
}

}  // namespace

Answer<std::vector<EngineContainer>> read_podman_list(std::string_view json) {
  const auto all = read_elements(json, read_element);
  if (!all) return std::unexpected(all.error());
  std::vector<EngineContainer> containers;
  for (const auto& listed : *all) {
    containers.push_back(listed.container);
    // Every container of a pod is told with the ports of the one that has them.
    if (listed.pod.empty() || listed.holds_pod || !has_holder(*all, listed)) continue;
    containers.back().published.clear();
    containers.back().configured.clear();
  }
  return containers;
}

Answer<std::vector<Container>> read_podman_storage(std::string_view json) { return read_elements(json, read_stored); }

}  // namespace berth::inspect
