#include "batch/doctor.h"

#include "store/schema_difference.h"

#include <inttypes.h>

enum { CHECKS_A_STORE = 6, CHECKS_OF_ALL = 4 };

typedef struct doctor {
    en_arena *arena;
    en_diagnosis *diagnosis;
    const en_schema *const *schemas;
    size_t schema_count;
} doctor;

static void find(doctor *d, en_finding finding)
{
    d->diagnosis->findings[d->diagnosis->count++] = finding;
    d->diagnosis->error_count += finding.is_error;
}

/* --- the database --- */

static void check_pages(doctor *d)
{
    const en_database_health *health = &d->diagnosis->health;
    for (size_t i = 0; i < health->problem_count; i++) {
        find(d, (en_finding){ "integrity", true, false, EN_TEXT(""), health->problems[i] });
    }
}

static void check_durability(doctor *d, en_durability wanted)
{
    const en_database_health *health = &d->diagnosis->health;
    if (!health->keeps_log) {
        find(d, (en_finding){ "durability", true, false, EN_TEXT(""),
                              EN_TEXT("no write-ahead log is in force") });
    }
    if (health->synchronous < (wanted == EN_DURABLE_FULL ? 2 : 1)) {
        find(d, (en_finding){ "durability", true, false, EN_TEXT(""),
                              en_text_format(d->arena, "commits are not synced as asked for (%d)",
                                             (int)health->synchronous) });
    } else if (wanted == EN_DURABLE_NORMAL) {
        find(d,
             (en_finding){ "durability", false, false, EN_TEXT(""),
                           EN_TEXT("normal: the last commits may be lost when the power fails") });
    }
}

static void check_jobs(doctor *d)
{
    uint64_t jobs = d->diagnosis->health.unfinished_jobs;
    if (jobs != 0) {
        find(d, (en_finding){ "jobs", false, false, EN_TEXT(""),
                              en_text_format(d->arena,
                                             "%" PRIu64 " import%s or run over a file did not come "
                                             "to the end; --resume goes on",
                                             jobs, jobs == 1 ? "" : "s") });
    }
}

/* --- stores --- */

static void check_counters(doctor *d, const en_store_health *store)
{
    const en_store_info *info = &store->info;
    if (info->records == store->records && info->bytes == store->bytes) {
        return;
    }
    find(d,
         (en_finding){ "counters", true, true, info->name,
                       en_text_format(d->arena,
                                      "%" PRIu64 " records of %" PRIu64
                                      " bytes are noted, and there are %" PRIu64 " of %" PRIu64,
                                      info->records, info->bytes, store->records, store->bytes) });
}

static void check_indexes(doctor *d, const en_store_health *store)
{
    if (!store->has_indexes) {
        find(d, (en_finding){ "indexes", true, true, store->info.name,
                              EN_TEXT("indexes of its definition are missing; who writes next "
                                      "builds them") });
    }
}

static void check_limit(doctor *d, en_text store, const char *what, uint64_t count, uint64_t limit)
{
    double percent = limit != 0 ? (double)count * 100 / (double)limit : 0;
    if (percent >= EN_LIMIT_IS_NEAR) {
        find(d, (en_finding){ "limits", percent >= 100, false, store,
                              en_text_format(d->arena, "%" PRIu64 " of %" PRIu64 " %s (%u %%)",
                                             count, limit, what,
                                             (unsigned)(percent < 1e6 ? percent : 1e6)) });
    }
}

static void check_schema(doctor *d, const en_store_health *store)
{
    const en_schema *declared = NULL;
    en_problems problems;
    for (size_t i = 0; i < d->schema_count; i++) {
        declared = en_text_equal(d->schemas[i]->name, store->info.name) ? d->schemas[i] : declared;
    }
    if (declared == NULL) {
        return;
    }
    en_problems_init(&problems, d->arena);
    const en_schema none = { .name = store->info.name };
    const en_schema *stored = en_is_missing(store->info.structure)
                                  ? &none
                                  : en_schema_read(d->arena, store->info.structure, &problems);
    en_text difference =
        stored != NULL ? en_schema_difference(d->arena, stored, declared) : EN_TEXT("");
    if (difference.length != 0) {
        find(d, (en_finding){ "schema", false, false, store->info.name,
                              en_text_format(d->arena,
                                             "the declared definition is not in force yet: it %.*s",
                                             EN_TEXT_ARG(difference)) });
    }
}

static void check_store(doctor *d, const en_store_health *store)
{
    check_counters(d, store);
    check_indexes(d, store);
    check_limit(d, store->info.name, "records", store->records, store->info.max_records);
    check_limit(d, store->info.name, "bytes", store->bytes, store->info.max_bytes);
    check_schema(d, store);
}

bool en_doctor_examine(en_database *database, const en_store_run *run,
                       const en_schema *const *schemas, size_t schema_count,
                       en_durability durability, en_arena *arena, en_diagnosis *diagnosis,
                       en_error *error)
{
    doctor d = {
        .arena = arena, .diagnosis = diagnosis, .schemas = schemas, .schema_count = schema_count
    };
    en_segment *segment = NULL;
    *diagnosis = (en_diagnosis){ 0 };
    if (!en_segment_enter(database, EN_SEGMENT_READ, run, &segment, error)) {
        return false;
    }
    bool done = en_database_examine(segment, arena, &diagnosis->health, error);
    en_segment_rollback(segment);
    if (!done) {
        return false;
    }
    const en_database_health *health = &diagnosis->health;
    size_t most = health->problem_count + CHECKS_OF_ALL + health->store_count * CHECKS_A_STORE;
    diagnosis->findings = en_arena_zero(arena, most * sizeof *diagnosis->findings);
    check_pages(&d);
    check_durability(&d, durability);
    check_jobs(&d);
    for (size_t i = 0; i < health->store_count; i++) {
        check_store(&d, &health->stores[i]);
    }
    return true;
}

bool en_doctor_repair(en_database *database, const en_store_run *run, const en_diagnosis *diagnosis,
                      en_error *error)
{
    en_segment *segment = NULL;
    if (!en_segment_enter(database, EN_SEGMENT_WRITE, run, &segment, error)) {
        return false;
    }
    for (size_t i = 0; i < diagnosis->count; i++) {
        const en_finding *finding = &diagnosis->findings[i];
        if (finding->can_repair && !en_store_repair(segment, finding->store, error)) {
            en_segment_rollback(segment);
            return false;
        }
    }
    return en_segment_commit(segment, error);
}
