#include "inspect/take_census.h"

#include <cstddef>
#include <iterator>
#include <ranges>
#include <system_error>
#include <thread>
#include <utility>

#include "core/attribution.h"

namespace berth::inspect {
namespace {

template <typename T>
void move_to_end(std::vector<T>& whole, std::vector<T>&& part) {
  if (whole.empty())
    whole = std::move(part);
  else
    std::ranges::move(part, std::back_inserter(whole));
}

std::vector<Inspector*> choose(const Inspectors& inspectors, const Question& question) {
  std::vector<Inspector*> chosen;
  for (const auto& inspector : inspectors) {
    if (inspector->answers(question) && inspector->is_present()) chosen.push_back(inspector.get());
  }
  return chosen;
}

// False if there can be no more threads now (a limit of memory or of processes).
template <typename Work>
bool start(std::vector<std::jthread>& threads, const Work& work, std::size_t at) {
  try {
    threads.emplace_back(work, at);
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

// Those that wait for others wait while the others work.
std::vector<Census> ask(const std::vector<Inspector*>& inspectors, const Question& question) {
  std::vector<Census> answers(inspectors.size());
  const auto ask_one = [&](std::size_t at) { answers[at] = inspectors[at]->inspect(question); };
  std::vector<std::jthread> waiting;
  std::vector<std::size_t> here;
  for (std::size_t at = 0; at < inspectors.size(); ++at) {
    if (!inspectors[at]->may_wait() || !start(waiting, ask_one, at)) here.push_back(at);
  }
  for (const auto at : here) ask_one(at);
  waiting.clear();
  return answers;
}

}  // namespace

Census take_census(const Inspectors& inspectors, const Question& question) {
  Census census;
  for (auto& part : ask(choose(inspectors, question), question)) {
    move_to_end(census.holders, std::move(part.holders));
    move_to_end(census.blind_spots, std::move(part.blind_spots));
    move_to_end(census.elsewhere, std::move(part.elsewhere));
    move_to_end(census.containers, std::move(part.containers));
    move_to_end(census.answered, std::move(part.answered));
  }
  if (question.sources != Sources::sockets) attribute(census);
  return census;
}

}  // namespace berth::inspect
