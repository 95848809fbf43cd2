// One source of evidence about this machine.
#pragma once

#include "core/census.h"
#include "inspect/machine.h"

namespace berth::inspect {

class Inspector {
 public:
  virtual ~Inspector() = default;

  // Whether it is worth asking on this machine. Cheap: it costs every registration of a new service.
  virtual bool is_present() const { return true; }

  // Which questions it answers: of sockets, or of what takes ports without one; `all`: only those that go to all.
  virtual Sources reads() const { return Sources::hidden; }

  // Whether it asks another process, and may wait for the answer; otherwise it is done before a thread would have
  // begun.
  virtual bool may_wait() const { return false; }

  // What this source knows about the question. Never fails: what could not be read is a blind spot of the answer.
  // Keeps to the question's deadline by itself. One that may wait runs in a thread of its own.
  virtual Census inspect(const Question& question) = 0;

 protected:
  Inspector() = default;
  Inspector(const Inspector&) = delete;
  Inspector& operator=(const Inspector&) = delete;
};

}  // namespace berth::inspect
