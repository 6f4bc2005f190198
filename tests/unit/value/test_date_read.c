/* The forms that type coercion accepts as a date. */
#include "test.h"
#include "value/datetime.h"

static void assert_reads(const char *zone_name, const char *text, const char *expected)
{
    en_zones *zones = en_zones_new();
    const en_zone *zone = NULL;
    int64_t at_ms = 0;
    char room[EN_ISO_ROOM];
    assert_true(en_zone_find(zones, en_text_from(zone_name), &zone));
    if (!en_date_read(en_text_from(text), zone, &at_ms)) {
        fail_msg("\"%s\" is not read", text);
    }
    assert_text(((en_text){ room, en_date_print_iso(at_ms, room) }), expected);
    en_zones_free(zones);
}

static void all_documented_forms_are_read(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        { "2016-06-20T17:26:44.356Z", "2016-06-20T17:26:44.356Z" },
        { "2016-06-20 19:26:44 GMT+02:00", "2016-06-20T17:26:44.000Z" },
        { "2016-06-20 19:26+0200", "2016-06-20T17:26:00.000Z" },
        { "2016-06-20 17:26:44", "2016-06-20T17:26:44.000Z" },
        { "2016-06-20", "2016-06-20T00:00:00.000Z" },
        { "2016/06/20 17:26:44", "2016-06-20T17:26:44.000Z" },
        { "2016/06/20 19:26:44+02:00", "2016-06-20T17:26:44.000Z" },
        { "2016/06/20 17:26", "2016-06-20T17:26:00.000Z" },
        { "2016/06/20 5:26 PM", "2016-06-20T17:26:00.000Z" },
        { "2016/06/20", "2016-06-20T00:00:00.000Z" },
        { "06/20/2016 17:26:44", "2016-06-20T17:26:44.000Z" },
        { "06/20/2016 19:26:44+02:00", "2016-06-20T17:26:44.000Z" },
        { "06/20/2016 17:26", "2016-06-20T17:26:00.000Z" },
        { "06/20/2016 5:26 PM", "2016-06-20T17:26:00.000Z" },
        { "06/20/2016", "2016-06-20T00:00:00.000Z" },
        { "20.6.2016 17:26:44", "2016-06-20T17:26:44.000Z" },
        { "20.6.2016 19:26:44+02:00", "2016-06-20T17:26:44.000Z" },
        { "20.6.2016 17:26", "2016-06-20T17:26:00.000Z" },
        { "20.6.2016", "2016-06-20T00:00:00.000Z" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_reads("UTC", rows[i][0], rows[i][1]);
    }
}

static void small_variations_are_read(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        { "  2016-06-20\n", "2016-06-20T00:00:00.000Z" },
        { "2016-6-2", "2016-06-02T00:00:00.000Z" },
        { "6/2/2016 5:26pm", "2016-06-02T17:26:00.000Z" },
        { "6/2/2016 12:00 AM", "2016-06-02T00:00:00.000Z" },
        { "6/2/2016 12:00:30 pm", "2016-06-02T12:00:30.000Z" },
        { "2016-06-20 5:26 PM", "2016-06-20T17:26:00.000Z" },
        { "2016-06-20 17:26:44.5", "2016-06-20T17:26:44.500Z" },
        { "2016-06-20 17:26:44.123456 +00:00", "2016-06-20T17:26:44.123Z" },
        { "2016-06-20 17:26:44 UTC", "2016-06-20T17:26:44.000Z" },
        { "2016-06-20 17:26:44 gmt", "2016-06-20T17:26:44.000Z" },
        { "2016-06-20 19:26 UTC+0200", "2016-06-20T17:26:00.000Z" },
        { "2016-06-20 09:26-08", "2016-06-20T17:26:00.000Z" },
        { "2016/06/20 5:26 PM -01:00", "2016-06-20T18:26:00.000Z" },
        { "2016-06-20 24:00", "2016-06-21T00:00:00.000Z" },
        { "+012345-06-07", "+012345-06-07T00:00:00.000Z" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_reads("UTC", rows[i][0], rows[i][1]);
    }
}

static void without_a_zone_the_given_one_counts(void **state)
{
    (void)state;
    assert_reads("Europe/Prague", "2016-06-20 17:26:44", "2016-06-20T15:26:44.000Z");
    assert_reads("Europe/Prague", "2016-12-20", "2016-12-19T23:00:00.000Z");
    assert_reads("Europe/Prague", "2016-06-20T17:26:44", "2016-06-20T15:26:44.000Z");
    assert_reads("Europe/Prague", "2016-06-20T17:26:44Z", "2016-06-20T17:26:44.000Z");
    assert_reads("Europe/Prague", "2016-06-20 17:26 GMT", "2016-06-20T17:26:00.000Z");
    assert_reads("America/New_York", "3/10/2024 2:30 AM", "2024-03-10T07:30:00.000Z");
}

static void everything_else_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        " ",
        "now",
        "2016",
        "1482940986",
        "1.5",
        "1.2.3",
        "192.168.0.1",
        "2016-06",
        "2016-13-01",
        "2016-02-30",
        "0/1/2016",
        "13/1/2016",
        "20/06/2016",
        "06/20/16",
        "20.6.16",
        "6.20.2016",
        "20.6.2016 5:26 PM",
        "2016/06-20",
        "2016-06/20",
        "20160620",
        "2016-06-20 17",
        "2016-06-20 17:2",
        "2016-06-20 17:26:4",
        "2016-06-20 25:00",
        "2016-06-20 24:01",
        "2016-06-20 17:60",
        "2016-06-20 17:26:60",
        "2016-06-20 17:26:44.",
        "2016-06-20 17:26 CET",
        "2016-06-20 17:26 GMT+",
        "2016-06-20 17:26+2",
        "2016-06-20 17:26+02:6",
        "2016-06-20 17:26+02:60",
        "2016-06-20 17:26+24:00",
        "2016-06-20 17:26Zulu",
        "2016-06-20 13:26 PM",
        "2016-06-20 0:26 AM",
        "2016-06-20 17:26 junk",
        "2016-06-20x",
        "2016-06-20 +02:00",
        "12016-06-20",
        "+02:00",
        "-",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t at_ms = 0;

        if (en_date_read(en_text_from(texts[i]), NULL, &at_ms)) {
            fail_msg("\"%s\" is read as a date", texts[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_documented_forms_are_read),
        cmocka_unit_test(small_variations_are_read),
        cmocka_unit_test(without_a_zone_the_given_one_counts),
        cmocka_unit_test(everything_else_is_refused),
    };
    return EN_RUN(tests);
}
