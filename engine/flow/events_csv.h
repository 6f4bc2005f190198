/* events_csv - rows of CSV as the records of events. Inside flow/ only.
 *
 * Shape:    rows are read a piece of the file at a time and given one by one.
 * Units:    lines from 1.
 * Lifetime: rows live in the arena of their opening; a record in the arena passed.
 * Errors:   DataError with the line for broken CSV and for columns that contradict each other, which
 *           end the reading; BundleValidationError for a cell that should be JSON and is not.
 * Threads:  one thread.
 */
#ifndef EN_FLOW_EVENTS_CSV_H
#define EN_FLOW_EVENTS_CSV_H

#include "flow/events.h"

typedef struct en_event_rows en_event_rows;

en_event_rows *en_event_rows_open(en_arena *arena, const en_event_source *source);
EN_WARN_UNUSED bool en_event_rows_next(en_event_rows *rows, en_arena *arena, en_value *record,
                                       unsigned *line, bool *found, en_error *error);

#endif
