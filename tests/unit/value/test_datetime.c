#include "test.h"
#include "value/calendar.h"
#include "value/datetime.h"

#include <math.h>

static en_zones *zones;

static int open_zones(void **state)
{
    (void)state;
    zones = en_zones_new();
    return 0;
}

static int close_zones(void **state)
{
    (void)state;
    en_zones_free(zones);
    return 0;
}

static const en_zone *zone_named(const char *name)
{
    const en_zone *zone = NULL;
    assert_true(en_zone_find(zones, en_text_from(name), &zone));
    return zone;
}

static int64_t iso(const char *text)
{
    int64_t at_ms = 0;
    if (!en_date_read_iso(en_text_from(text), &at_ms)) {
        fail_msg("%s is not read", text);
    }
    return at_ms;
}

static void assert_date(int64_t at_ms, const char *expected)
{
    char room[EN_ISO_ROOM];
    size_t length = en_date_print_iso(at_ms, room);
    assert_text(((en_text){ room, length }), expected);
}

static void days_and_civil_dates_agree_over_all_dates(void **state)
{
    (void)state;
    int64_t year = -271821;
    unsigned month = 4;
    unsigned day = 20;
    for (int64_t days = -100000000; days <= 100000000; days += 1) {
        if (days == -99000000) { /* the middle in large steps: whole cycles of 400 years */
            days += INT64_C(146097) * 670;
            year += 400 * 670;
        }
        if (days == 10000000) {
            days += INT64_C(146097) * 610;
            year += 400 * 610;
        }
        en_civil civil = en_civil_from_days(days);
        if (civil.year != year || civil.month != month || civil.day != day ||
            en_days_from_civil(year, month, day) != days) {
            fail_msg("day %lld is %lld-%u-%u, not %lld-%u-%u", (long long)days,
                     (long long)civil.year, civil.month, civil.day, (long long)year, month, day);
        }
        if (day == 1 && month == 1) {
            assert_int_equal(civil.yearday, 1);
        }
        if (day == 31 && month == 12) {
            assert_int_equal(civil.yearday, en_year_is_leap(year) ? 366 : 365);
        }
        bool last = day == en_month_days(year, month);
        day = last ? 1 : day + 1;
        year += last && month == 12;
        month = last ? month % 12 + 1 : month;
    }
}

static void months_have_their_lengths(void **state)
{
    (void)state;
    static const unsigned lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    for (unsigned month = 1; month <= 12; month++) {
        assert_int_equal(en_month_days(2023, month), lengths[month - 1]);
    }
    assert_int_equal(en_month_days(2024, 2), 29);
    assert_int_equal(en_month_days(1900, 2), 28);
    assert_int_equal(en_month_days(2000, 2), 29);
    assert_int_equal(en_month_days(-4, 2), 29);
}

static void wall_fields_of_an_instant(void **state)
{
    (void)state;
    en_wall wall;
    en_wall_from_ms(iso("2016-12-28T16:03:06.372Z"), zone_named("Europe/Prague"), &wall);
    assert_int_equal(wall.year, 2016);
    assert_int_equal(wall.month, 12);
    assert_int_equal(wall.day, 28);
    assert_int_equal(wall.hour, 17);
    assert_int_equal(wall.minute, 3);
    assert_int_equal(wall.second, 6);
    assert_int_equal(wall.millisecond, 372);
    assert_int_equal(wall.weekday, 3);
    assert_int_equal(wall.yearday, 363);
    assert_int_equal(wall.offset_s, 3600);
    en_wall_from_ms(-1, NULL, &wall);
    assert_int_equal(wall.year, 1969);
    assert_int_equal(wall.yearday, 365);
    assert_int_equal(wall.millisecond, 999);
    assert_int_equal(wall.weekday, 3);
}

