#include "testing/reports.h"

static void add(en_collection_builder *object, const char *name, en_value value)
{
    en_collection_builder_add(object, en_text_from(name), value);
}

static void add_text(en_collection_builder *object, const char *name, en_text text)
{
    if (text.length != 0) {
        add(object, name, en_text_value(text));
    }
}

static void add_place(en_collection_builder *object, en_text file, unsigned line, unsigned column)
{
    add_text(object, "file", file);
    add(object, "line", line != 0 ? en_number(line) : en_null());
    add(object, "column", line != 0 ? en_number(column) : en_null());
}

static en_value milliseconds(int64_t duration_us)
{
    return en_number((double)duration_us / 1000);
}

/* --- a test --- */

static en_value failures_value(en_arena *arena, const en_test_result *result)
{
    en_array_builder list;
    en_array_builder_init(&list, arena);
    for (const en_test_failure *at = result->failures; at != NULL; at = at->next) {
        en_collection_builder object;
        en_collection_builder_init(&object, arena);
        add_text(&object, "where", at->where);
        add_text(&object, "step", at->step);
        add(&object, "path", en_text_value(at->path));
        add(&object, "expected", en_text_value(at->expected));
        add(&object, "found", en_text_value(at->found));
        add_place(&object, at->file, at->line, at->column);
        en_array_builder_add(&list, en_collection_builder_take(&object));
    }
    return en_array_builder_take(&list);
}

static en_value endings_value(en_arena *arena, const en_test_result *result)
{
    en_array_builder list;
    en_array_builder_init(&list, arena);
    for (const en_test_ending *at = result->endings; at != NULL; at = at->next) {
        en_collection_builder object;
        en_collection_builder_init(&object, arena);
        add_text(&object, "where", at->where);
        add(&object, "error", en_text_value(at->error));
        en_array_builder_add(&list, en_collection_builder_take(&object));
    }
    return en_array_builder_take(&list);
}

static en_value problems_value(en_arena *arena, const en_problems *problems)
{
    en_array_builder list;
    en_array_builder_init(&list, arena);
    for (const en_problem *at = problems->first; at != NULL; at = at->next) {
        en_collection_builder object;
        en_collection_builder_init(&object, arena);
        add_place(&object, at->file, at->line, at->column);
        add_text(&object, "path", at->path);
        add(&object, "message", en_text_value(at->message));
        add_text(&object, "hint", at->hint);
        en_array_builder_add(&list, en_collection_builder_take(&object));
    }
    return en_array_builder_take(&list);
}

static en_value result_value(en_arena *arena, const en_test_result *result)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    add(&object, "name", en_text_value(result->test->name));
    add(&object, "outcome", en_text_value(en_text_from(en_test_outcome_name(result->outcome))));
    add(&object, "durationMs", milliseconds(result->duration_us));
    add(&object, "executions", en_number((double)result->executions));
    add(&object, "operations", en_number((double)result->operations));
    add_text(&object, "note", result->note);
    if (result->outcome == EN_TEST_FAILED) {
        add(&object, "differences", failures_value(arena, result));
        add(&object, "differenceCount", en_number((double)result->failure_count));
        add(&object, "errors", endings_value(arena, result));
    }
    if (result->outcome == EN_TEST_INVALID) {
        add(&object, "problems", problems_value(arena, &result->problems));
    }
    return en_collection_builder_take(&object);
}

/* --- files and scenarios --- */

static en_value suite_value(en_arena *arena, const en_session_suite *suite)
{
    en_array_builder tests;
    en_array_builder_init(&tests, arena);
    for (size_t i = 0; i < suite->count; i++) {
        en_array_builder_add(&tests, result_value(arena, &suite->results[i]));
    }
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    add(&object, "file", en_text_value(en_text_from(suite->path)));
    add(&object, "valid", en_boolean(suite->suite != NULL));
    add(&object, "problems", problems_value(arena, &suite->problems));
    add(&object, "tests", en_array_builder_take(&tests));
    return en_collection_builder_take(&object);
}

static en_value points_value(en_arena *arena, const en_coverage *coverage)
{
    en_array_builder list;
    en_array_builder_init(&list, arena);
    for (size_t i = 0; i < coverage->count; i++) {
        const en_point *point = &coverage->points[i];
        en_collection_builder object;
        en_collection_builder_init(&object, arena);
        add(&object, "kind", en_text_value(en_text_from(en_point_kind_name(point->kind))));
        add(&object, "label", en_text_value(point->label));
        add(&object, "line", en_number(point->line));
        add(&object, "column", en_number(point->column));
        add(&object, "count", en_number((double)point->count));
        en_array_builder_add(&list, en_collection_builder_take(&object));
    }
    return en_array_builder_take(&list);
}

static en_value coverage_value(en_arena *arena, const en_coverage *coverage)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_coverage_sum sum = en_coverage_sum_of(coverage);
    add(&object, "scenario", en_text_value(coverage->file));
    for (size_t kind = 0; kind < EN_POINT_KINDS; kind++) {
        en_collection_builder share;
        en_collection_builder_init(&share, arena);
        add(&share, "reached", en_number((double)sum.reached[kind]));
        add(&share, "all", en_number((double)sum.points[kind]));
        add(&object, en_point_kind_name((en_point_kind)kind), en_collection_builder_take(&share));
    }
    add(&object, "points", points_value(arena, coverage));
    return en_collection_builder_take(&object);
}

en_value en_tests_value(en_arena *arena, const en_session *session)
{
    en_collection_builder object;
    en_array_builder files;
    en_array_builder coverage;
    en_collection_builder_init(&object, arena);
    en_array_builder_init(&files, arena);
    en_array_builder_init(&coverage, arena);
    for (size_t i = 0; i <= EN_TEST_SKIPPED; i++) {
        add(&object, en_test_outcome_name((en_test_outcome)i),
            en_number((double)session->outcomes[i]));
    }
    add(&object, "invalidFiles", en_number((double)session->invalid_files));
    add(&object, "durationMs", milliseconds(session->duration_us));
    for (size_t i = 0; i < session->suite_count; i++) {
        en_array_builder_add(&files, suite_value(arena, &session->suites[i]));
    }
    add(&object, "files", en_array_builder_take(&files));
    for (const en_coverage *at = session->coverage; at != NULL; at = at->next) {
        en_array_builder_add(&coverage, coverage_value(arena, at));
    }
    if (session->options.coverage) {
        add(&object, "coverage", en_array_builder_take(&coverage));
    }
    return en_collection_builder_take(&object);
}
