/* reply - what comes back, as values and as errors.
 *
 * Shape:    headers become a collection with names in lower case, repeated ones joined with ", "
 *           and set-cookie an array; the body becomes JSON, text or a buffer.
 * Units:    none.
 * Lifetime: values share the reply, which lives in the call's arena.
 * Errors:   ConnectionError, RateLimitError, DataError, with the reply's own status.
 * Threads:  as the call's.
 */
#ifndef EN_MODULES_HTTP_REPLY_H
#define EN_MODULES_HTTP_REPLY_H

#include "module/module.h"

/* The body: JSON if asked for and possible, else text, else bytes. */
en_value en_reply_data(en_call *call, const en_http_response *reply, bool parse);
/* {data, statusCode, headers}; `data` may be NULL. */
en_value en_reply_bundle(en_arena *arena, const en_http_response *reply, const en_value *data);
/* Makes an error of a reply with status 400 or more; `bundle` is its error.data. Always false. */
bool en_reply_fail(en_call *call, en_text method, const en_http_response *reply, en_value bundle);

#endif
