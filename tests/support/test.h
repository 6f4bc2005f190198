/* test - cmocka with the headers it needs, in the order it needs them, and helpers for enact's
 * types. Test functions are named by what they state. */
#ifndef EN_TEST_H
#define EN_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"

#define EN_RUN(tests) cmocka_run_group_tests((tests), NULL, NULL)

/* Texts compared as a person would read them. */
#define assert_text(actual, expected)                                                              \
    do {                                                                                           \
        en_text en_actual = (actual);                                                              \
        char en_shown[4096];                                                                       \
        size_t en_length =                                                                         \
            en_actual.length < sizeof en_shown ? en_actual.length : sizeof en_shown - 1;           \
        memcpy(en_shown, en_actual.data, en_length);                                               \
        en_shown[en_length] = '\0';                                                                \
        assert_string_equal(en_shown, (expected));                                                 \
        assert_int_equal(en_actual.length, strlen(expected));                                      \
    } while (0)

#define assert_error(error, expected_type, expected_message)                                       \
    do {                                                                                           \
        assert_string_equal(en_error_name((error)->type), en_error_name(expected_type));           \
        assert_string_equal((error)->message, (expected_message));                                 \
    } while (0)

#endif
