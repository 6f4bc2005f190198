#include "test.h"

#include "testing/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TESTS = 40 };

/* Test i expects i % 8 != 7 of a scenario that gives its input and writes to a data store. */
static void write_suite(char path[])
{
    int file = mkstemp(path);
    assert_true(file >= 0);
    FILE *stream = fdopen(file, "w");
    assert_non_null(stream);
    fputs("{\"scenario\":[{\"id\":1,\"module\":\"datastore.addRecord\",\"parameters\":{"
          "\"dataStore\":\"D\",\"data\":{\"id\":\"x\",\"n\":\"{{input.n}}\"}}}],\"tests\":[",
          stream);
    for (int i = 0; i < TESTS; i++) {
        fprintf(stream,
                "%s{\"name\":\"test %d\",\"input\":{\"n\":%d},\"expect\":{\"output\":{\"n\":%d},"
                "\"stores\":{\"D\":{\"records\":[{\"data\":{\"n\":%d}}]}}}}",
                i == 0 ? "" : ",", i, i, i % 8 != 7 ? i : -1, i);
    }
    fputs("]}", stream);
    assert_int_equal(fclose(stream), 0);
}

typedef struct audience {
    size_t heard;
    size_t failed;
} audience;

static void listen(void *context, const en_session_suite *suite, const en_test_result *result)
{
    audience *self = context;
    char name[32];
    snprintf(name, sizeof name, "test %zu", self->heard);
    assert_text(result->test->name, name);
    assert_ptr_equal(suite->suite, result->test->suite);
    assert_int_equal(result->outcome, self->heard % 8 != 7 ? EN_TEST_PASSED : EN_TEST_FAILED);
    assert_int_equal(result->executions, 1);
    self->failed += result->outcome == EN_TEST_FAILED;
    self->heard++;
}

static void tests_are_told_in_order_however_many_run_at_once(void **state)
{
    (void)state;
    static const size_t jobs[] = { 1, 2, 4, 64 };
    char path[] = "/tmp/enact_session_XXXXXX";
    write_suite(path);
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
        en_arena arena;
        audience self = { 0 };
        const char *const paths[] = { path };
        en_arena_init(&arena, NULL);
        en_session session = { .arena = &arena, .jobs = jobs[i], .told = listen, .context = &self };
        en_session_run(&session, paths, 1);
        assert_int_equal(self.heard, TESTS);
        assert_int_equal(self.failed, 5);
        assert_int_equal(session.outcomes[EN_TEST_FAILED], 5);
        assert_int_equal(session.outcomes[EN_TEST_PASSED], TESTS - 5);
        assert_int_equal(session.invalid_files, 0);
        en_session_done(&session);
        en_arena_done(&arena);
    }
    unlink(path);
}

static void what_is_interrupted_is_not_passed(void **state)
{
    (void)state;
    char path[] = "/tmp/enact_session_XXXXXX";
    write_suite(path);
    en_arena arena;
    volatile int interrupted = 1;
    const char *const paths[] = { path };
    en_arena_init(&arena, NULL);
    en_session session = { .arena = &arena, .jobs = 4, .options = { .interrupted = &interrupted } };
    en_session_run(&session, paths, 1);
    assert_int_equal(session.outcomes[EN_TEST_SKIPPED], TESTS);
    en_session_done(&session);
    en_arena_done(&arena);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tests_are_told_in_order_however_many_run_at_once),
        cmocka_unit_test(what_is_interrupted_is_not_passed),
    };
    return EN_RUN(tests);
}
