// One source of evidence about this machine.
#pragma once

#include "core/census.h"
#include "inspect/machine.h"

namespace berth::inspect {

class Inspector {
 public:
  virtual ~Inspector() = default;

  // What this source knows about the question. Never fails: what could not be read is a blind spot of the answer.
  virtual Census inspect(const Question& question) = 0;

 protected:
  Inspector() = default;
  Inspector(const Inspector&) = delete;
  Inspector& operator=(const Inspector&) = delete;
};

}  // namespace berth::inspect
