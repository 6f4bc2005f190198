/* TAP version 14: testanything.org. */
#include "base/show.h"
#include "testing/reports.h"

/* A description on one line, in which # would begin a directive. */
static void add_description(en_builder *out, en_text text)
{
    en_builder shown;
    en_builder_init(&shown, out->arena);
    en_show_line(&shown, text);
    en_text line = en_builder_take(&shown);
    for (size_t i = 0; i < line.length; i++) {
        if (line.data[i] == '#' || line.data[i] == '\\') {
            en_builder_add_char(out, '\\');
        }
        en_builder_add_char(out, line.data[i]);
    }
}

/* JSON is YAML, too. */
static void add_member(en_builder *out, const char *lead, const char *name, en_text value)
{
    en_builder_format(out, "%s%s: ", lead, name);
    en_json_write_text(out, value);
    en_builder_add_char(out, '\n');
}

static void add_place(en_builder *out, en_text file, unsigned line, unsigned column)
{
    add_member(out, "      ", "at",
               en_text_format(out->arena, "%.*s:%u:%u", EN_TEXT_ARG(file), line, column));
}

static void add_differences(en_builder *out, const en_test_result *result)
{
    en_builder_add(out, EN_TEXT("  ---\n  differences:\n"));
    for (const en_test_failure *at = result->failures; at != NULL; at = at->next) {
        add_member(out, "    - ", "path", at->path);
        if (at->where.length != 0) {
            add_member(out, "      ", "where", at->where);
        }
        if (at->step.length != 0) {
            add_member(out, "      ", "step", at->step);
        }
        add_place(out, at->file, at->line, at->column);
        add_member(out, "      ", "expected", at->expected);
        add_member(out, "      ", "found", at->found);
    }
    if (result->endings != NULL) {
        en_builder_add(out, EN_TEXT("  errors:\n"));
    }
    for (const en_test_ending *at = result->endings; at != NULL; at = at->next) {
        add_member(out, "    - ", "error", at->error);
        add_member(out, "      ", "where", at->where);
    }
    en_builder_add(out, EN_TEXT("  ...\n"));
}

static void add_problems(en_builder *out, const en_problems *problems)
{
    en_builder_add(out, EN_TEXT("  ---\n  problems:\n"));
    for (const en_problem *at = problems->first; at != NULL; at = at->next) {
        add_member(out, "    - ", "message", at->message);
        add_place(out, at->file, at->line, at->column);
    }
    en_builder_add(out, EN_TEXT("  ...\n"));
}

static void add_test(en_builder *out, size_t number, const en_session_suite *suite,
                     const en_test_result *result)
{
    bool is_good = result->outcome == EN_TEST_PASSED || result->outcome == EN_TEST_SKIPPED;
    en_builder_format(out, "%s %zu - ", is_good ? "ok" : "not ok", number);
    add_description(out, en_text_from(suite->path));
    en_builder_add(out, EN_TEXT(": "));
    add_description(out, result->test->name);
    if (result->outcome == EN_TEST_SKIPPED) {
        en_builder_add(out, EN_TEXT(" # SKIP "));
        add_description(out, result->note);
    }
    en_builder_add_char(out, '\n');
    if (result->outcome == EN_TEST_FAILED) {
        add_differences(out, result);
    } else if (result->outcome == EN_TEST_INVALID) {
        add_problems(out, &result->problems);
    }
}

void en_tests_write_tap(en_builder *out, const en_session *session)
{
    size_t number = 0;
    en_builder_format(out, "TAP version 14\n1..%zu\n",
                      session->result_count + session->invalid_files);
    for (size_t i = 0; i < session->suite_count; i++) {
        const en_session_suite *suite = &session->suites[i];
        for (size_t j = 0; j < suite->count; j++) {
            add_test(out, ++number, suite, &suite->results[j]);
        }
        if (suite->suite == NULL) {
            en_builder_format(out, "not ok %zu - ", ++number);
            add_description(out, en_text_from(suite->path));
            en_builder_add(out, EN_TEXT(": the file can be read\n"));
            add_problems(out, &suite->problems);
        }
    }
}
