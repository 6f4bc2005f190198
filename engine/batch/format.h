/* format - how a file of records is written, found in its first bytes.
 *
 * Shape:    what the flag and the name of the file said (batch/records.h) is kept.
 * Units:    none.
 * Lifetime: nothing is kept.
 * Errors:   UsageError when it cannot be told, DataError for UTF-16.
 * Threads:  as the source.
 */
#ifndef EN_BATCH_FORMAT_H
#define EN_BATCH_FORMAT_H

#include "batch/source.h"

EN_WARN_UNUSED bool en_record_format_find(en_source *source, en_record_format *format,
                                          en_error *error);

#endif
