#include "testing/runner.h"

#include "flow/contents.h"
#include "flow/events.h"
#include "testing/judge.h"
#include "testing/requests.h"
#include "testing/settings.h"
#include "value/place.h"

#include <string.h>
#include <unistd.h>

enum { LARGEST_EVENTS = 64 << 20 };

/* What lives while a test runs. */
typedef struct staging {
    const en_test_options *options;
    en_test_result *result;
    en_stage stage;
    en_judge judge;
    en_arena arena;   /* of the test */
    en_arena own;     /* of the present run */
    en_arena report;  /* of the present execution */
    en_arena kept;    /* of the last execution's report, or of all in the run */
    en_arena scratch; /* of the present comparison */
    en_clock clock;
    en_step_count *counts;
    en_run_options run;
    en_request_log requests; /* of the present run */
    size_t number;           /* of the run, from 1 */
    en_expected expected;    /* behind the run's last execution */
    bool keeps_all;
    en_array_builder executions;
    uint64_t execution_count; /* in this run */
    en_value last;            /* report of the last execution */
    en_value last_payload;
    en_error pending; /* of an execution about which nothing was said so far */
    en_text pending_where;
} staging;

const char *en_test_outcome_name(en_test_outcome outcome)
{
    static const char *const names[] = {
        [EN_TEST_PASSED] = "passed",
        [EN_TEST_FAILED] = "failed",
        [EN_TEST_INVALID] = "invalid",
        [EN_TEST_SKIPPED] = "skipped",
    };
    return names[outcome];
}

static void set_clock(staging *s, const int64_t *at_ms)
{
    const en_test_run *run = &s->result->test->runs[s->number - 1];
    en_settings_set_clock(&s->stage, run, s->run.zone, at_ms, &s->clock);
    s->clock.interrupted = s->options->interrupted;
}

/* --- data stores --- */

static en_store_run store_run(staging *s, en_random *random)
{
    en_random_init_seed(random, EN_TEST_SEED);
    return (en_store_run){ .now_ms = en_clock_now_ms(&s->clock),
                           .random = random,
                           .patterns = en_regex_cache_new(&s->own),
                           .shape = EN_RECORD_PAIR,
                           .interrupted = s->options->interrupted,
                           .is_batch = true };
}

static bool fill_stores(staging *s)
{
    en_text path;
    en_value stores;
    en_error error;
    en_random random;
    en_database *database;
    en_error_clear(&error);
    en_value given = en_test_setting(s->result->test, NULL, "stores", &s->arena, &path);
    if (en_is_missing(given)) {
        return true;
    }
    if (!en_stage_read(&s->stage, given, path, true, &stores)) {
        return false;
    }
    en_store_run run = store_run(s, &random);
    if (en_world_database(&s->stage.world, &database, &error) &&
        en_contents_fill(database, &run, stores, &s->arena, &error)) {
        return true;
    }
    if (en_is(given, EN_COLLECTION)) {
        path = en_text_format(&s->arena, "%.*s.%s", EN_TEXT_ARG(path), error.path);
    }
    return en_stage_refuse(&s->stage, path, &error);
}

static en_value dump_stores(staging *s)
{
    en_error error;
    en_random random;
    en_database *database;
    en_value stores;
    en_error_clear(&error);
    if (s->stage.world.database == NULL) {
        en_collection_builder none;
        en_collection_builder_init(&none, &s->own);
        return en_collection_builder_take(&none);
    }
    en_store_run run = store_run(s, &random);
    if (en_world_database(&s->stage.world, &database, &error) &&
        en_contents_dump(database, &run, &s->own, &stores, &error)) {
        return stores;
    }
    return en_text_value(en_text_format(&s->own, "they cannot be read: %s", error.message));
}

/* --- errors that nobody expected --- */

static en_text where_of(staging *s, uint64_t event)
{
    const char *run =
        s->result->test->run_count > 1 ? en_text_format(&s->own, "run %zu", s->number).data : "";
    return event == 0 ? en_text_from(run)
                      : en_text_format(&s->own, "%s%sevent %llu", run, run[0] != '\0' ? ", " : "",
                                       (unsigned long long)event);
}

