// What container engines say: each reader gets the text, whichever it is meant for. The files of a container are two,
// in two pieces.
#include <algorithm>
#include <vector>

#include "fuzz/clean.h"
#include "fuzz/pieces.h"
#include "fuzz/targets.h"
#include "inspect/container_ports.h"
#include "inspect/engine_answers.h"
#include "inspect/engine_places.h"

namespace berth::fuzz {
namespace {

using namespace berth::inspect;

void check_mappings(const std::vector<PortMapping>& mappings) {
  for (const auto& [endpoint, target] : mappings) {
    promise(endpoint.ports.first >= 1 && endpoint.ports.first <= endpoint.ports.last, "a mapping has ports");
    promise(target.first <= target.last, "and a target in order");
  }
  const auto joined = join(mappings);
  promise(joined.size() <= mappings.size(), "joined they are not more");
  promise(join(joined) == joined, "and cannot be joined again");
  for (const auto& mapping : mappings) {
    promise(std::ranges::any_of(
                joined, [&](const auto& one) { return one.endpoint.ports.contains(mapping.endpoint.ports.first); }),
            "no port is lost");
  }
}

void check_container(const EngineContainer& container) {
  check_mappings(container.published);
  check_mappings(container.configured);
  for (const auto& holder : holders_of(container)) {
    promise(holder.endpoint.ports.first >= 1 && holder.endpoint.ports.first <= holder.endpoint.ports.last,
            "a holder has ports");
  }
}

void check_all(const Answer<std::vector<EngineContainer>>& containers) {
  if (containers) {
    std::ranges::for_each(*containers, check_container);
  } else {
    promise(!containers.error().why.empty(), "a bad answer is bad for a reason");
  }
}

}  // namespace

void engine(std::string_view input) {
  const auto pieces = pieces_of(input, 2);
  const auto text = pieces.front().text;
  check_all(read_docker_list(text));
  check_all(read_docker_services(text));
  check_all(read_podman_list(text));
  if (const auto container = read_docker_container(text); container) check_container(*container);
  if (const auto container = read_docker_files(text, pieces.back().text); container) check_container(*container);
  if (const auto names = read_podman_storage(text); !names) promise(!names.error().why.empty(), "there is a reason");
  const auto error = read_error(text);
  promise(error.size() <= 400 && is_clean(error), "an error is one short clean line");
  const auto variable = std::string(text.substr(0, 200));
  EnginePlaces::of({.docker_host = variable, .container_host = variable, .runtime_folder = "/run/user/1000"});
}

}  // namespace berth::fuzz
