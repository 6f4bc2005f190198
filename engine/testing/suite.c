#include "testing/suite.h"

#include "base/folder.h"
#include "testing/suite_check.h"
#include "value/place.h"

enum { MOST_PROBLEMS = 100 };

/* --- settings --- */

enum { RUN_LEVEL, TEST_LEVEL, FILE_LEVEL, LEVELS };

static en_value level_value(const en_test *test, const en_test_run *run, int level)
{
    return level == FILE_LEVEL   ? test->suite->root
           : level == TEST_LEVEL ? test->value
           : run != NULL         ? run->value
                                 : en_nothing();
}

en_value en_test_setting(const en_test *test, const en_test_run *run, const char *name,
                         en_arena *arena, en_text *path)
{
    for (int level = RUN_LEVEL; level < LEVELS; level++) {
        en_value value = level_value(test, run, level);
        if (en_collection_has(value, en_text_from(name))) {
            en_text above = level == FILE_LEVEL   ? EN_TEXT("")
                            : level == TEST_LEVEL ? test->path
                                                  : run->path;
            *path = en_place_member(arena, above, en_text_from(name));
            return en_collection_find(value, en_text_from(name));
        }
    }
    *path = test->path;
    return en_nothing();
}

en_value en_test_merged(const en_test *test, const en_test_run *run, const char *name,
                        en_arena *arena)
{
    en_collection_builder all;
    en_collection_builder_init(&all, arena);
    for (int level = FILE_LEVEL; level >= RUN_LEVEL; level--) {
        en_value some = en_collection_find(level_value(test, run, level), en_text_from(name));
        for (uint32_t i = 0; i < en_collection_count(some); i++) {
            const en_member *member = &en_collection_members(some)[i];
            en_collection_builder_add(&all, member->name, member->value);
        }
    }
    return en_collection_builder_take(&all);
}

/* --- places --- */

static en_text folder_of(en_text path)
{
    size_t end = path.length;
    while (end > 0 && path.data[end - 1] != '/') {
        end--;
    }
    return en_text_slice(path, 0, end > 1 ? end - 1 : end);
}

const char *en_suite_beside(const en_suite *suite, en_arena *arena, en_text path)
{
    return en_text_starts(path, EN_TEXT("/")) || suite->folder.length == 0
               ? en_text_terminate(arena, path)
               : en_folder_join(arena, suite->folder, path);
}

void en_suite_place(const en_suite *suite, en_problems *problems)
{
    for (en_problem *problem = problems->first; problem != NULL; problem = problem->next) {
        if (problem->file.length == 0) {
            problem->file = suite->name;
        }
        if (problem->line == 0 &&
            !en_document_place(suite->document, problem->path, &problem->line, &problem->column)) {
            problem->line = 1;
        }
    }
}

/* Every place costs a look through the file. */
static void keep_first(en_problems *problems, size_t most)
{
    size_t kept = 1;
    for (en_problem *problem = problems->first; problem != NULL; problem = problem->next, kept++) {
        if (kept == most && problem->next != NULL) {
            size_t more = problems->errors + problems->warnings - most;
            problem->next = NULL;
            problems->last = problem;
            en_problems_add(problems, EN_SEVERITY_ERROR, "there are %zu problems more", more);
        }
    }
}

/* --- reading --- */

static bool read_runs(en_arena *arena, en_test *test)
{
    en_value runs = en_collection_find(test->value, EN_TEXT("runs"));
    size_t count = en_is(runs, EN_ARRAY) ? runs.length : 1;
    en_test_run *made = EN_TRY_ARRAY(arena, en_test_run, count);
    if (made == NULL) {
        return false;
    }
    en_text path = en_place_member(arena, test->path, EN_TEXT("runs"));
    for (size_t i = 0; i < count; i++) {
        made[i] = en_is(runs, EN_ARRAY)
                      ? (en_test_run){ en_place_element(arena, path, i), runs.as.items[i] }
                      : (en_test_run){ test->path, test->value };
    }
    test->runs = made;
    test->run_count = count;
    return true;
}

static bool read_tests(en_arena *arena, en_suite *suite)
{
    en_value written = en_collection_find(suite->root, EN_TEXT("tests"));
    en_test *tests = EN_TRY_ARRAY(arena, en_test, written.length);
    if (tests == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < written.length; i++) {
        en_test *test = &tests[i];
        *test = (en_test){ .suite = suite,
                           .value = written.as.items[i],
                           .path = en_place_element(arena, EN_TEXT("tests"), i),
                           .name = en_value_text(
                               en_collection_find(written.as.items[i], EN_TEXT("name"))) };
        if (!read_runs(arena, test)) {
            return false;
        }
    }
    suite->tests = tests;
    suite->count = written.length;
    return true;
}

static const en_suite *make_suite(en_arena *arena, const en_document *document,
                                  en_problems *problems)
{
    en_suite *suite = EN_NEW(arena, en_suite);
    suite->document = document;
    suite->name = en_document_name(document);
    suite->folder = folder_of(suite->name);
    suite->root = en_document_root(document);
    size_t errors = problems->errors;
    en_suite_check(arena, suite->root, problems);
    if (problems->errors == errors && !read_tests(arena, suite)) {
        en_problems_add(problems, EN_SEVERITY_ERROR, "the file holds too much to be read");
    }
    bool sound = problems->errors == errors;
    keep_first(problems, MOST_PROBLEMS);
    en_suite_place(suite, problems);
    return sound ? suite : NULL;
}

static const en_suite *refuse(en_problems *problems, en_text name, const en_error *error)
{
    en_problem *problem = en_problems_add_error(problems, EN_SEVERITY_ERROR, error);
    problem->file = problem->file.length != 0 ? problem->file : name;
    return NULL;
}

const en_suite *en_suite_read_text(en_arena *arena, en_text name, en_text content,
                                   en_problems *problems)
{
    en_document *document;
    en_error error;
    en_error_clear(&error);
    if (!en_document_read(arena, name, content, EN_DOCUMENT_LENIENT, &document, &error)) {
        return refuse(problems, name, &error);
    }
    return make_suite(arena, document, problems);
}

const en_suite *en_suite_read(en_arena *arena, const char *path, en_problems *problems)
{
    en_document *document;
    en_error error;
    en_error_clear(&error);
    if (!en_document_read_file(arena, path, EN_DOCUMENT_LENIENT, &document, &error)) {
        return refuse(problems, en_text_copy(arena, en_text_from(path)), &error);
    }
    return make_suite(arena, document, problems);
}
