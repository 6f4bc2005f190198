#include "cli/run_options.h"

#include "cli/input.h"
#include "cli/output.h"
#include "cli/setup.h"

#include <stdlib.h>
#include <string.h>

/* --- variables --- */

/* "name=text" and "name:=JSON". False: no name. */
static bool split_setting(const char *word, en_text *name, const char **value, bool *is_json)
{
    en_text all = en_text_from(word);
    size_t equals = en_text_find(all, EN_TEXT("="), 0);
    if (equals == SIZE_MAX) {
        return false;
    }
    *is_json = equals > 0 && word[equals - 1] == ':';
    *name = en_text_slice(all, 0, *is_json ? equals - 1 : equals);
    *value = word + equals + 1;
    return name->length != 0;
}

const en_text *en_run_variable_names(en_context *context, size_t *count)
{
    const char *const *words;
    size_t given = en_context_many(context, "set", &words);
    en_text *names = en_arena_alloc(context->arena, (given + 1) * sizeof *names);
    *count = 0;
    for (size_t i = 0; i < given; i++) {
        const char *value;
        bool is_json;
        *count += split_setting(words[i], &names[*count], &value, &is_json);
    }
    return names;
}

static bool read_variables(en_context *context, en_value *variables, en_error *error)
{
    const char *const *words;
    size_t count = en_context_many(context, "set", &words);
    en_collection_builder object;
    en_collection_builder_init(&object, context->arena);
    for (size_t i = 0; i < count; i++) {
        en_text name;
        const char *text;
        bool is_json;
        if (!split_setting(words[i], &name, &text, &is_json)) {
            return en_error_set(error, EN_UsageError,
                                "--set takes NAME=TEXT or NAME:=JSON, not '%s'", words[i]);
        }
        en_value value = en_text_value(en_text_from(text));
        if (is_json && !en_input_json(context, "--set", text, 0, &value, error)) {
            return false;
        }
        en_collection_builder_add(&object, name, value);
    }
    *variables = count != 0 ? en_collection_builder_take(&object) : en_null();
    return true;
}

/* --- the world --- */

/* A scenario sees only the names that the workspace allows. */
static en_value allowed_environment(en_context *context, const en_workspace *workspace)
{
    en_collection_builder object;
    en_collection_builder_init(&object, context->arena);
    for (size_t i = 0; i < workspace->environment_count; i++) {
        const char *value = getenv(en_text_terminate(context->arena, workspace->environment[i]));
        if (value != NULL) {
            en_collection_builder_add(&object, workspace->environment[i],
                                      en_text_value(en_text_from(value)));
        }
    }
    return en_collection_builder_take(&object);
}

static bool is_separator(char byte)
{
    return byte == ',' || byte == ' ' || byte == '\t';
}

/* Words of all values, each perhaps "a,b". */
static size_t split_words(en_context *context, const char *const *values, size_t count,
                          en_text **words)
{
    size_t most = 0;
    for (size_t i = 0; i < count; i++) {
        most += strlen(values[i]);
    }
    *words = en_arena_alloc(context->arena, (most + 1) * sizeof **words);
    size_t made = 0;
    for (size_t i = 0; i < count; i++) {
        en_text all = en_text_from(values[i]);
        for (size_t start = 0, at = 0; at <= all.length; at++) {
            if (at == all.length || is_separator(all.data[at])) {
                if (at > start) {
                    (*words)[made++] = en_text_slice(all, start, at);
                }
                start = at + 1;
            }
        }
    }
    return made;
}

static bool read_egress(en_context *context, const en_workspace *workspace, en_egress *egress,
                        en_error *error)
{
    const char *const *values;
    size_t count = en_context_many(context, "allow-net", &values);
    en_text *words = workspace->allowed_hosts;
    size_t word_count = workspace->allowed_host_count;
    if (en_context_switch(context, "offline")) {
        *egress = (en_egress){ .none = true };
        return count == 0 || (count == 1 && strcmp(values[0], "none") == 0) ||
               en_error_set(error, EN_UsageError, "either --offline or --allow-net");
    }
    if (count != 0) {
        word_count = split_words(context, values, count, &words);
    }
    return en_egress_read(context->arena, words, word_count, egress, error);
}

static void close_zones(void *zones)
{
    en_zones_free(zones);
}

bool en_run_read_world(en_context *context, const en_workspace *workspace, const en_plan *plan,
                       en_world *world, en_error *error)
{
    world->zones = en_zones_new();
    en_arena_defer(context->arena, close_zones, world->zones);
    world->environment = allowed_environment(context, workspace);
    bool in_memory =
        en_context_text(context, "stores") != NULL && en_context_text(context, "db") == NULL;
    world->database_options =
        (en_database_options){ .path =
                                   in_memory ? ":memory:" : en_setup_database(context, workspace),
                               .durability = workspace->durability,
                               .only_declared = workspace->only_declared_stores,
                               .segment_ms = workspace->segment_ms,
                               .no_auto_index = workspace->no_auto_index };
    en_world_take_schemas(world, context->arena, plan->schemas, plan->schema_count);
    en_world_take_schemas(world, context->arena, workspace->schemas, workspace->schema_count);
    return read_egress(context, workspace, &world->egress, error);
}

/* --- options --- */

