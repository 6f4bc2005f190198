#include "testing/settings.h"

#include "base/units.h"

enum { MOST_BUNDLES_KEPT = 10000 };
/* 2026-01-01T00:00:00Z */
static const int64_t default_now_ms = 1767225600000;

typedef struct reading {
    en_stage *stage;
    const en_test_run *run;
    en_arena *arena;
    en_run_options *options;
} reading;

static en_value setting(const reading *r, const char *name, en_text *path)
{
    return en_test_setting(r->stage->test, r->run, name, r->arena, path);
}

static bool is_on(const reading *r, const char *name)
{
    en_text path;
    en_value value = setting(r, name, &path);
    return en_is(value, EN_BOOLEAN) && value.as.boolean;
}

static void read_seed(const reading *r)
{
    en_text path;
    int64_t seed = EN_TEST_SEED;
    en_value given = setting(r, "seed", &path);
    r->options->seeded = true;
    r->options->seed =
        en_is(given, EN_NUMBER) && en_value_integer(given, &seed) ? (uint64_t)seed : EN_TEST_SEED;
}

static bool read_zone(const reading *r)
{
    en_text path;
    en_error error;
    en_value given = setting(r, "tz", &path);
    en_text name = en_is(given, EN_TEXT_VALUE) ? en_value_text(given) : r->stage->workspace.zone;
    if (name.length == 0 || en_zone_find(r->stage->world.zones, name, &r->options->zone)) {
        return true;
    }
    en_error_clear(&error);
    en_error_set(&error, EN_UsageError, "there is no time zone \"%.*s\"", EN_TEXT_ARG(name));
    return en_stage_refuse(r->stage, path, &error);
}

static bool read_mocks(const reading *r)
{
    en_text path;
    en_error error;
    en_value mocks;
    en_error_clear(&error);
    en_value given = setting(r, "mocks", &path);
    bool is_file = en_is(given, EN_TEXT_VALUE);
    if (!is_file) {
        given = en_test_merged(r->stage->test, r->run, "mocks", r->arena);
    }
    if (!en_stage_read(r->stage, given, path, true, &mocks)) {
        return false;
    }
    if ((is_file || en_collection_count(mocks) != 0) &&
        !en_mocks_read(r->arena, mocks, &r->options->mocks, &error)) {
        return en_stage_refuse(r->stage, path, &error);
    }
    if (is_on(r, "mockAuto")) {
        r->options->mocks = en_mocks_auto(r->arena, r->options->mocks);
    }
    return true;
}

/* Values of the environment never stood on a cassette. */
static en_redactor *make_redactor(const reading *r)
{
    const en_workspace *workspace = &r->stage->workspace;
    en_redactor *redactor =
        en_redactor_new(r->stage->arena, workspace->redacted, workspace->redacted_count);
    en_value environment = r->stage->world.environment;
    for (uint32_t i = 0; i < en_collection_count(environment); i++) {
        en_redactor_add_secret(redactor,
                               en_value_text(en_collection_members(environment)[i].value));
    }
    return redactor;
}

static bool open_cassette(const reading *r, en_value http, en_text http_path, en_value file,
                          en_text file_path, en_cassette **cassette)
{
    en_text ignored;
    en_error error;
    en_error_clear(&error);
    en_arena *arena = r->stage->arena;
    const en_suite *suite = r->stage->test->suite;
    bool is_inline = !en_is_missing(http);
    en_value word = setting(r, "cassetteMatch", &ignored);
    en_text match = en_is(word, EN_TEXT_VALUE) ? en_value_text(word)
                    : is_inline                ? EN_TEXT("loose")
                                               : EN_TEXT("strict");
    en_cassette_match how =
        en_text_equal(match, EN_TEXT("loose")) ? EN_CASSETTE_LOOSE : EN_CASSETTE_STRICT;
    bool opened =
        is_inline
            ? en_cassette_read(arena, suite->name, http, how, make_redactor(r), cassette, &error)
            : en_cassette_open(arena, en_suite_beside(suite, arena, en_value_text(file)), how,
                               make_redactor(r), cassette, &error);
    if (opened) {
        return true;
    }
    if (is_inline) {
        error.file[0] = '\0'; /* the place is the test's */
        http_path =
            en_text_format(arena, "%.*s%s%s", EN_TEXT_ARG(http_path),
                           error.path[0] == '[' || error.path[0] == '\0' ? "" : ".", error.path);
    }
    return en_stage_refuse(r->stage, is_inline ? http_path : file_path, &error);
}