static bool is_expected_in_executions(const staging *s)
{
    en_value all = en_collection_find(s->expected.value, EN_TEXT("executions"));
    if (!en_is(all, EN_ARRAY)) {
        return !en_is_missing(all); /* a condition that covers them all */
    }
    return s->execution_count <= all.length && s->execution_count > 0 &&
           en_judge_speaks_of_error(all.as.items[s->execution_count - 1]);
}

static void tell_pending(staging *s)
{
    if (en_error_is_set(&s->pending)) {
        en_expected about = s->expected;
        about.where = s->pending_where;
        en_judge_note_error(&s->judge, &about, &s->pending, true);
        en_error_clear(&s->pending);
    }
}

/* --- executions --- */

static void keep_report(staging *s, const en_event *event, en_value report)
{
    if (!s->keeps_all) {
        en_arena_reset(&s->kept);
    }
    s->last = en_value_copy(&s->kept, report);
    s->last_payload = en_value_copy(&s->kept, event->payload);
    if (s->keeps_all) {
        en_array_builder_add(&s->executions, s->last);
    }
}

static void execute(staging *s, const en_event *event, const en_expected *own)
{
    en_report report;
    s->run.payload = event->payload;
    s->run.request = event->request;
    set_clock(s, event->has_time ? &event->at_ms : NULL);
    en_run_execute(&s->stage.world, s->stage.plan, &s->run, &s->report, &report);
    s->run.seed++; /* or every execution would make the same keys */
    s->result->executions++;
    s->result->operations += report.operations;
    s->execution_count++;
    tell_pending(s);
    if (en_error_is_set(&report.error) && !en_judge_speaks_of_error(own->value) &&
        !is_expected_in_executions(s)) {
        s->pending = report.error;
        s->pending_where = own->where;
    }
    en_value value = en_report_value(&s->report, &report);
    if (!en_is_missing(own->value)) {
        en_judge_compare(&s->judge, own, value, event->payload, en_clock_now_ms(&s->clock),
                         &s->scratch);
        en_arena_reset(&s->scratch);
    }
    keep_report(s, event, value);
    en_arena_reset(&s->report);
}

static bool is_interrupted(const staging *s)
{
    return s->options->interrupted != NULL && *s->options->interrupted != 0;
}

/* --- what starts executions --- */

typedef struct memory_reader {
    en_text rest;
} memory_reader;

static bool refill(void *context, char *bytes, size_t room, size_t *got, en_error *error)
{
    (void)error;
    memory_reader *reader = context;
    *got = room < reader->rest.length ? room : reader->rest.length;
    memcpy(bytes, reader->rest.data, *got);
    reader->rest = en_text_slice(reader->rest, *got, reader->rest.length);
    return true;
}

/* An event of a file is judged by what stands beside it there. */
static bool run_events_of(staging *s, en_text path, en_value setting)
{
    en_error error;
    memory_reader reader;
    en_error_clear(&error);
    const char *file = en_suite_beside(s->result->test->suite, &s->own, en_value_text(setting));
    if (!en_file_read(&s->own, file, LARGEST_EVENTS, &reader.rest, &error)) {
        return en_stage_refuse(&s->stage, path, &error);
    }
    en_event_source source = { .name = file,
                               .refill = refill,
                               .context = &reader,
                               .is_csv = en_text_ends(en_text_from(file), EN_TEXT(".csv")),
                               .zone = s->run.zone };
    en_event_queue *queue = en_events_open(&s->own, &source);
    en_arena arena;
    en_arena_init(&arena, NULL);
    bool read = true;
    for (uint64_t number = 1; read && !is_interrupted(s); number++) {
        en_event event;
        bool found;
        read = en_events_next(queue, &arena, &event, &found, &error);
        if (!read || !found) {
            break;
        }
        en_expected own = { .value = event.expect,
                            .path = EN_TEXT("expect"),
                            .file = en_text_from(file),
                            .line = event.line,
                            .where = where_of(s, number) };
        execute(s, &event, &own);
        en_arena_reset(&arena);
    }
    en_arena_done(&arena);
    return read || en_stage_refuse(&s->stage, path, &error);
}

