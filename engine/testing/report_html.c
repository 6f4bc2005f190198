#include "base/base64.h"
#include "base/crypto.h"
#include "base/show.h"
#include "testing/reports.h"

#include <inttypes.h>

extern const en_text en_page_tests_css;

static void add(en_builder *out, const char *markup)
{
    en_builder_add(out, en_text_from(markup));
}

/* Whatever stands in names, values and messages is text and nothing else. */
static void add_element(en_builder *out, const char *before, en_text text, const char *behind)
{
    add(out, before);
    en_show_markup(out, text);
    add(out, behind);
}

static void add_duration(en_builder *out, int64_t duration_us)
{
    if (duration_us < 1000000) {
        en_builder_format(out, "%" PRId64 " ms", duration_us / 1000);
    } else {
        en_builder_format(out, "%" PRId64 ".%02" PRId64 " s", duration_us / 1000000,
                          duration_us / 10000 % 100);
    }
}

/* --- the head --- */

/* Only the page's own style is allowed: no script, nothing loaded. */
static void add_policy(en_builder *out)
{
    en_digest digest;
    en_error error;
    en_error_clear(&error);
    add(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
             "base-uri 'none'; form-action 'none'; style-src ");
    if (en_crypto_hash(EN_HASH_SHA256, en_page_tests_css, &digest, &error)) {
        add(out, "'sha256-");
        en_base64_encode(out, (en_text){ digest.bytes, digest.length });
        add(out, "'");
    } else {
        add(out, "'none'");
    }
    add(out, "\">\n");
}

static void add_count(en_builder *out, const char *word, size_t count)
{
    if (count != 0) {
        en_builder_format(out, "<li class=\"%s\"><b>%zu</b> <span class=\"word\">%s</span></li>\n",
                          word, count, word);
    }
}

