# Warnings are errors; the same set for GCC and Clang, plus what only one of them knows.
add_compile_options(
    -Wall -Wextra -Wpedantic -Werror
    -Wshadow -Wvla -Wundef -Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes
    -Wold-style-definition -Wpointer-arith -Wformat=2 -Wnull-dereference -Wimplicit-fallthrough
    -fno-common -fstack-protector-strong -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wlogical-op -Wduplicated-cond -Wduplicated-branches
        -Wno-format-truncation) # messages are cut to their fixed buffers on purpose
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    add_compile_options(-Wno-null-dereference) # guesses wrongly behind inlining
    add_compile_definitions(_FORTIFY_SOURCE=2)
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
endif()
if(EN_SANITIZE)
    add_compile_options(-fsanitize=${EN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${EN_SANITIZE})
endif()
if(EN_COVERAGE)
    add_compile_options(--coverage)
    add_link_options(--coverage)
endif()
