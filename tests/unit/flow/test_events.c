#include "test.h"

#include "flow/events.h"

typedef struct fixture {
    en_arena arena;
    en_text rest;
    en_event_source source;
    en_event_queue *queue;
    en_event event;
    en_error error;
} fixture;

static bool refill(void *context, char *bytes, size_t room, size_t *got, en_error *error)
{
    (void)error;
    fixture *with = context;
    *got = with->rest.length < room ? with->rest.length : room;
    memcpy(bytes, with->rest.data, *got);
    with->rest = en_text_slice(with->rest, *got, with->rest.length);
    return true;
}

static int set_up(void **state)
{
    static fixture with;
    with = (fixture){ .source = { .name = "events", .refill = refill, .context = &with } };
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

static void open_queue(fixture *with, const char *text)
{
    with->rest = en_text_from(text);
    with->queue = en_events_open(&with->arena, &with->source);
}

static void map(fixture *with, const char *const *words, size_t count)
{
    en_event_column *columns;
    assert_true(en_event_columns_read(&with->arena, words, count, &columns, &with->error));
    with->source.is_csv = true;
    with->source.columns = columns;
    with->source.column_count = count;
}

static bool next(fixture *with, bool *found)
{
    en_error_clear(&with->error);
    return en_events_next(with->queue, &with->arena, &with->event, found, &with->error);
}

static void expect_event(fixture *with, unsigned line, const char *payload, const char *request)
{
    bool found;
    assert_true(next(with, &found));
    assert_true(found);
    assert_int_equal(with->event.line, line);
    assert_string_equal(
        en_text_terminate(&with->arena, en_json_text(&with->arena, with->event.payload, 0)),
        payload);
    assert_string_equal(
        en_text_terminate(&with->arena, en_json_text(&with->arena, with->event.request, 0)),
        request);
}

static void expect_end(fixture *with)
{
    bool found;
    assert_true(next(with, &found));
    assert_false(found);
}

static void expect_problem(fixture *with, bool goes_on, const char *line)
{
    bool found;
    assert_false(next(with, &found));
    assert_int_equal(found, goes_on);
    assert_string_equal(en_text_terminate(&with->arena, en_error_line(&with->arena, &with->error)),
                        line);
}

static void lines_give_payload_request_time_answers_and_expectation(void **state)
{
    fixture *with = *state;
    open_queue(with,
               "{\"data\":{\"n\":1},\"at\":\"2026-03-02T09:00:00Z\",\"http\":[],"
               "\"expect\":{\"status\":\"error\"}}\n\n"
               "{\"input\":2,\"method\":\"PUT\",\"headers\":[{\"name\":\"A\",\"value\":\"b\"}]}");
    expect_event(with, 1, "{\"n\":1}", "null");
    assert_true(with->event.has_time);
    assert_int_equal(with->event.at_ms, 1772442000000);
    assert_int_equal(with->event.http.tag, EN_ARRAY);
    assert_int_equal(with->event.expect.tag, EN_COLLECTION);
    expect_event(with, 3, "2", "{\"method\":\"PUT\",\"headers\":{\"A\":\"b\"}}");
    assert_false(with->event.has_time);
    assert_int_equal(with->event.http.tag, EN_NOTHING);
    assert_int_equal(with->event.expect.tag, EN_NOTHING);
    expect_end(with);
}

static void a_bad_line_does_not_end_the_queue(void **state)
{
    fixture *with = *state;
    open_queue(with, "{\"data\":1,\"at\":\"1/2/26\"}\n{\"data\"\n{\"dta\":1}\n{\"data\":3}\n");
    expect_problem(with, true,
                   "events:1:1: BundleValidationError: at: '1/2/26' is no date (write it as "
                   "2026-01-31T09:00:00Z)");
    bool found;
    assert_false(next(with, &found));
    assert_true(found);
    expect_problem(with, true,
                   "events:3:1: BundleValidationError: an event is {\"data\" or \"input\", "
                   "\"headers\"?, \"method\"?, \"query\"?, \"at\"?}");
    expect_event(with, 4, "3", "null");
    expect_end(with);
}

static void columns_are_fields_of_the_payload_or_name_their_place(void **state)
{
    fixture *with = *state;
    with->source.is_csv = true;
    open_queue(with, "userId,at,headers.authorization,data.a.b,data.a.c\n"
                     "u-1,2026-03-02T09:00:00Z,tok,1,2\n"
                     "u-2,,,,\n");
    expect_event(with, 2, "{\"userId\":\"u-1\",\"a\":{\"b\":\"1\",\"c\":\"2\"}}",
                 "{\"headers\":{\"authorization\":\"tok\"}}");
    assert_true(with->event.has_time);
    expect_event(with, 3, "{\"userId\":\"u-2\"}", "null");
    assert_false(with->event.has_time);
    expect_end(with);
}

static void a_mapping_puts_columns_elsewhere_and_reads_json(void **state)
{
    fixture *with = *state;
    static const char *const words[] = { "at=time", "headers.x=token", "data.total:=sum",
                                         "expect.status=outcome" };
    map(with, words, 4);
    with->source.delimiter = ';';
    open_queue(with, "time;token;sum;outcome;note\n"
                     "2026-03-02T09:00:00Z;t;[1,2];error;hello\n"
                     "2026-03-02T09:00:01Z;t;[1;error;\n"
                     "2026-03-02T09:00:02Z;t;3;;\n");
    expect_event(with, 2, "{\"total\":[1,2],\"note\":\"hello\"}", "{\"headers\":{\"x\":\"t\"}}");
    assert_int_equal(with->event.expect.tag, EN_COLLECTION);
    expect_problem(
        with, true,
        "events:3:1: BundleValidationError: column \"total\" is no JSON: expected ',' or "
        "']' but found the end of the text");
    expect_event(with, 4, "{\"total\":3}", "{\"headers\":{\"x\":\"t\"}}");
    expect_end(with);
}

static void columns_that_are_missing_or_clash_end_the_queue(void **state)
{
    fixture *with = *state;
    static const char *const words[] = { "data.user=usr" };
    map(with, words, 1);
    open_queue(with, "user,n\n1,2\n");
    expect_problem(with, false,
                   "events:1:1: DataError: there is no column \"usr\" (did you mean user?)");
    with->source.column_count = 0;
    open_queue(with, "data.a,data.a.b\n1,2\n");
    expect_problem(
        with, false,
        "events:1:1: DataError: column \"data.a.b\" goes where another one goes already");
    open_queue(with, "a\n1\n1,2\n3\n");
    expect_event(with, 2, "{\"a\":\"1\"}", "null");
    expect_problem(with, false, "events:3:1: DataError: there are 2 fields, but 1 columns");
}

static void a_mapping_names_a_path_and_a_column(void **state)
{
    fixture *with = *state;
    static const char *const bad[] = { "user", "=user", "data..a=user", "data.=x", "at=" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        en_event_column *columns;
        en_error_clear(&with->error);
        assert_false(en_event_columns_read(&with->arena, &bad[i], 1, &columns, &with->error));
        assert_int_equal(with->error.type, EN_UsageError);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_give_payload_request_time_answers_and_expectation,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_line_does_not_end_the_queue, set_up, tear_down),
        cmocka_unit_test_setup_teardown(columns_are_fields_of_the_payload_or_name_their_place,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mapping_puts_columns_elsewhere_and_reads_json, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(columns_that_are_missing_or_clash_end_the_queue, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_mapping_names_a_path_and_a_column, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
