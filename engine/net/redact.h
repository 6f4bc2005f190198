/* redact - takes out of requests and replies what must not be written down.
 *
 * Shape:    a *rule* is a name: of a header, of a parameter in a query or form, of a field in JSON,
 *           at any depth. Names are compared without case, "-" and "_"; a common set stands always
 *           (Authorization, Cookie, X-Api-Key, token, password, secret …). A *secret* is a text that
 *           is taken out wherever it stands: values of environment names, and what was found under
 *           a rule before, so that a token of one reply does not show in the path of the next
 *           request. What is taken out reads REDACTED. Redacting twice is redacting once.
 * Units:    secrets of less than EN_SECRET_LEAST bytes are left alone.
 * Lifetime: rules and secrets live as long as the redactor; results in the arena given, or they
 *           share the input.
 * Errors:   none; without memory results are cut short and the arena carries the mark.
 * Threads:  one at a time.
 */
#ifndef EN_NET_REDACT_H
#define EN_NET_REDACT_H

#include "net/http.h"
#include "value/value.h"

enum { EN_SECRET_LEAST = 6 };

#define EN_REDACTED EN_TEXT("REDACTED")

typedef struct en_redactor en_redactor;

/* `names` are rules beside the common ones. */
en_redactor *en_redactor_new(en_arena *arena, const en_text *names, size_t count);
void en_redactor_add_secret(en_redactor *redactor, en_text secret);

EN_WARN_UNUSED bool en_redact_is_header(const en_redactor *redactor, en_text name);
/* The value of a header. */
en_text en_redact_header(en_redactor *redactor, en_arena *arena, en_text name, en_text value);
/* A URL: the password in it, parameters of its query, secrets anywhere. */
en_text en_redact_url(en_redactor *redactor, en_arena *arena, en_text url);
/* A body; `content_type` says whether it is a form, JSON is recognised. */
en_text en_redact_body(en_redactor *redactor, en_arena *arena, en_text content_type, en_text body);
/* The content of a part of a form. */
en_text en_redact_part(en_redactor *redactor, en_arena *arena, const en_http_part *part);
/* Secrets in any other text. */
en_text en_redact_text(const en_redactor *redactor, en_arena *arena, en_text text);

#endif
