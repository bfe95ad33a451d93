# Warnings, sanitizers and hardening, the same for every target.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
add_link_options(-Wl,--as-needed)

if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  # g++ leaves signs out of -Wconversion for C++; both compilers shall ask for the same.
  # The second is what libstdc++ 12 itself does in stable_sort, the third what Poco's targets define.
  add_compile_options(-Wno-sign-conversion -Wno-deprecated-declarations -Wno-macro-redefined)
  add_link_options(-fuse-ld=lld)
endif()

if(XIAOGATE_SANITIZE)
  add_compile_options(-fsanitize=${XIAOGATE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${XIAOGATE_SANITIZE})
  # Their run-time does what no plugin may (core/host/sandbox.h).
  add_compile_definitions(XIAOGATE_SANITIZED)
  if(XIAOGATE_SANITIZE STREQUAL "thread")
    add_compile_definitions(XIAOGATE_THREAD_SANITIZER)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 raises these falsely once the sanitizers have rewritten the code (GCC bug 105562 and kin).
    add_compile_options(-Wno-maybe-uninitialized -Wno-tsan)
  endif()
endif()

# Line tables are enough for a backtrace and a profile, and compile a fifth faster than -g.
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
  add_link_options(-Wl,-z,relro,-z,now)
  include(CheckPIESupported)
  check_pie_supported()  # CMake passes -pie to executables only after this
endif()
