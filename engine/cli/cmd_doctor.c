/* doctor - looks the database through. */
#include "batch/doctor.h"
#include "cli/output.h"
#include "cli/store_session.h"

#include <inttypes.h>

static en_value finding_value(en_arena *arena, const en_finding *finding)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, EN_TEXT("check"),
                              en_text_value(en_text_from(finding->check)));
    en_collection_builder_add(
        &object, EN_TEXT("severity"),
        en_text_value(finding->is_error ? EN_TEXT("error") : EN_TEXT("warning")));
    if (finding->store.length != 0) {
        en_collection_builder_add(&object, EN_TEXT("store"), en_text_value(finding->store));
    }
    en_collection_builder_add(&object, EN_TEXT("message"), en_text_value(finding->message));
    en_collection_builder_add(&object, EN_TEXT("canRepair"), en_boolean(finding->can_repair));
    return en_collection_builder_take(&object);
}

static const char *durability_name(const en_database_health *health)
{
    return health->synchronous >= 2 ? "full" : health->synchronous == 1 ? "normal" : "off";
}

static void print_json(en_context *context, const en_diagnosis *diagnosis, bool repaired)
{
    en_arena *arena = context->arena;
    const en_database_health *health = &diagnosis->health;
    en_array_builder findings;
    en_collection_builder object;
    en_array_builder_init(&findings, arena);
    en_collection_builder_init(&object, arena);
    for (size_t i = 0; i < diagnosis->count; i++) {
        en_array_builder_add(&findings, finding_value(arena, &diagnosis->findings[i]));
    }
    en_collection_builder_add(&object, EN_TEXT("ok"), en_boolean(diagnosis->error_count == 0));
    en_collection_builder_add(&object, EN_TEXT("stores"), en_integer_unsigned(health->store_count));
    en_collection_builder_add(&object, EN_TEXT("bytes"), en_integer_unsigned(health->bytes));
    en_collection_builder_add(&object, EN_TEXT("freeBytes"),
                              en_integer_unsigned(health->free_bytes));
    en_collection_builder_add(&object, EN_TEXT("durability"),
                              en_text_value(en_text_from(durability_name(health))));
    en_collection_builder_add(&object, EN_TEXT("repaired"), en_boolean(repaired));
    en_collection_builder_add(&object, EN_TEXT("findings"), en_array_builder_take(&findings));
    en_context_print_json(context, en_collection_builder_take(&object));
}

static void print_text(en_context *context, const en_diagnosis *diagnosis)
{
    const en_database_health *health = &diagnosis->health;
    en_builder out;
    en_builder_init(&out, context->arena);
    for (size_t i = 0; i < diagnosis->count; i++) {
        const en_finding *finding = &diagnosis->findings[i];
        en_out_paint(&out, context->out_color,
                     finding->is_error ? EN_PAINT_ERROR : EN_PAINT_WARNING,
                     finding->is_error ? EN_TEXT("error") : EN_TEXT("warning"));
        en_builder_format(&out, ": %s: ", finding->check);
        if (finding->store.length != 0) {
            en_out_visible(&out, finding->store, EN_ONE_LINE);
            en_builder_add(&out, EN_TEXT(": "));
        }
        en_out_visible(&out, finding->message, EN_ONE_LINE);
        en_builder_add_char(&out, '\n');
    }
    en_builder_format(&out, "%zu store%s, %" PRIu64 " bytes (%" PRIu64 " free), durability %s: ",
                      health->store_count, health->store_count == 1 ? "" : "s", health->bytes,
                      health->free_bytes, durability_name(health));
    en_builder_add(&out, diagnosis->error_count == 0 ? EN_TEXT("sound\n") : EN_TEXT("not sound\n"));
    en_out_write(context->out, en_builder_take(&out));
}

static bool examine(en_store_session *session, const en_store_run *run, en_diagnosis *diagnosis,
                    en_error *error)
{
    const en_workspace *workspace = &session->workspace;
    return en_doctor_examine(session->database, run, workspace->schemas, workspace->schema_count,
                             workspace->durability, session->context->arena, diagnosis, error);
}

/* Damaged pages are left as they are: what is written into them may do more harm. */
static bool repair(en_store_session *session, const en_store_run *run, en_diagnosis *diagnosis,
                   en_error *error)
{
    if (diagnosis->health.problem_count != 0) {
        return en_error_set(error, EN_StoreUnavailableError,
                            "the database is damaged: restore a backup");
    }
    return en_doctor_repair(session->database, run, diagnosis, error) &&
           examine(session, run, diagnosis, error);
}

static int run_doctor(en_context *context)
{
    en_store_session session;
    en_diagnosis diagnosis;
    en_error error;
    bool repairs = en_context_switch(context, "repair");
    int code =
        en_store_session_open(context, repairs ? EN_SEGMENT_WRITE : EN_SEGMENT_READ, &session);
    if (code != EN_EXIT_DONE) {
        return code;
    }
    en_random random;
    en_random_init_system(&random);
    en_error_clear(&error);
    const en_store_run run = en_store_session_run(context, &random);
    bool done = examine(&session, &run, &diagnosis, &error) &&
                (!repairs || repair(&session, &run, &diagnosis, &error));
    if (!done) {
        code = en_context_fail(context, &error);
    } else if (context->json) {
        print_json(context, &diagnosis, repairs);
    } else {
        print_text(context, &diagnosis);
    }
    en_store_session_close(&session);
    return !done ? code : diagnosis.error_count != 0 ? EN_EXIT_UNAVAILABLE : EN_EXIT_DONE;
}

static const en_flag flags[] = {
    { "db", EN_FLAG_TEXT, "PATH", "The database; the workspace's by default." },
    { "repair", EN_FLAG_SWITCH, NULL, "Count records anew and build indexes that are missing." },
    { 0 },
};

const en_command en_cmd_doctor = {
    .name = "doctor",
    .summary = "Look the database through: damage, counters, indexes, limits.",
    .flags = flags,
    .examples = (const char *const[]){ "enact doctor", "enact doctor --repair",
                                       "enact doctor --json | jq .findings", NULL },
    .run = run_doctor,
};
