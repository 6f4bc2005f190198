#include "net/http.h"

#include "base/clock.h"
#include "net/egress.h"
#include "net/transfer.h"

#include <string.h>

enum { MOST_REDIRECTS = 10, MOST_HEADERS = 1000, MOST_URL_BYTES = 65536 };

#define DEFAULT_BODY_BYTES ((uint64_t)64 << 20)

struct en_http_client {
    const en_egress *egress;
    const volatile int *interrupted;
    en_transfer *transfer;
};

en_http_client *en_http_client_new(en_arena *arena, const en_egress *egress,
                                   const volatile int *interrupted)
{
    en_http_client *client = EN_NEW(arena, en_http_client);
    client->egress = egress;
    client->interrupted = interrupted;
    client->transfer = en_transfer_new(arena, egress, interrupted);
    return client;
}

bool en_http_client_resolve(en_http_client *client, const char *entry)
{
    return en_transfer_resolve(client->transfer, entry);
}

/* --- encoding --- */

static void add_escaped(en_builder *out, char byte)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char bits = (unsigned char)byte;
    char escaped[3] = { '%', digits[bits >> 4], digits[bits & 15] };
    en_builder_add(out, (en_text){ escaped, sizeof escaped });
}

static bool is_alphanumeric(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9');
}

static bool is_one_of(char byte, const char *bytes)
{
    return byte != '\0' && strchr(bytes, byte) != NULL;
}

void en_url_encode(en_builder *out, en_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (is_alphanumeric(text.data[i]) || is_one_of(text.data[i], "-._~")) {
            en_builder_add_char(out, text.data[i]);
        } else {
            add_escaped(out, text.data[i]);
        }
    }
}

/* Escapes what people write into paths and queries but HTTP does not carry: spaces, letters beyond
 * ASCII. The host stays as it is: there such letters belong to a domain name. */
static en_text escape_url(en_arena *arena, en_text url)
{
    size_t slashes = en_text_find(url, EN_TEXT("://"), 0);
    size_t at = slashes != SIZE_MAX ? slashes + 3 : 0;
    while (slashes != SIZE_MAX && at < url.length && !is_one_of(url.data[at], "/?#")) {
        at++;
    }
    en_builder out;
    en_builder_init(&out, arena);
    en_builder_add(&out, en_text_slice(url, 0, at));
    for (; at < url.length; at++) {
        char byte = url.data[at];
        if ((unsigned char)byte >= 0x80 || is_one_of(byte, " \"<>\\^`{|}")) {
            add_escaped(&out, byte);
        } else {
            en_builder_add_char(&out, byte);
        }
    }
    return en_builder_take(&out);
}

/* --- checks --- */

static bool has_control(en_text text, bool tabs)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if ((byte < ' ' && !(tabs && byte == '\t')) || byte == 0x7F) {
            return true;
        }
    }
    return false;
}

/* RFC 9110's token: methods and names of headers. */
static bool is_token(en_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (!is_alphanumeric(text.data[i]) && !is_one_of(text.data[i], "!#$%&'*+-.^_`|~")) {
            return false;
        }
    }
    return text.length != 0;
}

static bool refuse(en_error *error, en_text path, const char *message)
{
    en_error_set(error, EN_BundleValidationError, "%s", message);
    en_error_prefix_path(error, path);
    return false;
}

static bool check_method(const en_http_request *request, en_error *error)
{
    if (!is_token(request->method) || en_text_equal_nocase(request->method, EN_TEXT("CONNECT"))) {
        return refuse(error, EN_TEXT("method"),
                      "expected a method such as GET or POST, only letters and no spaces");
    }
    if (request->has_body && en_text_equal(request->method, EN_TEXT("HEAD"))) {
        return refuse(error, EN_TEXT("body"), "a HEAD request carries no body");
    }
    return true;
}

static bool check_parts(const en_http_request *request, en_error *error)
{
    for (size_t i = 0; i < request->part_count; i++) {
        const en_http_part *part = &request->parts[i];
        if (has_control(part->name, false) || has_control(part->file_name, false) ||
            has_control(part->content_type, false)) {
            return refuse(error, EN_TEXT("body"),
                          "names, file names and types of parts cannot hold control characters");
        }
    }
    return true;
}

