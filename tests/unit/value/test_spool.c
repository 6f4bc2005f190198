/* Values that lie in a file come back as they were. */
#include "test.h"

#include "value/json.h"
#include "value/spool.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Stand in front of the C library's for this program. */
static int failing_writes; /* errno, or 0 */
static bool cuts_reads;

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset)
{
    if (failing_writes != 0) {
        errno = failing_writes;
        return -1;
    }
    return syscall(SYS_pwrite64, file, bytes, size, offset);
}

ssize_t pread(int file, void *bytes, size_t size, off_t offset)
{
    return cuts_reads ? 0 : syscall(SYS_pread64, file, bytes, size, offset);
}

static en_value read_json(en_arena *arena, const char *text)
{
    en_value value = en_nothing();
    assert_true(
        en_json_read(arena, en_text_from(text), EN_JSON_TYPED, EN_JSON_DEPTH, &value, NULL));
    return value;
}

static void assert_same(en_arena *arena, en_value a, en_value b)
{
    assert_int_equal(a.tag, b.tag);
    assert_int_equal(a.form, b.form);
    assert_true(en_value_equal(a, b));
    assert_string_equal(en_text_terminate(arena, en_json_text(arena, a, EN_JSON_TYPED)),
                        en_text_terminate(arena, en_json_text(arena, b, EN_JSON_TYPED)));
}

static const char *const samples[] = {
    "null",
    "true",
    "false",
    "0",
    "-1.5e300",
    "9007199254740993",
    "18446744073709551615",
    "\"\"",
    "\"a\\u0000ä\"",
    "{\"$date\": \"2024-01-02T03:04:05.678Z\"}",
    "{\"$buffer\": \"AP8=\"}",
    "[]",
    "{}",
    "[1, [2, [3]], {\"b\": {\"$buffer\": \"\"}}]",
    "{\"b\": 1, \"a\": {\"\": [null]}, \"c\": 3, \"d\": 4, \"e\": 5, \"f\": 6, \"g\": 7, \"h\": 8}",
};
enum { SAMPLES = sizeof samples / sizeof *samples, ROUNDS = 2000 };

static void values_come_back_as_they_were(void **state)
{
    (void)state;
    en_arena arena;
    en_arena values;
    en_error error;
    en_arena_init(&arena, NULL);
    en_arena_init(&values, NULL);
    en_error_clear(&error);
    en_spool *spool = en_spool_new(&arena);
    for (size_t i = 0; i < (size_t)ROUNDS * SAMPLES; i++) {
        assert_true(en_spool_add(spool, read_json(&values, samples[i % SAMPLES]), &error));
        en_arena_reset(&values);
    }
    assert_int_equal(en_spool_count(spool), ROUNDS * SAMPLES);
    en_spool_reader readers[2] = { { 0 }, { 0 } };
    en_value value = en_nothing();
    for (size_t i = 0; i < (size_t)ROUNDS * SAMPLES; i++) {
        en_value expected = read_json(&values, samples[i % SAMPLES]);
        assert_true(en_spool_read(spool, &readers[0], &arena, &values, &value, &error));
        assert_same(&values, value, expected);
        if (i % 3 == 0) { /* another one walks behind */
            expected = read_json(&values, samples[i / 3 % SAMPLES]);
            assert_true(en_spool_read(spool, &readers[1], &arena, &values, &value, &error));
            assert_same(&values, value, expected);
        }
        en_arena_reset(&values);
    }
    assert_true(en_spool_last(spool, &values, &value, &error));
    assert_same(&values, value, read_json(&values, samples[SAMPLES - 1]));
    en_arena_done(&values);
    en_arena_done(&arena);
}

static void what_is_larger_than_a_buffer_comes_back_too(void **state)
{
    (void)state;
    enum { LARGE = 300 * 1000 };
    en_arena arena;
    en_error error;
    en_arena_init(&arena, NULL);
    en_error_clear(&error);
    char *bytes = en_arena_zero(&arena, LARGE);
    bytes[LARGE - 1] = 'x';
    en_spool *spool = en_spool_new(&arena);
    en_spool_reader reader = { 0 };
    for (int i = 0; i < 3; i++) {
        assert_true(en_spool_add(spool, en_number(i), &error));
        assert_true(en_spool_add(spool, en_text_value((en_text){ bytes, LARGE }), &error));
    }
    for (int i = 0; i < 3; i++) {
        en_value value;
        assert_true(en_spool_read(spool, &reader, &arena, &arena, &value, &error));
        assert_true(en_value_equal(value, en_number(i)));
        assert_true(en_spool_read(spool, &reader, &arena, &arena, &value, &error));
        assert_int_equal(value.length, LARGE);
        assert_memory_equal(value.as.bytes, bytes, LARGE);
    }
    en_arena_done(&arena);
}

static void a_full_disk_and_a_short_file_are_errors(void **state)
{
    (void)state;
    en_arena arena;
    en_error error;
    en_value value;
    en_spool_reader reader = { 0 };
    en_arena_init(&arena, NULL);
    en_error_clear(&error);
    en_spool *spool = en_spool_new(&arena);
    assert_true(en_spool_add(spool, en_number(1), &error));
    failing_writes = ENOSPC;
    assert_false(en_spool_read(spool, &reader, &arena, &arena, &value, &error));
    failing_writes = 0;
    assert_string_equal(en_error_name(error.type), "StoreUnavailableError");
    assert_string_equal(error.message, "a long list cannot be kept: No space left on device");
    en_error_clear(&error);
    cuts_reads = true;
    assert_false(en_spool_read(spool, &reader, &arena, &arena, &value, &error));
    cuts_reads = false;
    assert_string_equal(error.message, "a long list was cut off behind our back");
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_back_as_they_were),
        cmocka_unit_test(what_is_larger_than_a_buffer_comes_back_too),
        cmocka_unit_test(a_full_disk_and_a_short_file_are_errors),
    };
    return EN_RUN(tests);
}
