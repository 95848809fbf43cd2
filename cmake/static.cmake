# How berth is linked where it is installed: so that its start takes as little as it can
# (docs/decisions/0001-static-linking.md).
find_program(BERTH_LLD ld.lld)

function(berth_link_statically target)
  target_link_options(${target} PRIVATE -static)
  # Only this linker knows how to order functions of the C library, too. Without it the program is the same, but slower.
  if(BERTH_LLD)
    set(order ${PROJECT_SOURCE_DIR}/cmake/hot_functions.txt)
    target_link_options(${target} PRIVATE -fuse-ld=lld -Wl,--symbol-ordering-file=${order} -Wl,--no-warn-symbol-ordering)
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${order})
  endif()
  if(BERTH_STRIP)
    # Into a new file, which strip writes in one go: then it lies in large pieces in the page cache.
    add_custom_command(TARGET ${target} POST_BUILD
                       COMMAND ${CMAKE_STRIP} -o $<TARGET_FILE:${target}>.stripped $<TARGET_FILE:${target}>
                       COMMAND ${CMAKE_COMMAND} -E rename $<TARGET_FILE:${target}>.stripped $<TARGET_FILE:${target}>)
  endif()
endfunction()
