#include "flow/state.h"

#include <stdio.h>
#include <string.h>

enum { RESERVE_BYTES = 256 * 1024 };
static const size_t default_max_bytes = (size_t)1 << 30;

/* --- what starts a run --- */

typedef struct payload_check {
    en_run *run;
    en_builder problems;
} payload_check;

static en_value check_fields(payload_check *check, en_text path, const en_interface_field *fields,
                             size_t count, en_value given);

EN_FORMAT(2, 3) static void complain(payload_check *check, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    en_builder_format(&check->problems, "%s%s", check->problems.length != 0 ? "; " : "", text);
}

/* The fields of a collection, or of every element of an array. */
static en_value check_inside(payload_check *check, en_text path, const en_interface_field *field,
                             en_value value)
{
    en_arena *arena = &check->run->arena;
    if (value.tag != EN_ARRAY) {
        return check_fields(check, path, field->fields, field->field_count, value);
    }
    en_array_builder elements;
    en_array_builder_init(&elements, arena);
    for (uint32_t i = 0; i < value.length; i++) {
        en_text place = en_text_format(arena, "%.*s[%u]", EN_TEXT_ARG(path), (unsigned)i);
        en_array_builder_add(&elements, check_fields(check, place, field->fields,
                                                     field->field_count, value.as.items[i]));
    }
    return en_array_builder_take(&elements);
}

static en_value check_field(payload_check *check, en_text path, const en_interface_field *field,
                            en_value value)
{
    en_run *run = check->run;
    if (en_is_empty(value) && field->fallback.tag != EN_NOTHING) {
        value = field->fallback;
    }
    if (en_is_missing(value)) {
        if (field->required) {
            complain(check, "\"%.*s\" is missing", EN_TEXT_ARG(path));
        }
        return value;
    }
    en_error problem;
    en_error_clear(&problem);
    en_types types = field->type != 0 ? field->type : EN_T_ANY;
    if (!en_coerce(&run->arena, types, value, run->scope.zone, &value, &problem)) {
        complain(check, "\"%.*s\": %s", EN_TEXT_ARG(path), problem.message);
        return value;
    }
    return field->field_count != 0 ? check_inside(check, path, field, value) : value;
}

/* A collection with the fields as declared, coerced; other fields pass. The plan bounds the depth. */
static en_value check_fields(payload_check *check, en_text path, const en_interface_field *fields,
                             size_t count, en_value given)
{
    en_arena *arena = &check->run->arena;
    if (!en_is_missing(given) && given.tag != EN_COLLECTION) {
        complain(check, "%.*s must be an object with fields, not %s",
                 EN_TEXT_ARG(path.length != 0 ? path : EN_TEXT("it")),
                 en_tag_name((en_tag)given.tag));
        return given;
    }
    en_collection_builder checked;
    en_collection_builder_init(&checked, arena);
    for (uint32_t i = 0; i < en_collection_count(given); i++) {
        en_collection_builder_add(&checked, en_collection_members(given)[i].name,
                                  en_collection_members(given)[i].value);
    }
    for (size_t i = 0; i < count; i++) {
        en_text place = path.length != 0 ? en_text_format(arena, "%.*s.%.*s", EN_TEXT_ARG(path),
                                                          EN_TEXT_ARG(fields[i].name))
                                         : fields[i].name;
        en_value value =
            check_field(check, place, &fields[i], en_collection_find(given, fields[i].name));
        if (value.tag != EN_NOTHING) {
            en_collection_builder_add(&checked, fields[i].name, value);
        }
    }
    return en_collection_builder_take(&checked);
}

/* All that does not fit stands in one message. */
static bool check_payload(en_run *run, const en_interface_field *fields, size_t count,
                          const char *what)
{
    if (count == 0) {
        return true;
    }
    payload_check check = { .run = run };
    en_builder_init(&check.problems, &run->arena);
    en_value checked = check_fields(&check, EN_TEXT(""), fields, count, run->payload);
    if (check.problems.length != 0) {
        en_text text = en_builder_take(&check.problems);
        return en_error_set(&run->error, EN_BundleValidationError, "the %s was refused: %.*s", what,
                            EN_TEXT_ARG(text));
    }
    run->payload = checked;
    return true;
}