static void extreme_instants_have_fields_and_a_print(void **state)
{
    (void)state;
    static const int64_t instants[] = { INT64_MIN, INT64_MAX, -EN_DATE_MAX - 1, EN_DATE_MAX + 1 };
    const en_zone *zone = zone_named("America/New_York");
    for (size_t i = 0; i < sizeof instants / sizeof instants[0]; i++) {
        en_wall wall;
        char room[EN_ISO_ROOM];
        en_wall_from_ms(instants[i], zone, &wall);
        assert_in_range(wall.month, 1, 12);
        assert_in_range(en_date_print_iso(instants[i], room), 24, EN_ISO_ROOM);
    }
    assert_date(INT64_MAX, "+0292278994-08-17T07:12:55.807Z");
}

static void fields_roll_over(void **state)
{
    (void)state;
    int64_t at_ms = 0;
    assert_true(en_ms_from_fields(2015, 14, 7, 11, 36, 39, 138, NULL, &at_ms));
    assert_date(at_ms, "2016-02-07T11:36:39.138Z");
    assert_true(en_ms_from_fields(2015, 8, 0, 0, 0, 0, 0, NULL, &at_ms));
    assert_date(at_ms, "2015-07-31T00:00:00.000Z");
    assert_true(en_ms_from_fields(2015, 8, 7, -6, 61, 61, -1, NULL, &at_ms));
    assert_date(at_ms, "2015-08-06T19:02:00.999Z");
    assert_true(en_ms_from_fields(2015, -11, 1, 0, 0, 0, 0, NULL, &at_ms));
    assert_date(at_ms, "2014-01-01T00:00:00.000Z");
}

static void fields_out_of_range_are_refused(void **state)
{
    (void)state;
    int64_t at_ms = 0;
    assert_true(en_ms_from_fields(275760, 9, 13, 0, 0, 0, 0, NULL, &at_ms));
    assert_date(at_ms, "+275760-09-13T00:00:00.000Z");
    assert_false(en_ms_from_fields(275760, 9, 13, 0, 0, 0, 1, NULL, &at_ms));
    assert_true(en_ms_from_fields(-271821, 4, 20, 0, 0, 0, 0, NULL, &at_ms));
    assert_false(en_ms_from_fields(-271821, 4, 20, 0, 0, 0, -1, NULL, &at_ms));
    assert_false(en_ms_from_fields(INT64_MAX, 1, 1, 0, 0, 0, 0, NULL, &at_ms));
    assert_false(en_ms_from_fields(2000, INT64_MIN, 1, 0, 0, 0, 0, NULL, &at_ms));
    assert_false(en_ms_from_fields(2000, 1, INT64_MAX, 0, 0, 0, 0, NULL, &at_ms));
    assert_false(en_ms_from_fields(2000, 1, 1, INT64_MIN, 0, 0, 0, NULL, &at_ms));
    assert_false(en_ms_from_fields(2000, 1, 1, 0, INT64_MAX, 0, 0, NULL, &at_ms));
    assert_false(en_ms_from_fields(2000, 1, 1, 0, 0, INT64_MAX, 0, NULL, &at_ms));
    assert_false(en_ms_from_fields(2000, 1, 1, 0, 0, 0, INT64_MIN, NULL, &at_ms));
    assert_false(en_ms_from_fields(1000000, 10000000, 1000000000, INT64_C(10000000000),
                                   INT64_C(1000000000000), INT64_C(100000000000000),
                                   INT64_C(100000000000000000), NULL, &at_ms));
}