static bool run_events(staging *s, en_text path, en_value events)
{
    for (uint32_t i = 0; i < events.length && !is_interrupted(s); i++) {
        en_event event;
        en_error error;
        en_error_clear(&error);
        en_text place = en_place_element(&s->own, path, i);
        if (!en_event_read(&s->own, events.as.items[i], s->run.zone, &event, &error)) {
            return en_stage_refuse(&s->stage, place, &error);
        }
        en_expected own = { .value = event.expect,
                            .path = en_place_member(&s->own, place, EN_TEXT("expect")),
                            .where = where_of(s, i + (uint64_t)1) };
        execute(s, &event, &own);
    }
    return true;
}

/* One execution, started by what stands in the run itself. */
static bool run_input(staging *s, const en_test_run *run)
{
    static const char *const parts[] = { "input", "headers", "method", "query" };
    en_event event = { .payload = en_null(), .request = en_null() };
    en_error error;
    en_error_clear(&error);
    en_collection_builder record;
    en_collection_builder_init(&record, &s->own);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        en_text name = en_text_from(parts[i]);
        if (en_collection_has(run->value, name)) {
            en_collection_builder_add(&record, name, en_collection_find(run->value, name));
        }
    }
    if (record.count != 0 &&
        !en_event_read(&s->own, en_collection_builder_take(&record), s->run.zone, &event, &error)) {
        return en_stage_refuse(&s->stage, run->path, &error);
    }
    en_expected nothing = { .value = en_nothing(), .where = where_of(s, 0) };
    execute(s, &event, &nothing);
    return true;
}

/* --- runs --- */

static en_value with_more(staging *s)
{
    en_collection_builder all;
    en_collection_builder_init(&all, &s->own);
    for (uint32_t i = 0; i < en_collection_count(s->last); i++) {
        const en_member *member = &en_collection_members(s->last)[i];
        en_collection_builder_add(&all, member->name, member->value);
    }
    en_collection_builder_add(&all, EN_TEXT("executions"), en_array_builder_take(&s->executions));
    if (s->run.observer != NULL) {
        en_collection_builder_add(&all, EN_TEXT("requests"),
                                  en_array_builder_take(&s->requests.requests));
    }
    if (en_collection_has(s->expected.value, EN_TEXT("stores"))) {
        en_collection_builder_add(&all, EN_TEXT("stores"), dump_stores(s));
    }
    return en_collection_builder_take(&all);
}

static void judge_run(staging *s)
{
    if (en_judge_speaks_of_error(s->expected.value)) {
        en_error_clear(&s->pending);
    }
    tell_pending(s);
    en_judge_compare(&s->judge, &s->expected, with_more(s), s->last_payload,
                     en_clock_now_ms(&s->clock), &s->scratch);
    en_arena_reset(&s->scratch);
}

static bool begin_run(staging *s, const en_test_run *run)
{
    en_value expect = en_collection_find(run->value, EN_TEXT("expect"));
    s->expected = (en_expected){ .value = expect,
                                 .path = en_place_member(&s->own, run->path, EN_TEXT("expect")),
                                 .where = where_of(s, 0) };
    s->keeps_all = en_collection_has(expect, EN_TEXT("executions"));
    s->execution_count = 0;
    s->last = en_nothing();
    s->last_payload = en_nothing();
    en_error_clear(&s->pending);
    en_array_builder_init(&s->executions, &s->kept);
    if (!en_settings_read(&s->stage, run, &s->own, &s->run)) {
        return false;
    }
    s->run.seed += s->result->executions;
    s->run.clock = &s->clock;
    s->run.counts = s->counts;
    if (en_collection_has(expect, EN_TEXT("requests"))) {
        en_request_log_init(&s->requests, &s->own);
        s->run.observer = &s->requests.observer;
    }
    s->run.interrupted = s->options->interrupted;
    set_clock(s, NULL);
    return s->number > 1 || fill_stores(s);
}

