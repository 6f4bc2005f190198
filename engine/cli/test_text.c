#include "cli/test_text.h"

#include "cli/output.h"
#include "cli/table.h"

#include <inttypes.h>

static const struct {
    const char *word;
    en_paint paint;
} outcomes[] = {
    [EN_TEST_PASSED] = { "ok     ", EN_PAINT_GOOD },
    [EN_TEST_FAILED] = { "FAILED ", EN_PAINT_ERROR },
    [EN_TEST_INVALID] = { "INVALID", EN_PAINT_ERROR },
    [EN_TEST_SKIPPED] = { "skipped", EN_PAINT_WARNING },
};

static void add_visible(en_builder *out, en_text text)
{
    en_out_visible(out, text, EN_ONE_LINE);
}

/* "file:3:14" */
static void add_place(en_builder *out, const en_test_failure *failure)
{
    add_visible(out, failure->file);
    if (failure->line != 0) {
        en_builder_format(out, ":%u:%u", failure->line, failure->column);
    }
}

static void add_failure(en_builder *out, bool color, const en_test_failure *failure)
{
    en_builder title;
    en_builder_init(&title, out->arena);
    add_visible(&title, failure->where);
    en_builder_add(&title, failure->where.length != 0 ? EN_TEXT(": ") : EN_TEXT(""));
    add_visible(&title, failure->path);
    en_builder_add(out, EN_TEXT("      "));
    en_out_paint(out, color, EN_PAINT_BOLD, en_builder_take(&title));
    if (failure->step.length != 0) {
        en_builder_add(out, EN_TEXT(" of "));
        add_visible(out, failure->step);
    }
    en_builder place;
    en_builder_init(&place, out->arena);
    add_place(&place, failure);
    en_builder_add(out, EN_TEXT("  "));
    en_out_paint(out, color, EN_PAINT_DIM, en_builder_take(&place));
    en_builder_add(out, EN_TEXT("\n        expected  "));
    add_visible(out, failure->expected);
    en_builder_add(out, EN_TEXT("\n        found     "));
    add_visible(out, failure->found);
    en_builder_add_char(out, '\n');
}

static void add_endings(en_builder *out, const en_test_result *result)
{
    for (const en_test_ending *at = result->endings; at != NULL; at = at->next) {
        en_builder_add(out, EN_TEXT("      "));
        add_visible(out, at->where);
        en_builder_add(out,
                       at->where.length != 0 ? EN_TEXT(" ended with ") : EN_TEXT("it ended with "));
        add_visible(out, at->error);
        en_builder_add_char(out, '\n');
    }
}

static void add_details(en_builder *out, bool color, const en_test_result *result)
{
    size_t shown = 0;
    en_text why = en_value_text(en_collection_find(result->test->value, EN_TEXT("why")));
    if (result->outcome == EN_TEST_FAILED && why.length != 0) {
        en_builder_add(out, EN_TEXT("      "));
        add_visible(out, why);
        en_builder_add_char(out, '\n');
    }
    for (const en_test_failure *at = result->failures; at != NULL; at = at->next) {
        add_failure(out, color, at);
        shown++;
    }
    if (result->failure_count > shown) {
        en_builder_format(out, "      … and %zu differences more\n", result->failure_count - shown);
    }
    add_endings(out, result);
}

static void add_header(en_test_text *text, en_builder *out, const en_session_suite *suite)
{
    if (text->suite != suite) {
        en_out_paint(out, text->context->out_color, EN_PAINT_BOLD,
                     en_out_visible_text(out->arena, en_text_from(suite->path), EN_ONE_LINE));
        en_builder_add_char(out, '\n');
        text->suite = suite;
    }
}