static bool check_request(const en_http_request *request, en_error *error)
{
    if (!check_method(request, error) || !check_parts(request, error)) {
        return false;
    }
    if (request->url.length > MOST_URL_BYTES || has_control(en_text_trim(request->url), false)) {
        return refuse(error, EN_TEXT("url"),
                      "a URL cannot hold control characters or more than 65536 bytes");
    }
    if (has_control(request->username, false) || has_control(request->password, false)) {
        return refuse(error, EN_TEXT("username"),
                      "user name and password cannot hold control characters");
    }
    return true;
}

/* What becomes of headers that belong to the connection and not to the scenario. */
typedef enum fate { SEND, DROP, DROP_IF_SAME, REFUSE } fate;

static const struct {
    en_text name;
    fate fate;
} reserved[] = {
    { { "host", 4 }, DROP_IF_SAME },
    { { "content-length", 14 }, DROP_IF_SAME },
    { { "transfer-encoding", 17 }, REFUSE },
    { { "upgrade", 7 }, REFUSE },
    { { "connection", 10 }, DROP },
    { { "keep-alive", 10 }, DROP },
    { { "expect", 6 }, DROP },
    { { "te", 2 }, DROP },
};

static fate find_fate(en_text name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (en_text_equal_nocase(name, reserved[i].name)) {
            return reserved[i].fate;
        }
    }
    return SEND;
}

/* A Host or Content-Length that says what is sent anyway. */
static bool says_the_same(const en_http_request *request, const en_url *url,
                          const en_http_header *header, en_arena *arena)
{
    if (en_text_equal_nocase(header->name, EN_TEXT("Content-Length"))) {
        en_text length = en_text_format(arena, "%zu", request->body.length);
        return request->part_count == 0 && en_text_equal(header->value, length);
    }
    en_text open =
        en_text_find(url->host, EN_TEXT(":"), 0) != SIZE_MAX ? EN_TEXT("[") : EN_TEXT("");
    en_text bare = en_text_format(arena, "%.*s%.*s%s", EN_TEXT_ARG(open), EN_TEXT_ARG(url->host),
                                  open.length != 0 ? "]" : "");
    en_text with_port = en_text_format(arena, "%.*s:%u", EN_TEXT_ARG(bare), (unsigned)url->port);
    bool default_port = url->port == (en_text_equal(url->scheme, EN_TEXT("https")) ? 443 : 80);
    return en_text_equal_nocase(header->value, with_port) ||
           (default_port && en_text_equal_nocase(header->value, bare));
}

static bool check_header(const en_http_request *request, const en_url *url,
                         const en_http_header *header, en_arena *arena, bool *sent, en_error *error)
{
    if (!is_token(header->name)) {
        return refuse(error, EN_TEXT("name"),
                      "expected a header's name, only letters, digits and hyphens");
    }
    if (has_control(header->value, true)) {
        return refuse(error, EN_TEXT("value"),
                      "a header's value cannot hold line ends or other control characters");
    }
    fate what = find_fate(header->name);
    *sent = what == SEND;
    if (what == REFUSE || (what == DROP_IF_SAME && !says_the_same(request, url, header, arena))) {
        en_error_set(error, EN_BundleValidationError,
                     "the header %.*s is written by the client and cannot be overridden",
                     EN_TEXT_ARG(header->name));
        return false;
    }
    return true;
}

static bool take_headers(const en_http_request *request, en_arena *arena, en_exchange *hop,
                         en_error *error)
{
    en_http_header *kept = EN_TRY_ARRAY(arena, en_http_header, request->header_count + 1);
    if (kept == NULL || request->header_count > MOST_HEADERS) {
        return refuse(error, EN_TEXT("headers"), "expected at most 1000 headers");
    }
    for (size_t i = 0; i < request->header_count; i++) {
        en_http_header header = { request->headers[i].name, request->headers[i].value };
        bool sent;
        if (!check_header(request, &hop->url, &header, arena, &sent, error)) {
            en_error_prefix_index(error, i);
            en_error_prefix_path(error, EN_TEXT("headers"));
            return false;
        }
        header.value = en_text_trim(header.value);
        if (sent) {
            kept[hop->header_count++] = header;
        }
    }
    hop->headers = kept;
    return true;
}

