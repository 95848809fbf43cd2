// What listens in the other network namespaces of this machine: it is in nobody's way here, but it is what somebody may
// be looking for.
#pragma once

#include "inspect/inspector.h"

namespace berth::inspect {

// Answers into `elsewhere` alone, and only who asks thoroughly for certain endpoints. Each holder
// says in which namespace it is, and in as far as it can be told there, whose it is.
//
// Namespaces are found by name (ip-netns(8), podman, CNI, Docker) and by the processes in them. The second is left out
// if the machine has many processes and somebody listens on the endpoint here: then it would cost more than the whole
// question. Addresses of other namespaces are their own: any that listens on the ports counts.
//
// Blind spots: namespaces that may not be entered, or were not in time. They hide no holders.
class NetworkNamespacesInspector : public Inspector {
 public:
  bool answers(const Question& question) const override { return question.thorough && question.about; }
  bool may_wait() const override { return true; }
  Census inspect(const Question& question) override;
};

}  // namespace berth::inspect