void en_test_text_result(en_test_text *text, const en_session_suite *suite,
                         const en_test_result *result)
{
    en_context *context = text->context;
    bool is_bad = result->outcome == EN_TEST_FAILED || result->outcome == EN_TEST_INVALID;
    if (context->quiet && !is_bad) {
        return;
    }
    en_arena_mark mark = en_arena_get_mark(context->arena);
    en_builder out;
    en_builder_init(&out, context->arena);
    add_header(text, &out, suite);
    en_builder_add(&out, EN_TEXT("  "));
    en_out_paint(&out, context->out_color, outcomes[result->outcome].paint,
                 en_text_from(outcomes[result->outcome].word));
    en_builder_add(&out, EN_TEXT("  "));
    add_visible(&out, result->test->name);
    if (result->note.length != 0) {
        en_builder_add(&out, EN_TEXT(" ("));
        add_visible(&out, result->note);
        en_builder_add_char(&out, ')');
    }
    en_builder_add_char(&out, '\n');
    add_details(&out, context->out_color, result);
    en_out_write(context->out, en_builder_take(&out));
    fflush(context->out);
    en_arena_rewind(context->arena, mark);
    if (result->outcome == EN_TEST_INVALID) {
        en_out_problems(context, &result->problems);
    }
}

/* --- coverage --- */

static en_text share(en_arena *arena, size_t reached, size_t all)
{
    return all == 0 ? EN_TEXT("-") : en_text_format(arena, "%zu/%zu", reached, all);
}

void en_test_text_coverage(en_test_text *text, const en_coverage *coverage)
{
    static const en_column columns[] = {
        { "SCENARIO", .wraps = false },   { "STEPS", .right = true },
        { "ROUTES", .right = true },      { "FILTERS TRUE", .right = true },
        { "FALSE", .right = true },       { "HANDLERS", .right = true },
        { "NOT REACHED", .wraps = true },
    };
    en_context *context = text->context;
    en_listing *table = en_listing_new(context, columns, sizeof columns / sizeof columns[0]);
    for (const en_coverage *at = coverage; at != NULL; at = at->next) {
        en_text cells[sizeof columns / sizeof columns[0]];
        en_coverage_sum sum = en_coverage_sum_of(at);
        cells[0] = at->file;
        for (size_t kind = 0; kind < EN_POINT_KINDS; kind++) {
            cells[1 + kind] = share(context->arena, sum.reached[kind], sum.points[kind]);
        }
        cells[1 + EN_POINT_KINDS] = en_coverage_missed(context->arena, at);
        en_listing_add(table, cells);
    }
    en_listing_print(table);
}

/* --- the end --- */

static void add_count(en_builder *out, bool color, en_paint paint, size_t count, const char *word)
{
    if (count != 0) {
        const char *comma = out->length != 0 ? ", " : "";
        en_builder_add(out, en_text_from(comma));
        en_out_paint(out, color, paint, en_text_format(out->arena, "%zu %s", count, word));
    }
}

void en_test_text_summary(en_test_text *text, const en_session *session)
{
    static const struct {
        en_test_outcome outcome;
        en_paint paint;
    } order[] = { { EN_TEST_PASSED, EN_PAINT_GOOD },
                  { EN_TEST_FAILED, EN_PAINT_ERROR },
                  { EN_TEST_INVALID, EN_PAINT_ERROR },
                  { EN_TEST_SKIPPED, EN_PAINT_WARNING } };
    en_context *context = text->context;
    en_builder out;
    en_builder_init(&out, context->arena);
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        add_count(&out, context->out_color, order[i].paint, session->outcomes[order[i].outcome],
                  en_test_outcome_name(order[i].outcome));
    }
    add_count(&out, context->out_color, EN_PAINT_ERROR, session->invalid_files,
              session->invalid_files == 1 ? "file is invalid" : "files are invalid");
    if (out.length == 0) {
        en_builder_add(&out, EN_TEXT("no tests"));
    }
    en_builder_format(&out, " in %" PRId64 ".%02" PRId64 " s\n", session->duration_us / 1000000,
                      session->duration_us / 10000 % 100);
    en_out_write(context->out, en_builder_take(&out));
    fflush(context->out);
}
