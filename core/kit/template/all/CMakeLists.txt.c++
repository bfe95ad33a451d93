cmake_minimum_required(VERSION 3.25)
project(@name@ LANGUAGES C CXX)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

find_package(xiaogate-sdk 0.1 REQUIRED)
find_package(nlohmann_json REQUIRED)
enable_testing()

# The folder build/@name@ (library, manifest, recordings), and the test @name@_conformance.
xiaogate_add_plugin(@name@ SOURCES @name@.cpp)
target_link_libraries(plugin_@name@ PRIVATE nlohmann_json::nlohmann_json)