/* The payload with the request's headers, method and query beside its fields (Q25: headers win). */
static void merge_request(en_run *run)
{
    en_value request = run->options->request;
    run->trigger = run->payload;
    if (request.tag != EN_COLLECTION ||
        (!en_is_missing(run->payload) && run->payload.tag != EN_COLLECTION)) {
        return;
    }
    en_collection_builder merged;
    en_collection_builder_init(&merged, &run->arena);
    for (uint32_t i = 0; i < en_collection_count(run->payload); i++) {
        en_collection_builder_add(&merged, en_collection_members(run->payload)[i].name,
                                  en_collection_members(run->payload)[i].value);
    }
    for (uint32_t i = 0; i < en_collection_count(request); i++) {
        const en_member *member = &en_collection_members(request)[i];
        bool wins = en_text_equal(member->name, EN_TEXT("headers")) ||
                    !en_collection_has(run->payload, member->name);
        if (wins && !en_is_missing(member->value)) {
            en_collection_builder_add(&merged, member->name, member->value);
        }
    }
    run->trigger = en_collection_builder_take(&merged);
}

/* The file's variables (Q48: evaluated at the start, unresolved is empty), then those given. */
static bool set_variables(en_run *run)
{
    for (size_t i = 0; i < run->plan->variable_count; i++) {
        const en_plan_variable *variable = &run->plan->variables[i];
        en_value value;
        if (!en_mapping_eval(variable->value, &run->scope, &value, &run->error)) {
            en_error_prefix_path(&run->error, variable->name);
            en_error_prefix_path(&run->error, EN_TEXT("variables"));
            return false;
        }
        if (value.tag != EN_NOTHING) {
            en_run_set_variable(run, variable->name, value);
        }
    }
    en_value given = run->options->variables;
    for (uint32_t i = 0; i < en_collection_count(given); i++) {
        const en_member *member = &en_collection_members(given)[i];
        en_run_set_variable(run, member->name, member->value);
    }
    return true;
}

static bool start(en_run *run)
{
    const en_plan *plan = run->plan;
    if (!check_payload(run, plan->payload, plan->payload_count, "payload") ||
        !check_payload(run, plan->inputs, plan->input_count, "input")) {
        return false;
    }
    merge_request(run);
    return set_variables(run);
}

/* --- how a run ends --- */

static void run_global_handler(en_run *run)
{
    const en_plan *plan = run->plan;
    if (plan->main_count == plan->count || run->fatal) {
        return;
    }
    en_error first = run->error;
    en_value data = en_value_copy(&run->arena, run->error_data);
    run->error_value = en_run_error_value(run, &run->arena);
    run->error_data = en_null();
    en_error_clear(&run->error);
    run->final = false;
    run->ended = false;
    if (en_run_steps(run, plan->main_count, plan->count) && en_run_leave_segment(run)) {
        run->error = first;
        run->error_data = data;
    } else {
        en_run_undo_segment(run);
    }
}

static en_value declared_outputs(en_run *run)
{
    en_collection_builder outputs;
    en_collection_builder_init(&outputs, run->report_arena);
    for (size_t i = 0; i < run->plan->output_count; i++) {
        const en_interface_field *field = &run->plan->outputs[i];
        en_value value = en_run_variable(run, field->name);
        if (value.tag == EN_NOTHING) { /* else a field of the last output */
            value = en_collection_find(run->last, field->name);
        }
        en_value coerced;
        en_error problem;
        en_error_clear(&problem);
        if (!en_is_missing(value) && field->type != 0) {
            if (en_coerce(&run->arena, field->type, value, run->scope.zone, &coerced, &problem)) {
                value = coerced;
            } else {
                en_run_warn(run, en_text_format(&run->arena, "output \"%.*s\": %s",
                                                EN_TEXT_ARG(field->name), problem.message));
            }
        }
        en_collection_builder_add(
            &outputs, field->name,
            value.tag == EN_NOTHING ? en_null() : en_value_copy(run->report_arena, value));
    }
    return en_collection_builder_take(&outputs);
}

