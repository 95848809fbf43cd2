#include "inspect/socket_unit.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "inspect/listen_address.h"
#include "system/unit_name.h"

namespace berth::inspect {
namespace {

using system::UnitSetting;

// Every setting of [Socket] that lists what to listen on. An empty one of them takes back all, whatever their kind.
constexpr std::array<std::string_view, 8> listen_keys{
    "ListenStream",  "ListenDatagram", "ListenSequentialPacket", "ListenFIFO",
    "ListenSpecial", "ListenNetlink",  "ListenMessageQueue",     "ListenUSBFunction"};

std::optional<Protocol> protocol_of_key(std::string_view key) {
  if (key == "ListenStream") return Protocol::tcp;
  if (key == "ListenDatagram") return Protocol::udp;
  return std::nullopt;
}

// Specifiers that stand for directories: what begins with them is a path.
bool begins_with_directory(std::string_view value) {
  return value.size() > 1 && value.front() == '%' && std::string_view("CdDEfhLStTVyY").contains(value[1]);
}

// The settings of a unit as they add up over its files.
class Settings {
 public:
  explicit Settings(const std::string& unit) : unit_(unit) {}

  void take(const std::string& file, const UnitSetting& setting) {
    if (setting.section != "Socket") return;
    if (std::ranges::find(listen_keys, setting.key) != listen_keys.end()) take_listen(file, setting);
    if (setting.key == "BindIPv6Only") take_bind_ipv6_only(setting.value);
    if (setting.key == "SocketProtocol") take_protocol(setting.value);
    if (setting.key == "Accept") accept_ = system::parse_unit_boolean(setting.value).value_or(accept_);
    if (setting.key == "Service") take_service(setting.value);
    if (setting.key == "PrivateNetwork") private_ = system::parse_unit_boolean(setting.value).value_or(private_);
    if (setting.key == "NetworkNamespacePath") namespace_ = setting.value;
  }

  SocketUnit result(const PortDefaults& defaults) {
    SocketUnit unit;
    // systemd refuses a unit that wants a service for each connection and names one, or where nobody connects.
    if (accept_ && (has_service_ || lacks_connections_)) return unit;
    if (private_ || !namespace_.empty() || other_protocol_) return unit;
    unit.activates = activates();
    for (const auto& [address, protocol] : listens_) {
      const Endpoint endpoint{bound_address(address, defaults), protocol, {address.port, address.port}};
      if (std::ranges::find(unit.endpoints, endpoint) == unit.endpoints.end()) unit.endpoints.push_back(endpoint);
    }
    unit.doubtful = std::move(doubtful_);
    return unit;
  }

 private:
  void take_listen(const std::string& file, const UnitSetting& setting) {
    if (setting.value.empty()) {
      listens_.clear();
      doubtful_.clear();
      lacks_connections_ = false;
      return;
    }
    const auto protocol = protocol_of_key(setting.key);
    const bool connects = protocol == Protocol::tcp || setting.key == "ListenSequentialPacket";
    if (!protocol || begins_with_directory(setting.value)) {
      lacks_connections_ |= !connects;
      return;
    }
    const auto written = setting.key + "=" + setting.value;
    const auto value = system::expand_specifiers(setting.value, unit_);
    if (!value) {
      doubtful_.push_back(
          {file, setting.line, "only the running systemd knows what " + written + " stands for", true, *protocol});
      return;
    }
    const auto address = parse_listen_address(*value);
    if (!address) {
      doubtful_.push_back({file, setting.line, written + " is not understood; systemd ignores it", false, *protocol});
      return;
    }
    lacks_connections_ |= !connects;
    if (const auto* listen = std::get_if<ListenAddress>(&*address); listen) listens_.emplace_back(*listen, *protocol);
  }

  void take_bind_ipv6_only(std::string_view value) {
    const auto only = system::parse_unit_boolean(value);
    if (value == "default") v6only_ = std::nullopt;
    if (value == "both" || only == false) v6only_ = false;
    if (value == "ipv6-only" || only == true) v6only_ = true;
  }

  void take_protocol(std::string_view value) {
    if (value == "udplite" || value == "sctp") other_protocol_ = true;
  }

  void take_service(std::string_view value) {
    const auto name = system::expand_specifiers(value, unit_);
    if (name) {
      const auto parts = system::parse_unit_name(*name);
      if (!parts || parts->type != "service" || parts->is_template()) return;
    }
    has_service_ = true;
    service_ = name.value_or("");
  }

  std::string activates() const {
    if (has_service_) return service_;
    const auto parts = system::parse_unit_name(unit_);
    if (!parts) return {};
    system::UnitName service{parts->prefix, accept_ ? "" : parts->instance, "service"};
    if (service.instance) return with_instance(service, *service.instance);
    return std::string(service.prefix) + ".service";
  }

  Address bound_address(const ListenAddress& listen, const PortDefaults& defaults) const {
    const bool v6only = v6only_.value_or(defaults.v6only);
    if (!listen.address) return defaults.has_ipv6 ? Address::ipv6({}, v6only) : Address::ipv4({});
    if (listen.address->family() == Address::Family::ipv4) return *listen.address;
    return Address::ipv6(listen.address->bytes(), v6only);
  }

  const std::string& unit_;
  std::vector<std::pair<ListenAddress, Protocol>> listens_;
  std::vector<DoubtfulSetting> doubtful_;
  bool lacks_connections_ = false;  // datagrams, FIFOs and the like are among them
  std::optional<bool> v6only_;
  bool other_protocol_ = false;
  bool accept_ = false;
  bool private_ = false;
  std::string namespace_;
  bool has_service_ = false;
  std::string service_;
};

}  // namespace

SocketUnit read_socket_unit(const system::Unit& unit, const PortDefaults& defaults) {
  if (!unit.files.empty() && unit.files.front().text.bad_line) {
    SocketUnit refused;
    refused.doubtful.push_back({unit.files.front().path, *unit.files.front().text.bad_line,
                                "the line is not understood; systemd refuses the unit"});
    return refused;
  }
  Settings settings(unit.name);
  for (const auto& file : unit.files) {
    for (const auto& setting : file.text.settings) settings.take(file.path, setting);
  }
  return settings.result(defaults);
}

}  // namespace berth::inspect
