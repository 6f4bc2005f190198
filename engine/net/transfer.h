/* transfer - one exchange with one server on libcurl, and libcurl's reading of URLs, so that what
 * is checked and what is connected to are read by the same eyes.
 *
 * Shape:    http.c checks a request and follows redirects; each hop is one en_exchange.
 * Units:    times in milliseconds, sizes in bytes.
 * Lifetime: connections are kept until the transfer's arena is emptied; results live in the arena
 *           given.
 * Errors:   as http.h says.
 * Threads:  a transfer belongs to one thread.
 */
#ifndef EN_NET_TRANSFER_H
#define EN_NET_TRANSFER_H

#include "net/http.h"

typedef struct en_url {
    en_text text;   /* what is sent: without user name, password and fragment */
    en_text shown;  /* for messages: without the query too, which may hold secrets */
    en_text scheme; /* lower case */
    en_text host;   /* lower case, an IPv6 address without brackets */
    uint16_t port;  /* the scheme's own when none is written */
    en_text username;
    en_text password;
} en_url;

/* `text` holds no control characters. With `base` (may be NULL) it may be relative. */
EN_WARN_UNUSED bool en_url_read(en_arena *arena, en_text text, const en_url *base, en_url *url,
                                en_error *error);

/* One hop: what of the request is sent where. Everything in it has been checked. */
typedef struct en_exchange {
    const en_http_request *request;
    en_url url;
    en_text method;
    const en_http_header *headers;
    size_t header_count;
    bool with_body;
    bool with_credentials;
    bool follows; /* a redirect will be followed: its body is not kept */
    int64_t timeout_ms;
} en_exchange;

/* The replies that point elsewhere. */
static inline bool en_is_redirect(long status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

typedef struct en_transfer en_transfer;

en_transfer *en_transfer_new(en_arena *arena, const en_egress *egress,
                             const volatile int *interrupted);
/* As en_http_client_resolve. */
EN_WARN_UNUSED bool en_transfer_resolve(en_transfer *transfer, const char *entry);
/* Fills status, headers, body and url. */
EN_WARN_UNUSED bool en_transfer_run(en_transfer *transfer, const en_exchange *exchange,
                                    en_arena *arena, en_http_response *response, en_error *error);

#endif
