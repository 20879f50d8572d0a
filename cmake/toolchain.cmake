# Compiler settings that every target shares.
find_program(HAUL_CCACHE ccache)
if(HAUL_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${HAUL_CCACHE})
endif()

set(HAUL_WARNINGS -Wall -Wextra -Wconversion -Wshadow -Werror)
if(NOT HAUL_TESTS AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # At -O2, g++ 12 sees overruns in std::string moves that are none; a user's build must not end on them.
  list(APPEND HAUL_WARNINGS -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict
       -Wno-maybe-uninitialized)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12 sorts with a call that it says is deprecated; macros of C libraries leave out members that are zero;
  # ccache knows a precompiled header by its content.
  list(APPEND HAUL_WARNINGS -Wno-deprecated-declarations -Wno-missing-field-initializers -Xclang -fno-pch-timestamp)
endif()

function(haul_compile_options target)
  target_compile_options(${target} PRIVATE ${HAUL_WARNINGS})
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_compile_definitions(${target} PUBLIC _FILE_OFFSET_BITS=64)
  if(HAUL_FAULT_POINTS)
    target_compile_definitions(${target} PUBLIC HAUL_FAULT_POINTS=1)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -fpch-preprocess)
  endif()
  if(HAUL_PCH AND TARGET haul_precompiled)
    target_precompile_headers(${target} REUSE_FROM haul_precompiled)
  endif()
endfunction()
