// Where a registry lives. Readers never wait; there is one way to write.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/policy.h"
#include "core/registry.h"
#include "core/shared.h"

namespace berth::store {

// Who commits, for the history.
struct Author {
  std::string user;     // login name, or the number of the uid
  std::string command;  // the words of the command line, "register web 8080"
};

// What one commit did to one service. The sides are of that service, and never both null.
struct Record {
  Shared<Allocation> before;
  Shared<Allocation> after;
  // Only for allocations that a decision made.
  std::optional<Choice> choice = {};
  std::vector<Skip> skipped = {};

  const std::string& service() const { return (after ? after : before)->service; }
};

// One line of the history.
struct Commit {
  std::uint64_t revision = 0;
  std::string time;  // RFC 3339, UTC
  Author author;
  std::vector<Record> records;
};

// What a mutation wants published. The store sets the revision: one more than that of the registry it handed over.
struct Change {
  Registry registry;
  std::vector<Record> records;
};

// The latest registry in; the change out, nullopt for "nothing to do", or an error, which leaves everything as it is.
// Called once by the file store; a store that publishes by compare-and-swap may call it again with a newer registry.
using Mutation = std::function<std::expected<std::optional<Change>, Error>(Registry)>;

// What a registry says about one service.
struct Entry {
  std::optional<Allocation> allocation;
  // Whether any allocation of the registry has an owner recorded, so that a holder could be compared with it.
  bool owners_recorded = false;
};

Entry entry_of(const Registry& registry, std::string_view service);

// The registry as it was at some revision.
struct Past {
  Registry registry;
  // Services that an editor changed meanwhile: what the history says of them does not lead to what is there.
  std::vector<std::string> edited = {};
};

// What is known of the latest registry.
struct LastKnown {
  Registry registry;
  // It is not read from where it should be: that is invalid or gone, and this is what is kept beside it.
  bool is_rebuilt = false;
};

class Store {
 public:
  virtual ~Store() = default;

  // The latest registry. One that does not exist yet is an empty one with revision 0. Never waits for a writer.
  // Errors: unreadable (invalid in any way; nothing is changed), not_writable (no permission to read).
  virtual std::expected<Registry, Error> read() = 0;

  // The same about one service, which may be quicker to find than to read everything.
  virtual std::expected<Entry, Error> find(std::string_view service) = 0;

  // The one write path: publishes what `mutate` makes of the latest registry, durably and whole, or nothing at all.
  // Returns the revision that is now the latest. Errors: those of read() and of `mutate`, lock_timeout, not_writable.
  virtual std::expected<std::uint64_t, Error> update(const Author& author, const Mutation& mutate) = 0;

  // The commits that concern `service`, or all if it is empty; the oldest first. Lines that no commit of the registry
  // stands behind (a newer revision than the registry's, a torn end) are left out.
  virtual std::expected<std::vector<Commit>, Error> history(std::string_view service) = 0;

  // The latest registry; or, where that is invalid or gone, what the one that is kept and the history tell of it. One
  // of which nothing is kept is empty if it is gone, and the error of read() if it is invalid.
  virtual std::expected<LastKnown, Error> last_known() = 0;

  // The registry as it was at `revision`, told from what is last known and the history. Errors: negative if there is no
  // such revision, or not any more; those of last_known().
  virtual std::expected<Past, Error> at(std::uint64_t revision) = 0;

  // The registry of before the last commit, as it was kept. Errors: negative if none is; unreadable.
  virtual std::expected<Registry, Error> previous() = 0;

  // update(), of what is last known: the way back from a registry that is invalid or gone. An invalid one is kept
  // aside.
  virtual std::expected<std::uint64_t, Error> recover(const Author& author, const Mutation& mutate) = 0;

  // For messages: the path of the file, or an address.
  virtual std::string name() const = 0;

 protected:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
};

}  // namespace berth::store
