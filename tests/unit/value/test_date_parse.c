/* Parsing with a format against what moment reads: tests/cases/dates/parse.tsv. */
#include "rows.h"
#include "test.h"
#include "value/datetime.h"

#include <stdio.h>

enum { COLUMNS = 5 };

static void compare_row(en_zones *zones, const en_text columns[COLUMNS])
{
    const en_zone *zone = NULL;
    int64_t now_ms = 0;
    int64_t at_ms = 0;
    char room[EN_ISO_ROOM];
    en_text actual = { "", 0 };
    assert_true(en_zone_find(zones, columns[0], &zone));
    assert_true(en_date_read_iso(columns[1], &now_ms));
    if (en_date_parse(columns[2], columns[3], zone, now_ms, &at_ms)) {
        actual = (en_text){ room, en_date_print_iso(at_ms, room) };
    }
    if (!en_text_equal(actual, columns[4])) {
        fail_msg("\"%.*s\" as \"%.*s\" in %.*s at %.*s is \"%.*s\", not \"%.*s\"",
                 EN_TEXT_ARG(columns[2]), EN_TEXT_ARG(columns[3]), EN_TEXT_ARG(columns[0]),
                 EN_TEXT_ARG(columns[1]), EN_TEXT_ARG(actual), EN_TEXT_ARG(columns[4]));
    }
}

static void texts_are_parsed_as_moment_parses_them(void **state)
{
    (void)state;
    FILE *cases = fopen(EN_TEST_ROOT "/tests/cases/dates/parse.tsv", "r");
    assert_non_null(cases);
    en_zones *zones = en_zones_new();
    char line[512];
    size_t compared = 0;
    while (fgets(line, sizeof line, cases) != NULL) {
        en_text columns[COLUMNS];
        if (line[0] != '#') {
            assert_int_equal(en_row_split(line, columns, COLUMNS), COLUMNS);
            compare_row(zones, columns);
            compared++;
        }
    }
    fclose(cases);
    en_zones_free(zones);
    assert_true(compared > 250);
}

static void what_is_too_long_for_a_date_is_refused(void **state)
{
    (void)state;
    static char spaces[2000];
    memset(spaces, ' ', sizeof spaces);
    memcpy(spaces + 500, "2016", 4);
    int64_t at_ms = 0;
    en_text year = EN_TEXT("YYYY");
    assert_true(en_date_parse((en_text){ spaces, 1000 }, year, NULL, 0, &at_ms));
    assert_false(en_date_parse((en_text){ spaces, 2000 }, year, NULL, 0, &at_ms));
    assert_false(en_date_parse(EN_TEXT("2016"), (en_text){ spaces, 2000 }, NULL, 0, &at_ms));
}

static void an_instant_ignores_the_zone_and_the_other_fields(void **state)
{
    (void)state;
    en_zones *zones = en_zones_new();
    const en_zone *zone = NULL;
    int64_t at_ms = 0;
    assert_true(en_zone_find(zones, EN_TEXT("Asia/Tokyo"), &zone));
    assert_true(en_date_parse(EN_TEXT("5 2016"), EN_TEXT("X YYYY"), zone, 0, &at_ms));
    assert_int_equal(at_ms, 5000);
    en_zones_free(zones);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_parsed_as_moment_parses_them),
        cmocka_unit_test(what_is_too_long_for_a_date_is_refused),
        cmocka_unit_test(an_instant_ignores_the_zone_and_the_other_fields),
    };
    return EN_RUN(tests);
}
