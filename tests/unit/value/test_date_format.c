/* Formats against what moment prints: tests/cases/dates/format.tsv. */
#include "rows.h"
#include "test.h"
#include "value/date_token.h"

#include <stdio.h>

enum { COLUMNS = 4 };

static en_text formatted(en_arena *arena, int64_t at_ms, en_text format, const en_zone *zone)
{
    en_builder out;
    en_builder_init(&out, arena);
    en_date_format(&out, at_ms, format, zone);
    return en_builder_take(&out);
}

/* With a format that was read before, and much room, just enough, or any. */
static bool is_printed(en_arena *arena, int64_t at_ms, en_text format, const en_zone *zone,
                       en_text expected)
{
    const size_t limits[] = { 0, expected.length != 0 ? expected.length : 1, 4096 };
    bool same = true;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        en_builder out;
        en_builder_init(&out, arena);
        out.limit_bytes = limits[i];
        en_date_print(&out, at_ms, en_date_pattern_new(arena, format), zone);
        same = same && en_text_equal(en_builder_take(&out), expected);
    }
    return same;
}

static void formats_print_as_moment_prints_them(void **state)
{
    (void)state;
    FILE *cases = fopen(EN_TEST_ROOT "/tests/cases/dates/format.tsv", "r");
    assert_non_null(cases);
    en_zones *zones = en_zones_new();
    en_arena arena;
    en_arena_init(&arena, NULL);
    char line[512];
    size_t compared = 0;
    while (fgets(line, sizeof line, cases) != NULL) {
        en_text columns[COLUMNS];
        if (line[0] == '#') {
            continue;
        }
        assert_int_equal(en_row_split(line, columns, COLUMNS), COLUMNS);
        const en_zone *zone = NULL;
        int64_t at_ms = 0;
        assert_true(en_zone_find(zones, columns[0], &zone));
        assert_true(en_date_read(columns[1], NULL, &at_ms));
        en_text actual = formatted(&arena, at_ms, columns[2], zone);
        if (!en_text_equal(actual, columns[3])) {
            fail_msg("%.*s of %.*s in %.*s is \"%.*s\", not \"%.*s\"", EN_TEXT_ARG(columns[2]),
                     EN_TEXT_ARG(columns[1]), EN_TEXT_ARG(columns[0]), EN_TEXT_ARG(actual),
                     EN_TEXT_ARG(columns[3]));
        }
        assert_true(is_printed(&arena, at_ms, columns[2], zone, actual));
        compared++;
    }
    fclose(cases);
    en_arena_done(&arena);
    en_zones_free(zones);
    assert_true(compared > 300);
}

static void an_empty_format_prints_nothing(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    assert_text(formatted(&arena, 0, EN_TEXT(""), NULL), "");
    en_arena_done(&arena);
}

static void line_ends_and_strange_bytes_are_copied(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    assert_text(formatted(&arena, 0, EN_TEXT("YYYY\nMM\tDD"), NULL), "1970\n01\t01");
    assert_text(formatted(&arena, 0, EN_TEXT("\xF0\x9F\x98\x80YY\xFF"), NULL), "\xF0\x9F\x98\x80"
                                                                               "70\xFF");
    en_arena_done(&arena);
}

static void formatting_stops_at_the_limit_of_memory(void **state)
{
    (void)state;
    en_budget budget = { .limit_bytes = 8192 };
    en_arena arena;
    en_arena_init(&arena, &budget);
    char format[4096];
    memset(format, 'L', sizeof format);
    assert_text(formatted(&arena, 0, (en_text){ format, sizeof format }, NULL), "");
    assert_true(budget.exceeded);
    en_arena_done(&arena);
}

static void weeks_lead_to_days_and_back(void **state)
{
    (void)state;
    const en_week_rule rules[] = { en_week_english, en_week_iso };
    for (int64_t days = -800000; days < 800000; days++) {
        for (size_t i = 0; i < 2; i++) {
            en_week week = en_week_from_days(days, rules[i]);
            int64_t start = en_week_year_start(week.year, rules[i]);
            assert_int_equal((days - start) / 7 + 1, week.number);
            assert_true(days >= start && days < en_week_year_start(week.year + 1, rules[i]));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_print_as_moment_prints_them),
        cmocka_unit_test(an_empty_format_prints_nothing),
        cmocka_unit_test(line_ends_and_strange_bytes_are_copied),
        cmocka_unit_test(formatting_stops_at_the_limit_of_memory),
        cmocka_unit_test(weeks_lead_to_days_and_back),
    };
    return EN_RUN(tests);
}
