#include "test.h"

#include "replay/stream.h"

#include "value/json.h"

typedef struct fixture {
    en_arena arena;
    en_stream_options options;
    en_stream *stream;
    en_error error;
} fixture;

static int set_up(void **state)
{
    static fixture with;
    with = (fixture){ .options = { .rate = 1, .keys = 3, .skew = 1, .is_fixed = true } };
    en_arena_init(&with.arena, NULL);
    en_error_clear(&with.error);
    *state = &with;
    return 0;
}

static int tear_down(void **state)
{
    en_arena_done(&((fixture *)*state)->arena);
    return 0;
}

static bool open_stream(fixture *with, const char *shape)
{
    en_error_clear(&with->error);
    assert_true(en_json_read(&with->arena, en_text_from(shape), 0, EN_JSON_DEPTH,
                             &with->options.shape, &with->error));
    return en_stream_open(&with->arena, &with->options, &with->stream, &with->error);
}

static const char *next(fixture *with)
{
    en_value event;
    assert_true(en_stream_next(with->stream, &with->arena, &event, &with->error));
    return en_text_terminate(&with->arena, en_json_text(&with->arena, event, 0));
}

static void rates_have_units(void **state)
{
    fixture *with = *state;
    static const struct {
        const char *text;
        double rate;
    } good[] = { { "5", 5 }, { "5/s", 5 }, { "30/m", 0.5 }, { "1.5e3/s", 1500 }, { "3600/h", 1 } };
    static const char *const bad[] = { "", "/s", "0", "-1", "5/x", "1e9/s", "NaN", "5 /s" };
    double rate;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(en_stream_read_rate(en_text_from(good[i].text), &rate, &with->error));
        assert_true(rate == good[i].rate);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        en_error_clear(&with->error);
        assert_false(en_stream_read_rate(en_text_from(bad[i]), &rate, &with->error));
        assert_int_equal(with->error.type, EN_UsageError);
    }
}

/* A burst that ends between two events: the time of both rates counts. */
static void rates_change_between_events(void **state)
{
    fixture *with = *state;
    assert_true(en_stream_read_burst(EN_TEXT("1500ms:1s:4"), &with->options, &with->error));
    assert_true(open_stream(with, "{\"b\":\"{{burst}}\"}"));
    assert_string_equal(next(with), "{\"b\":true,\"at\":\"1970-01-01T00:00:00.625Z\"}");
    assert_string_equal(next(with), "{\"b\":true,\"at\":\"1970-01-01T00:00:00.875Z\"}");
    assert_string_equal(next(with), "{\"b\":true,\"at\":\"1970-01-01T00:00:01.125Z\"}");
    assert_string_equal(next(with), "{\"b\":true,\"at\":\"1970-01-01T00:00:01.375Z\"}");
    assert_string_equal(next(with), "{\"b\":false,\"at\":\"1970-01-01T00:00:02.000Z\"}");
    assert_string_equal(next(with), "{\"b\":true,\"at\":\"1970-01-01T00:00:02.250Z\"}");
}

static void what_makes_no_sense_is_refused(void **state)
{
    fixture *with = *state;
    assert_false(open_stream(with, "[]"));
    assert_false(open_stream(with, "{\"a\":\"{{nothere()}}\"}"));
    with->options.keys = 0;
    assert_false(open_stream(with, "{}"));
    with->options.keys = EN_STREAM_KEYS + 1;
    assert_false(open_stream(with, "{}"));
    with->options.keys = 1;
    assert_true(open_stream(with, "{\"a\":\"{{parseDate(\\\"x\\\"; \\\"YYYY\\\")}}\"}"));
    en_value event;
    assert_false(en_stream_next(with->stream, &with->arena, &event, &with->error));
    assert_int_equal(with->error.type, EN_DataError);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rates_have_units, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rates_change_between_events, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
