#include "testing/suite_check.h"

#include "base/units.h"
#include "flow/expect.h"
#include "flow/mocks.h"
#include "value/datetime.h"
#include "value/place.h"

#include <stdio.h>

enum { IN_FILE = 1, IN_TEST = 2, IN_RUN = 4, IN_EXPECT = 8, IN_LIMITS = 16 };
enum { ANYTHING = -1, MOST_TESTS = 10000 };
#define TAG(tag) (1 << (tag))

typedef struct checking {
    en_arena *arena;
    en_problems *problems;
} checking;

typedef struct member_row {
    const char *name;
    int levels;
    int tags; /* ANYTHING, or those that fit */
    const char *said;
    void (*check)(const checking *c, en_text path, en_value value);
} member_row;

EN_FORMAT(3, 4)
static en_problem *complain(const checking *c, en_text path, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    en_problem *problem = en_problems_add(c->problems, EN_SEVERITY_ERROR, "%s", message);
    problem->path = path;
    return problem;
}

static void check_members(const checking *c, en_text path, en_value value, int level,
                          const char *what);

/* --- single members --- */

static void check_moment(const checking *c, en_text path, en_value value)
{
    int64_t at_ms;
    if (!en_date_read(en_value_text(value), NULL, &at_ms)) {
        complain(c, path, "expected a date such as 2030-01-02T03:04:05Z");
    }
}

static void check_word(const checking *c, en_text path, en_value value, const char *const *words,
                       const char *said)
{
    for (; *words != NULL; words++) {
        if (en_text_equal(en_value_text(value), en_text_from(*words))) {
            return;
        }
    }
    complain(c, path, "expected %s", said);
}

static void check_clock(const checking *c, en_text path, en_value value)
{
    static const char *const words[] = { "virtual", "fixed", "real", NULL };
    check_word(c, path, value, words, "\"virtual\", \"fixed\" or \"real\"");
}

static void check_match(const checking *c, en_text path, en_value value)
{
    static const char *const words[] = { "strict", "loose", NULL };
    check_word(c, path, value, words, "\"strict\" or \"loose\"");
}

static void check_count(const checking *c, en_text path, en_value value)
{
    int64_t count;
    if (!en_value_integer(value, &count) || count < 0) {
        complain(c, path, "expected a whole number, 0 or more");
    }
}

static void check_texts(const checking *c, en_text path, en_value value)
{
    const en_member *members = en_collection_members(value);
    for (uint32_t i = 0; i < en_collection_count(value); i++) {
        if (!en_is(members[i].value, EN_TEXT_VALUE)) {
            complain(c, en_place_member(c->arena, path, members[i].name), "expected a text, not %s",
                     en_tag_name((en_tag)members[i].value.tag));
        }
    }
    for (uint32_t i = 0; en_is(value, EN_ARRAY) && i < value.length; i++) {
        if (!en_is(value.as.items[i], EN_TEXT_VALUE)) {
            complain(c, en_place_element(c->arena, path, i), "expected a text, not %s",
                     en_tag_name((en_tag)value.as.items[i].tag));
        }
    }
}

static void check_mocks(const checking *c, en_text path, en_value value)
{
    const en_mocks *mocks;
    en_error error;
    en_error_clear(&error);
    if (en_is(value, EN_COLLECTION) && !en_mocks_read(c->arena, value, &mocks, &error)) {
        en_problem *problem = en_problems_add_error(c->problems, EN_SEVERITY_ERROR, &error);
        problem->path = en_place_member(c->arena, path, en_text_from(error.path));
    }
}

static void check_size(const checking *c, en_text path, en_value value)
{
    uint64_t bytes;
    if (!en_units_read_bytes(en_value_text(value), &bytes)) {
        complain(c, path, "expected a size such as \"64M\"");
    }
}

static void check_duration(const checking *c, en_text path, en_value value)
{
    int64_t duration_ms;
    if (!en_units_read_ms(en_value_text(value), &duration_ms)) {
        complain(c, path, "expected a duration such as \"500ms\" or \"40m\"");
    }
}

