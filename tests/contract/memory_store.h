// A store in the memory of this process, for tests: the same contract as the file's, without files. Several threads may
// use one.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/rebuild.h"
#include "store/store.h"

namespace berth::tests {

class MemoryStore final : public store::Store {
 public:
  MemoryStore() = default;
  // As if somebody had written it before: nothing of it is in the history.
  explicit MemoryStore(Registry registry) : registry_(std::move(registry)) {}

  std::expected<Registry, Error> read() override {
    const std::lock_guard guard(registry_mutex_);
    return registry_;
  }

  std::expected<store::Entry, Error> find(std::string_view service) override {
    return store::entry_of(*read(), service);
  }

  std::expected<std::uint64_t, Error> update(const store::Author& author, const store::Mutation& mutate) override {
    const std::lock_guard one_writer(writer_mutex_);
    auto change = mutate(*read());
    if (!change) return std::unexpected(std::move(change.error()));
    const std::lock_guard guard(registry_mutex_);
    if (!*change) return registry_.revision;
    (*change)->registry.revision = registry_.revision + 1;
    if (registry_.revision > 0 || !registry_.allocations().empty()) previous_ = std::move(registry_);
    registry_ = std::move((*change)->registry);
    commits_.push_back({registry_.revision, "2026-11-22T18:00:00Z", author, std::move((*change)->records)});
    return registry_.revision;
  }

  std::expected<std::vector<store::Commit>, Error> history(std::string_view service) override {
    const std::lock_guard guard(registry_mutex_);
    std::vector<store::Commit> found;
    for (const auto& commit : commits_) {
      if (concerns(commit, service)) found.push_back(commit);
    }
    return found;
  }

  std::expected<store::LastKnown, Error> last_known() override { return store::LastKnown{*read()}; }

  std::expected<store::Past, Error> at(std::uint64_t revision) override {
    const std::lock_guard guard(registry_mutex_);
    return store::go_back(registry_, commits_, revision);
  }

  std::expected<Registry, Error> previous() override {
    const std::lock_guard guard(registry_mutex_);
    if (!previous_) return std::unexpected(Error{ErrorCode::negative, "there is none"});
    return *previous_;
  }

  std::expected<std::uint64_t, Error> recover(const store::Author& author, const store::Mutation& mutate) override {
    return update(author, mutate);
  }

  std::string name() const override { return "memory"; }

 private:
  static bool concerns(const store::Commit& commit, std::string_view service) {
    for (const auto& record : commit.records) {
      if (record.service() == service) return true;
    }
    return service.empty();
  }

  std::mutex writer_mutex_;
  std::mutex registry_mutex_;
  Registry registry_;
  std::optional<Registry> previous_;
  std::vector<store::Commit> commits_;
};

}  // namespace berth::tests
