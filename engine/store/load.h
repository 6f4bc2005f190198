/* load - filling an empty store fast: its indexes are built behind the records.
 *
 * Shape:    begin makes the empty table anew without any index and raises the generation. From then
 *           on adds look for the key and for unique values among hashes in memory. What may be
 *           there already, more records than the hashes have room for, an update, or the end makes
 *           the store *leave*: all its indexes are built, and the generation is raised once more.
 *           So a clash is found by the same index and told by the same words as always.
 *           The records on disk are unique at any time. Whoever opens a store for writing that
 *           lacks an index (a load that was killed, another process that cannot wait for its end)
 *           builds it first; the load then finds another generation and goes on as usual.
 * Units:    at most EN_LOAD_BYTES of hashes, eight for each value.
 * Lifetime: belongs to its table.
 * Errors:   as store.h; InconsistencyError when a unique index cannot be built any more.
 * Threads:  as en_connection.
 */
#ifndef EN_STORE_LOAD_H
#define EN_STORE_LOAD_H

#include "store/sqlite.h"

enum { EN_LOAD_BYTES = 96 << 20 };

typedef struct en_load en_load;

/* Called with table->row, which is about to be inserted. */
EN_WARN_UNUSED bool en_load_check(en_table *table, en_error *error);
/* Builds the indexes of a table that is being filled; nothing otherwise. */
EN_WARN_UNUSED bool en_load_leave(en_table *table, en_error *error);
void en_load_free(en_load *load);
/* Builds what a table lacks; *healed: it lacked something. */
EN_WARN_UNUSED bool en_load_heal(en_table *table, bool *healed, en_error *error);

/* What the row of functions in store.h names. */
bool en_sqlite_load_begin(en_segment *segment, en_text store, bool *begun, en_error *error);
bool en_sqlite_load_end(en_segment *segment, en_text store, en_error *error);

#endif
