#include "flow/kept.h"

#include "base/crypto.h"
#include "value/encoding.h"
#include "value/zip.h"

enum {
    VERSION = 1,
    PACK_LEVEL = 6,
    TRACED_BUNDLES = 100, /* of a step, if nobody asks for more */
    PRUNE_EVERY = 64,     /* runs */
    UNPACKED_BYTES = 1 << 30,
    UNPACKED_TIMES = 16 /* what is packed is smaller by less than this, as a rule */
};

/* --- before the run --- */

void en_keeper_begin(en_keeper *keeper, en_run_options *options)
{
    const en_history_settings *settings = keeper->settings;
    keeper->traced = options->trace;
    keeper->recording = NULL;
    if (settings->keep != EN_KEEP_BUNDLES) {
        return;
    }
    if (!options->seeded) {
        en_random random;
        en_random_init_system(&random);
        options->seed = en_random_next(&random) >> 11; /* a number of JSON holds it */
        options->seeded = true;
    }
    if (!options->trace) {
        options->trace = true;
        options->trace_limit = TRACED_BUNDLES;
    }
    uint64_t most_bytes =
        settings->most_run_bytes != 0 ? settings->most_run_bytes * UNPACKED_TIMES : UNPACKED_BYTES;
    options->tape = en_tape_record(keeper->arena, (size_t)most_bytes);
    keeper->recording = en_cassette_keep(keeper->arena, (size_t)most_bytes, keeper->redactor);
    keeper->on_cassette = options->cassette != NULL;
    if (keeper->on_cassette) { /* of the user's own */
        en_cassette_copy_to(options->cassette, keeper->recording);
    } else {
        options->cassette = keeper->recording;
    }
}

/* --- what is kept --- */

static void add(en_collection_builder *object, const char *name, en_value value)
{
    en_collection_builder_add(object, en_text_from(name), value);
}

/* Everything that can be text of a secret is looked through, then packed. */
static bool pack(const en_keeper *keeper, en_text json, en_text *packed, en_error *error)
{
    en_text clean =
        en_redact_body(keeper->redactor, keeper->arena, EN_TEXT("application/json"), json);
    return en_zip_pack(keeper->arena, clean, PACK_LEVEL, packed, error);
}

/* Members that hold bundles: what only counts does not keep. */
static const char *const bundle_members[] = { "output", "response", "responses",
                                              "mocked", "order",    "outputs" };

static bool holds_bundles(en_text name)
{
    for (size_t i = 0; i < sizeof bundle_members / sizeof *bundle_members; i++) {
        if (en_text_equal(name, en_text_from(bundle_members[i]))) {
            return true;
        }
    }
    return false;
}

static en_value counts_only(en_arena *arena, en_value report)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    for (uint32_t i = 0; i < en_collection_count(report); i++) {
        const en_member *member = &en_collection_members(report)[i];
        if (!holds_bundles(member->name)) {
            en_collection_builder_add(&object, member->name, member->value);
        }
    }
    return en_collection_builder_take(&object);
}

static bool pack_report(const en_keeper *keeper, const en_report *report, en_text *packed,
                        en_error *error)
{
    en_value value = en_report_value(keeper->arena, report);
    if (keeper->settings->keep != EN_KEEP_BUNDLES) {
        value = counts_only(keeper->arena, value);
    }
    return pack(keeper, en_json_text(keeper->arena, value, EN_JSON_TYPED), packed, error);
}

/* Everything the run was given and told. False without an error: it is too much to be kept. */
static bool write_content(const en_keeper *keeper, const en_run_options *options,
                          const en_report *report, en_text *content)
{
    en_text tape;
    en_text exchanges;
    en_arena *arena = keeper->arena;
    if (!en_tape_take(options->tape, &tape) ||
        !en_cassette_take(keeper->recording, arena, &exchanges)) {
        return false;
    }
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    add(&object, "version", en_number(VERSION));
    add(&object, "input", options->payload);
    add(&object, "request", options->request);
    add(&object, "variables", options->variables);
    add(&object, "now", en_date(report->started_ms));
    add(&object, "seed", en_integer_unsigned(options->seed));
    add(&object, "timezone", en_text_value(keeper->zone));
    add(&object, "mocks", en_mocks_value(options->mocks));
    add(&object, "mocksAll", en_boolean(en_mocks_are_auto(options->mocks)));
    /* As text: dates and buffers in it are spelt as a cassette spells them. */
    add(&object, "exchanges", en_text_value(exchanges));
    en_builder out;
    en_builder_init(&out, arena);
    en_json_write(&out, en_collection_builder_take(&object), EN_JSON_TYPED);
    out.length -= out.length != 0; /* the closing brace: the tape is JSON already */
    en_builder_add(&out, EN_TEXT(",\"stores\":"));
    en_builder_add(&out, tape);
    en_builder_add_char(&out, '}');
    *content = en_builder_take(&out);
    return !out.failed;
}

