/* journal - enact_undo: what operations note while they change records, and how it is read again.
 *
 * Shape:    a note says what a record was before an operation and what it was behind it. It stands
 *           in one savepoint with the operation, so there is never one without the other. Without
 *           an undo in the segment's run nothing of this happens.
 * Units:    none.
 * Lifetime: notes are dropped with their cycle.
 * Errors:   as writing a table.
 * Threads:  as en_connection.
 */
#ifndef EN_STORE_JOURNAL_H
#define EN_STORE_JOURNAL_H

#include "store/image.h"

/* What store.h calls en_undo. */
typedef struct en_journal {
    en_undo base;
    en_arena arena; /* it lies in it */
    en_sqlite *database;
    int64_t cycle;
    bool has_notes; /* or had some, in a segment that was undone */
    struct en_note *late;
} en_journal;

typedef struct en_note {
    int64_t step; /* notes count up */
    int64_t store;
    int64_t generation;
    en_text name; /* of the store */
    en_text key;
    en_image before;
    en_image after;
} en_note;

/* Makes enact_undo if it is not there. */
EN_WARN_UNUSED bool en_journal_make(en_db *db, en_error *error);

/* Around an operation that may change records of a table. */
EN_WARN_UNUSED bool en_journal_enter(en_sqlite_segment *segment, en_table *table, en_error *error);
EN_WARN_UNUSED bool en_journal_leave(en_sqlite_segment *segment, bool done, en_error *error);
/* Around a change of the record of a key. */
EN_WARN_UNUSED bool en_journal_before(en_table *table, en_text key, en_image *before,
                                      en_error *error);
EN_WARN_UNUSED bool en_journal_after(en_table *table, en_text key, const en_image *before,
                                     en_error *error);
/* A row that is gone, from a result as en_image_take reads it; nothing if it is the record of
 * `but_for`, around which before and after stand. */
EN_WARN_UNUSED bool en_journal_gone(en_table *table, en_statement *row, int first, en_text but_for,
                                    en_error *error);
/* Before all records of a table are deleted. */
EN_WARN_UNUSED bool en_journal_all(en_table *table, en_error *error);

typedef struct en_cycle {
    int64_t owner;
    int64_t number;
} en_cycle;

/* The cycles that have notes, the last to write one first. */
EN_WARN_UNUSED bool en_journal_cycles(en_connection *connection, en_arena *arena, en_cycle **cycles,
                                      size_t *count, en_error *error);
/* The newest note of a cycle before a step. */
EN_WARN_UNUSED bool en_journal_last(en_connection *connection, const en_cycle *cycle, int64_t step,
                                    en_arena *arena, en_note *note, bool *found, en_error *error);
EN_WARN_UNUSED bool en_journal_drop(en_connection *connection, const en_cycle *cycle,
                                    en_error *error);

#endif
