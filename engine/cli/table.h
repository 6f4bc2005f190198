/* table - columns for people, cut or wrapped to the terminal.
 *
 * Shape:    rows are collected, then printed at once; cells are made visible (output.h).
 * Units:    none.
 * Lifetime: lives in the context's arena.
 * Errors:   without memory for the layout the cells come out separated by tabs.
 * Threads:  main thread.
 */
#ifndef EN_CLI_TABLE_H
#define EN_CLI_TABLE_H

#include "cli/command.h"

typedef struct en_column {
    const char *title;
    bool right; /* numbers */
    bool wraps; /* prose; other columns are cut */
} en_column;

typedef struct en_listing en_listing;

/* `columns` must outlive the table. */
en_listing *en_listing_new(en_context *context, const en_column *columns, size_t count);
/* One cell for each column. */
void en_listing_add(en_listing *table, const en_text *cells);
/* To stdout; nothing at all without rows. */
void en_listing_print(en_listing *table);

#endif