static void gaps_move_forward_and_overlaps_take_the_first(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        int month, day, hour, minute;
        int year;
        const char *expected;
    } rows[] = {
        { "America/New_York", 3, 10, 1, 59, 2024, "2024-03-10T06:59:00.000Z" },
        { "America/New_York", 3, 10, 2, 30, 2024, "2024-03-10T07:30:00.000Z" },
        { "America/New_York", 3, 10, 3, 0, 2024, "2024-03-10T07:00:00.000Z" },
        { "America/New_York", 11, 3, 1, 30, 2024, "2024-11-03T05:30:00.000Z" },
        { "America/New_York", 11, 3, 2, 0, 2024, "2024-11-03T07:00:00.000Z" },
        { "Europe/Prague", 10, 27, 2, 0, 2024, "2024-10-27T00:00:00.000Z" },
        { "Europe/Prague", 10, 27, 1, 59, 2024, "2024-10-26T23:59:00.000Z" },
        { "Europe/Prague", 10, 27, 3, 0, 2024, "2024-10-27T02:00:00.000Z" },
        { "Europe/Prague", 3, 31, 2, 30, 2024, "2024-03-31T01:30:00.000Z" },
        { "Australia/Lord_Howe", 10, 6, 2, 15, 2024, "2024-10-05T15:45:00.000Z" },
        { "Pacific/Apia", 12, 30, 12, 0, 2011, "2011-12-30T22:00:00.000Z" }, /* no such day */
        { "Pacific/Apia", 12, 31, 0, 0, 2011, "2011-12-30T10:00:00.000Z" },
        { "Pacific/Apia", 12, 29, 23, 59, 2011, "2011-12-30T09:59:00.000Z" },
        { "Europe/Prague", 7, 1, 12, 0, 2150, "2150-07-01T10:00:00.000Z" },
        { "Europe/Prague", 3, 29, 2, 30, 2150, "2150-03-29T01:30:00.000Z" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t at_ms = 0;
        assert_true(en_ms_from_fields(rows[i].year, rows[i].month, rows[i].day, rows[i].hour,
                                      rows[i].minute, 0, 0, zone_named(rows[i].zone), &at_ms));
        assert_date(at_ms, rows[i].expected);
    }
}

static void amounts_are_added_on_the_wall_clock(void **state)
{
    (void)state;
    static const struct {
        const char *start;
        en_date_unit unit;
        double amount;
        const char *zone;
        const char *expected;
    } rows[] = {
        { "2016-12-08T15:55:57.536Z", EN_UNIT_DAY, -2, "UTC", "2016-12-06T15:55:57.536Z" },
        { "2024-01-31T10:00:00Z", EN_UNIT_MONTH, 1, "UTC", "2024-02-29T10:00:00.000Z" },
        { "2023-03-31T10:00:00Z", EN_UNIT_MONTH, -1, "UTC", "2023-02-28T10:00:00.000Z" },
        { "2024-02-29T10:00:00Z", EN_UNIT_YEAR, 1, "UTC", "2025-02-28T10:00:00.000Z" },
        { "2024-02-29T10:00:00Z", EN_UNIT_YEAR, -4, "UTC", "2020-02-29T10:00:00.000Z" },
        { "2026-03-04T10:20:30.456Z", EN_UNIT_MONTH, -18, "UTC", "2024-09-04T10:20:30.456Z" },
        { "2024-03-30T12:00:00Z", EN_UNIT_DAY, 1, "Europe/Prague", "2024-03-31T11:00:00.000Z" },
        { "2024-03-30T01:30:00Z", EN_UNIT_DAY, 1, "Europe/Prague", "2024-03-31T01:30:00.000Z" },
        { "2024-03-30T12:00:00Z", EN_UNIT_HOUR, 24, "Europe/Prague", "2024-03-31T12:00:00.000Z" },
        { "2024-01-15T12:00:00Z", EN_UNIT_MONTH, 6, "Europe/Prague", "2024-07-15T11:00:00.000Z" },
        { "2024-01-31T23:30:00Z", EN_UNIT_MONTH, 1, "Europe/Prague", "2024-02-29T23:30:00.000Z" },
        { "2024-10-27T01:30:00Z", EN_UNIT_DAY, 0.9, "Europe/Prague", "2024-10-27T01:30:00.000Z" },
        { "2024-01-01T00:00:00Z", EN_UNIT_HOUR, 1.5, "UTC", "2024-01-01T01:30:00.000Z" },
        { "2024-01-01T00:00:00Z", EN_UNIT_MINUTE, -0.5, "UTC", "2023-12-31T23:59:30.000Z" },
        { "2024-01-01T00:00:00Z", EN_UNIT_SECOND, 0.29, "UTC", "2024-01-01T00:00:00.290Z" },
        { "2024-01-01T00:00:00Z", EN_UNIT_MILLISECOND, 7, "UTC", "2024-01-01T00:00:00.007Z" },
        { "2024-01-01T00:00:00Z", EN_UNIT_DAY, 1.9, "UTC", "2024-01-02T00:00:00.000Z" },
        { "2024-01-01T00:00:00Z", EN_UNIT_DAY, -1.9, "UTC", "2023-12-31T00:00:00.000Z" },
        { "2024-01-01T00:00:00Z", EN_UNIT_MONTH, -1.9, "UTC", "2023-12-01T00:00:00.000Z" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t at_ms = 0;
        assert_true(en_date_add(iso(rows[i].start), rows[i].unit, rows[i].amount,
                                zone_named(rows[i].zone), &at_ms));
        assert_date(at_ms, rows[i].expected);
    }
}

static void amounts_that_leave_the_range_are_refused(void **state)
{
    (void)state;
    static const double amounts[] = { 9e15, -9e15, 1e300, -1e300, INFINITY, -INFINITY, NAN };
    for (int unit = EN_UNIT_MILLISECOND; unit <= EN_UNIT_YEAR; unit++) {
        for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
            int64_t at_ms = 0;
            assert_false(en_date_add(0, (en_date_unit)unit, amounts[i], NULL, &at_ms));
        }
    }
    int64_t at_ms = 0;
    assert_false(en_date_add(EN_DATE_MAX, EN_UNIT_MILLISECOND, 1, NULL, &at_ms));
    assert_false(en_date_add(EN_DATE_MAX, EN_UNIT_DAY, 1, NULL, &at_ms));
    assert_false(en_date_add(0, EN_UNIT_YEAR, 273790 + 1, NULL, &at_ms));
    assert_true(en_date_add(0, EN_UNIT_YEAR, 273790, NULL, &at_ms));
}