static bool pack_content(const en_keeper *keeper, const en_run_options *options,
                         const en_report *report, en_text *packed, en_error *error)
{
    en_text content;
    uint64_t most_bytes = keeper->settings->most_run_bytes;
    *packed = EN_TEXT("");
    if (keeper->settings->keep != EN_KEEP_BUNDLES ||
        !write_content(keeper, options, report, &content)) {
        return true;
    }
    if (!pack(keeper, content, packed, error)) {
        return false;
    }
    if (most_bytes != 0 && packed->length > most_bytes) {
        *packed = EN_TEXT("");
    }
    return true;
}

/* --- into the history --- */

static en_text error_line(en_arena *arena, const en_error *error)
{
    return en_error_is_set(error)
               ? en_text_format(arena, "%s: %s", en_error_name(error->type), error->message)
               : EN_TEXT("");
}

static bool name_program(const en_keeper *keeper, en_kept_run *run, en_error *error)
{
    en_digest digest;
    if (!en_crypto_hash(EN_HASH_SHA256, keeper->program, &digest, error)) {
        return false;
    }
    en_builder hex;
    en_builder_init(&hex, keeper->arena);
    en_encoding_write(&hex, EN_ENCODING_HEX, (en_text){ digest.bytes, digest.length });
    run->digest = en_builder_take(&hex);
    return en_zip_pack(keeper->arena, keeper->program, PACK_LEVEL, &run->program, error);
}

static bool write_run(const en_keeper *keeper, en_segment *segment, const en_kept_run *run,
                      int64_t *id, en_error *error)
{
    const en_history_settings *settings = keeper->settings;
    const en_retention retention = { .most_runs = settings->most_runs,
                                     .most_bytes = settings->most_bytes,
                                     .before_ms = settings->max_age_ms != 0
                                                      ? run->kept_ms - settings->max_age_ms
                                                      : INT64_MIN };
    en_pruned pruned;
    return en_history_add(segment, run, id, error) &&
           (*id % PRUNE_EVERY != 0 || en_history_prune(segment, &retention, false, &pruned, error));
}

static bool save(const en_keeper *keeper, en_world *world, const en_kept_run *run, int64_t *id,
                 en_error *error)
{
    en_random random;
    en_database *database;
    en_segment *segment;
    en_random_init_seed(&random, 0); /* nothing here is random */
    const en_store_run about = { .now_ms = run->kept_ms, .random = &random, .is_batch = true };
    if (!en_world_database(world, &database, error) ||
        !en_segment_enter(database, EN_SEGMENT_WRITE, &about, &segment, error)) {
        return false;
    }
    if (!write_run(keeper, segment, run, id, error)) {
        en_segment_rollback(segment);
        return false;
    }
    return en_segment_commit(segment, error);
}

bool en_keeper_end(en_keeper *keeper, en_world *world, const en_run_options *options,
                   en_report *report, int64_t *id, en_error *error)
{
    *id = 0;
    if (keeper->settings->keep == EN_KEEP_NOTHING) {
        return true;
    }
    if (keeper->recording != NULL && keeper->on_cassette) {
        en_cassette_copy_to(options->cassette, NULL);
    } else if (keeper->recording != NULL) {
        report->on_cassette = false;
    }
    en_clock clock;
    en_clock_init_real(&clock);
    en_kept_run run = { .scenario = report->scenario,
                        .file = keeper->file,
                        .kept_ms = en_clock_now_ms(&clock),
                        .started_ms = report->started_ms,
                        .duration_us = report->duration_us,
                        .status = en_text_from(en_run_status_name(report->status)),
                        .operations = report->operations };
    /* The content first: what it names as secret is looked for in the report, too. */
    bool kept = pack_content(keeper, options, report, &run.content, error) &&
                pack_report(keeper, report, &run.report, error) &&
                name_program(keeper, &run, error);
    run.error =
        en_redact_text(keeper->redactor, keeper->arena, error_line(keeper->arena, &report->error));
    kept = kept && save(keeper, world, &run, id, error);
    report->traced = keeper->traced;
    return kept;
}