/* One of the test goes on playing from run to run, one of a run is its own. */
static bool read_cassette(const reading *r)
{
    en_text http_path;
    en_text file_path;
    en_value http = setting(r, "http", &http_path);
    en_value file = setting(r, "cassette", &file_path);
    if (en_is_missing(http) && en_is_missing(file)) {
        return true;
    }
    bool is_own =
        r->stage->test->run_count > 1 && (en_collection_has(r->run->value, EN_TEXT("http")) ||
                                          en_collection_has(r->run->value, EN_TEXT("cassette")));
    if (is_own) {
        return open_cassette(r, http, http_path, file, file_path, &r->options->cassette);
    }
    bool opened = r->stage->cassette != NULL ||
                  open_cassette(r, http, http_path, file, file_path, &r->stage->cassette);
    r->options->cassette = r->stage->cassette;
    return opened;
}

/* What does not fit was refused when the file was read. */
static void read_limits(const reading *r)
{
    en_text path;
    int64_t count;
    const en_workspace *workspace = &r->stage->workspace;
    en_run_options *options = r->options;
    en_value limits = setting(r, "limits", &path);
    en_value operations = en_collection_find(limits, EN_TEXT("operations"));
    en_value memory = en_collection_find(limits, EN_TEXT("memory"));
    en_value timeout = en_collection_find(limits, EN_TEXT("timeout"));
    options->max_operations =
        en_value_integer(operations, &count) ? (uint64_t)count : workspace->max_operations;
    uint64_t bytes;
    if (!en_units_read_bytes(en_value_text(memory), &bytes)) {
        bytes = workspace->max_bytes;
    }
    options->max_bytes = bytes < SIZE_MAX ? (size_t)bytes : SIZE_MAX;
    if (!en_units_read_ms(en_value_text(timeout), &options->timeout_ms)) {
        options->timeout_ms = workspace->timeout_ms;
    }
}

/* Whether anything in the expectation looks at single bundles. Documents bound the depth. */
static bool looks_at_outputs(en_value expected)
{
    static const char *const names[] = { "outputs", "order", "true", "$true" };
    for (uint32_t i = 0; i < en_collection_count(expected); i++) {
        const en_member *member = &en_collection_members(expected)[i];
        for (size_t j = 0; j < sizeof names / sizeof names[0]; j++) {
            if (en_text_equal(member->name, en_text_from(names[j]))) {
                return true;
            }
        }
        if (looks_at_outputs(member->value)) {
            return true;
        }
    }
    for (uint32_t i = 0; en_is(expected, EN_ARRAY) && i < expected.length; i++) {
        if (looks_at_outputs(expected.as.items[i])) {
            return true;
        }
    }
    return false;
}

bool en_settings_read(en_stage *stage, const en_test_run *run, en_arena *arena,
                      en_run_options *options)
{
    const reading r = { .stage = stage, .run = run, .arena = arena, .options = options };
    *options = (en_run_options){ .payload = en_null(),
                                 .request = en_null(),
                                 .trace = looks_at_outputs(run->value),
                                 .trace_limit = MOST_BUNDLES_KEPT };
    options->variables = en_test_merged(stage->test, run, "variables", arena);
    stage->world.environment = en_test_merged(stage->test, run, "env", arena);
    read_seed(&r);
    read_limits(&r);
    return read_zone(&r) && read_mocks(&r) && read_cassette(&r);
}

void en_settings_set_clock(const en_stage *stage, const en_test_run *run, const en_zone *zone,
                           const int64_t *at_ms, en_clock *clock)
{
    en_text path;
    int64_t now_ms;
    en_value now = en_test_setting(stage->test, run, "now", stage->arena, &path);
    en_value kind = en_test_setting(stage->test, run, "clock", stage->arena, &path);
    if (at_ms != NULL) {
        now_ms = *at_ms;
    } else if (!en_is(now, EN_TEXT_VALUE) || !en_date_read(en_value_text(now), zone, &now_ms)) {
        now_ms = default_now_ms;
    }
    if (en_text_equal(en_value_text(kind), EN_TEXT("real"))) {
        en_clock_init_real(clock);
    } else if (en_text_equal(en_value_text(kind), EN_TEXT("fixed"))) {
        en_clock_init_fixed(clock, now_ms);
    } else {
        en_clock_init_virtual(clock, now_ms);
    }
}