static void iso_dates_print_as_javascript_prints_them(void **state)
{
    (void)state;
    assert_date(0, "1970-01-01T00:00:00.000Z");
    assert_date(-1, "1969-12-31T23:59:59.999Z");
    assert_date(INT64_C(1893553445678), "2030-01-02T03:04:05.678Z");
    assert_date(INT64_C(253402300799999), "9999-12-31T23:59:59.999Z");
    assert_date(INT64_C(253402300800000), "+010000-01-01T00:00:00.000Z");
    assert_date(INT64_C(-62167219200000), "0000-01-01T00:00:00.000Z");
    assert_date(INT64_C(-62167219200001), "-000001-12-31T23:59:59.999Z");
    assert_date(EN_DATE_MAX, "+275760-09-13T00:00:00.000Z");
    assert_date(-EN_DATE_MAX, "-271821-04-20T00:00:00.000Z");
}

static void iso_dates_are_read(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        { "2016-06-20", "2016-06-20T00:00:00.000Z" },
        { "2016-06-20T17:26", "2016-06-20T17:26:00.000Z" },
        { "2016-06-20T17:26Z", "2016-06-20T17:26:00.000Z" },
        { "2016-06-20T17:26:44", "2016-06-20T17:26:44.000Z" },
        { "2016-06-20T17:26:44.356Z", "2016-06-20T17:26:44.356Z" },
        { "2016-06-20T17:26:44.3Z", "2016-06-20T17:26:44.300Z" },
        { "2016-06-20T17:26:44,35", "2016-06-20T17:26:44.350Z" },
        { "2016-06-20T17:26:44.356999999999Z", "2016-06-20T17:26:44.356Z" },
        { "2016-06-20T19:26:44+02:00", "2016-06-20T17:26:44.000Z" },
        { "2016-06-20T19:26:44.5+0200", "2016-06-20T17:26:44.500Z" },
        { "2016-06-20T19:26+02", "2016-06-20T17:26:00.000Z" },
        { "2016-06-20T00:26-05:30", "2016-06-20T05:56:00.000Z" },
        { "2016-12-31T24:00:00Z", "2017-01-01T00:00:00.000Z" },
        { "2024-02-29", "2024-02-29T00:00:00.000Z" },
        { "+010000-01-01T00:00:00.000Z", "+010000-01-01T00:00:00.000Z" },
        { "-000001-12-31", "-000001-12-31T00:00:00.000Z" },
        { "+275760-09-13T00:00:00.000Z", "+275760-09-13T00:00:00.000Z" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_date(iso(rows[i][0]), rows[i][1]);
    }
}

