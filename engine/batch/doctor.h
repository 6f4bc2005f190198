/* doctor - what is wrong, or soon will be, with a database and its stores.
 *
 * Shape:    findings, the worst first of each check: an *error* breaks a promise (a damaged page, a
 *           counter that is not true, a missing index), a *warning* will become one or surprises (a
 *           limit that is near, a definition that is not in force yet, a job that was cut off).
 *           Repairing counts anew and builds indexes; it mends no damaged pages.
 * Units:    none.
 * Lifetime: the arena passed.
 * Errors:   as store/health.h.
 * Threads:  as the database's.
 */
#ifndef EN_BATCH_DOCTOR_H
#define EN_BATCH_DOCTOR_H

#include "store/health.h"

enum { EN_LIMIT_IS_NEAR = 80 /* percent */ };

typedef struct en_finding {
    const char
        *check; /* "integrity", "counters", "indexes", "schema", "limits", "durability", "jobs" */
    bool is_error;
    bool can_repair;
    en_text store; /* empty: the database */
    en_text message;
} en_finding;

typedef struct en_diagnosis {
    en_database_health health;
    en_finding *findings;
    size_t count;
    size_t error_count;
} en_diagnosis;

/* `schemas` are the declared ones. */
EN_WARN_UNUSED bool en_doctor_examine(en_database *database, const en_store_run *run,
                                      const en_schema *const *schemas, size_t schema_count,
                                      en_durability durability, en_arena *arena,
                                      en_diagnosis *diagnosis, en_error *error);
/* Mends what can be; examine again to see what is left. */
EN_WARN_UNUSED bool en_doctor_repair(en_database *database, const en_store_run *run,
                                     const en_diagnosis *diagnosis, en_error *error);

#endif