/* An event that nobody answered is answered with its error (toolkit-dialect.md 5.2). */
static void answer_with_error(en_run *run)
{
    const en_error *error = &run->error;
    bool by_event = !en_is_missing(run->options->payload) || !en_is_missing(run->options->request);
    if (run->responded || !by_event) {
        return;
    }
    en_arena *arena = run->report_arena;
    en_collection_builder body;
    en_collection_builder inner;
    en_collection_builder response;
    en_collection_builder_init(&body, arena);
    en_collection_builder_init(&inner, arena);
    en_collection_builder_init(&response, arena);
    en_collection_builder_add(&inner, EN_TEXT("type"),
                              en_text_value(en_text_from(en_error_name(error->type))));
    en_collection_builder_add(&inner, EN_TEXT("message"),
                              en_text_value(en_text_copy(arena, en_text_from(error->message))));
    en_collection_builder_add(&body, EN_TEXT("error"), en_collection_builder_take(&inner));
    int status = en_error_status(error);
    status = status >= 400 && status <= 599 ? status : 500;
    en_collection_builder_add(&response, EN_TEXT("status"), en_number(status));
    en_collection_builder_add(&response, EN_TEXT("headers"), en_array(NULL, 0));
    en_collection_builder_add(&response, EN_TEXT("body"), en_collection_builder_take(&body));
    run->report->response = en_collection_builder_take(&response);
}

/* A list that was to be walked over is the output after all: then it is wanted whole. */
static bool complete_output(en_run *run)
{
    en_spool *rest = run->last_rest;
    if (rest == NULL || run->plan->output_count != 0) {
        return true;
    }
    size_t first = run->last.length;
    size_t count = first + (size_t)en_spool_count(rest);
    en_value *items = EN_TRY_ARRAY(&run->arena, en_value, count);
    en_spool_reader reader = { 0 };
    if (items == NULL) {
        return en_run_check_memory(run);
    }
    memcpy(items, run->last.as.items, first * sizeof *items);
    for (size_t i = first; i < count; i++) {
        if (!en_spool_read(rest, &reader, &run->arena, &run->arena, &items[i], &run->error)) {
            return false;
        }
    }
    run->last = en_array(items, count);
    run->last_rest = NULL;
    return en_run_check_memory(run);
}

static void finish(en_run *run, bool done)
{
    en_report *report = run->report;
    done = done && complete_output(run);
    if (done && !en_run_leave_segment(run)) {
        done = false;
    }
    if (!done) {
        en_run_undo_segment(run);
        run_global_handler(run);
        report->status = EN_RUN_ERROR;
        report->error = run->error;
        report->error_data = en_value_copy(run->report_arena, run->error_data);
        answer_with_error(run);
    }
    if (run->plan->output_count != 0) {
        report->output = declared_outputs(run);
    } else {
        report->output = complete_output(run) ? run->last : en_null();
    }
    en_value *responses = en_arena_alloc(run->report_arena, sizeof *responses);
    *responses = report->response;
    report->responses = en_array(responses, 1);
    report->warnings = en_array_builder_take(&run->warnings);
    report->order = en_array_builder_take(&run->order);
    report->peak_bytes = run->budget.peak_bytes;
    report->on_cassette = run->options->cassette != NULL;
    if (report->on_cassette) {
        report->unused = en_cassette_counts(run->options->cassette).unused;
    }
    for (uint32_t i = 0; i < run->plan->count; i++) {
        en_step_report *about = &report->steps[i];
        about->outputs = run->trace != NULL ? en_array_builder_take(&run->trace[i]) : en_null();
        about->mocked = run->mocks[i] != NULL ? en_array_builder_take(&run->mocked[i]) : en_null();
    }
}

/* --- setting up --- */

