cmake_minimum_required(VERSION 3.25)
project(@name@ LANGUAGES C)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

find_package(xiaogate-sdk 0.1 REQUIRED)
enable_testing()

# The folder build/@name@ (library, manifest, recordings), and the test @name@_conformance.
xiaogate_add_plugin(@name@ SOURCES @name@.c)