static void check_limits(const checking *c, en_text path, en_value value)
{
    check_members(c, path, value, IN_LIMITS, "limits");
}

static void check_expected(const checking *c, en_text path, en_value value)
{
    en_expectation_check(c->arena, NULL, path, value, c->problems);
}

static void check_truths(const checking *c, en_text path, en_value value)
{
    for (uint32_t i = 0; en_is(value, EN_ARRAY) && i < value.length; i++) {
        en_error error;
        en_error_clear(&error);
        en_text place = en_place_element(c->arena, path, i);
        if (!en_is(value.as.items[i], EN_TEXT_VALUE)) {
            complain(c, place, "expected a template, not %s",
                     en_tag_name((en_tag)value.as.items[i].tag));
        } else if (!en_expect_readable(c->arena, NULL, en_value_text(value.as.items[i]), &error)) {
            en_problems_add_error(c->problems, EN_SEVERITY_ERROR, &error)->path = place;
        }
    }
}

static void check_expect(const checking *c, en_text path, en_value value)
{
    check_members(c, path, value, IN_EXPECT, "an expectation of a run");
}

static void check_event(const checking *c, en_text path, en_value value)
{
    en_value expect = en_collection_find(value, EN_TEXT("expect"));
    if (!en_is(value, EN_COLLECTION)) {
        complain(c, path, "expected an event {\"data\" or \"input\", \"at\"?, \"expect\"?}, not %s",
                 en_tag_name((en_tag)value.tag));
    } else if (!en_is_missing(expect)) {
        check_expect(c, en_place_member(c->arena, path, EN_TEXT("expect")), expect);
    }
}

static void check_events(const checking *c, en_text path, en_value value)
{
    for (uint32_t i = 0; en_is(value, EN_ARRAY) && i < value.length; i++) {
        check_event(c, en_place_element(c->arena, path, i), value.as.items[i]);
    }
}

static void check_runs(const checking *c, en_text path, en_value value)
{
    if (value.length == 0) {
        complain(c, path, "a test has at least one run");
    }
    for (uint32_t i = 0; i < value.length; i++) {
        check_members(c, en_place_element(c->arena, path, i), value.as.items[i], IN_RUN, "a run");
    }
}

static void check_tests(const checking *c, en_text path, en_value value);

/* --- the table --- */

enum {
    EVERYWHERE = IN_FILE | IN_TEST | IN_RUN,
    TEXT = TAG(EN_TEXT_VALUE),
    BOOLEAN = TAG(EN_BOOLEAN),
    NUMBER = TAG(EN_NUMBER),
    ARRAY = TAG(EN_ARRAY),
    COLLECTION = TAG(EN_COLLECTION),
};

