#include "flow/state.h"
#include "value/calendar.h"

#include "base/mutant.h"

#include <stdio.h>
#include <string.h>

enum { MOST_WARNINGS = 100, LONG_SEGMENT_US = 1000 * 1000 };

static en_run *run_of(const en_call *call)
{
    return call->run;
}

/* --- segments --- */

/* Other runs wait as long as a segment writes. */
static en_segment *take_segment(en_run *run)
{
    en_segment *segment = run->segment;
    int64_t held_us = en_clock_elapsed_us(run->clock) - run->segment_since_us;
    run->segment = NULL;
    if (run->segment_writes && held_us >= LONG_SEGMENT_US && !run->options->is_batch) {
        en_run_warn(run, en_text_format(en_run_arena(run),
                                        "the run kept the data stores to itself for %lld ms",
                                        (long long)(held_us / 1000)));
    }
    return segment;
}

bool en_run_leave_segment(en_run *run)
{
    return run->segment == NULL || en_segment_commit(take_segment(run), &run->error);
}

void en_run_undo_segment(en_run *run)
{
    if (run->segment != NULL) {
        en_segment_rollback(take_segment(run));
    }
}

/* What the run takes for its database: perhaps a tape before it, or instead of it. */
static bool find_database(en_run *run, en_database **database, en_error *error)
{
    en_tape *tape = run->options->tape;
    *database = NULL;
    if ((tape == NULL || !en_tape_plays(tape)) && !en_world_database(run->world, database, error)) {
        return false;
    }
    if (tape != NULL) {
        *database = en_tape_database(tape, *database);
    }
    return true;
}

/* The present step begins the segment, so it and what may follow it decide of which kind it is. */
static en_segment *host_store(en_call *call)
{
    en_run *run = run_of(call);
    if (en_mutant("no-segment") && !en_run_leave_segment(run)) {
        return NULL;
    }
    if (run->segment != NULL) {
        return run->segment;
    }
    en_database *database;
    if (!find_database(run, &database, call->error)) {
        return NULL;
    }
    en_store_run about = { .now_ms = run->scope.now_ms,
                           .random = &run->random,
                           .patterns = run->scope.patterns,
                           .shape = run->plan->record_shape,
                           .interrupted = run->options->interrupted,
                           .is_batch = run->options->is_batch || en_clock_is_virtual(run->clock),
                           .met = &run->met,
                           .batch = run->options->batch };
    run->segment_writes = !run->plan->steps[run->pc].reads_only;
    en_segment_kind kind = run->segment_writes ? EN_SEGMENT_WRITE : EN_SEGMENT_READ;
    bool entered = en_segment_enter(database, kind, &about, &run->segment, call->error);
    run->segment_since_us = en_clock_elapsed_us(run->clock);
    return entered ? run->segment : NULL;
}

static bool host_commit(en_call *call)
{
    return en_run_leave_segment(run_of(call));
}

static bool host_rollback(en_call *call)
{
    en_run *run = run_of(call);
    return run->segment == NULL || en_segment_undo(run->segment, call->error);
}

/* --- the outside --- */

/* Whatever a scenario does with its errors: on the wrong cassette its run is not the one wanted. */
static bool ask_cassette(en_run *run, en_call *call, const en_http_request *request,
                         en_http_response *response)
{
    const en_step *step = &run->plan->steps[run->pc];
    const en_cassette_asker asker = { step->id, step->module_name };
    bool done = en_cassette_perform(run->options->cassette, &asker, run->http, run->clock, request,
                                    call->arena, response, call->error);
    run->fatal = run->fatal || (!done && call->error->type == EN_CassetteError);
    run->report->exchanges += done || call->error->type != EN_CassetteError;
    return done;
}

static bool host_http(en_call *call, const en_http_request *request, en_http_response *response)
{
    en_run *run = run_of(call);
    en_observer *observer = run->options->observer;
    en_cassette *cassette = run->options->cassette;
    if (observer != NULL && observer->request != NULL) {
        observer->request(observer, &run->plan->steps[run->pc], request);
    }
    bool plays = cassette != NULL && en_cassette_plays(cassette);
    if (run->http == NULL && !plays) {
        run->http = en_http_client_new(&run->arena, &run->world->egress, run->options->interrupted);
    }
    en_http_request bounded = *request; /* no request outlives the run's deadline */
    if (run->deadline_us != 0) {
        int64_t left_ms = (run->deadline_us - en_clock_elapsed_us(run->clock)) / 1000 + 1;
        uint32_t asked_ms = request->timeout_ms != 0 ? request->timeout_ms : EN_HTTP_TIMEOUT_MS;
        bounded.timeout_ms = left_ms < asked_ms ? (uint32_t)(left_ms > 0 ? left_ms : 1) : asked_ms;
    }
    return cassette == NULL
               ? en_http_perform(run->http, &bounded, call->arena, response, call->error)
               : ask_cassette(run, call, &bounded, response);
}

void en_run_keep_reply(en_run *run, en_value bundle)
{
    static const en_text kept[] = { { "statusCode", 10 }, { "headers", 7 } };
    en_collection_builder reply;
    en_arena_reset(&run->reply_arena);
    en_collection_builder_init(&reply, &run->reply_arena);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        en_value value = en_collection_find(bundle, kept[i]);
        if (!en_is_missing(value)) {
            en_collection_builder_add(&reply, kept[i], en_value_copy(&run->reply_arena, value));
        }
    }
    run->reply = reply.count != 0 ? en_collection_builder_take(&reply) : en_nothing();
}

