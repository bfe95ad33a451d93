# xiaogate_add_plugin(<name> SOURCES <file>... [MANIFEST <file>] [RECORDINGS <folder>])
#
# Makes the folder <build>/<name>: the library, manifest.json and recordings/, as `xiaogate plugin
# test` and `xiaogate plugin pack` take it. The library is the target plugin_<name>; link to it what
# the plugin needs. With enable_testing(), the ctest <name>_conformance runs the conformance kit on
# the folder. MANIFEST is manifest.json and RECORDINGS recordings when not given.
function(xiaogate_add_plugin name)
  cmake_parse_arguments(ARG "" "MANIFEST;RECORDINGS" "SOURCES" ${ARGN})
  if(NOT ARG_SOURCES OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "xiaogate_add_plugin(<name> SOURCES <file>... [MANIFEST <file>] [RECORDINGS <folder>])")
  endif()
  if(NOT ARG_MANIFEST)
    set(ARG_MANIFEST manifest.json)
  endif()
  if(NOT ARG_RECORDINGS)
    set(ARG_RECORDINGS recordings)
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name})
  add_library(plugin_${name} MODULE ${ARG_SOURCES})
  target_link_libraries(plugin_${name} PRIVATE xiaogate::sdk)
  # One symbol is exported; everything else is the plugin's own.
  set_target_properties(plugin_${name} PROPERTIES
    OUTPUT_NAME xiaogate_${name} LIBRARY_OUTPUT_DIRECTORY ${folder}
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  set(copied ${folder}/manifest.json)
  add_custom_command(OUTPUT ${folder}/manifest.json
    COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_MANIFEST} ${folder}/manifest.json
    DEPENDS ${ARG_MANIFEST})
  file(GLOB recordings CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_RECORDINGS}/*.jsonl)
  foreach(recording ${recordings})
    cmake_path(GET recording FILENAME file)
    add_custom_command(OUTPUT ${folder}/recordings/${file}
      COMMAND ${CMAKE_COMMAND} -E copy ${recording} ${folder}/recordings/${file}
      DEPENDS ${recording})
    list(APPEND copied ${folder}/recordings/${file})
  endforeach()
  add_custom_target(plugin_${name}_folder ALL DEPENDS ${copied})
  add_dependencies(plugin_${name} plugin_${name}_folder)
  add_test(NAME ${name}_conformance COMMAND ${XIAOGATE_SDK_PROGRAM} plugin test --quick ${folder})
endfunction()
