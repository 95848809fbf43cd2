#include "inspect/nat.h"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inspect/nat_holders.h"
#include "inspect/nat_rules.h"
#include "system/ip_tables.h"
#include "system/local_addresses.h"
#include "system/nat_presence.h"
#include "system/nf_tables.h"

namespace berth::inspect {
namespace {

using system::IpFamily;
using system::netfilter::Table;

std::string reason_of(const system::Error& error) {
  switch (error.code) {
    case EPERM:
    case EACCES:
      return "only root may read the rules (CAP_NET_ADMIN), and one may take a port unseen: run it as root";
    case EAGAIN:
      return "the rules changed each time they were read: try again";
    case ETIMEDOUT:
      return "reading the rules took too long: allow more time";
    default:
      return "the rules cannot be read: " + error.message();
  }
}

class Inspection {
 public:
  explicit Inspection(const Question& question) : question_(&question) {}

  Census run() {
    const auto presence = system::find_nat();
    if (presence.nf_tables) {
      if (auto tables = system::netfilter::read_nf_tables(question_->deadline); tables) {
        for (const auto& table : *tables) follow_table(table);
      } else {
        miss(reason_of(tables.error()));
      }
    }
    if (presence.ip_tables) read_ip_tables(IpFamily::ipv4);
    if (presence.ip6_tables) read_ip_tables(IpFamily::ipv6);
    if (census_.blind_spots.empty()) census_.answered.push_back(Source::nat);
    judge();
    return std::move(census_);
  }

 private:
  void miss(std::string why) {
    BlindSpot spot{std::string(to_string(Source::nat)), std::move(why)};
    auto& spots = census_.blind_spots;
    if (std::ranges::find(spots, spot) == spots.end()) spots.push_back(std::move(spot));
  }

  void read_ip_tables(IpFamily family) {
    const auto table = system::netfilter::read_ip_tables(family);
    if (!table) return miss(reason_of(table.error()));
    if (*table) follow_table(**table);
  }

  void follow_table(const Table& table) {
    auto followed = follow(table);
    std::ranges::move(followed.taken, std::back_inserter(taken_));
    if (!followed.is_complete) miss("the rules of table '" + table.name + "' lead to each other in too many ways");
  }

  // Only what the question is about.
  void judge() {
    std::vector<system::AddressSpan> local;
    if (std::ranges::any_of(taken_, [](const Taken& taken) { return taken.traffic.is_addressed; })) {
      auto read = system::read_local_addresses();
      if (!read) miss("rules for certain addresses were left out: " + read.error().message());
      local = std::move(read).value_or(std::move(local));
    }
    auto found = holders_of(taken_, local);
    if (question_->about) {
      std::erase_if(found.holders,
                    [this](const Holder& holder) { return !overlap(holder.endpoint, *question_->about); });
    }
    census_.holders = std::move(found.holders);
    std::ranges::move(found.blind_spots, std::back_inserter(census_.blind_spots));
  }

  const Question* question_;
  std::vector<Taken> taken_;
  Census census_;
};

}  // namespace

Census NatInspector::inspect(const Question& question) { return Inspection(question).run(); }

}  // namespace berth::inspect
