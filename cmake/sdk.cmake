# The SDK for vendors: `cmake --install build/release --component sdk --prefix P`, or ./dev sdk.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/xiaogate-sdk)
set(shared ${CMAKE_INSTALL_DATADIR}/xiaogate-sdk)

install(TARGETS sdk EXPORT xiaogate-sdk COMPONENT sdk
        FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT sdk)
install(EXPORT xiaogate-sdk NAMESPACE xiaogate:: FILE xiaogate-sdk-targets.cmake
        DESTINATION ${package} COMPONENT sdk)
configure_package_config_file(cmake/sdk/xiaogate-sdk-config.cmake.in
  ${CMAKE_BINARY_DIR}/sdk/xiaogate-sdk-config.cmake INSTALL_DESTINATION ${package}
  PATH_VARS CMAKE_INSTALL_BINDIR CMAKE_INSTALL_DATADIR)
# A plugin built for one version of the ABI runs with every gateway that speaks it; before 1.0 the
# headers may still change with the minor version.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/sdk/xiaogate-sdk-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/sdk/xiaogate-sdk-config.cmake
              ${CMAKE_BINARY_DIR}/sdk/xiaogate-sdk-config-version.cmake
              cmake/sdk/xiaogate-sdk-plugin.cmake
        DESTINATION ${package} COMPONENT sdk)

install(TARGETS xiaogate RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT sdk)
install(TARGETS xiaogate-plugin-host RUNTIME DESTINATION lib/xiaogate COMPONENT sdk)

file(GLOB models CONFIGURE_DEPENDS devices/*/*.tm.json)
install(FILES ${models} DESTINATION ${shared}/interfaces COMPONENT sdk)
install(DIRECTORY core/kit/template DESTINATION ${shared} COMPONENT sdk)
install(DIRECTORY config/schema/plugin DESTINATION ${shared}/schema COMPONENT sdk OPTIONAL)
file(GLOB pages CONFIGURE_DEPENDS docs/vendors*.md docs/plugin-package.md)
install(FILES ${pages} LICENSE DESTINATION ${shared}/docs COMPONENT sdk)
