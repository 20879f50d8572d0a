# Where a Debian package would put things. Completion scripts come from the program itself.
include(GNUInstallDirs)

set(HAUL_COMPLETIONS ${CMAKE_BINARY_DIR}/completions)
file(MAKE_DIRECTORY ${HAUL_COMPLETIONS})
foreach(shell bash zsh fish)
  add_custom_command(
    OUTPUT ${HAUL_COMPLETIONS}/haul.${shell}
    COMMAND $<TARGET_FILE:haul> completion ${shell} > ${HAUL_COMPLETIONS}/haul.${shell}
    DEPENDS haul
    VERBATIM)
endforeach()
add_custom_target(completions ALL
  DEPENDS ${HAUL_COMPLETIONS}/haul.bash ${HAUL_COMPLETIONS}/haul.zsh ${HAUL_COMPLETIONS}/haul.fish)

install(TARGETS haul RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES docs/haul.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${HAUL_COMPLETIONS}/haul.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME haul)
install(FILES ${HAUL_COMPLETIONS}/haul.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions RENAME _haul)
install(FILES ${HAUL_COMPLETIONS}/haul.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

if(TARGET haul-speech)
  # OpenVINO's libraries lie in its unpacked wheel: the program finds them there, where it was built.
  install(TARGETS haul-speech RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  # The same in the build folder: what CMake puts there else ends with an empty entry, for which the loader would look
  # for libraries where the program is started, among files of strangers.
  set_target_properties(haul-speech PROPERTIES INSTALL_RPATH ${HAUL_OPENVINO}/openvino/libs BUILD_WITH_INSTALL_RPATH TRUE)
  install(DIRECTORY src/speech/models/build/ DESTINATION ${CMAKE_INSTALL_DATADIR}/haul/models)
endif()
