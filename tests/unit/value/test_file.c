#include "test.h"

#include "value/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void write_file(char path[32], en_text content)
{
    strncpy(path, "/tmp/enact_file_XXXXXX", 32);
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, content.data, content.length), (ssize_t)content.length);
    close(file);
}

static void a_file_is_read_whole(void **state)
{
    (void)state;
    char path[32];
    write_file(path, EN_TEXT("one\0two\n"));
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text content;
    en_error error;
    en_error_clear(&error);
    assert_true(en_file_read(&arena, path, 8, &content, &error));
    assert_true(en_text_equal(content, EN_TEXT("one\0two\n")));
    unlink(path);
    en_arena_done(&arena);
}

static void a_file_may_be_empty(void **state)
{
    (void)state;
    char path[32];
    write_file(path, EN_TEXT(""));
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text content;
    assert_true(en_file_read(&arena, path, 0, &content, NULL));
    assert_int_equal(content.length, 0);
    unlink(path);
    en_arena_done(&arena);
}

static void a_file_over_the_limit_is_refused(void **state)
{
    (void)state;
    char path[32];
    write_file(path, EN_TEXT("123456789"));
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text content;
    en_error error;
    en_error_clear(&error);
    assert_false(en_file_read(&arena, path, 8, &content, &error));
    char message[128];
    snprintf(message, sizeof message, "expected a file of at most 8 bytes but %s is larger", path);
    assert_error(&error, EN_MaxFileSizeExceededError, message);
    unlink(path);
    en_arena_done(&arena);
}

static void files_without_a_size_are_read_up_to_the_limit(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text content;
    en_error error;
    en_error_clear(&error);
    assert_false(en_file_read(&arena, "/dev/zero", 300000, &content, &error));
    assert_int_equal(error.type, EN_MaxFileSizeExceededError);
    assert_true(en_file_read(&arena, "/dev/null", 10, &content, &error));
    assert_int_equal(content.length, 0);
    en_arena_done(&arena);
}

static void what_cannot_be_read_says_why(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text content;
    en_error error;
    en_error_clear(&error);
    assert_false(en_file_read(&arena, "/no/such/file", 10, &content, &error));
    assert_error(&error, EN_UsageError, "/no/such/file cannot be read: No such file or directory");
    en_error_clear(&error);
    assert_false(en_file_read(&arena, "/tmp", 10, &content, &error));
    assert_error(&error, EN_UsageError, "/tmp cannot be read: Is a directory");
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_whole),
        cmocka_unit_test(a_file_may_be_empty),
        cmocka_unit_test(a_file_over_the_limit_is_refused),
        cmocka_unit_test(files_without_a_size_are_read_up_to_the_limit),
        cmocka_unit_test(what_cannot_be_read_says_why),
    };
    return EN_RUN(tests);
}
