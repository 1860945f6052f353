cmake_minimum_required(VERSION 3.20)
project(days C)
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "")
add_executable(days days.c)
