#include "base/replacement.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct fixture {
    en_arena arena;
    char folder[64];
    en_error error;
} fixture;

static const char *path(fixture *self, const char *name)
{
    return en_text_format(&self->arena, "%s/%s", self->folder, name).data;
}

static void write_file(const char *name, const char *content)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_content(const char *name, const char *content)
{
    char room[64] = "";
    FILE *file = fopen(name, "r");
    assert_non_null(file);
    room[fread(room, 1, sizeof room - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
    assert_string_equal(room, content);
}

static int set_up(void **state)
{
    fixture *self = test_calloc(1, sizeof *self);
    en_arena_init(&self->arena, NULL);
    en_error_clear(&self->error);
    snprintf(self->folder, sizeof self->folder, "/tmp/enact-replacement-XXXXXX");
    assert_non_null(mkdtemp(self->folder));
    *state = self;
    return 0;
}

/* The folder must be empty but for what the test names: nothing temporary is left. */
static int tear_down(void **state)
{
    fixture *self = *state;
    (void)unlink(path(self, "file"));
    (void)unlink(path(self, "link"));
    assert_int_equal(rmdir(self->folder), 0);
    en_arena_done(&self->arena);
    test_free(self);
    return 0;
}

static void the_old_file_stays_until_the_new_one_is_whole(void **state)
{
    fixture *self = *state;
    en_replacement file;
    write_file(path(self, "file"), "old");
    assert_int_equal(chmod(path(self, "file"), 0600), 0);
    assert_true(en_replacement_open(&self->arena, path(self, "file"), &file, &self->error));
    fputs("new", file.stream);
    fflush(file.stream);
    assert_content(path(self, "file"), "old");
    assert_true(en_replacement_done(&file, &self->error));
    assert_content(path(self, "file"), "new");
    struct stat about;
    assert_int_equal(stat(path(self, "file"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
}

static void what_is_dropped_changes_nothing(void **state)
{
    fixture *self = *state;
    en_replacement file;
    write_file(path(self, "file"), "old");
    assert_true(en_replacement_open(&self->arena, path(self, "file"), &file, &self->error));
    fputs("new", file.stream);
    en_replacement_drop(&file);
    assert_content(path(self, "file"), "old");
}

static void a_link_is_followed(void **state)
{
    fixture *self = *state;
    en_replacement file;
    write_file(path(self, "file"), "old");
    assert_int_equal(symlink("file", path(self, "link")), 0);
    assert_true(en_replacement_open(&self->arena, path(self, "link"), &file, &self->error));
    fputs("new", file.stream);
    assert_true(en_replacement_done(&file, &self->error));
    struct stat about;
    assert_int_equal(lstat(path(self, "link"), &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_content(path(self, "file"), "new");
}

static void what_cannot_be_written_is_said(void **state)
{
    fixture *self = *state;
    en_replacement file;
    assert_false(en_replacement_open(&self->arena, path(self, "no/file"), &file, &self->error));
    assert_int_equal(self->error.type, EN_UsageError);
    en_error_clear(&self->error);
    assert_true(en_replacement_open(&self->arena, "/dev/full", &file, &self->error));
    fputs("new", file.stream);
    assert_false(en_replacement_done(&file, &self->error));
    assert_int_equal(self->error.type, EN_RuntimeError);
    assert_non_null(strstr(self->error.message, "/dev/full cannot be written: No space left"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_old_file_stays_until_the_new_one_is_whole),
        TEST(what_is_dropped_changes_nothing),
        TEST(a_link_is_followed),
        TEST(what_cannot_be_written_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