static bool check_target(const en_http_client *client, const en_url *url, en_error *error)
{
    if (!en_text_equal(url->scheme, EN_TEXT("http")) &&
        !en_text_equal(url->scheme, EN_TEXT("https"))) {
        return en_error_set(error, EN_PolicyError,
                            "expected a URL with http or https but got the scheme \"%.*s\"",
                            EN_TEXT_ARG(url->scheme));
    }
    if (url->host.length == 0 || url->port == 0) {
        return refuse(error, EN_TEXT("url"), "expected a URL with a host and a port above 0");
    }
    if (client->egress->none) {
        en_error_set(error, EN_PolicyError, "%.*s was not connected to: %s", EN_TEXT_ARG(url->host),
                     en_egress_says(client->egress));
        en_error_hint(error,
                      "--cassette FILE or --mock FILE can answer instead; --allow-net "
                      "%.*s:%u would allow it",
                      EN_TEXT_ARG(url->host), (unsigned)url->port);
        return false;
    }
    if (!en_egress_may_resolve(client->egress, url->host, url->port)) {
        return en_error_set(error, EN_PolicyError,
                            "%.*s was not connected to: %s; --allow-net %.*s:%u would allow it",
                            EN_TEXT_ARG(url->host), en_egress_says(client->egress),
                            EN_TEXT_ARG(url->host), (unsigned)url->port);
    }
    return true;
}

/* --- redirects --- */

static const en_http_header *find_header(const en_http_response *response, en_text name)
{
    for (size_t i = 0; i < response->header_count; i++) {
        if (en_text_equal_nocase(response->headers[i].name, name)) {
            return &response->headers[i];
        }
    }
    return NULL;
}

static bool is_safe(en_text method)
{
    return en_text_equal(method, EN_TEXT("GET")) || en_text_equal(method, EN_TEXT("HEAD"));
}

/* Browsers turn POST into GET on 301 and 302, and everything into GET on 303. */
static void change_method(en_exchange *hop, int status)
{
    bool to_get = status == 303 ||
                  ((status == 301 || status == 302) && en_text_equal(hop->method, EN_TEXT("POST")));
    if (to_get && !is_safe(hop->method)) {
        hop->method = EN_TEXT("GET");
        hop->with_body = false;
    }
}

static const en_text credentials[] = {
    { "authorization", 13 },  { "cookie", 6 },  { "proxy-authorization", 19 },
    { "x-api-key", 9 },       { "api-key", 7 }, { "x-auth-token", 12 },
    { "x-access-token", 14 },
};

static bool is_dropped(en_text name, bool without_credentials, bool without_body)
{
    for (size_t i = 0; without_credentials && i < sizeof credentials / sizeof *credentials; i++) {
        if (en_text_equal_nocase(name, credentials[i])) {
            return true;
        }
    }
    return without_body && name.length > 8 &&
           en_text_equal_nocase(en_text_slice(name, 0, 8), EN_TEXT("content-"));
}

/* Same host and port, or the same host moving up from http to https. */
static bool keeps_credentials(const en_url *from, const en_url *to)
{
    bool up = en_text_equal(from->scheme, EN_TEXT("http")) && from->port == 80 &&
              en_text_equal(to->scheme, EN_TEXT("https")) && to->port == 443;
    bool same = en_text_equal(from->scheme, to->scheme) && from->port == to->port;
    return en_text_equal(from->host, to->host) && (same || up);
}

