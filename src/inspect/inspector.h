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

  // Whether the question is meant for it: whoever knows what takes ports without a socket is not asked about sockets.
  virtual bool answers(const Question& question) const { return question.sources != Sources::sockets; }

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