static void what_is_no_iso_date_is_not_read_as_one(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "2016",
        "2016-06",
        "2016-06-2",
        "2016-6-20",
        "20160620",
        "2016-06-201",
        "2016-13-01",
        "2016-00-01",
        "2016-01-00",
        "2016-04-31",
        "2023-02-29",
        "2016/06/20",
        "20ab-06-20",
        "2o16-06-20",
        "ab16-06-20",
        "2016-06-20 17:26:44",
        "2016-06-20T",
        "2016-06-20T17",
        "2016-06-20T17:2",
        "2016-06-20T25:00",
        "2016-06-20T24:01",
        "2016-06-20T17:60",
        "2016-06-20T17:26:60",
        "2016-06-20T17:26:",
        "2016-06-20T17:26:44.",
        "2016-06-20T17:26:44.Z",
        "2016-06-20T17:26:44ZZ",
        "2016-06-20T17:26:44 Z",
        "2016-06-20T17:26:44+2",
        "2016-06-20T17:26:44+02:0",
        "2016-06-20T17:26:44+02:60",
        "2016-06-20T17:26:44+24:00",
        "2016-06-20T17:26:44+02.00",
        " 2016-06-20",
        "2016-06-20 ",
        "-000000-01-01",
        "+275760-09-13T00:00:00.001Z",
        "+275761-01-01",
        "-271821-04-19",
        "+12345-01-01",
        "+99999999-01-01",
        "id-2016-06-20",
        "550e8400-e29b-41d4-a716-446655440000",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t at_ms = 0;
        if (en_date_read_iso(en_text_from(texts[i]), &at_ms)) {
            fail_msg("\"%s\" is read as a date", texts[i]);
        }
    }
}

static void every_printed_date_reads_back(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < 200000; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        int64_t at_ms = (int64_t)(random % (2 * (uint64_t)EN_DATE_MAX + 1)) - EN_DATE_MAX;
        at_ms = i % 2 == 0 ? at_ms : at_ms / 4000;
        char room[EN_ISO_ROOM];
        int64_t back_ms = 0;
        size_t length = en_date_print_iso(at_ms, room);
        assert_true(en_date_read_iso((en_text){ room, length }, &back_ms));
        assert_true(back_ms == at_ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_civil_dates_agree_over_all_dates),
        cmocka_unit_test(months_have_their_lengths),
        cmocka_unit_test(wall_fields_of_an_instant),
        cmocka_unit_test(extreme_instants_have_fields_and_a_print),
        cmocka_unit_test(fields_roll_over),
        cmocka_unit_test(fields_out_of_range_are_refused),
        cmocka_unit_test(gaps_move_forward_and_overlaps_take_the_first),
        cmocka_unit_test(amounts_are_added_on_the_wall_clock),
        cmocka_unit_test(amounts_that_leave_the_range_are_refused),
        cmocka_unit_test(iso_dates_print_as_javascript_prints_them),
        cmocka_unit_test(iso_dates_are_read),
        cmocka_unit_test(what_is_no_iso_date_is_not_read_as_one),
        cmocka_unit_test(every_printed_date_reads_back),
    };
    return cmocka_run_group_tests(tests, open_zones, close_zones);
}
