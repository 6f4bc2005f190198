/* zip - gzip (RFC 1952) as a stream, out of and into pieces of bytes.
 *
 * Shape:    an en_unzip asks a refill for compressed bytes and gives plain ones; several members
 *           one after the other are one text. An en_zip takes plain bytes and gives compressed
 *           ones to a sink. Two calls do the same with whole texts.
 * Units:    bytes; levels of compression from 1 (fast) to 9.
 * Lifetime: both live in the arena given and are closed with it.
 * Errors:   DataError for bytes that are not gzip, are damaged or end too early;
 *           DataSizeLimitExceededError without memory; what the refill and the sink say.
 * Threads:  one stream, one thread.
 */
#ifndef EN_VALUE_ZIP_H
#define EN_VALUE_ZIP_H

#include "value/json.h"

/* Whether bytes begin as a gzip file does; the first two decide. */
bool en_zip_is_gzip(en_text bytes);

typedef struct en_unzip en_unzip;

/* The refill is that of value/json.h. */
EN_WARN_UNUSED bool en_unzip_open(en_arena *arena, en_json_refill *refill, void *context,
                                  en_unzip **unzip, en_error *error);
/* Up to `room` plain bytes; *got is 0 only at the end. */
EN_WARN_UNUSED bool en_unzip_read(en_unzip *unzip, char *bytes, size_t room, size_t *got,
                                  en_error *error);

typedef bool en_zip_sink(void *context, en_text bytes, en_error *error);
typedef struct en_zip en_zip;

EN_WARN_UNUSED bool en_zip_open(en_arena *arena, int level, en_zip_sink *sink, void *context,
                                en_zip **zip, en_error *error);
EN_WARN_UNUSED bool en_zip_write(en_zip *zip, en_text bytes, en_error *error);
/* Writes what is left and the end; nothing can be written behind it. */
EN_WARN_UNUSED bool en_zip_finish(en_zip *zip, en_error *error);

/* Whole texts. Unpacking refuses more than `max_bytes` (DataSizeLimitExceededError). */
EN_WARN_UNUSED bool en_zip_pack(en_arena *arena, en_text bytes, int level, en_text *packed,
                                en_error *error);
EN_WARN_UNUSED bool en_zip_unpack(en_arena *arena, en_text packed, size_t max_bytes, en_text *bytes,
                                  en_error *error);

#endif
