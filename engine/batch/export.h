/* export - all records of a data store, or those that meet conditions, as they are at one moment.
 *
 * Shape:    read in one segment, one record at a time, in the order in which they were added.
 * Units:    none.
 * Lifetime: nothing is kept.
 * Errors:   DataError (404) when there is no such store; what the store and the sink say.
 * Threads:  as the database's.
 */
#ifndef EN_BATCH_EXPORT_H
#define EN_BATCH_EXPORT_H

#include "batch/writer.h"
#include "store/store.h"

typedef struct en_export_options {
    en_text store;
    en_record_format format;
    en_filter filter;
    bool guards; /* see writer.h */
    en_zip_sink *sink;
    void *context; /* of the sink */
} en_export_options;

EN_WARN_UNUSED bool en_export_run(en_segment *segment, const en_export_options *options,
                                  uint64_t *count, en_error *error);

#endif
