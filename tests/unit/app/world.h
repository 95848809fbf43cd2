// A machine and a registry made of values, for the use cases to work with.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/context.h"
#include "contract/memory_store.h"
#include "unit/core/scene.h"

namespace berth::tests {

// Answers out of a scene, as a real machine would: what is not asked for is not told.
class FakeMachine final : public inspect::Machine {
 public:
  Scene scene;
  std::vector<BlindSpot> blind_spots;
  // What was asked.
  std::vector<inspect::Question> questions;
  int asked_for_ranges = 0;

  Probe probe(const Endpoint& endpoint) override { return scene.probe(endpoint); }

  Census census(const inspect::Question& question) override {
    questions.push_back(question);
    Census census{{}, blind_spots};
    for (const auto& holder : scene.holders) {
      if (question.about && !overlap(holder.endpoint, *question.about)) continue;
      const bool is_socket = holder.source == Source::socket;
      if (question.sources == inspect::Sources::hidden && is_socket) continue;
      if (question.sources == inspect::Sources::sockets && !is_socket) continue;
      if (question.listeners_only && holder.state != HolderState::listening) continue;
      census.holders.push_back(question.owners ? holder : without_owner(holder));
    }
    return census;
  }

  KernelRanges kernel_ranges() override {
    ++asked_for_ranges;
    return scene.kernel;
  }

  bool was_asked_for_owners() const { return std::ranges::any_of(questions, &inspect::Question::owners); }

 private:
  static Holder without_owner(const Holder& holder) {
    Holder plain;
    plain.source = holder.source;
    plain.state = holder.state;
    plain.endpoint = holder.endpoint;
    plain.remote = holder.remote;
    plain.seconds_left = holder.seconds_left;
    return plain;
  }
};

// Sees who writes, and when.
class WatchedStore final : public store::Store {
 public:
  explicit WatchedStore(Registry registry) : inner_(std::move(registry)) {}

  // What another process does between a use case's first look and the lock.
  std::function<void(store::Store&)> meanwhile = [](store::Store&) {};
  // Called with the lock held, before and after the mutation.
  std::function<void()> locked = [] {};
  std::function<void()> unlocked = [] {};
  int updates = 0;

  std::expected<Registry, Error> read() override { return inner_.read(); }
  std::expected<store::Entry, Error> find(std::string_view service) override { return inner_.find(service); }
  std::expected<std::vector<store::Commit>, Error> history(std::string_view service) override {
    return inner_.history(service);
  }
  std::expected<store::LastKnown, Error> last_known() override { return inner_.last_known(); }
  std::expected<store::Past, Error> at(std::uint64_t revision) override { return inner_.at(revision); }
  std::expected<Registry, Error> previous() override { return inner_.previous(); }
  std::expected<std::uint64_t, Error> recover(const store::Author& author, const store::Mutation& mutate) override {
    return update(author, mutate);
  }
  std::string name() const override { return "/srv/ports.json"; }

  std::expected<std::uint64_t, Error> update(const store::Author& author, const store::Mutation& mutate) override {
    ++updates;
    std::exchange(meanwhile, [](store::Store&) {})(inner_);
    return inner_.update(author, [&](Registry registry) {
      locked();
      auto change = mutate(std::move(registry));
      unlocked();
      return change;
    });
  }

 private:
  MemoryStore inner_;
};

// A store that another one cannot be read from, or written to.
class BrokenStore final : public store::Store {
 public:
  std::expected<Registry, Error> read() override { return error(); }
  std::expected<store::Entry, Error> find(std::string_view) override { return error(); }
  std::expected<std::uint64_t, Error> update(const store::Author&, const store::Mutation&) override { return error(); }
  std::expected<std::vector<store::Commit>, Error> history(std::string_view) override { return error(); }
  std::expected<store::LastKnown, Error> last_known() override { return error(); }
  std::expected<store::Past, Error> at(std::uint64_t) override { return error(); }
  std::expected<Registry, Error> previous() override { return error(); }
  std::expected<std::uint64_t, Error> recover(const store::Author&, const store::Mutation&) override { return error(); }
  std::string name() const override { return "/srv/torn.json"; }

 private:
  static std::unexpected<Error> error() { return std::unexpected(Error{ErrorCode::unreadable, "it is torn"}); }
};

struct World {
  explicit World(Registry registry = {}) : store(std::move(registry)) {}

  FakeMachine machine;
  WatchedStore store;

  app::Context context() {
    return {store, machine, [] { return store::Author{"ada", "register web 8080"}; }, [] { return std::string(now); }};
  }
  Registry registry() { return store.read().value(); }
  std::vector<store::Commit> commits() { return store.history("").value(); }
};

// More than a probe for each would be worth.
constexpr unsigned many = 20;

inline std::vector<Request> many_from(std::string_view spec) {
  std::vector<Request> requests;
  for (unsigned index = 0; index < many; ++index) requests.push_back(request("s" + std::to_string(10 + index), spec));
  return requests;
}

// What another process registers.
inline void put(store::Store& store, const Allocation& allocation) {
  const auto added = store.update({}, [&](Registry registry) {
    registry.put(allocation);
    return store::Change{std::move(registry), {store::Record{std::nullopt, allocation}}};
  });
  added.value();
}

// What another process releases.
inline void erase(store::Store& store, const Allocation& allocation) {
  const auto erased = store.update({}, [&](Registry registry) {
    registry.erase(allocation.service);
    return store::Change{std::move(registry), {store::Record{allocation, std::nullopt}}};
  });
  erased.value();
}

}  // namespace berth::tests
