cmake_minimum_required(VERSION 3.20)
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Symbols for the debugger")
project(days C)
add_executable(days days.c)
