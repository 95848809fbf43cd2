#include "inspect/engine_places.h"

#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>

#include "core/address.h"
#include "core/quote.h"

namespace berth::inspect {
namespace {

using Kind = EnginePlace::Kind;

std::string variable(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

std::optional<std::uint16_t> port_number_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

// "127.0.0.1:2375", "[::1]:2375", with or without a path after it
std::optional<system::HttpPlace> parse_tcp(std::string_view text) {
  text = text.substr(0, text.find('/'));
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = port_number_of(text.substr(colon + 1));
  auto address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  if (!port || address.empty()) return std::nullopt;
  return system::HttpPlace{{}, std::string(address), *port};
}

bool is_numeric(const std::string& address) {
  return address == "localhost" || (address != "*" && Address::parse(address).has_value());
}

class Finder {
 public:
  // Whether `value` names an engine that can be asked.
  bool add(Kind kind, const std::string& name, const std::string& value) {
    const std::string_view text = value;
    if (value.empty()) return false;
    if (text.starts_with("unix://")) {
      found_.engines.push_back({kind, {.unix_path = value.substr(7)}, {}, {}, {}, name});
      return true;
    }
    if (text.starts_with("ssh://")) {
      blame(name + " is " + quote(value) + ", an engine on another machine; it is not asked", false);
      return false;
    }
    const auto tcp = text.starts_with("tcp://") ? parse_tcp(text.substr(6)) : std::nullopt;
    if (!tcp) {
      blame(name + " is " + quote(value) + ": only unix:// and tcp://ADDRESS:PORT can be asked");
    } else if (!is_numeric(tcp->address)) {
      blame(name + " is " + quote(value) + ": berth does not resolve names; give the address");
    } else {
      found_.engines.push_back({kind, *tcp, {}, {}, {}, name});
      return true;
    }
    return false;
  }

  void add(Kind kind, std::string socket, std::string storage, std::string settings, std::string running) {
    found_.engines.push_back(
        {kind, {.unix_path = std::move(socket)}, std::move(storage), std::move(settings), std::move(running), {}});
  }

  EnginePlaces take() { return std::move(found_); }

 private:
  void blame(std::string why, bool hides_holders = true) {
    found_.blind_spots.push_back({std::string(to_string(Source::container)), std::move(why), hides_holders});
  }

  EnginePlaces found_;
};

}  // namespace

EnginePlaces EnginePlaces::of(const EngineVariables& variables) {
  Finder finder;
  const auto& own = variables.runtime_folder;
  if (!finder.add(Kind::docker, "DOCKER_HOST", variables.docker_host)) {
    finder.add(Kind::docker, "/var/run/docker.sock", "/var/lib/docker", "/etc/docker/daemon.json", {});
    if (!own.empty()) finder.add(Kind::docker, own + "/docker.sock", {}, {}, {});
  }
  if (!finder.add(Kind::podman, "CONTAINER_HOST", variables.container_host)) {
    finder.add(Kind::podman, "/run/podman/podman.sock", "/var/lib/containers/storage", {}, "/run/containers/storage");
    if (!own.empty()) finder.add(Kind::podman, own + "/podman/podman.sock", {}, {}, {});
  }
  return finder.take();
}

EnginePlaces EnginePlaces::from_environment() {
  return of({variable("DOCKER_HOST"), variable("CONTAINER_HOST"), variable("XDG_RUNTIME_DIR")});
}

}  // namespace berth::inspect
