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

typedef struct en_table en_table;

/* `columns` must outlive the table. */
en_table *en_table_new(en_context *context, const en_column *columns, size_t count);
/* One cell for each column. */
void en_table_add(en_table *table, const en_text *cells);
/* To stdout; nothing at all without rows. */
void en_table_print(en_table *table);

#endif
