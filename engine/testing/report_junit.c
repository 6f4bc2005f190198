#include "base/show.h"
#include "testing/reports.h"

#include <inttypes.h>

static void add_attribute(en_builder *out, const char *name, en_text value)
{
    en_builder_format(out, " %s=\"", name);
    en_show_markup(out, value);
    en_builder_add_char(out, '"');
}

static void add_seconds(en_builder *out, int64_t duration_us)
{
    en_builder_format(out, " time=\"%" PRId64 ".%06" PRId64 "\"", duration_us / 1000000,
                      duration_us % 1000000);
}

/* --- a test --- */

static void add_difference(en_builder *out, const en_test_failure *failure)
{
    en_show_markup(out, failure->where);
    en_builder_add(out, failure->where.length != 0 ? EN_TEXT(": ") : EN_TEXT(""));
    en_show_markup(out, failure->path);
    if (failure->step.length != 0) {
        en_builder_add(out, EN_TEXT(" of "));
        en_show_markup(out, failure->step);
    }
    en_builder_add(out, EN_TEXT(": expected "));
    en_show_markup(out, failure->expected);
    en_builder_add(out, EN_TEXT(" but found "));
    en_show_markup(out, failure->found);
}

static void add_failure(en_builder *out, const en_test_result *result)
{
    en_builder_add(out, EN_TEXT("      <failure type=\"difference\" message=\""));
    if (result->failures != NULL) {
        add_difference(out, result->failures);
    }
    en_builder_add(out, EN_TEXT("\">"));
    for (const en_test_failure *at = result->failures; at != NULL; at = at->next) {
        en_show_markup(out, at->file);
        en_builder_format(out, ":%u:%u: ", at->line, at->column);
        add_difference(out, at);
        en_builder_add_char(out, '\n');
    }
    for (const en_test_ending *at = result->endings; at != NULL; at = at->next) {
        en_show_markup(out, at->where);
        en_builder_add(out,
                       at->where.length != 0 ? EN_TEXT(" ended with ") : EN_TEXT("it ended with "));
        en_show_markup(out, at->error);
        en_builder_add_char(out, '\n');
    }
    en_builder_add(out, EN_TEXT("</failure>\n"));
}

static void add_problems(en_builder *out, const en_problems *problems)
{
    en_builder_add(out, EN_TEXT("      <error type=\"invalid\""));
    if (problems->first != NULL) {
        add_attribute(out, "message", problems->first->message);
    }
    en_builder_add_char(out, '>');
    for (const en_problem *at = problems->first; at != NULL; at = at->next) {
        en_show_markup(out, at->file);
        en_builder_format(out, ":%u:%u: ", at->line, at->column);
        en_show_markup(out, at->path);
        en_builder_add(out, at->path.length != 0 ? EN_TEXT(": ") : EN_TEXT(""));
        en_show_markup(out, at->message);
        en_builder_add_char(out, '\n');
    }
    en_builder_add(out, EN_TEXT("</error>\n"));
}

static void add_test(en_builder *out, const en_session_suite *suite, const en_test_result *result)
{
    en_builder_add(out, EN_TEXT("    <testcase"));
    add_attribute(out, "name", result->test->name);
    add_attribute(out, "classname", en_text_from(suite->path));
    add_attribute(out, "file", en_text_from(suite->path));
    add_seconds(out, result->duration_us);
    if (result->outcome == EN_TEST_PASSED) {
        en_builder_add(out, EN_TEXT("/>\n"));
        return;
    }
    en_builder_add(out, EN_TEXT(">\n"));
    if (result->outcome == EN_TEST_FAILED) {
        add_failure(out, result);
    } else if (result->outcome == EN_TEST_INVALID) {
        add_problems(out, &result->problems);
    } else {
        en_builder_add(out, EN_TEXT("      <skipped"));
        add_attribute(out, "message", result->note);
        en_builder_add(out, EN_TEXT("/>\n"));
    }
    en_builder_add(out, EN_TEXT("    </testcase>\n"));
}

/* --- a file --- */

typedef struct counts {
    size_t outcomes[EN_TEST_SKIPPED + 1];
    size_t all;
    int64_t duration_us;
} counts;

static void count_suite(const en_session_suite *suite, counts *sum)
{
    for (size_t i = 0; i < suite->count; i++) {
        sum->outcomes[suite->results[i].outcome]++;
        sum->duration_us += suite->results[i].duration_us;
        sum->all++;
    }
    if (suite->suite == NULL) {
        sum->outcomes[EN_TEST_INVALID]++;
        sum->all++;
    }
}

static void add_counts(en_builder *out, const counts *sum)
{
    en_builder_format(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
                      sum->all, sum->outcomes[EN_TEST_FAILED], sum->outcomes[EN_TEST_INVALID],
                      sum->outcomes[EN_TEST_SKIPPED]);
    add_seconds(out, sum->duration_us);
}

static void add_suite(en_builder *out, const en_session_suite *suite)
{
    counts sum = { .all = 0 };
    count_suite(suite, &sum);
    if (sum.all == 0) {
        return; /* the filter left nothing of it */
    }
    en_builder_add(out, EN_TEXT("  <testsuite"));
    add_attribute(out, "name", en_text_from(suite->path));
    add_counts(out, &sum);
    en_builder_add(out, EN_TEXT(">\n"));
    for (size_t i = 0; i < suite->count; i++) {
        add_test(out, suite, &suite->results[i]);
    }
    if (suite->suite == NULL) {
        en_builder_add(out, EN_TEXT("    <testcase name=\"the file can be read\""));
        add_attribute(out, "classname", en_text_from(suite->path));
        en_builder_add(out, EN_TEXT(">\n"));
        add_problems(out, &suite->problems);
        en_builder_add(out, EN_TEXT("    </testcase>\n"));
    }
    en_builder_add(out, EN_TEXT("  </testsuite>\n"));
}

void en_tests_write_junit(en_builder *out, const en_session *session)
{
    counts sum = { .all = 0 };
    for (size_t i = 0; i < session->suite_count; i++) {
        count_suite(&session->suites[i], &sum);
    }
    sum.duration_us = session->duration_us;
    en_builder_add(out, EN_TEXT("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites"));
    add_attribute(out, "name", EN_TEXT("enact test"));
    add_counts(out, &sum);
    en_builder_add(out, EN_TEXT(">\n"));
    for (size_t i = 0; i < session->suite_count; i++) {
        add_suite(out, &session->suites[i]);
    }
    en_builder_add(out, EN_TEXT("</testsuites>\n"));
}
