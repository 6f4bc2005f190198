/* reader - connections that only read: as many as threads read at the same time.
 *
 * Shape:    taken for a segment and given back with what it knows of tables and statements.
 * Units:    none.
 * Lifetime: readers live until the database is closed.
 * Errors:   as opening a connection.
 * Threads:  taking and giving are free; a reader belongs to who took it.
 */
#ifndef EN_STORE_READER_H
#define EN_STORE_READER_H

#include "store/sqlite.h"

struct en_reader {
    en_reader *next_idle;
    en_reader *next; /* of all */
    en_arena arena;
    en_connection connection;
    en_sqlite_segment segment;
};

EN_WARN_UNUSED bool en_reader_take(en_sqlite *database, en_reader **reader, en_error *error);
void en_reader_give(en_sqlite *database, en_reader *reader);
/* None may be taken any more. */
void en_readers_close(en_sqlite *database);

#endif
