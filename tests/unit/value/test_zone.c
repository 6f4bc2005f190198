/* Every zone of the system's tzdata against the C library: test_zone [step in seconds]. */
#include "test.h"
#include "value/zone.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DAY_S = 86400 };
static const int64_t check_from_s = 0;                    /* 1970 */
static const int64_t check_until_s = INT64_C(3000000000); /* 2065: well behind the tables */

static const en_zone *zone_named(en_zones *zones, const char *name)
{
    const en_zone *zone = NULL;
    assert_true(en_zone_find(zones, en_text_from(name), &zone));
    return zone;
}

static void offsets_of_known_instants(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        int64_t at_s;
        int32_t offset_s;
        const char *abbreviation;
    } rows[] = {
        { "Europe/Prague", 1482940986, 3600, "CET" },
        { "Europe/Prague", 1467000000, 7200, "CEST" },
        { "Europe/Prague", 4102444800, 3600, "CET" },  /* 2100, from the footer */
        { "Europe/Prague", 4118000000, 7200, "CEST" }, /* July 2100 */
        { "America/New_York", 1710053999, -18000, "EST" },
        { "America/New_York", 1710054000, -14400, "EDT" },
        { "Australia/Lord_Howe", 1700000000, 39600, "+11" },
        { "Australia/Lord_Howe", 1720000000, 37800, "+1030" },
        { "Asia/Kathmandu", 1700000000, 20700, "+0545" },
        { "Etc/GMT+12", 1700000000, -43200, "-12" },
        { "Pacific/Apia", 1325239199, -36000, "-10" },
        { "Pacific/Apia", 1325239200, 50400, "+14" },
    };
    en_zones *zones = en_zones_new();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const en_zone *zone = zone_named(zones, rows[i].zone);
        assert_int_equal(en_zone_offset_s(zone, rows[i].at_s * 1000), rows[i].offset_s);
        assert_text(en_zone_abbreviation(zone, rows[i].at_s * 1000), rows[i].abbreviation);
    }
    en_zones_free(zones);
}

static void utc_needs_no_table(void **state)
{
    (void)state;
    en_zones *zones = en_zones_new();
    assert_null(zone_named(zones, "UTC"));
    assert_null(zone_named(zones, "Etc/UTC"));
    assert_null(zone_named(zones, "Z"));
    assert_int_equal(en_zone_offset_s(NULL, 0), 0);
    assert_text(en_zone_abbreviation(NULL, 0), "UTC");
    en_zones_free(zones);
}

static void names_that_are_no_zones_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        "Not/AZone",
        "/Europe/Prague",
        "../zoneinfo/Europe/Prague",
        "Europe",
        "./EST",
        "Europe/Prague/",
        "Europe//Prague",
        "tzdata.zi",
        "Europe/Pra\tgue",
        "right/UTC",
        "Europe/PragueEurope/PragueEurope/PragueEurope/PragueEurope/Prague",
    };
    en_zones *zones = en_zones_new();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const en_zone *zone = NULL;
        assert_false(en_zone_find(zones, en_text_from(names[i]), &zone));
        assert_null(zone);
    }
    en_zones_free(zones);
}

static void names_are_found_in_any_case_and_loaded_once(void **state)
{
    (void)state;
    en_zones *zones = en_zones_new();
    const en_zone *prague = zone_named(zones, "europe/PRAGUE");
    assert_non_null(prague);
    assert_ptr_equal(zone_named(zones, "Europe/Prague"), prague);
    assert_ptr_equal(zone_named(zones, "EUROPE/prague"), prague);
    assert_non_null(zone_named(zones, "america/argentina/buenos_aires"));
    en_zones_free(zones);
}

static void *find_many(void *zones)
{
    static const char *const names[] = { "Asia/Tokyo", "Europe/Rome", "Asia/Kolkata", "EST5EDT" };
    int64_t sum = 0;
    for (size_t i = 0; i < 2000; i++) {
        const en_zone *zone = NULL;
        if (!en_zone_find(zones, en_text_from(names[i % 4]), &zone)) {
            return NULL;
        }
        sum += en_zone_offset_s(zone, INT64_C(1700000000000));
    }
    return sum == (32400 + 3600 + 19800 - 18000) * INT64_C(500) ? zones : NULL;
}

static void a_table_is_shared_by_threads(void **state)
{
    (void)state;
    en_zones *zones = en_zones_new();
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, find_many, zones), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        void *result = NULL;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, zones);
    }
    en_zones_free(zones);
}

