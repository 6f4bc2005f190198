/* catalog - enact_stores: the row that says what a store is and how full.
 *
 * Shape:    a row maps a store to its table and holds its structure as canonical JSON (without name
 *           and limits), generation, counters and limits. Ids are never used twice, and every
 * change of a structure raises the generation: both together say whether a known table still is
 *           what it was.
 * Units:    bytes as records.h counts them; limits 0: none.
 * Lifetime: texts of a row live in the scratch arena of the connection.
 * Errors:   StoreUnavailableError for rows that cannot be read or written.
 * Threads:  as en_connection.
 */
#ifndef EN_STORE_CATALOG_H
#define EN_STORE_CATALOG_H

#include "store/sqlite.h"

enum { EN_APPLICATION_ID = 0x656e6163 /* "enac" */, EN_FORMAT_VERSION = 1 };
extern const char en_catalog_setup[]; /* makes the engine's own tables */

typedef struct en_catalog_row {
    bool found;
    int64_t id;
    int64_t generation;
    uint64_t count;
    uint64_t bytes;
    uint64_t max_records;
    uint64_t max_bytes;
    en_text table;
    en_text structure;
} en_catalog_row;

EN_WARN_UNUSED bool en_catalog_read(en_connection *connection, en_text store, en_catalog_row *row,
                                    en_error *error);
EN_WARN_UNUSED bool en_catalog_next_id(en_connection *connection, int64_t *id, en_error *error);
EN_WARN_UNUSED bool en_catalog_insert(en_table *table, en_error *error);
/* Also raises the generation. */
EN_WARN_UNUSED bool en_catalog_update(en_table *table, en_error *error);
EN_WARN_UNUSED bool en_catalog_delete(en_table *table, en_error *error);
/* Writes the counters if they changed. */
EN_WARN_UNUSED bool en_catalog_save(en_table *table, en_error *error);

en_text en_schema_canonical(en_arena *arena, const en_schema *schema);
EN_WARN_UNUSED bool en_schema_read_canonical(en_arena *arena, en_text text, en_text name,
                                             uint64_t max_records, uint64_t max_bytes,
                                             const en_schema **schema, en_error *error);

#endif
