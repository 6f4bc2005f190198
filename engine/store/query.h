/* query - conditions as SQL.
 *
 * Shape:    a condition on a declared field compiles to SQL that gives exactly what value/filter.h
 * says, or to SQL that holds for more records (a superset), or to nothing. The rules stand in
 *           query.c by type of field. ANDs and ORs are balanced, because SQLite limits the depth of
 *           an expression. Values are bound, so the text is the shape of the query and statements
 * are cached by it. Units:    parameters count from 1. Lifetime: text and values live in the
 * connection's scratch arena or share the filter's. Errors:   none: what cannot be compiled is left
 * to en_filter_matches. Threads:  as en_connection.
 */
#ifndef EN_STORE_QUERY_H
#define EN_STORE_QUERY_H

#include "store/sqlite.h"

typedef struct en_where {
    en_text sql; /* without WHERE; empty: every record */
    const en_value *values;
    int value_count;
    bool exact; /* else each record has to be looked at again */
} en_where;

void en_query_compile(en_table *table, const en_filter *filter, en_where *where);
void en_query_bind(const en_where *where, en_statement *statement);
/* Adds "field" DESC, … in the order of en_value_order, always ending in _seq. False: the records
 * have to be sorted in memory; nothing was added. */
EN_WARN_UNUSED bool en_query_add_order(const en_table *table, const en_sort *sort, size_t count,
                                       en_builder *sql);

#endif