static bool move_to(en_exchange *hop, const en_http_response *reply, en_text location,
                    en_arena *arena, en_error *error)
{
    en_url url;
    if (location.length > MOST_URL_BYTES || has_control(location, false) ||
        !en_url_read(arena, escape_url(arena, location), &hop->url, &url, NULL)) {
        return en_error_set(error, EN_ConnectionError,
                            "%.*s redirects to a URL that cannot be read",
                            EN_TEXT_ARG(hop->url.shown));
    }
    bool keep = keeps_credentials(&hop->url, &url);
    bool had_body = hop->with_body;
    change_method(hop, reply->status);
    hop->with_credentials = hop->with_credentials && keep;
    hop->url = url;
    en_http_header *kept = EN_TRY_ARRAY(arena, en_http_header, hop->header_count + 1);
    if (kept == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "no memory for a redirect");
    }
    size_t count = 0;
    for (size_t i = 0; i < hop->header_count; i++) {
        if (!is_dropped(hop->headers[i].name, !keep, had_body && !hop->with_body)) {
            kept[count++] = hop->headers[i];
        }
    }
    hop->headers = kept;
    hop->header_count = count;
    return true;
}

/* --- a request --- */

static bool run_hop(en_http_client *client, en_exchange *hop, int64_t deadline_us, en_arena *arena,
                    en_http_response *response, en_error *error)
{
    hop->timeout_ms = (deadline_us - en_clock_ticks_us()) / 1000;
    if (hop->timeout_ms < 1) {
        en_error_set(error, EN_ModuleTimeoutError, "%.*s %.*s: the time was used up by redirects",
                     EN_TEXT_ARG(hop->method), EN_TEXT_ARG(hop->url.shown));
        if (error != NULL) {
            error->retryable = true;
        }
        return false;
    }
    if (client->interrupted != NULL && *client->interrupted != 0) {
        return en_error_set(error, EN_ExecutionInterruptedError, "the run was interrupted");
    }
    const en_http_request *request = hop->request;
    hop->follows =
        request->follow_all_redirects || (request->follow_redirects && is_safe(hop->method));
    return check_target(client, &hop->url, error) &&
           en_transfer_run(client->transfer, hop, arena, response, error);
}

static bool run_hops(en_http_client *client, en_exchange *hop, en_arena *arena,
                     en_http_response *response, en_error *error)
{
    int64_t start_us = en_clock_ticks_us();
    int64_t deadline_us = start_us + (int64_t)hop->request->timeout_ms * 1000;
    for (int redirects = 0;; redirects++) {
        if (!run_hop(client, hop, deadline_us, arena, response, error)) {
            return false;
        }
        response->duration_ms = (en_clock_ticks_us() - start_us) / 1000;
        const en_http_header *location = find_header(response, EN_TEXT("Location"));
        if (!hop->follows || location == NULL || !en_is_redirect(response->status)) {
            return true;
        }
        if (redirects == MOST_REDIRECTS) {
            return en_error_set(error, EN_ConnectionError, "%.*s redirects more than %d times",
                                EN_TEXT_ARG(hop->url.shown), MOST_REDIRECTS);
        }
        if (!move_to(hop, response, location->value, arena, error)) {
            return false;
        }
    }
}

static bool always_has_length(en_text method)
{
    return en_text_equal(method, EN_TEXT("POST")) || en_text_equal(method, EN_TEXT("PUT")) ||
           en_text_equal(method, EN_TEXT("PATCH"));
}

bool en_http_perform(en_http_client *client, const en_http_request *request, en_arena *arena,
                     en_http_response *response, en_error *error)
{
    if (!check_request(request, error)) {
        return false;
    }
    en_http_request whole = *request;
    whole.timeout_ms = whole.timeout_ms != 0 ? whole.timeout_ms : EN_HTTP_TIMEOUT_MS;
    whole.max_body_bytes = whole.max_body_bytes != 0 ? whole.max_body_bytes : DEFAULT_BODY_BYTES;
    en_exchange hop = { .request = &whole, .method = request->method, .with_credentials = true };
    hop.with_body =
        request->has_body || request->part_count != 0 || always_has_length(request->method);
    if (!en_url_read(arena, escape_url(arena, en_text_trim(request->url)), NULL, &hop.url, error)) {
        en_error_prefix_path(error, EN_TEXT("url"));
        return false;
    }
    if (whole.auth == EN_AUTH_NONE && hop.url.username.length != 0) { /* http://name:word@host/ */
        whole.auth = EN_AUTH_BASIC;
        whole.username = hop.url.username;
        whole.password = hop.url.password;
    }
    return check_target(client, &hop.url, error) && take_headers(request, arena, &hop, error) &&
           run_hops(client, &hop, arena, response, error);
}
