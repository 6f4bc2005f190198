/* image - a row of a table as one text, and back: whatever its columns hold.
 *
 * Shape:    the place of the record beside a JSON array of all its other columns, as they are
 *           stored. Two records are equal where their texts are; an empty text is no record.
 * Units:    none.
 * Lifetime: texts live in the arena passed.
 * Errors:   as reading and writing a table.
 * Threads:  as en_connection.
 */
#ifndef EN_STORE_IMAGE_H
#define EN_STORE_IMAGE_H

#include "store/sqlite.h"

typedef struct en_image {
    int64_t place; /* its _seq */
    en_text content;
} en_image;

/* The record of a key, expired or not. */
EN_WARN_UNUSED bool en_image_read(en_table *table, en_text key, en_arena *arena, en_image *image,
                                  en_error *error);
/* From a result whose columns from `first` on are those of en_table_add_image. */
EN_WARN_UNUSED bool en_image_take(en_table *table, en_statement *row, int first, en_arena *arena,
                                  en_image *image, en_error *error);
/* Inserts the record; *fits false: it is not the table's, or another has its key or unique values.
 * Where its place is taken it goes to the end. */
EN_WARN_UNUSED bool en_image_restore(en_table *table, const en_image *image, en_arena *arena,
                                     bool *fits, en_error *error);
/* Whether the record has expired at a time. */
EN_WARN_UNUSED bool en_image_expired(const en_image *image, int64_t now_ms, en_arena *arena);

#endif
