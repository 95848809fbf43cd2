#include "inspect/sockets.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

#include "inspect/socket_owners.h"

namespace berth::inspect {
namespace {

using system::SocketEntry;
using system::SocketState;
using system::Transport;

Address address_in(const SocketEntry& socket, const system::IpBytes& bytes) {
  if (socket.family == system::IpFamily::ipv4) return Address::ipv4({bytes[0], bytes[1], bytes[2], bytes[3]});
  return Address::ipv6(bytes, socket.v6only);
}

HolderState state_of(const SocketEntry& socket) {
  if (socket.expires) return HolderState::draining;
  switch (socket.state) {
    case SocketState::listening:
      return HolderState::listening;
    case SocketState::closed:
      return socket.transport == Transport::udp ? HolderState::listening : HolderState::bound;
    case SocketState::time_wait:
      return HolderState::draining;
    default:
      return HolderState::connection;
  }
}

Protocol protocol_of(Transport transport) { return transport == Transport::tcp ? Protocol::tcp : Protocol::udp; }

Endpoint endpoint_of(const SocketEntry& socket) {
  return {address_in(socket, socket.local), protocol_of(socket.transport), {socket.local_port, socket.local_port}};
}

std::string remote_of(const SocketEntry& socket) {
  const auto address = address_in(socket, socket.remote);
  const auto text = address.to_string();
  const bool brackets = address.family() == Address::Family::ipv6;
  return (brackets ? "[" + text + "]" : text) + ":" + std::to_string(socket.remote_port);
}

system::StateMask states_of(Transport transport, bool listeners_only) {
  if (!listeners_only) return system::any_state;
  return only(transport == Transport::tcp ? SocketState::listening : SocketState::closed);
}

bool comes_before(const SocketEntry& left, const SocketEntry& right) {
  if (left.local_port != right.local_port) return left.local_port < right.local_port;
  const auto key = [](const SocketEntry& socket) {
    return std::tuple(state_of(socket), socket.transport, socket.family, socket.local, socket.remote,
                      socket.remote_port, socket.inode);
  };
  return key(left) < key(right);
}

bool is_wanted(const Question& question, const SocketEntry& socket) {
  if (socket.local_port == 0) return false;
  return !question.about || overlap(endpoint_of(socket), *question.about);
}

bool asks_for_bound_ones(const Question& question) {
  return !question.listeners_only && (!question.about || overlap(question.about->protocol, Protocol::tcp));
}

}  // namespace

std::vector<SocketEntry> find_sockets(const Question& question, std::vector<BlindSpot>& blind_spots) {
  std::vector<SocketEntry> sockets;
  for (const auto transport : {Transport::tcp, Transport::udp}) {
    system::SocketQuery query{transport, states_of(transport, question.listeners_only), {}};
    if (question.about) {
      if (!overlap(question.about->protocol, protocol_of(transport))) continue;
      query.ports = {question.about->ports.first, question.about->ports.last};
    }
    const auto dumped = system::dump_sockets(query);
    if (!dumped) {
      blind_spots.push_back(
          {std::string(to_string(Source::socket)), "the kernel's " + std::string(to_string(protocol_of(transport))) +
                                                       " sockets cannot be listed: " + dumped.error().message()});
      continue;
    }
    std::ranges::copy_if(*dumped, std::back_inserter(sockets),
                         [&](const SocketEntry& socket) { return is_wanted(question, socket); });
  }
  std::ranges::sort(sockets, comes_before);
  return sockets;
}

Holder holder_of(const SocketEntry& socket) {
  Holder holder;
  holder.source = Source::socket;
  holder.state = state_of(socket);
  holder.endpoint = endpoint_of(socket);
  holder.inode = socket.inode;
  holder.cgroup = socket.cgroup;
  if (socket.remote_port != 0) holder.remote = remote_of(socket);
  if (socket.expires) holder.seconds_left = (*socket.expires + 999) / 1000;
  return holder;
}

Census SocketsInspector::inspect(const Question& question) {
  Census census;
  const auto sockets = find_sockets(question, census.blind_spots);
  if (census.blind_spots.empty()) census.answered.push_back(Source::socket);
  census.holders.reserve(sockets.size());
  for (const auto& socket : sockets) census.holders.push_back(holder_of(socket));
  if (asks_for_bound_ones(question) && !system::dump_shows_bound_sockets()) {
    census.blind_spots.push_back(
        {std::string(to_string(Source::socket)),
         "TCP sockets that are bound but do not listen cannot be listed before Linux 6.8; a bind still meets them"});
  }
  if (question.owners) {
    find_owners(sockets, census, {question.thorough ? Walk::complete : Walk::until_found});
  }
  return census;
}

}  // namespace berth::inspect
