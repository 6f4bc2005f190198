/* contents - data stores as a value: filled from one before a run, given out as one behind it.
 *
 * Shape:    {"<store>": {"records": [{"key": …, "data": {…}}], "structure"?: {…}}}; dates and
 *           buffers are in their typed form when the value is read or printed as JSON.
 * Units:    none.
 * Lifetime: schemas read live in the arena passed, which must outlive the database.
 * Errors:   UsageError when a store to fill is not empty; else the store's own, with path.
 * Threads:  as the database's.
 */
#ifndef EN_FLOW_CONTENTS_H
#define EN_FLOW_CONTENTS_H

#include "store/store.h"

/* In one segment: all or nothing. Time and chance are the run's: what expires, expires by them, and
 * keys that are not given are made by them. */
EN_WARN_UNUSED bool en_contents_fill(en_database *database, const en_store_run *run,
                                     en_value stores, en_arena *arena, en_error *error);
/* What has not expired by the run's time. */
EN_WARN_UNUSED bool en_contents_dump(en_database *database, const en_store_run *run,
                                     en_arena *arena, en_value *stores, en_error *error);
/* {"key", "data"} or a record as it is, by its shape; false when it is neither. */
EN_WARN_UNUSED bool en_contents_read_record(en_arena *arena, en_value record, en_text *key,
                                            en_value *data, en_error *error);

#endif
