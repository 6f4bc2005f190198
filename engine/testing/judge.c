#include "testing/judge.h"

#include "value/place.h"

#include <string.h>

/* --- notes --- */

/* The step whose bundles, counts or mocks a path within an expectation leads to. */
static en_text step_of(const en_judge *judge, en_text path)
{
    static const char *const by_id[] = { "outputs", "modules", "mocked" };
    en_arena_mark mark = en_arena_get_mark(judge->arena);
    en_place_step first;
    en_place_step second;
    size_t at = 0;
    if (!en_place_next(judge->arena, path, &at, &first) ||
        !en_place_next(judge->arena, path, &at, &second)) {
        en_arena_rewind(judge->arena, mark);
        return EN_TEXT("");
    }
    const en_plan *plan = judge->stage->plan;
    for (size_t i = 0; i < sizeof by_id / sizeof by_id[0]; i++) {
        for (uint32_t j = 0; en_text_equal(first.name, en_text_from(by_id[i])) && j < plan->count;
             j++) {
            int64_t id = plan->steps[j].id;
            if (id != EN_NO_STEP &&
                en_text_equal(second.name, en_text_format(judge->arena, "%lld", (long long)id))) {
                return en_step_title(judge->arena, &plan->steps[j]);
            }
        }
    }
    return EN_TEXT("");
}

static void place(const en_judge *judge, const en_expected *expected, en_text whole_path,
                  en_test_failure *failure)
{
    const en_suite *suite = judge->stage->test->suite;
    failure->file = suite->name;
    if (expected->file.length != 0) {
        failure->file = en_text_copy(judge->arena, expected->file);
        failure->line = expected->line;
        failure->column = 1;
    } else if (!en_document_place(suite->document, whole_path, &failure->line, &failure->column)) {
        failure->line = 0;
    }
}

/* Without what stands in front of every path of the expectation. */
static en_text inner_path(const en_expected *expected, en_text path)
{
    en_text inner = en_text_slice(path, expected->path.length, path.length);
    return en_text_starts(inner, EN_TEXT(".")) ? en_text_slice(inner, 1, inner.length) : inner;
}

static void note(const en_judge *judge, const en_expected *expected,
                 const en_difference *difference)
{
    en_arena *arena = judge->arena;
    en_test_result *result = judge->result;
    en_test_failure *failure = EN_NEW(arena, en_test_failure);
    failure->path = en_text_copy(arena, inner_path(expected, difference->path));
    failure->expected = en_text_copy(arena, difference->expected);
    failure->found = en_text_copy(arena, difference->found);
    failure->where = en_text_copy(arena, expected->where);
    failure->step = step_of(judge, failure->path);
    place(judge, expected, difference->path, failure);
    if (result->last_failure != NULL) {
        result->last_failure->next = failure;
    } else {
        result->failures = failure;
    }
    result->last_failure = failure;
}

static void note_snapshot(const en_judge *judge, const en_snapshot *taken)
{
    en_test_result *result = judge->result;
    en_snapshot *snapshot = EN_NEW(judge->arena, en_snapshot);
    *snapshot = (en_snapshot){ .path = en_text_copy(judge->arena, taken->path),
                               .value = en_value_copy(judge->arena, taken->value) };
    if (result->last_snapshot != NULL) {
        result->last_snapshot->next = snapshot;
    } else {
        result->snapshots = snapshot;
    }
    result->last_snapshot = snapshot;
}

bool en_judge_speaks_of_error(en_value expected)
{
    return en_collection_has(expected, EN_TEXT("status")) ||
           en_collection_has(expected, EN_TEXT("error"));
}

void en_judge_note_error(const en_judge *judge, const en_expected *expected, const en_error *error,
                         bool is_surprise)
{
    en_arena *arena = judge->arena;
    en_test_result *result = judge->result;
    en_test_ending *ending = EN_NEW(arena, en_test_ending);
    *ending = (en_test_ending){ .where = en_text_copy(arena, expected->where),
                                .error = en_error_line(arena, error) };
    if (result->last_ending != NULL) {
        result->last_ending->next = ending;
    } else {
        result->endings = ending;
    }
    result->last_ending = ending;
    if (is_surprise) {
        en_difference difference = { .path =
                                         en_place_member(arena, expected->path, EN_TEXT("error")),
                                     .expected = EN_TEXT("no error"),
                                     .found = en_text_from(en_error_name(error->type)) };
        note(judge, expected, &difference);
        result->failure_count++;
    }
}

/* --- comparing --- */

/* What templates may name: the report, the last bundle of every step, and what came in. */
static en_value names_of(en_arena *arena, en_value actual, en_value payload)
{
    en_collection_builder names;
    en_collection_builder_init(&names, arena);
    for (uint32_t i = 0; i < en_collection_count(actual); i++) {
        const en_member *member = &en_collection_members(actual)[i];
        en_collection_builder_add(&names, member->name, member->value);
    }
    en_value outputs = en_collection_find(actual, EN_TEXT("outputs"));
    for (uint32_t i = 0; i < en_collection_count(outputs); i++) {
        const en_member *member = &en_collection_members(outputs)[i];
        if (en_is(member->value, EN_ARRAY) && member->value.length != 0) {
            en_collection_builder_add(&names, member->name,
                                      member->value.as.items[member->value.length - 1]);
        }
    }
    en_collection_builder_add(&names, EN_TEXT("input"), payload);
    return en_collection_builder_take(&names);
}

static bool compare_member(const en_comparison *with, en_text path, const en_member *member,
                           en_value actual, en_differences *differences)
{
    if (!en_text_equal(member->name, EN_TEXT("true"))) {
        return en_expect(with, path, member->value, en_collection_find(actual, member->name),
                         differences);
    }
    bool all = true;
    for (uint32_t i = 0; en_is(member->value, EN_ARRAY) && i < member->value.length; i++) {
        all &= en_expect_true(with, en_place_element(with->arena, path, i),
                              en_value_text(member->value.as.items[i]), differences);
    }
    return all;
}

void en_judge_compare(const en_judge *judge, const en_expected *expected, en_value actual,
                      en_value payload, int64_t now_ms, en_arena *scratch)
{
    en_random random;
    en_random_init_seed(&random, 1);
    en_comparison with = { .arena = scratch,
                           .rules = judge->stage->plan->rules,
                           .names = names_of(scratch, actual, payload),
                           .now_ms = now_ms,
                           .zones = judge->stage->world.zones,
                           .random = &random,
                           .patterns = en_regex_cache_new(scratch) };
    en_differences differences = { 0 };
    bool fits = true;
    for (uint32_t i = 0; i < en_collection_count(expected->value); i++) {
        const en_member *member = &en_collection_members(expected->value)[i];
        en_text path = en_place_member(scratch, expected->path, member->name);
        fits &= compare_member(&with, path, member, actual, &differences);
    }
    for (const en_difference *at = differences.first; !fits && at != NULL; at = at->next) {
        note(judge, expected, at);
    }
    for (const en_snapshot *at = differences.snapshots; expected->file.length == 0 && at != NULL;
         at = at->next) {
        note_snapshot(judge, at);
    }
    judge->result->failure_count += differences.count;
}
