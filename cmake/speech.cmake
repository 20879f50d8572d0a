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
# Shared by all presets of a source tree.
set(HAUL_OPENVINO ${CMAKE_SOURCE_DIR}/build/openvino-2026.4.1 CACHE PATH "where OpenVINO's wheel lies unpacked")
execute_process(COMMAND ${CMAKE_SOURCE_DIR}/cmake/fetch_openvino ${HAUL_OPENVINO} COMMAND_ERROR_IS_FATAL ANY)
find_package(OpenVINO REQUIRED COMPONENTS Runtime PATHS ${HAUL_OPENVINO}/openvino/cmake NO_DEFAULT_PATH)