static const member_row rows[] = {
    { "$schema", IN_FILE, TEXT, "a text", NULL },
    { "description", IN_FILE, TEXT, "a text", NULL },
    { "tests", IN_FILE, ARRAY, "an array of tests", check_tests },
    { "name", IN_TEST, TEXT, "a text", NULL },
    { "why", IN_TEST, TEXT, "a text", NULL },
    { "skip", IN_FILE | IN_TEST, TEXT, "a text that says why", NULL },
    { "needs", IN_FILE | IN_TEST, ARRAY, "an array of paths", check_texts },
    { "scenario", IN_FILE | IN_TEST, TEXT | ARRAY | COLLECTION, "a path or a scenario", NULL },
    { "patch", IN_FILE | IN_TEST, COLLECTION, "a collection {path: value}", NULL },
    { "lenient", IN_FILE | IN_TEST, BOOLEAN, "true or false", NULL },
    { "schemas", IN_FILE | IN_TEST, COLLECTION, "a collection {store: definition}", NULL },
    { "stores", IN_FILE | IN_TEST, TEXT | COLLECTION, "a path or a collection of stores", NULL },
    { "runs", IN_TEST, ARRAY, "an array of runs", check_runs },
    { "now", EVERYWHERE, TEXT, "a date", check_moment },
    { "clock", EVERYWHERE, TEXT, "a text", check_clock },
    { "tz", EVERYWHERE, TEXT, "the name of a time zone", NULL },
    { "seed", EVERYWHERE, NUMBER, "a number", check_count },
    { "variables", EVERYWHERE, COLLECTION, "a collection", NULL },
    { "env", EVERYWHERE, COLLECTION, "a collection of texts", check_texts },
    { "mocks", EVERYWHERE, TEXT | COLLECTION, "a path or a collection of mocks", check_mocks },
    { "mockAuto", EVERYWHERE, BOOLEAN, "true or false", NULL },
    { "http", EVERYWHERE, ARRAY | COLLECTION, "exchanges as on a cassette", NULL },
    { "cassette", EVERYWHERE, TEXT, "a path", NULL },
    { "cassetteMatch", EVERYWHERE, TEXT, "a text", check_match },
    { "limits", EVERYWHERE, COLLECTION, "a collection", check_limits },
    { "input", IN_TEST | IN_RUN, ANYTHING, NULL, NULL },
    { "headers", IN_TEST | IN_RUN, ARRAY | COLLECTION, "a collection", NULL },
    { "method", IN_TEST | IN_RUN, TEXT, "a text", NULL },
    { "query", IN_TEST | IN_RUN, ARRAY | COLLECTION, "a collection", NULL },
    { "events", IN_TEST | IN_RUN, TEXT | ARRAY, "a path or an array of events", check_events },
    { "expect", IN_TEST | IN_RUN, COLLECTION, "a collection", check_expect },
    { "operations", IN_LIMITS, NUMBER, "a number", check_count },
    { "memory", IN_LIMITS, TEXT, "a text", check_size },
    { "timeout", IN_LIMITS, TEXT, "a text", check_duration },
    { "active", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "cassette", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "cycles", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "error", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "executions", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "incomplete", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "mocked", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "modules", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "operations", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "order", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "output", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "outputs", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "requests", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "response", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "responses", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "startedAt", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "status", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "stores", IN_EXPECT, ANYTHING, NULL, check_expected },
    { "true", IN_EXPECT, ARRAY, "an array of templates", check_truths },
    { "warnings", IN_EXPECT, ANYTHING, NULL, check_expected },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static const member_row *find_row(en_text name, int level)
{
    for (size_t i = 0; i < ROWS; i++) {
        if ((rows[i].levels & level) != 0 && en_text_equal(name, en_text_from(rows[i].name))) {
            return &rows[i];
        }
    }
    return NULL;
}

static void complain_unknown(const checking *c, en_text path, en_text name, int level,
                             const char *what)
{
    en_text names[ROWS];
    size_t count = 0;
    for (size_t i = 0; i < ROWS; i++) {
        if ((rows[i].levels & level) != 0) {
            names[count++] = en_text_from(rows[i].name);
        }
    }
    en_problem *problem = complain(c, path, "%s has no member \"%.*s\"", what, EN_TEXT_ARG(name));
    size_t nearest = en_text_nearest(name, names, count);
    if (nearest != SIZE_MAX) {
        problem->hint =
            en_text_format(c->arena, "did you mean \"%.*s\"?", EN_TEXT_ARG(names[nearest]));
    }
}

static void check_members(const checking *c, en_text path, en_value value, int level,
                          const char *what)
{
    if (!en_is(value, EN_COLLECTION)) {
        complain(c, path, "%s is a collection, not %s", what, en_tag_name((en_tag)value.tag));
        return;
    }
    for (uint32_t i = 0; i < en_collection_count(value); i++) {
        const en_member *member = &en_collection_members(value)[i];
        const member_row *row = find_row(member->name, level);
        en_text place = en_place_member(c->arena, path, member->name);
        if (row == NULL) {
            complain_unknown(c, place, member->name, level, what);
        } else if (row->tags != ANYTHING && (row->tags & TAG(member->value.tag)) == 0) {
            complain(c, place, "expected %s, not %s", row->said,
                     en_tag_name((en_tag)member->value.tag));
        } else if (row->check != NULL) {
            row->check(c, place, member->value);
        }
    }
}

/* --- what belongs together --- */

static void check_cassettes(const checking *c, en_text path, en_value level)
{
    if (en_collection_has(level, EN_TEXT("http")) &&
        en_collection_has(level, EN_TEXT("cassette"))) {
        complain(c, path, "either \"http\" or \"cassette\"");
    }
}

static void check_together(const checking *c, en_text path, en_value run)
{
    static const char *const alone[] = { "input", "headers", "method", "query" };
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++) {
        if (en_collection_has(run, EN_TEXT("events")) &&
            en_collection_has(run, en_text_from(alone[i]))) {
            complain(c, path, "either \"events\" or \"%s\"", alone[i]);
        }
    }
    check_cassettes(c, path, run);
}

