#include "core/registry.h"

#include <algorithm>
#include <utility>

namespace berth {

const Registry::Allocations& Registry::allocations() const {
  if (const auto unread = std::move(unread_); unread) {
    unread_.reset();
    auto place = allocations_.begin();
    for (const auto& row : unread->rows) {
      while (place != allocations_.end() && place->first < row.service) ++place;
      const bool is_known = place != allocations_.end() && place->first == row.service;
      if (!is_known) allocations_.emplace_hint(place, row.service, unread->read(row));
    }
  }
  return allocations_;
}

void Registry::for_each_endpoint(const std::function<void(const Endpoint&)>& look) const {
  for (const auto& [service, allocation] : allocations_) look(allocation.endpoint);
  if (!unread_) return;
  for (const auto& row : unread_->rows) {
    if (!allocations_.contains(row.service)) look(row.endpoint);
  }
}

bool Registry::has_owners() const {
  const auto has_owner = [](const auto& entry) { return bool{entry.second.owner}; };
  // Of what was replaced since, it may have been the only one.
  return unread_ && allocations_.empty() ? unread_->have_owners : std::ranges::any_of(allocations(), has_owner);
}

Registry::Place Registry::locate(std::string_view service) const {
  const auto next = allocations_.lower_bound(service);
  if (next != allocations_.end() && next->first == service) return {&next->second, next};
  if (!unread_) return {nullptr, next};
  const auto row = std::ranges::lower_bound(unread_->rows, service, {}, &UnreadAllocations::Row::service);
  if (row == unread_->rows.end() || row->service != service) return {nullptr, next};
  const auto read = allocations_.emplace_hint(next, service, unread_->read(*row));
  return {&read->second, read};
}

std::vector<const Allocation*> Registry::overlapping(const Endpoint& endpoint,
                                                     std::optional<std::string_view> except) const {
  std::vector<const Allocation*> found;
  for (const auto& [service, allocation] : allocations()) {
    if (overlap(allocation.endpoint, endpoint) && service != except) found.push_back(&allocation);
  }
  return found;
}

const Allocation& Registry::put(Allocation allocation) {
  auto service = allocation.service;
  return allocations_.insert_or_assign(std::move(service), std::move(allocation)).first->second;
}

const Allocation& Registry::put(const Place& place, const Allocation& allocation) {
  if (place.allocation == nullptr) return allocations_.emplace_hint(place.next, allocation.service, allocation)->second;
  return allocations_.insert_or_assign(place.next, allocation.service, allocation)->second;
}

void Registry::append(Allocation allocation) {
  auto service = allocation.service;
  allocations_.insert_or_assign(allocations_.end(), std::move(service), std::move(allocation));
}

bool Registry::erase(std::string_view service) {
  const auto found = allocations().find(service);
  if (found == allocations_.end()) return false;
  allocations_.erase(found);
  return true;
}

bool operator==(const Registry& left, const Registry& right) {
  return left.revision == right.revision && left.unknown == right.unknown && left.allocations() == right.allocations();
}

}  // namespace berth