static bool execute_run(staging *s, const en_test_run *run)
{
    en_value events = en_collection_find(run->value, EN_TEXT("events"));
    en_text path = en_place_member(&s->own, run->path, EN_TEXT("events"));
    bool done = begin_run(s, run);
    if (done) {
        done = en_is(events, EN_ARRAY)        ? run_events(s, path, events)
               : en_is(events, EN_TEXT_VALUE) ? run_events_of(s, path, events)
                                              : run_input(s, run);
    }
    if (done && !is_interrupted(s)) {
        judge_run(s);
    }
    en_arena_reset(&s->own);
    en_arena_reset(&s->kept);
    return done;
}

/* --- the test --- */

/* A test that is not to be run, or cannot: the reason, or empty. */
static en_text reason_to_skip(staging *s)
{
    en_text path;
    const en_test *test = s->result->test;
    en_text reason = en_value_text(en_test_setting(test, NULL, "skip", &s->arena, &path));
    en_value needs = en_test_setting(test, NULL, "needs", &s->arena, &path);
    for (uint32_t i = 0; en_is(needs, EN_ARRAY) && i < needs.length && reason.length == 0; i++) {
        en_text file = en_value_text(needs.as.items[i]);
        if (access(en_suite_beside(test->suite, &s->arena, file), R_OK) != 0) {
            reason = en_text_format(&s->arena, "%.*s is not there", EN_TEXT_ARG(file));
        }
    }
    return reason;
}

/* What problems say may lie in arenas that end with the test. */
static void keep_texts(en_problems *problems)
{
    for (en_problem *problem = problems->first; problem != NULL; problem = problem->next) {
        en_text *const texts[] = { &problem->file, &problem->path, &problem->message,
                                   &problem->hint, &problem->source };
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            *texts[i] = en_text_copy(problems->arena, *texts[i]);
        }
    }
}

static void run_test(staging *s, en_arena *arena)
{
    en_test_result *result = s->result;
    bool valid = en_stage_open(&s->stage, result->test, &s->arena, &result->problems);
    s->judge = (en_judge){ .stage = &s->stage, .arena = arena, .result = result };
    if (valid) {
        s->counts =
            en_arena_zero(&s->arena, (s->stage.plan->count + (size_t)1) * sizeof *s->counts);
    }
    for (s->number = 1; valid && s->number <= result->test->run_count && !is_interrupted(s);
         s->number++) {
        valid = execute_run(s, &result->test->runs[s->number - 1]);
    }
    if (valid && s->options->coverage && s->stage.has_file) {
        result->coverage = en_coverage_of(arena, s->stage.plan, s->counts);
    }
    en_suite_place(result->test->suite, &result->problems);
    result->outcome = !valid                       ? EN_TEST_INVALID
                      : is_interrupted(s)          ? EN_TEST_SKIPPED
                      : result->failure_count != 0 ? EN_TEST_FAILED
                                                   : EN_TEST_PASSED;
    result->note = is_interrupted(s) ? EN_TEXT("interrupted") : EN_TEXT("");
    keep_texts(&result->problems);
    en_stage_done(&s->stage);
}

void en_test_execute(const en_test *test, const en_test_options *options, en_arena *arena,
                     en_test_result *result)
{
    int64_t began_us = en_clock_ticks_us();
    *result = (en_test_result){ .test = test };
    en_problems_init(&result->problems, arena);
    staging s = { .options = options, .result = result };
    en_arena *const arenas[] = { &s.arena, &s.own, &s.report, &s.kept, &s.scratch };
    for (size_t i = 0; i < sizeof arenas / sizeof arenas[0]; i++) {
        en_arena_init(arenas[i], NULL);
    }
    en_text reason = reason_to_skip(&s);
    if (reason.length != 0) {
        result->outcome = EN_TEST_SKIPPED;
        result->note = en_text_copy(arena, reason);
    } else {
        run_test(&s, arena);
    }
    for (size_t i = sizeof arenas / sizeof arenas[0]; i > 0; i--) {
        en_arena_done(arenas[i - 1]);
    }
    result->duration_us = en_clock_ticks_us() - began_us;
}