static void check_test_runs(const checking *c, en_text path, en_value test)
{
    static const char *const of_runs[] = {
        "input", "headers", "method", "query", "events", "expect"
    };
    en_value runs = en_collection_find(test, EN_TEXT("runs"));
    if (!en_is(runs, EN_ARRAY)) {
        check_together(c, path, test);
        return;
    }
    check_cassettes(c, path, test);
    for (size_t i = 0; i < sizeof of_runs / sizeof of_runs[0]; i++) {
        if (en_collection_has(test, en_text_from(of_runs[i]))) {
            complain(c, en_place_member(c->arena, path, en_text_from(of_runs[i])),
                     "\"%s\" stands in the runs of a test that has \"runs\"", of_runs[i]);
        }
    }
    for (uint32_t i = 0; i < runs.length; i++) {
        en_text place =
            en_place_element(c->arena, en_place_member(c->arena, path, EN_TEXT("runs")), i);
        check_together(c, place, runs.as.items[i]);
    }
}

static void check_name(const checking *c, en_text path, en_value tests, uint32_t at)
{
    en_text name = en_value_text(en_collection_find(tests.as.items[at], EN_TEXT("name")));
    if (name.length == 0) {
        complain(c, path, "a test has a \"name\"");
    }
    for (uint32_t i = 0; name.length != 0 && i < at; i++) {
        if (en_text_equal(en_value_text(en_collection_find(tests.as.items[i], EN_TEXT("name"))),
                          name)) {
            complain(c, en_place_member(c->arena, path, EN_TEXT("name")),
                     "there is another test called \"%.*s\"", EN_TEXT_ARG(name));
            return;
        }
    }
}

static void check_tests(const checking *c, en_text path, en_value value)
{
    if (value.length > MOST_TESTS) {
        complain(c, path, "a file holds at most %d tests", MOST_TESTS);
        return;
    }
    for (uint32_t i = 0; i < value.length; i++) {
        en_text place = en_place_element(c->arena, path, i);
        en_value test = value.as.items[i];
        check_members(c, place, test, IN_TEST, "a test");
        if (en_is(test, EN_COLLECTION)) {
            check_name(c, place, value, i);
            check_test_runs(c, place, test);
        }
    }
}

static void check_scenarios(const checking *c, en_value root)
{
    en_value tests = en_collection_find(root, EN_TEXT("tests"));
    bool all = en_collection_has(root, EN_TEXT("scenario"));
    for (uint32_t i = 0; !all && en_is(tests, EN_ARRAY) && i < tests.length; i++) {
        if (!en_collection_has(tests.as.items[i], EN_TEXT("scenario"))) {
            complain(c, en_place_element(c->arena, EN_TEXT("tests"), i),
                     "neither the test nor the file says which \"scenario\" it tests");
        }
    }
}

void en_suite_check(en_arena *arena, en_value root, en_problems *problems)
{
    checking c = { .arena = arena, .problems = problems };
    check_members(&c, EN_TEXT(""), root, IN_FILE, "a file of tests");
    if (en_is(root, EN_COLLECTION) && !en_collection_has(root, EN_TEXT("tests"))) {
        complain(&c, EN_TEXT(""), "a file of tests has \"tests\", an array");
    }
    check_scenarios(&c, root);
    check_cassettes(&c, EN_TEXT(""), root);
}