static void add_head(en_builder *out, const en_session *session)
{
    add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    add_policy(out);
    add(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<title>Tests</title>\n<style>");
    en_builder_add(out, en_page_tests_css);
    add(out, "</style>\n</head>\n<body>\n<h1>Tests</h1>\n<ul class=\"counts\">\n");
    for (size_t i = 0; i <= EN_TEST_SKIPPED; i++) {
        add_count(out, en_test_outcome_name((en_test_outcome)i), session->outcomes[i]);
    }
    if (session->invalid_files != 0) {
        en_builder_format(out, "<li class=\"invalid\"><b>%zu</b> invalid file%s</li>\n",
                          session->invalid_files, session->invalid_files == 1 ? "" : "s");
    }
    add(out, "<li class=\"time\"><b>");
    add_duration(out, session->duration_us);
    add(out, "</b> in all</li>\n</ul>\n<input type=\"checkbox\" id=\"only\"> "
             "<label class=\"choice\" for=\"only\">Only what failed</label>\n<main>\n");
}

/* --- a test --- */

static void add_place(en_builder *out, en_text file, unsigned line, unsigned column)
{
    add_element(out, "<span class=\"place\">", file, "");
    if (line != 0) {
        en_builder_format(out, ":%u:%u", line, column);
    }
    add(out, "</span>");
}

static void add_difference(en_builder *out, const en_test_failure *failure)
{
    add(out, "<div class=\"difference\"><h3>");
    en_show_markup(out, failure->where);
    add(out, failure->where.length != 0 ? ": " : "");
    add_element(out, "<code>", failure->path, "</code>");
    if (failure->step.length != 0) {
        add_element(out, " of ", failure->step, "");
    }
    add(out, "</h3>\n<dl>");
    add_element(out, "<dt>expected</dt><dd class=\"expected\"><pre>", failure->expected,
                "</pre></dd>\n");
    add_element(out, "<dt>found</dt><dd class=\"found\"><pre>", failure->found, "</pre></dd>\n");
    add(out, "<dt>at</dt><dd>");
    add_place(out, failure->file, failure->line, failure->column);
    add(out, "</dd></dl></div>\n");
}

static void add_problems(en_builder *out, const en_problems *problems)
{
    for (const en_problem *at = problems->first; at != NULL; at = at->next) {
        add(out, "<div class=\"difference\"><h3>");
        add_element(out, "<code>", at->path, "</code> ");
        add_element(out, "", at->message, "</h3>\n");
        if (at->hint.length != 0) {
            add_element(out, "<p>", at->hint, "</p>\n");
        }
        add_place(out, at->file, at->line, at->column);
        add(out, "</div>\n");
    }
}

static void add_inside(en_builder *out, const en_test_result *result)
{
    en_text why = en_value_text(en_collection_find(result->test->value, EN_TEXT("why")));
    size_t shown = 0;
    add(out, "<div class=\"inside\">\n");
    if (why.length != 0) {
        add_element(out, "<p>", why, "</p>\n");
    }
    for (const en_test_failure *at = result->failures; at != NULL; at = at->next, shown++) {
        add_difference(out, at);
    }
    if (result->failure_count > shown) {
        en_builder_format(out, "<p>… and %zu differences more</p>\n",
                          result->failure_count - shown);
    }
    for (const en_test_ending *at = result->endings; at != NULL; at = at->next) {
        add_element(out, "<p>", at->where,
                    at->where.length != 0 ? " ended with " : "It ended with ");
        add_element(out, "<code>", at->error, "</code></p>\n");
    }
    add_problems(out, &result->problems);
    add(out, "</div>\n");
}

static void add_test(en_builder *out, const en_test_result *result)
{
    const char *word = en_test_outcome_name(result->outcome);
    bool is_open = result->outcome == EN_TEST_FAILED || result->outcome == EN_TEST_INVALID;
    en_builder_format(
        out, is_open ? "<details class=\"%s\" open><summary>" : "<div class=\"plain %s\">", word);
    en_builder_format(out, "<span class=\"word\">%s</span>", word);
    add_element(out, "<span class=\"name\">", result->test->name, "");
    if (result->note.length != 0) {
        add_element(out, " <span class=\"note\">(", result->note, ")</span>");
    }
    add(out, "</span><span class=\"time\">");
    add_duration(out, result->duration_us);
    add(out, is_open ? "</span></summary>\n" : "</span></div>\n");
    if (is_open) {
        add_inside(out, result);
        add(out, "</details>\n");
    }
}

static void add_suite(en_builder *out, const en_session_suite *suite)
{
    if (suite->count == 0 && suite->suite != NULL) {
        return; /* the filter left nothing of it */
    }
    add_element(out, "<section>\n<h2>", en_text_from(suite->path), "</h2>\n");
    for (size_t i = 0; i < suite->count; i++) {
        add_test(out, &suite->results[i]);
    }
    if (suite->suite == NULL) {
        add(out, "<details class=\"invalid\" open><summary><span class=\"word\">invalid</span>"
                 "<span class=\"name\">The file cannot be read as tests.</span></summary>\n"
                 "<div class=\"inside\">\n");
        add_problems(out, &suite->problems);
        add(out, "</div></details>\n");
    }
    add(out, "</section>\n");
}

/* --- coverage --- */

static void add_shares(en_builder *out, const en_coverage *coverage)
{
    en_coverage_sum sum = en_coverage_sum_of(coverage);
    add(out, "<table><tr>");
    for (size_t kind = 0; kind < EN_POINT_KINDS; kind++) {
        en_builder_format(out, "<th>%s</th>", en_point_kind_name((en_point_kind)kind));
    }
    add(out, "</tr>\n<tr>");
    for (size_t kind = 0; kind < EN_POINT_KINDS; kind++) {
        if (sum.points[kind] == 0) {
            add(out, "<td>–</td>");
        } else {
            en_builder_format(out, "<td><meter max=\"%zu\" value=\"%zu\"></meter> %zu of %zu</td>",
                              sum.points[kind], sum.reached[kind], sum.reached[kind],
                              sum.points[kind]);
        }
    }
    add(out, "</tr></table>\n");
}

static void add_coverage(en_builder *out, const en_coverage *coverage)
{
    add_element(out, "<section>\n<h2>Coverage of ", coverage->file, "</h2>\n");
    add_shares(out, coverage);
    add(out, "<details><summary>every point</summary><div class=\"inside\"><table>\n"
             "<tr><th>what</th><th>where</th><th>line</th><th class=\"number\">times</th></tr>\n");
    for (size_t i = 0; i < coverage->count; i++) {
        const en_point *point = &coverage->points[i];
        en_builder_format(out, "<tr%s><td>%s</td>", point->count == 0 ? " class=\"missed\"" : "",
                          en_point_kind_name(point->kind));
        add_element(out, "<td>", point->label, "</td>");
        en_builder_format(out, "<td>%u</td><td class=\"number\">%" PRIu64 "</td></tr>\n",
                          point->line, point->count);
    }
    add(out, "</table></div></details>\n</section>\n");
}

void en_tests_write_html(en_builder *out, const en_session *session)
{
    add_head(out, session);
    for (size_t i = 0; i < session->suite_count; i++) {
        add_suite(out, &session->suites[i]);
    }
    for (const en_coverage *at = session->coverage; at != NULL; at = at->next) {
        add_coverage(out, at);
    }
    add(out, "</main>\n</body>\n</html>\n");
}
