/* run_stores - data stores from a file before a run, and to a file behind it.
 *
 * Shape:    {"<store>": {"records": [{"key": …, "data": {…}}], "structure"?: {…}}}; dates and
 * buffers in their typed form. Units:    none. Lifetime: schemas read live in the arena passed.
 * Errors:   UsageError when a store to fill is not empty; else the store's own, with path.
 * Threads:  main thread.
 */
#ifndef EN_CLI_RUN_STORES_H
#define EN_CLI_RUN_STORES_H

#include "cli/command.h"
#include "store/store.h"

/* In one segment: all or nothing. */
EN_WARN_UNUSED bool en_stores_fill(en_context *context, en_database *database, en_value stores,
                                   en_error *error);
EN_WARN_UNUSED bool en_stores_dump(en_context *context, en_database *database, en_value *stores,
                                   en_error *error);
/* What the store's operations of a command share. */
en_store_run en_stores_run(en_context *context, en_random *random);
/* {"key", "data"} or a record as it is, by its shape; false when it is neither. */
EN_WARN_UNUSED bool en_stores_read_record(en_arena *arena, en_value record, en_text *key,
                                          en_value *data, en_error *error);

#endif
