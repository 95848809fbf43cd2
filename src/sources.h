// Which sources of evidence this program has.
#pragma once

#include <string>

#include "discover/scan.h"
#include "inspect/take_census.h"

namespace berth {

// Of this machine; of the files below `root` alone if it is not empty.
inspect::Inspectors make_inspectors(const std::string& root);

discover::Discoverers make_discoverers();

}  // namespace berth