/* A TZif file of version 2 with one transition at 1000 (from LMT +1 h to the footer's rule). */
static en_text small_file(en_arena *arena, const char *footer)
{
    static const char header[20] = "TZif2";
    static const char counts_none[24] = { [19] = 1, [23] = 4 };
    static const char types_none[] = "\0\0\x0E\x10\0\0LMT";
    static const char counts[24] = { [15] = 1, [19] = 2, [23] = 8 };
    static const char data[] = "\0\0\0\0\0\0\x03\xE8"
                               "\1"
                               "\0\0\x0E\x10\0\0"
                               "\0\0\x1C\x20\0\4"
                               "LMT\0TST";
    en_builder file;
    en_builder_init(&file, arena);
    en_builder_add(&file, (en_text){ header, sizeof header });
    en_builder_add(&file, (en_text){ counts_none, sizeof counts_none });
    en_builder_add(&file, (en_text){ types_none, sizeof types_none });
    en_builder_add(&file, (en_text){ header, sizeof header });
    en_builder_add(&file, (en_text){ counts, sizeof counts });
    en_builder_add(&file, (en_text){ data, sizeof data });
    en_builder_add(&file, en_text_from(footer));
    return en_builder_take(&file);
}

static void footers_give_the_rule_behind_the_last_transition(void **state)
{
    (void)state;
    static const struct {
        const char *footer;
        int64_t at_s;
        int32_t offset_s; /* 0: the file is refused */
    } rows[] = {
        { "\n\n", 999, 3600 },
        { "\n\n", 1000, 7200 },
        { "\n\n", INT64_C(4102444800), 7200 },
        { "\n<+03>-3\n", 1000, 10800 },
        { "\nABC-1:30:15\n", 1000, 5415 },
        /* 2023-06-15 and 2023-12-15, north and south */
        { "\nCET-1CEST,M3.5.0,M10.5.0/3\n", 1686787200, 7200 },
        { "\nCET-1CEST,M3.5.0,M10.5.0/3\n", 1702598400, 3600 },
        { "\nNST12NDT13,M10.1.0,M4.1.0/3\n", 1686787200, -43200 },
        { "\nNST12NDT13,M10.1.0,M4.1.0/3\n", 1702598400, -46800 },
        /* J60 is 1 March in every year, 59 is 29 February in 2024 */
        { "\nA-1B,J60/0,J300/0\n", 1709247599, 3600 },
        { "\nA-1B,J60/0,J300/0\n", 1709247600, 7200 },
        { "\nA-1B,59/0,300/0\n", 1709161200, 7200 },
        { "\nA-1B,59/0,300/0\n", 1709161199, 3600 },
        /* summer all year, and times outside of the day */
        { "\nXXX3EDT4,0/0,J365/23\n", 1702598400, -14400 },
        { "\n<-02>2<-01>,M3.5.0/-1,M10.5.0/0\n", 1711846800, -3600 },
        { "\n<-02>2<-01>,M3.5.0/-1,M10.5.0/0\n", 1711846799, -7200 },
        { "", 1000, 0 },
        { "\nCET-1", 1000, 0 },
        { "\nCET\n", 1000, 0 },
        { "\n<+03-3\n", 1000, 0 },
        { "\nCET-1CEST\n", 1000, 0 },
        { "\nCET-99\n", 1000, 0 },
        { "\nCET-1CEST,M13.5.0,M10.5.0\n", 1000, 0 },
        { "\nCET-1CEST,M3.6.0,M10.5.0\n", 1000, 0 },
        { "\nCET-1CEST,M3.5.7,M10.5.0\n", 1000, 0 },
        { "\nCET-1CEST,J0,M10.5.0\n", 1000, 0 },
        { "\nCET-1CEST,M3.5.0,M10.5.0/168\n", 1000, 0 },
        { "\nCET-1CEST,M3.5.0,M10.5.0 \n", 1000, 0 },
    };
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const en_zone *zone = en_zone_read_tzif(&arena, small_file(&arena, rows[i].footer));
        assert_int_equal(zone != NULL, rows[i].offset_s != 0);
        if (zone != NULL) {
            assert_int_equal(en_zone_offset_s(zone, rows[i].at_s * 1000), rows[i].offset_s);
        }
    }
    en_arena_done(&arena);
}

static void a_cut_off_file_is_refused(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text whole = small_file(&arena, "\nCET-1\n");
    assert_non_null(en_zone_read_tzif(&arena, whole));
    for (size_t length = 0; length < whole.length; length++) {
        en_text part = en_text_copy(&arena, en_text_slice(whole, 0, length));
        assert_null(en_zone_read_tzif(&arena, part));
    }
    en_arena_done(&arena);
}

