/* cassette_tape - one exchange as a cassette holds it. Private to cassette*.c.
 *
 * Shape:    what was asked (redacted), what came, how long it took. The same struct is made from a
 *           request under way, so that what is written, what is read and what is compared are one.
 * Units:    times in milliseconds.
 * Lifetime: everything lives in the arena passed, or shares what it was made from.
 * Errors:   SyntaxError with the path below the exchange.
 * Threads:  plain data.
 */
#ifndef EN_NET_CASSETTE_TAPE_H
#define EN_NET_CASSETTE_TAPE_H

#include "net/cassette.h"

typedef enum en_body_kind {
    EN_BODY_ANY, /* nothing is said about it */
    EN_BODY_NONE,
    EN_BODY_BYTES,
    EN_BODY_JSON, /* compared by value; `bytes` is how it is sent */
    EN_BODY_PARTS
} en_body_kind;

typedef struct en_tape_body {
    en_body_kind kind;
    en_text bytes;
    en_value json;
    const en_http_part *parts;
    size_t part_count;
} en_tape_body;

typedef struct en_asked {
    en_text method;
    en_text url;
    bool any_headers; /* nothing is said about headers and credentials */
    const en_http_header *headers;
    size_t header_count;
    en_text auth; /* "basic", "digest"; empty: none */
    en_text username;
    en_tape_body body;
} en_asked;

typedef struct en_failure {
    en_error_type type; /* EN_NO_ERROR: there was a reply */
    en_text message;
    en_text path;
    int status_code;
    bool retryable;
} en_failure;

typedef struct en_taped {
    en_cassette_asker asker;
    int64_t at_ms; /* of the run's clock; INT64_MIN: not said */
    en_asked asked;
    en_failure failure;
    en_http_response reply; /* url empty: that of the request */
    int64_t duration_ms;
    uint64_t played;
} en_taped;

/* The request without what must not be written; without memory it is cut short. */
void en_asked_make(en_redactor *redactor, en_arena *arena, const en_http_request *request,
                   en_asked *asked);
/* What came, the same way. `error` is NULL where there is a reply. */
void en_taped_take_reply(en_redactor *redactor, en_arena *arena, const en_http_response *reply,
                         const en_error *error, en_taped *taped);

/* As it stands in the file, and back. */
en_value en_taped_value(en_arena *arena, const en_taped *taped);
EN_WARN_UNUSED bool en_taped_read(en_arena *arena, en_value value, en_taped *taped,
                                  en_error *error);

/* Whether a request is the one on tape; if not, `why` says in what it differs ("its body differs").
 */
EN_WARN_UNUSED bool en_asked_fits(en_arena *arena, const en_redactor *redactor,
                                  en_cassette_match match, const en_asked *taped,
                                  const en_asked *asked, en_text *why);

#endif
