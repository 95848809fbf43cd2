# Flags that hold for every target of the project.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
                    -Woverloaded-virtual -Werror)

# g++ 12 reports false positives of these when it optimises the standard library (GCC bugs 105329, 105651, 80635, 105762).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overread)
endif()

# libstdc++ 12 uses what it deprecates itself (std::get_temporary_buffer, in std::stable_sort).
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-Wno-deprecated-declarations)
endif()

add_compile_options(-ffunction-sections -fdata-sections)
add_link_options(-Wl,--gc-sections)

if(BERTH_SANITIZE)
  # Reports need lines, not variables. What is an executable is a test: it is not under test itself, and without
  # UndefinedBehaviorSanitizer's checks it compiles in two thirds of the time.
  add_compile_options(-fsanitize=${BERTH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -g1
                      $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-fno-sanitize=undefined>)
  add_link_options(-fsanitize=${BERTH_SANITIZE})
  # Boost.Asio has fences, which ThreadSanitizer does not see; nothing here relies on them: one thread runs each loop.
  if(BERTH_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)
  endif()
endif()

if(BERTH_FUZZ)
  # What an input reaches is counted; the targets themselves link libFuzzer (tests/fuzz/CMakeLists.txt).
  add_compile_options(-fsanitize=fuzzer-no-link
                      -fsanitize-ignorelist=${PROJECT_SOURCE_DIR}/cmake/sanitize_ignore.txt)
endif()
