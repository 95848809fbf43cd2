// Asks a container engine each thing once. What was answered is remembered as long as the client lives: a command that
// looks at several ports must not wait for a slow engine several times.
#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <map>
#include <span>
#include <string>

#include "system/http_client.h"

namespace berth::inspect {

class EngineClient {
 public:
  using Answer = std::expected<system::HttpAnswer, system::Error>;

  explicit EngineClient(const system::HttpPlace& place) : client_(place) {}

  // As HttpClient::get(). An error is an answer, too, and not asked for again. Valid as long as the client.
  const Answer& get(const std::string& target, std::chrono::steady_clock::time_point deadline);

  // As HttpClient::get_each(), what is remembered first. After an error the targets that had no answer are not known,
  // and asked for the next time.
  using Take = std::function<bool(std::size_t index, const system::HttpAnswer& answer)>;
  std::expected<void, system::Error> get_each(std::span<const std::string> targets,
                                              std::chrono::steady_clock::time_point deadline, const Take& take);

 private:
  system::HttpClient client_;
  std::map<std::string, Answer, std::less<>> answers_;
};

}  // namespace berth::inspect