static void assert_same_second(const en_zone *zone, const char *name, int64_t at_s)
{
    time_t at = (time_t)at_s;
    struct tm libc;
    assert_non_null(localtime_r(&at, &libc));
    en_wall wall;
    en_wall_from_ms(at_s * 1000, zone, &wall);
    en_text abbreviation = en_zone_abbreviation(zone, at_s * 1000);
    if (wall.offset_s != libc.tm_gmtoff || wall.hour != (unsigned)libc.tm_hour ||
        wall.day != (unsigned)libc.tm_mday || wall.yearday != (unsigned)libc.tm_yday + 1 ||
        wall.weekday != (unsigned)libc.tm_wday ||
        !en_text_equal(abbreviation, en_text_from(libc.tm_zone))) {
        fail_msg("%s at %lld: offset %d, the C library has %ld %s", name, (long long)at_s,
                 (int)wall.offset_s, libc.tm_gmtoff, libc.tm_zone);
    }
}

static long libc_offset(int64_t at_s)
{
    time_t at = (time_t)at_s;
    struct tm libc;
    return localtime_r(&at, &libc) != NULL ? libc.tm_gmtoff : 0;
}

/* The wall time of each instant must lead back to it, or to the first of two with this wall time.
 */
static void assert_wall_leads_back(const en_zone *zone, const char *name, int64_t at_s)
{
    en_wall wall;
    int64_t back_ms = 0;
    en_wall_from_ms(at_s * 1000, zone, &wall);
    assert_true(en_ms_from_fields(wall.year, wall.month, wall.day, wall.hour, wall.minute,
                                  wall.second, 0, zone, &back_ms));
    en_wall again;
    en_wall_from_ms(back_ms, zone, &again);
    if (back_ms > at_s * 1000 || at_s * 1000 - back_ms > 24 * 3600 * 1000 ||
        again.hour != wall.hour || again.minute != wall.minute || again.day != wall.day ||
        (back_ms != at_s * 1000 && again.offset_s <= wall.offset_s)) {
        fail_msg("%s: the wall time of %lld leads to %lld ms", name, (long long)at_s,
                 (long long)back_ms);
    }
}

static void compare_zone(const en_zone *zone, const char *name, int64_t step_s)
{
    assert_int_equal(setenv("TZ", name, 1), 0);
    tzset();
    long offset = libc_offset(check_from_s);
    for (int64_t at_s = check_from_s; at_s < check_until_s; at_s += step_s) {
        assert_same_second(zone, name, at_s);
        long next = libc_offset(at_s + step_s);
        if (next == offset) {
            continue;
        }
        int64_t low = at_s;
        int64_t high = at_s + step_s;
        while (high - low > 1) {
            int64_t middle = low + (high - low) / 2;
            *(libc_offset(middle) == offset ? &low : &high) = middle;
        }
        assert_same_second(zone, name, low);
        assert_same_second(zone, name, high);
        for (int64_t near = -3; near <= 3; near++) {
            assert_wall_leads_back(zone, name, high + near * 1799);
        }
        offset = next;
    }
}

static int64_t step_from_arguments = 7 * DAY_S;

static void every_zone_agrees_with_the_c_library(void **state)
{
    (void)state;
    FILE *list = fopen("/usr/share/zoneinfo/tzdata.zi", "r");
    if (list == NULL) {
        skip();
    }
    en_zones *zones = en_zones_new();
    size_t compared = 0;
    char line[256];
    while (fgets(line, sizeof line, list) != NULL) {
        char name[128];
        bool named = sscanf(line, "Z %127s", name) == 1 || sscanf(line, "L %*s %127s", name) == 1;
        const en_zone *zone = NULL;
        if (named && strcmp(name, "Factory") != 0 &&
            en_zone_find(zones, en_text_from(name), &zone)) {
            /* Links repeat a zone that is compared closely. */
            compare_zone(zone, name, step_from_arguments * (line[0] == 'L' ? 5 : 1));
            compared++;
        }
    }
    fclose(list);
    en_zones_free(zones);
    assert_true(compared > 300);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        step_from_arguments = strtoll(argv[1], NULL, 10);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_of_known_instants),
        cmocka_unit_test(utc_needs_no_table),
        cmocka_unit_test(names_that_are_no_zones_are_refused),
        cmocka_unit_test(names_are_found_in_any_case_and_loaded_once),
        cmocka_unit_test(a_table_is_shared_by_threads),
        cmocka_unit_test(footers_give_the_rule_behind_the_last_transition),
        cmocka_unit_test(a_cut_off_file_is_refused),
        cmocka_unit_test(every_zone_agrees_with_the_c_library),
    };
    return EN_RUN(tests);
}
