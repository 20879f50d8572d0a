# What haul-speech alone needs: Debian's libav, seccomp, ebur128 and kissfft, and OpenVINO out of its wheel.
haul_pkg(libav::format libavformat)
haul_pkg(libav::codec libavcodec)
haul_pkg(libav::resample libswresample)
haul_pkg(libav::util libavutil)
haul_pkg(seccomp::seccomp libseccomp)
haul_pkg(ebur128::ebur128 libebur128)
haul_pkg(kissfft::kissfft kissfft-float)

if(NOT HAUL_NETWORKS)
  return()
endif()
# Shared by all presets of a source tree. There is none for some machines: haul-speech does without.
set(HAUL_OPENVINO ${CMAKE_SOURCE_DIR}/build/openvino-2026.4.1 CACHE PATH "where OpenVINO's wheel lies unpacked")
execute_process(COMMAND ${CMAKE_SOURCE_DIR}/cmake/fetch_openvino ${HAUL_OPENVINO} RESULT_VARIABLE fetched)
if(fetched EQUAL 0)
  find_package(OpenVINO REQUIRED COMPONENTS Runtime PATHS ${HAUL_OPENVINO}/openvino/cmake NO_DEFAULT_PATH)
  # Loaded with the first model (src/speech/inference/network.h). OpenVINO is found where its wheel lies unpacked; as the whole
  # RUNPATH, since what CMake makes of it ends with an empty entry, for which the loader would look among files of strangers.
  add_library(haul-openvino MODULE src/speech/inference/openvino/module.cc)
  haul_compile_options(haul-openvino)
  target_link_libraries(haul-openvino PRIVATE openvino::runtime)
  set_target_properties(haul-openvino PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden DISABLE_PRECOMPILE_HEADERS ON
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}
    INSTALL_RPATH ${HAUL_OPENVINO}/openvino/libs BUILD_WITH_INSTALL_RPATH TRUE)
elseif(NOT fetched EQUAL 3)
  message(FATAL_ERROR "OpenVINO could not be fetched")
endif()