static void host_keep_reply(en_call *call, en_value bundle)
{
    en_run_keep_reply(run_of(call), bundle);
}

static en_value host_last_reply(const en_call *call)
{
    return run_of(call)->reply;
}

/* No longer than until the run's deadline, which a virtual clock reaches at once. */
static bool sleep_to_deadline(en_run *run, int64_t duration_ms, en_error *error)
{
    int64_t first_ms = duration_ms;
    if (run->deadline_us != 0) {
        int64_t left_ms = (run->deadline_us - en_clock_elapsed_us(run->clock)) / 1000 + 1;
        left_ms = left_ms > 0 ? left_ms : 0;
        first_ms = left_ms < duration_ms ? left_ms : duration_ms;
    }
    if (!en_clock_sleep_ms(run->clock, first_ms)) {
        return en_error_set(error, EN_ExecutionInterruptedError, "interrupted while sleeping");
    }
    if (first_ms < duration_ms) {
        run->fatal = true;
        return en_error_set(error, EN_ExecutionInterruptedError,
                            "the run took longer than its time limit");
    }
    return true;
}

bool en_run_sleep(en_run *run, int64_t duration_ms)
{
    int64_t left_ms = EN_DATE_MAX - run->scope.now_ms; /* the calendar ends there */
    duration_ms = duration_ms < left_ms ? duration_ms : left_ms;
    if (!sleep_to_deadline(run, duration_ms, &run->error)) {
        return false;
    }
    run->scope.now_ms += duration_ms; /* Q16: `now` stands still but for sleeping */
    return true;
}

static bool host_sleep(en_call *call, int64_t duration_ms)
{
    return en_run_sleep(run_of(call), duration_ms);
}

static bool host_respond(en_call *call, int status, en_value headers, en_value body)
{
    en_run *run = run_of(call);
    if (run->responded) {
        en_call_warn(call, "the request was answered already; this answer (status %d) is dropped",
                     status);
        return true;
    }
    en_collection_builder response;
    en_collection_builder_init(&response, run->report_arena);
    en_collection_builder_add(&response, EN_TEXT("status"), en_number(status));
    en_collection_builder_add(&response, EN_TEXT("headers"),
                              en_value_copy(run->report_arena, headers));
    en_collection_builder_add(&response, EN_TEXT("body"), en_value_copy(run->report_arena, body));
    run->report->response = en_collection_builder_take(&response);
    run->responded = true;
    return true;
}

/* --- variables --- */

static void host_set_variable(en_call *call, en_text name, en_value value)
{
    en_run_set_variable(run_of(call), name, value);
}

static en_value host_variable(const en_call *call, en_text name)
{
    return en_run_variable(run_of(call), name);
}

/* --- warnings --- */

void en_run_warn(en_run *run, en_text message)
{
    for (size_t i = 0; i < run->warnings.count; i++) {
        if (en_text_equal(en_value_text(run->warnings.items[i]), message)) {
            return;
        }
    }
    if (run->warnings.count < MOST_WARNINGS) {
        en_array_builder_add(&run->warnings,
                             en_text_value(en_text_copy(run->report_arena, message)));
    }
}

static void host_warn(en_call *call, en_text message)
{
    en_run_warn(run_of(call), message);
}

const en_call_host en_run_host = {
    .store = host_store,
    .commit = host_commit,
    .rollback = host_rollback,
    .http = host_http,
    .keep_reply = host_keep_reply,
    .last_reply = host_last_reply,
    .sleep = host_sleep,
    .respond = host_respond,
    .set_variable = host_set_variable,
    .variable = host_variable,
    .warn = host_warn,
};

/* --- names --- */

static en_value lookup_name(en_run *run, en_text name)
{
    en_value value = en_run_variable(run, name);
    return value.tag != EN_NOTHING ? value : en_collection_find(run->trigger, name);
}

en_value en_run_lookup(en_scope *scope, const en_ref *ref)
{
    en_run *run = (en_run *)(void *)((char *)scope - offsetof(en_run, scope));
    switch (ref->code) {
    case EN_LOOKUP_PAYLOAD:
        return run->trigger;
    case EN_LOOKUP_ENV:
        return run->world->environment;
    case EN_LOOKUP_ERROR:
        return run->error_value;
    default:
        return lookup_name(run, ref->name);
    }
}

en_value en_run_error_value(en_run *run, en_arena *arena)
{
    const en_error *error = &run->error;
    en_collection_builder fields;
    en_collection_builder_init(&fields, arena);
    en_collection_builder_add(&fields, EN_TEXT("type"),
                              en_text_value(en_text_from(en_error_name(error->type))));
    en_collection_builder_add(&fields, EN_TEXT("message"),
                              en_text_value(en_text_copy(arena, en_text_from(error->message))));
    if (error->status_code != 0) {
        en_collection_builder_add(&fields, EN_TEXT("statusCode"), en_number(error->status_code));
    }
    if (error->step_id != EN_NO_STEP) {
        en_collection_builder_add(&fields, EN_TEXT("moduleId"), en_integer(error->step_id));
        en_collection_builder_add(&fields, EN_TEXT("module"),
                                  en_text_value(en_text_copy(arena, en_text_from(error->module))));
    }
    if (!en_is_missing(run->error_data)) {
        en_collection_builder_add(&fields, EN_TEXT("data"), en_value_copy(arena, run->error_data));
    }
    return en_collection_builder_take(&fields);
}