static void prepare_steps(en_run *run)
{
    uint32_t count = run->plan->count;
    en_arena *arena = &run->arena;
    run->slots = en_arena_zero(arena, run->plan->slot_count * sizeof *run->slots);
    run->spools = en_arena_zero(arena, run->plan->slot_count * sizeof *run->spools);
    run->live = en_arena_zero(arena, count);
    run->gatherings = en_arena_zero(arena, run->plan->aggregator_count * sizeof *run->gatherings);
    for (uint32_t i = 0; i < run->plan->aggregator_count; i++) {
        en_twin_init(&run->gatherings[i].arenas, &run->budget);
    }
    run->mocks = en_arena_zero(arena, count * sizeof *run->mocks);
    run->mock_calls = en_arena_zero(arena, count * sizeof *run->mock_calls);
    run->mocked = en_arena_zero(arena, count * sizeof *run->mocked);
    run->trace = run->options->trace ? en_arena_zero(arena, count * sizeof *run->trace) : NULL;
    run->report->steps = en_arena_zero(run->report_arena, count * sizeof *run->report->steps);
    run->report->step_count = count;
    for (uint32_t i = 0; i < count; i++) {
        run->report->steps[i].step = &run->plan->steps[i];
        run->mocks[i] = en_mocks_find(run->options->mocks, &run->plan->steps[i]);
        en_array_builder_init(&run->mocked[i], run->report_arena);
        if (run->trace != NULL) {
            en_array_builder_init(&run->trace[i], run->report_arena);
        }
    }
}

static void prepare(en_run *run)
{
    const en_run_options *options = run->options;
    run->budget.limit_bytes = options->max_bytes != 0 ? options->max_bytes : default_max_bytes;
    if (!en_budget_reserve(&run->budget, RESERVE_BYTES)) {
        en_run_warn(run, EN_TEXT("there is hardly any memory left"));
    }
    en_arena_init(&run->arena, &run->budget);
    if (options->seeded) {
        en_random_init_seed(&run->random, options->seed);
    } else if (options->random != NULL) {
        en_random_init_drawn(&run->random, options->random);
    } else {
        en_random_init_system(&run->random);
    }
    run->clock = options->clock;
    run->met.arena = &run->arena;
    run->elapsed_us = en_clock_elapsed_us(run->clock);
    run->started_ms = en_clock_now_ms(run->clock);
    run->deadline_us = options->timeout_ms != 0 ? run->elapsed_us + options->timeout_ms * 1000 : 0;
    run->payload = options->payload;
    run->error_value = en_nothing();
    run->error_data = en_null();
    en_error_clear(&run->error);
    run->last = en_null();
    run->reply = en_nothing();
    en_arena_init(&run->reply_arena, &run->budget);
    prepare_steps(run);
    run->scope =
        (en_scope){ .slots = run->slots,
                    .lookup = en_run_lookup,
                    .arena = &run->arena,
                    .now_ms = run->started_ms,
                    .random = &run->random,
                    .zone = options->zone,
                    .zones = run->world->zones,
                    .patterns = options->patterns != NULL ? options->patterns
                                                          : en_regex_cache_new(&run->arena) };
}

static void release(void *handle)
{
    en_run *run = handle;
    en_run_close_variables(run);
    for (uint32_t i = 0; i < run->plan->aggregator_count; i++) {
        en_twin_done(&run->gatherings[i].arenas);
    }
    for (size_t i = 0; i < run->frame_room && run->frames[i] != NULL; i++) {
        en_twin_done(&run->frames[i]->arenas);
    }
    en_arena_done(&run->reply_arena);
    en_arena_done(&run->arena);
    en_budget_done(&run->budget);
}

void en_run_execute(en_world *world, const en_plan *plan, const en_run_options *options,
                    en_arena *arena, en_report *report)
{
    *report = (en_report){ .scenario = plan->name,
                           .output = en_null(),
                           .response = en_null(),
                           .error_data = en_null(),
                           .traced = options->trace,
                           .active = true,
                           .cycles = 1 };
    en_error_clear(&report->error);
    en_run *run = EN_NEW(arena, en_run);
    run->world = world;
    run->plan = plan;
    run->options = options;
    run->report = report;
    run->report_arena = arena;
    en_array_builder_init(&run->warnings, arena);
    en_array_builder_init(&run->order, arena);
    prepare(run);
    en_arena_defer(arena, release, run); /* the report shares the run's last output */
    report->started_ms = run->started_ms;
    bool done = start(run) && en_run_check_memory(run);
    if (!done) {
        en_run_find_limit(run);
        run->fatal = true; /* nothing has happened that the global handler could be for (Q24) */
        snprintf(run->error.file, sizeof run->error.file, "%.*s", EN_TEXT_ARG(plan->file));
    }
    finish(run, done && en_run_steps(run, 0, plan->main_count));
    report->duration_us = en_clock_elapsed_us(run->clock) - run->elapsed_us;
}
