#include "system/nf_tables.h"

#include <arpa/inet.h>  // before linux/in.h, which defines the same otherwise
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "system/netlink.h"
#include "system/nf_tables_answer.h"

namespace berth::system::netfilter {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int attempts_at_rules = 4;

NetlinkRequest request_of(std::uint16_t message, std::uint8_t family) {
  NetlinkRequest request(static_cast<std::uint16_t>((NFNL_SUBSYS_NFTABLES << 8) | message));
  request.append(nfgenmsg{.nfgen_family = family, .version = NFNETLINK_V0, .res_id = 0});
  return request;
}

Family family_of(std::uint8_t family) {
  if (family == NFPROTO_INET) return Family::both;
  return family == NFPROTO_IPV6 ? Family::ipv6 : Family::ipv4;
}

struct KnownTable {
  std::uint8_t family = 0;  // as the kernel counts
  Table table;
  std::set<std::string> intervals = {};  // the names of its sets that are of intervals
};

// One attempt to read everything. EINTR if the rules changed on the way.
class RulesReading {
 public:
  RulesReading(NetlinkSocket& socket, Clock::time_point deadline) : socket_(&socket), deadline_(deadline) {}

  std::expected<std::vector<Table>, Error> read() {
    if (auto read = read_entries(); !read) return std::unexpected(read.error());
    if (known_.empty()) return std::vector<Table>{};
    if (auto read = drop_dormant(); !read) return std::unexpected(read.error());
    std::vector<Table> tables;
    for (auto& known : known_) {
      if (auto read = read_rules(known); !read) return std::unexpected(read.error());
      if (auto read = read_sets(known); !read) return std::unexpected(read.error());
      tables.push_back(std::move(known.table));
    }
    return tables;
  }

 private:
  std::expected<void, Error> dump(NetlinkRequest request, const std::function<bool(ByteSpan)>& take) {
    if (Clock::now() >= deadline_) return std::unexpected(Error{ETIMEDOUT, "read nf_tables"});
    bool changed = false;
    auto dumped = socket_->dump(request, [&](const NetlinkMessage& message) {
      const auto generation = read_generation(message.payload);
      changed = changed || (generation_ && generation != generation_);
      generation_ = generation;
      return take(message.payload);
    });
    if (dumped && changed) return std::unexpected(Error{EINTR, "read nf_tables while they change"});
    return dumped;
  }

  Table& table_of(std::uint8_t family, std::string name) {
    const auto found = std::ranges::find_if(
        known_, [&](const KnownTable& known) { return known.family == family && known.table.name == name; });
    if (found != known_.end()) return found->table;
    return known_.emplace_back(family, Table{.family = family_of(family), .name = std::move(name)}).table;
  }

  std::expected<void, Error> read_entries() {
    return dump(request_of(NFT_MSG_GETCHAIN, NFPROTO_UNSPEC), [this](ByteSpan payload) {
      auto chain = read_chain(payload);
      if (chain && chain->is_entry) table_of(chain->family, chain->table).entries.push_back(chain->name);
      return chain.has_value();
    });
  }

  std::expected<void, Error> drop_dormant() {
    return dump(request_of(NFT_MSG_GETTABLE, NFPROTO_UNSPEC), [this](ByteSpan payload) {
      const auto table = read_table(payload);
      if (table && table->is_dormant) {
        std::erase_if(known_, [&](const KnownTable& known) {
          return known.family == table->family && known.table.name == table->name;
        });
      }
      return table.has_value();
    });
  }

  std::expected<void, Error> read_rules(KnownTable& known) {
    auto request = request_of(NFT_MSG_GETRULE, known.family);
    request.append_text(NFTA_RULE_TABLE, known.table.name);
    return dump(std::move(request), [&known](ByteSpan payload) {
      auto record = read_rule(payload);
      // An older kernel returns those of other tables, too.
      if (record && record->table == known.table.name && record->family == known.family) {
        known.table.chains[record->chain].push_back(std::move(record->rule));
      }
      return record.has_value();
    });
  }

  std::expected<void, Error> read_kinds(KnownTable& known) {
    auto request = request_of(NFT_MSG_GETSET, known.family);
    request.append_text(NFTA_SET_TABLE, known.table.name);
    return dump(std::move(request), [&known](ByteSpan payload) {
      const auto record = read_set(payload);
      if (record && record->has_intervals && record->table == known.table.name && record->family == known.family) {
        known.intervals.insert(record->name);
      }
      return record.has_value();
    });
  }

  std::expected<void, Error> read_elements_of(KnownTable& known, const std::string& name) {
    if (known.table.sets.empty()) {
      if (auto read = read_kinds(known); !read) return read;
    }
    auto request = request_of(NFT_MSG_GETSETELEM, known.family);
    request.append_text(NFTA_SET_ELEM_LIST_TABLE, known.table.name);
    request.append_text(NFTA_SET_ELEM_LIST_SET, name);
    std::vector<ElementRecord> elements;
    auto dumped = dump(std::move(request), [&](ByteSpan payload) { return read_elements(payload, elements); });
    if (dumped) known.table.sets[name] = join_elements(std::move(elements), known.intervals.contains(name));
    return dumped;
  }

  // Along the jumps: most sets of a table may have nothing to do with destinations.
  std::expected<void, Error> read_sets(KnownTable& known) {
    std::vector<std::string> open = known.table.entries;
    std::set<std::string> seen(open.begin(), open.end());
    const auto lead_to = [&](const Verdict& verdict) {
      if (!verdict.chain.empty() && seen.insert(verdict.chain).second) open.push_back(verdict.chain);
    };
    while (!open.empty()) {
      const auto chain = known.table.chains.find(open.back());
      open.pop_back();
      if (chain == known.table.chains.end()) continue;
      for (const auto& rule : chain->second) {
        for (const auto& expression : rule) {
          if (const auto* verdict = std::get_if<Verdict>(&expression)) lead_to(*verdict);
          const auto* lookup = std::get_if<Lookup>(&expression);
          if (lookup == nullptr || known.table.sets.contains(lookup->set)) continue;
          if (auto read = read_elements_of(known, lookup->set); !read) return read;
          for (const auto& element : known.table.sets[lookup->set]) lead_to(element.verdict);
        }
      }
    }
    return {};
  }

  NetlinkSocket* socket_;
  Clock::time_point deadline_;
  std::optional<Generation> generation_;
  std::vector<KnownTable> known_;
};

// What nfnetlink answers for a part of it that the kernel does not have.
bool says_absent(const Error& error) {
  return error.code == EPROTONOSUPPORT || error.code == EINVAL || error.code == EOPNOTSUPP;
}

}  // namespace

std::expected<std::vector<Table>, Error> read_nf_tables(Clock::time_point deadline) {
  auto socket = NetlinkSocket::open(NETLINK_NETFILTER);
  if (!socket && says_absent(socket.error())) return std::vector<Table>{};
  if (!socket) return std::unexpected(socket.error());
  for (int attempt = 0; attempt < attempts_at_rules; ++attempt) {
    auto tables = RulesReading(*socket, deadline).read();
    if (!tables && says_absent(tables.error())) return std::vector<Table>{};
    // ENOENT: a table or set was there a moment ago.
    if (tables || (tables.error().code != EINTR && tables.error().code != ENOENT)) return tables;
  }
  return std::unexpected(Error{EAGAIN, "read nf_tables while they change"});
}

}  // namespace berth::system::netfilter
