/* wishes - indexes that searches turned out to need, and that are made between segments.
 *
 * Shape:    a search of a large store for which SQLite scans the table leaves a wish: the fields it
 *           compares, equal ones first. Whoever has the writer and no transaction grants it. An
 *           automatic index is called enact_auto_<store>_<hash> and is one of at most four.
 * Units:    none.
 * Lifetime: wishes lie in the database until they are granted; what does not fit is not wished.
 * Errors:   none: a wish that cannot be granted is forgotten.
 * Threads:  en_wishes_note from any; en_wishes_grant from who has the turn.
 */
#ifndef EN_STORE_WISHES_H
#define EN_STORE_WISHES_H

#include "store/sqlite.h"

/* `sql` is the search's statement, `filter` what it was made of. */
void en_wishes_note(en_table *table, const en_filter *filter, en_text sql);
/* Whether a search that scans gets its indexes when it has left its wishes. */
EN_WARN_UNUSED bool en_wishes_serve(en_table *table, const en_filter *filter);
/* Whether a line of EXPLAIN QUERY PLAN says that a whole table is walked through. */
EN_WARN_UNUSED bool en_plan_scans(en_text line);
void en_wishes_grant(en_sqlite *database);

#endif