static bool read_mocks(en_context *context, const en_mocks **mocks, en_error *error)
{
    const char *path = en_context_text(context, "mock");
    *mocks = NULL;
    if (path != NULL) {
        en_value value;
        const char *from = en_text_format(context->arena, "@%s", path).data;
        if (!en_input_json(context, "--mock", from, EN_JSON_TYPED, &value, error)) {
            return false;
        }
        if (!en_mocks_read(context->arena, value, mocks, error)) {
            snprintf(error->file, sizeof error->file, "%s", path);
            return false;
        }
    }
    if (en_context_switch(context, "mock-auto")) {
        *mocks = en_mocks_auto(context->arena, *mocks);
    }
    return true;
}

static bool read_zone(en_context *context, const en_workspace *workspace, const en_world *world,
                      const en_zone **zone, en_error *error)
{
    const char *given = en_context_text(context, "tz");
    en_text name = given != NULL ? en_text_from(given) : workspace->zone;
    *zone = NULL;
    return name.length == 0 || en_input_zone(world->zones, name, zone, error);
}

bool en_run_read_options(en_context *context, const en_workspace *workspace, const en_world *world,
                         en_run_options *options, en_error *error)
{
    uint64_t max_bytes = workspace->max_bytes;
    uint64_t trace_limit = 0;
    *options = (en_run_options){ .payload = en_null(),
                                 .request = en_null(),
                                 .max_operations = workspace->max_operations,
                                 .timeout_ms = workspace->timeout_ms,
                                 .trace = en_context_switch(context, "trace") };
    if (!read_variables(context, &options->variables, error) ||
        !read_zone(context, workspace, world, &options->zone, error) ||
        !read_mocks(context, &options->mocks, error) ||
        !en_input_duration(context, "timeout", &options->timeout_ms, error) ||
        !en_input_bytes(context, "max-memory", &max_bytes, error)) {
        return false;
    }
    (void)en_context_count(context, "max-operations", &options->max_operations);
    (void)en_context_count(context, "trace-limit", &trace_limit);
    options->max_bytes = max_bytes < SIZE_MAX ? (size_t)max_bytes : SIZE_MAX;
    options->trace_limit = trace_limit < SIZE_MAX ? (size_t)trace_limit : SIZE_MAX;
    const char *clock = en_context_text(context, "clock");
    options->seeded = en_context_count(context, "seed", &options->seed) ||
                      (clock != NULL && strcmp(clock, "virtual") == 0); /* from seed 0 */
    return true;
}

bool en_run_read_timing(en_context *context, const en_zone *zone, en_run_timing *timing,
                        en_error *error)
{
    const char *now = en_context_text(context, "now");
    const char *kind = en_context_text(context, "clock");
    en_clock clock;
    en_clock_init_real(&clock);
    *timing = (en_run_timing){ .is_fixed = now != NULL,
                               .is_virtual = kind != NULL && strcmp(kind, "virtual") == 0,
                               .now_ms = en_clock_now_ms(&clock) };
    if (kind != NULL && !timing->is_virtual && strcmp(kind, "real") != 0) {
        return en_error_set(error, EN_UsageError, "--clock is real or virtual, not '%s'", kind);
    }
    return now == NULL || en_input_moment("--now", en_text_from(now), zone, &timing->now_ms, error);
}

void en_run_timing_clock(const en_run_timing *timing, const int64_t *at_ms,
                         const volatile int *interrupted, en_clock *clock)
{
    en_clock_init_real(clock);
    bool is_fixed = timing->is_fixed || at_ms != NULL;
    int64_t now_ms = at_ms != NULL ? *at_ms : timing->now_ms;
    if (timing->is_virtual) {
        en_clock_init_virtual(clock, now_ms);
    } else if (is_fixed) {
        en_clock_init_fixed(clock, now_ms);
    }
    clock->interrupted = interrupted;
}

/* --- what starts the run --- */

static bool read_headers(en_context *context, en_value *request, en_error *error)
{
    const char *const *words;
    size_t count = en_context_many(context, "header", &words);
    if (count == 0) {
        return true;
    }
    en_collection_builder headers;
    en_collection_builder_init(&headers, context->arena);
    for (size_t i = 0; i < count; i++) {
        en_text word = en_text_from(words[i]);
        size_t equals = en_text_find(word, EN_TEXT("="), 0);
        if (equals == SIZE_MAX || equals == 0) {
            return en_error_set(error, EN_UsageError, "--header takes NAME=VALUE, not '%s'",
                                words[i]);
        }
        en_collection_builder_add(&headers, en_text_slice(word, 0, equals),
                                  en_text_value(en_text_slice(word, equals + 1, word.length)));
    }
    en_collection_builder object;
    en_collection_builder_init(&object, context->arena);
    en_collection_builder_add(&object, EN_TEXT("headers"), en_collection_builder_take(&headers));
    *request = en_collection_builder_take(&object);
    return true;
}

bool en_run_read_event(en_context *context, en_event *event, en_error *error)
{
    static const char *const alone[] = { "input", "header", "runs" };
    const char *input = en_context_text(context, "input");
    *event = (en_event){ .payload = en_null(), .request = en_null() };
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++) {
        const char *const *values;
        if (en_context_text(context, "events") != NULL &&
            en_context_many(context, alone[i], &values) != 0) {
            return en_error_set(error, EN_UsageError, "either --events or --%s", alone[i]);
        }
    }
    return (input == NULL || en_input_json(context, "--input", input, 0, &event->payload, error)) &&
           read_headers(context, &event->request, error);
}
