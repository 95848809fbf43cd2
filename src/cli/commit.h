// How a commit of the history is told.
#pragma once

#include <string>

#include "cli/json.h"
#include "store/store.h"

namespace berth::cli {

// {"revision":..., "time":..., "user":..., "command":..., "changes":[...]}
void write_commit(Json& json, const store::Commit& commit);

// "keycloak: 8080/tcp -> 8081/tcp (moved)"
std::string line_of(const store::Record& record);

}  // namespace berth::cli
