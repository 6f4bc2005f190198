#include "test.h"

#include "scenario/workspace.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct fixture {
    en_arena arena;
    char root[64];
    en_workspace workspace;
    en_problems problems;
} fixture;

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *ftw)
{
    (void)about;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int set_up(void **state)
{
    static fixture with;
    en_arena_init(&with.arena, NULL);
    snprintf(with.root, sizeof with.root, "/tmp/enact-workspace-XXXXXX");
    *state = &with;
    return mkdtemp(with.root) == NULL || chdir(with.root) != 0;
}

static int tear_down(void **state)
{
    fixture *with = *state;
    en_arena_done(&with->arena);
    return chdir("/") != 0 || nftw(with->root, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0;
}

static void make(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
}

static bool open_workspace(fixture *with, const char *file)
{
    en_problems_init(&with->problems, &with->arena);
    return en_workspace_open(&with->arena, file, &with->workspace, &with->problems);
}

static void assert_problem(const fixture *with, const char *expected)
{
    const en_problem *problem = with->problems.first;
    assert_non_null(problem);
    en_text line =
        en_text_format(&((fixture *)with)->arena, "%.*s:%u:%u: %s: %.*s: %.*s%s%.*s",
                       EN_TEXT_ARG(problem->file), problem->line, problem->column,
                       problem->severity == EN_SEVERITY_ERROR ? "error" : "warning",
                       EN_TEXT_ARG(problem->path), EN_TEXT_ARG(problem->message),
                       problem->hint.length != 0 ? ": " : "", EN_TEXT_ARG(problem->hint));
    assert_text(line, expected);
    assert_null(problem->next);
}

static void without_anything_the_files_folder_and_the_defaults_count(void **state)
{
    fixture *with = *state;
    mkdir("deep", 0755);
    make("deep/a.json", "[]");
    assert_true(open_workspace(with, "deep/a.json"));
    assert_text(with->workspace.folder, "deep");
    assert_text(with->workspace.database, "deep/enact.db");
    assert_int_equal(with->workspace.durability, EN_DURABLE_FULL);
    assert_false(with->workspace.only_declared_stores);
    assert_int_equal(with->workspace.schema_count, 0);
    assert_true(open_workspace(with, "a.json"));
    assert_text(with->workspace.database, "enact.db");
    assert_true(open_workspace(with, NULL));
    assert_text(with->workspace.folder, ".");
    assert_true(open_workspace(with, "not/there.json"));
    assert_text(with->workspace.folder, "not");
}

static void the_nearest_enact_json_upward_decides(void **state)
{
    fixture *with = *state;
    mkdir("a", 0755);
    mkdir("a/b", 0755);
    mkdir("a/b/c", 0755);
    make("enact.json", "{\"database\": \"outer.db\"}");
    assert_true(open_workspace(with, "a/b/c/x.json"));
    assert_text(with->workspace.database, "outer.db");
    make("a/enact.json", "{\"database\": \"../inner.db\"}");
    assert_true(open_workspace(with, "a/b/c/x.json"));
    assert_text(with->workspace.folder, "a");
    assert_text(with->workspace.database, "a/../inner.db");
    assert_int_equal(chdir("a/b"), 0);
    assert_true(open_workspace(with, "c/x.json"));
    assert_true(en_text_ends(with->workspace.folder, EN_TEXT("/a")));
}

static void schemas_beside_or_one_above_make_a_workspace(void **state)
{
    fixture *with = *state;
    mkdir("schemas", 0755);
    mkdir("one", 0755);
    mkdir("one/two", 0755);
    make("schemas/b.json", "{\"name\": \"B\", \"structure\": {\"x\": {\"type\": \"number\"}}}");
    make("schemas/a.json", "{\"name\": \"A\", \"structure\": {}}");
    make("schemas/editor.json", "{\"$schema\": \"https://json-schema.org\", \"type\": \"object\"}");
    make("schemas/list.json", "[1]");
    make("schemas/notes.txt", "no JSON");
    assert_true(open_workspace(with, "x.json"));
    assert_int_equal(with->workspace.schema_count, 2);
    assert_text(with->workspace.schemas[0]->name, "A");
    assert_text(with->workspace.schemas[1]->name, "B");
    assert_true(open_workspace(with, "one/x.json"));
    assert_text(with->workspace.folder, ".");
    assert_int_equal(with->workspace.schema_count, 2);
    assert_true(open_workspace(with, "one/two/x.json"));
    assert_text(with->workspace.folder, "one/two");
    assert_int_equal(with->workspace.schema_count, 0);
}

static void every_setting_is_read(void **state)
{
    fixture *with = *state;
    make("enact.json",
         "{\"$schema\": \"x\", \"database\": \":memory:\", \"durability\": \"normal\","
         " \"stores\": \"declared\", \"allowNet\": [\"api.example\", \"private\"],"
         " \"env\": [\"TOKEN\"], \"timezone\": \"Europe/Prague\","
         " \"limits\": {\"operations\": 100, \"memory\": \"1.5M\","
         " \"timeout\": 2.5}}");
    assert_true(open_workspace(with, "x.json"));
    assert_null(with->problems.first);
    const en_workspace *workspace = &with->workspace;
    assert_text(workspace->database, ":memory:");
    assert_int_equal(workspace->durability, EN_DURABLE_NORMAL);
    assert_true(workspace->only_declared_stores);
    assert_int_equal(workspace->allowed_host_count, 2);
    assert_text(workspace->allowed_hosts[1], "private");
    assert_int_equal(workspace->environment_count, 1);
    assert_text(workspace->environment[0], "TOKEN");
    assert_text(workspace->zone, "Europe/Prague");
    assert_int_equal(workspace->max_operations, 100);
    assert_int_equal(workspace->max_bytes, 1572864);
    assert_int_equal(workspace->timeout_ms, 2500);
}

static void absolute_paths_and_urls_stand_for_themselves(void **state)
{
    fixture *with = *state;
    mkdir("a", 0755);
    make("a/enact.json", "{\"database\": \"/var/lib/x.db\"}");
    assert_true(open_workspace(with, "a/x.json"));
    assert_text(with->workspace.database, "/var/lib/x.db");
    make("a/enact.json", "{\"database\": \"postgresql://h/d\"}");
    assert_true(open_workspace(with, "a/x.json"));
    assert_text(with->workspace.database, "postgresql://h/d");
}

static void an_unknown_setting_warns_with_the_nearest_name(void **state)
{
    fixture *with = *state;
    make("enact.json", "{\n  \"databse\": \"x\"\n}\n");
    assert_true(open_workspace(with, "x.json"));
    assert_problem(with, "enact.json:2:14: warning: databse: there is no setting \"databse\": "
                         "did you mean \"database\"?");
    make("enact.json", "{\"limits\": {\"ops\": 1}}");
    assert_true(open_workspace(with, "x.json"));
    assert_problem(with, "enact.json:1:20: warning: limits.ops: there is no setting \"ops\"");
}

static void wrong_values_are_errors_with_their_place(void **state)
{
    fixture *with = *state;
    static const char *const cases[][2] = {
        { "[]", "enact.json:1:1: error: : expected a collection of settings but found array" },
        { "{\"database\": 5}",
          "enact.json:1:14: error: database: expected a path or URL but found number" },
        { "{\"durability\": \"some\"}", "enact.json:1:16: error: durability: expected \"full\" or "
                                        "\"normal\" but found \"some\"" },
        { "{\"stores\": true}",
          "enact.json:1:12: error: stores: expected \"declared\" but found boolean" },
        { "{\"env\": [\"A\", 1]}",
          "enact.json:1:15: error: env[1]: expected a text but found number" },
        { "{\"limits\": {\"timeout\": \"soon\"}}",
          "enact.json:1:24: error: limits.timeout: expected a duration such as \"40m\" but found "
          "\"soon\"" },
        { "{\"limits\": {\"operations\": -1}}",
          "enact.json:1:27: error: limits.operations: expected a whole number from 1 but found "
          "number" },
        { "{\"timezone\": null}",
          "enact.json:1:14: error: timezone: expected the name of a time zone but found null" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        make("enact.json", cases[i][0]);
        assert_false(open_workspace(with, "x.json"));
        assert_problem(with, cases[i][1]);
    }
}

static void broken_files_are_errors_of_their_own(void **state)
{
    fixture *with = *state;
    make("enact.json", "{");
    assert_false(open_workspace(with, "x.json"));
    assert_text(with->problems.first->file, "enact.json");
    remove("enact.json");
    mkdir("schemas", 0755);
    make("schemas/a.json", "{\"name\": \"A\", \"structure\": {}}");
    make("schemas/b.json", "{\"name\": \"A\", \"structure\": {}}");
    assert_false(open_workspace(with, "x.json"));
    assert_problem(with,
                   "schemas/b.json:1:10: error: name: another schema is called \"A\" already");
    make("schemas/b.json", "{\"name\": \"B\", \"structure\": {\"x\": {\"type\": \"nubmer\"}}}");
    assert_false(open_workspace(with, "x.json"));
    assert_text(with->problems.first->file, "schemas/b.json");
    assert_int_not_equal(with->problems.first->line, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WORKSPACE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        WORKSPACE_TEST(without_anything_the_files_folder_and_the_defaults_count),
        WORKSPACE_TEST(the_nearest_enact_json_upward_decides),
        WORKSPACE_TEST(schemas_beside_or_one_above_make_a_workspace),
        WORKSPACE_TEST(every_setting_is_read),
        WORKSPACE_TEST(absolute_paths_and_urls_stand_for_themselves),
        WORKSPACE_TEST(an_unknown_setting_warns_with_the_nearest_name),
        WORKSPACE_TEST(wrong_values_are_errors_with_their_place),
        WORKSPACE_TEST(broken_files_are_errors_of_their_own),
    };
    return EN_RUN(tests);
}
