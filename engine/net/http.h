/* http - requests to other systems, under a policy that decides on the connected address.
 *
 * Shape:    request and response are plain data; a client keeps connections and belongs to a run.
 * Units:    times in milliseconds, sizes in bytes.
 * Lifetime: a response lives in the arena passed; a client is closed with its arena.
 * Errors:   PolicyError (address or scheme refused: no socket was opened), ConnectionError,
 *           ModuleTimeoutError, MaxFileSizeExceededError (after unpacking), BundleValidationError
 *           (a URL or header that cannot be sent, with its path), ExecutionInterruptedError,
 *           DataSizeLimitExceededError. `retryable` is set for what may go well next time. A reply
 *           with status 400 or more is no error here.
 * Threads:  a client belongs to one thread; an egress policy may be shared.
 */
#ifndef EN_NET_HTTP_H
#define EN_NET_HTTP_H

#include "base/error.h"

typedef struct en_egress_rule {
    en_text host;  /* lower case: a name or an address */
    uint16_t port; /* 0: any */
} en_egress_rule;

/* Which addresses may be reached. */
typedef struct en_egress {
    bool none;                   /* nothing at all */
    bool allow_private;          /* loopback, link-local and private ranges too */
    const en_egress_rule *hosts; /* if any: no public address but these, which may be private */
    size_t host_count;
} en_egress;

/* Reads the arguments of --allow-net: "none", "private", "HOST", "HOST:PORT", "[::1]:80". */
EN_WARN_UNUSED bool en_egress_read(en_arena *arena, const en_text *words, size_t count,
                                   en_egress *egress, en_error *error);
/* Whether a connection to this address (4 or 16 bytes) is allowed; `host` is the name asked for. */
EN_WARN_UNUSED bool en_egress_allows(const en_egress *egress, en_text host, uint16_t port,
                                     const unsigned char *address, size_t address_bytes);

typedef struct en_http_header {
    en_text name;
    en_text value;
} en_http_header;

/* When a request names no timeout. */
enum { EN_HTTP_TIMEOUT_MS = 40000 };

typedef enum en_http_auth { EN_AUTH_NONE, EN_AUTH_BASIC, EN_AUTH_DIGEST } en_http_auth;

typedef struct en_http_part {
    en_text name;
    en_text content;
    en_text file_name;    /* empty: none */
    en_text content_type; /* empty: none */
} en_http_part;

typedef struct en_http_request {
    en_text method; /* upper case */
    en_text url;    /* absolute http or https */
    const en_http_header *headers;
    size_t header_count;
    bool has_body;
    en_text body;
    const en_http_part *parts; /* if any: multipart/form-data instead of body */
    size_t part_count;
    en_http_auth auth;
    en_text username;
    en_text password;
    uint32_t timeout_ms;     /* 0: EN_HTTP_TIMEOUT_MS */
    uint64_t max_body_bytes; /* 0: 64 MB */
    bool skip_certificate_check;
    bool follow_redirects;
    bool follow_all_redirects; /* also for methods other than GET and HEAD */
} en_http_request;

typedef struct en_http_response {
    int status;
    const en_http_header *headers; /* of the last reply, names as sent */
    size_t header_count;
    en_text body;
    en_text url; /* after redirects */
    int64_t duration_ms;
} en_http_response;

typedef struct en_http_client en_http_client;

/* The library is touched with the first request only. `interrupted` may be NULL. The policy must
 * not change afterwards: connections that it allowed are kept. */
en_http_client *en_http_client_new(en_arena *arena, const en_egress *egress,
                                   const volatile int *interrupted);
/* What a name leads to from now on, without asking anybody: "host:port:address", with several
 * addresses "a,b". The policy decides on them like on any other. */
EN_WARN_UNUSED bool en_http_client_resolve(en_http_client *client, const char *entry);
EN_WARN_UNUSED bool en_http_perform(en_http_client *client, const en_http_request *request,
                                    en_arena *arena, en_http_response *response, en_error *error);

/* For query and form parts: everything but unreserved characters as %XX. */
void en_url_encode(en_builder *out, en_text text);

#endif
