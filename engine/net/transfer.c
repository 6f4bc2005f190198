#include "net/transfer.h"

#include "net/egress.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* No header block is that large in good faith; libcurl itself limits only single lines. */
enum { MOST_HEADER_BYTES = 300000, MOST_HEADER_LINES = 2000 };

enum { LOOK_EVERY_MS = 50 };

struct en_transfer {
    const en_egress *egress;
    const volatile int *interrupted;
    CURL *easy;
    CURLM *multi; /* keeps the connections */
    struct curl_slist *addresses;
    bool global;
    char why[CURL_ERROR_SIZE];
    /* Of the exchange under way: */
    const en_exchange *exchange;
    en_builder body;
    size_t header_bytes;
    size_t header_lines;
    bool too_large;
    bool connected; /* at least one address was allowed */
    bool refused;
    char address[EN_ADDRESS_ROOM]; /* the first one refused */
    const char *range;
    uint16_t port;
};

/* --- URLs --- */

static en_text get_part(CURLU *handle, CURLUPart part, unsigned flags, en_arena *arena)
{
    char *text = NULL;
    en_text copy = EN_TEXT("");
    if (curl_url_get(handle, part, &text, flags) == CURLUE_OK) {
        copy = en_text_copy(arena, en_text_from(text));
    }
    curl_free(text);
    return copy;
}

static en_text bare_host(CURLU *handle, en_arena *arena)
{
    en_text host = get_part(handle, CURLUPART_HOST, 0, arena);
    if (en_text_starts(host, EN_TEXT("["))) {
        host = en_text_slice(host, 1, host.length - 1);
    }
    char *bytes = en_arena_alloc(arena, host.length + 1);
    for (size_t i = 0; i < host.length; i++) {
        char byte = host.data[i];
        bytes[i] = byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
    }
    return (en_text){ bytes, host.length };
}

static uint16_t read_port(en_text digits)
{
    unsigned port = 0;
    for (size_t i = 0; i < digits.length && i < 5; i++) {
        port = port * 10 + (unsigned)(digits.data[i] - '0');
    }
    return (uint16_t)port;
}

/* Takes the parts out; the handle is left without what must not be sent in a request line. */
static void take_parts(CURLU *handle, en_arena *arena, en_url *url)
{
    url->scheme = get_part(handle, CURLUPART_SCHEME, 0, arena);
    url->host = bare_host(handle, arena);
    url->port = read_port(get_part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT, arena));
    url->username = get_part(handle, CURLUPART_USER, CURLU_URLDECODE, arena);
    url->password = get_part(handle, CURLUPART_PASSWORD, CURLU_URLDECODE, arena);
    curl_url_set(handle, CURLUPART_USER, NULL, 0);
    curl_url_set(handle, CURLUPART_PASSWORD, NULL, 0);
    curl_url_set(handle, CURLUPART_OPTIONS, NULL, 0);
    curl_url_set(handle, CURLUPART_FRAGMENT, NULL, 0);
    url->text = get_part(handle, CURLUPART_URL, 0, arena);
    url->shown = en_text_slice(url->text, 0, en_text_find(url->text, EN_TEXT("?"), 0));
}

bool en_url_read(en_arena *arena, en_text text, const en_url *base, en_url *url, en_error *error)
{
    CURLU *handle = curl_url();
    if (handle == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "no memory for a URL");
    }
    CURLUcode code = CURLUE_OK;
    if (base != NULL) {
        code = curl_url_set(handle, CURLUPART_URL, en_text_terminate(arena, base->text), 0);
    }
    if (code == CURLUE_OK) {
        code = curl_url_set(handle, CURLUPART_URL, en_text_terminate(arena, text),
                            CURLU_NON_SUPPORT_SCHEME);
    }
    *url = (en_url){ 0 };
    if (code == CURLUE_OK) {
        take_parts(handle, arena, url);
    }
    curl_url_cleanup(handle);
    if (code != CURLUE_OK || url->text.length == 0) {
        return en_error_set(error, EN_BundleValidationError,
                            "expected an absolute URL such as https://example.com/path: %s",
                            code != CURLUE_OK ? curl_url_strerror(code) : "nothing was left");
    }
    return true;
}

/* --- callbacks --- */

static bool has_long_head(const en_transfer *transfer)
{
    return transfer->header_bytes > MOST_HEADER_BYTES || transfer->header_lines > MOST_HEADER_LINES;
}

static size_t on_header(char *data, size_t size, size_t count, void *context)
{
    en_transfer *transfer = context;
    (void)data;
    transfer->header_bytes += size * count;
    transfer->header_lines++;
    return has_long_head(transfer) ? 0 : size * count;
}

static bool is_followed(en_transfer *transfer)
{
    long status = 0;
    struct curl_header *location;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    return transfer->exchange->follows && en_is_redirect(status) &&
           curl_easy_header(transfer->easy, "Location", 0, CURLH_HEADER, -1, &location) ==
               CURLHE_OK;
}

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    en_transfer *transfer = context;
    size_t bytes = size * count;
    uint64_t most = transfer->exchange->request->max_body_bytes;
    if (is_followed(transfer)) {
        return bytes;
    }
    curl_off_t announced = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    if (bytes > most - transfer->body.length || (announced > 0 && (uint64_t)announced > most)) {
        transfer->too_large = true;
        return 0;
    }
    en_builder_add(&transfer->body, (en_text){ data, bytes });
    return transfer->body.failed ? 0 : bytes;
}

/* Where a socket address leads; false for families other than the two of the internet. */
static bool read_address(const struct curl_sockaddr *target, unsigned char address[16],
                         size_t *address_bytes, uint16_t *port)
{
    if (target->family == AF_INET && target->addrlen >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in in;
        memcpy(&in, &target->addr, sizeof in);
        memcpy(address, &in.sin_addr, sizeof in.sin_addr);
        *address_bytes = sizeof in.sin_addr;
        *port = ntohs(in.sin_port);
        return true;
    }
    /* struct curl_sockaddr ends in a plain sockaddr, behind which libcurl keeps the longer ones. */
    if (target->family == AF_INET6 && target->addrlen >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 in6;
        memcpy(&in6, (const char *)target + offsetof(struct curl_sockaddr, addr), sizeof in6);
        memcpy(address, &in6.sin6_addr, sizeof in6.sin6_addr);
        *address_bytes = sizeof in6.sin6_addr;
        *port = ntohs(in6.sin6_port);
        return true;
    }
    return false;
}

/* The policy's place: this very address is connected to next, whatever the name resolved to before.
 */
static curl_socket_t on_open_socket(void *context, curlsocktype purpose,
                                    struct curl_sockaddr *target)
{
    en_transfer *transfer = context;
    unsigned char address[16] = { 0 };
    size_t address_bytes = 0;
    uint16_t port = 0;
    if (purpose == CURLSOCKTYPE_IPCXN && read_address(target, address, &address_bytes, &port) &&
        en_egress_allows(transfer->egress, transfer->exchange->url.host, port, address,
                         address_bytes)) {
        transfer->connected = true;
        return socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
    }
    if (!transfer->refused) {
        transfer->refused = true;
        transfer->range = en_egress_range(address, address_bytes);
        transfer->port = port;
        if (inet_ntop(target->family, address, transfer->address, sizeof transfer->address) ==
            NULL) {
            transfer->address[0] = '\0';
        }
    }
    return CURL_SOCKET_BAD;
}

/* --- the handle --- */

static void close_transfer(void *handle)
{
    en_transfer *transfer = handle;
    curl_easy_cleanup(transfer->easy);
    curl_multi_cleanup(transfer->multi);
    curl_slist_free_all(transfer->addresses);
    if (transfer->global) {
        curl_global_cleanup();
    }
}

en_transfer *en_transfer_new(en_arena *arena, const en_egress *egress,
                             const volatile int *interrupted)
{
    en_transfer *transfer = EN_NEW(arena, en_transfer);
    transfer->egress = egress;
    transfer->interrupted = interrupted;
    en_arena_defer(arena, close_transfer, transfer);
    return transfer;
}

/* libcurl counts its initialisations under a lock of its own, when it was built with one. */
static bool open_handle(en_transfer *transfer, en_error *error)
{
    if (transfer->easy != NULL) {
        return true;
    }
    curl_multi_cleanup(transfer->multi); /* of a first try that failed half-way */
    transfer->multi = NULL;
    if ((curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_THREADSAFE) == 0) {
        return en_error_set(error, EN_RuntimeError,
                            "this libcurl cannot be initialised by several threads");
    }
    transfer->global = transfer->global || curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    transfer->multi = transfer->global ? curl_multi_init() : NULL;
    transfer->easy = transfer->multi != NULL ? curl_easy_init() : NULL;
    return transfer->easy != NULL ||
           en_error_set(error, EN_RuntimeError, "libcurl could not be initialised");
}

static void set_policy(en_transfer *transfer)
{
    CURL *easy = transfer->easy;
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L); /* http.c checks each hop */
    curl_easy_setopt(easy, CURLOPT_RESOLVE, transfer->addresses);
    if (transfer->exchange->request->skip_certificate_check) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

static void set_limits(en_transfer *transfer)
{
    CURL *easy = transfer->easy;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
    /* A name that nobody answers for must not hold a run past its deadline. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)transfer->exchange->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->why);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
}

static bool add_part(curl_mime *mime, const en_http_part *part, en_arena *arena)
{
    curl_mimepart *added = curl_mime_addpart(mime);
    bool good = added != NULL &&
                curl_mime_name(added, en_text_terminate(arena, part->name)) == CURLE_OK &&
                curl_mime_data(added, part->content.data, part->content.length) == CURLE_OK;
    if (good && part->file_name.length != 0) {
        good = curl_mime_filename(added, en_text_terminate(arena, part->file_name)) == CURLE_OK;
    }
    if (good && part->content_type.length != 0) {
        good = curl_mime_type(added, en_text_terminate(arena, part->content_type)) == CURLE_OK;
    }
    return good;
}

static bool set_body(en_transfer *transfer, en_arena *arena, curl_mime **mime)
{
    CURL *easy = transfer->easy;
    const en_exchange *exchange = transfer->exchange;
    const en_http_request *request = exchange->request;
    if (en_text_equal(exchange->method, EN_TEXT("HEAD"))) {
        return curl_easy_setopt(easy, CURLOPT_NOBODY, 1L) == CURLE_OK;
    }
    bool good = true;
    if (exchange->with_body && request->part_count != 0) {
        *mime = curl_mime_init(easy);
        good = *mime != NULL;
        for (size_t i = 0; good && i < request->part_count; i++) {
            good = add_part(*mime, &request->parts[i], arena);
        }
        good = good && curl_easy_setopt(easy, CURLOPT_MIMEPOST, *mime) == CURLE_OK;
    } else if (exchange->with_body) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length);
        good = curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                                request->body.length != 0 ? request->body.data : "") == CURLE_OK;
    }
    return good && curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST,
                                    en_text_terminate(arena, exchange->method)) == CURLE_OK;
}

static bool add_line(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer == NULL) {
        return false;
    }
    *list = longer;
    return true;
}

static bool set_headers(en_transfer *transfer, en_arena *arena, struct curl_slist **list)
{
    const en_exchange *exchange = transfer->exchange;
    bool typed = exchange->request->part_count != 0;
    bool good = add_line(list, "Expect:"); /* or libcurl waits a second for large bodies */
    for (size_t i = 0; good && i < exchange->header_count; i++) {
        const en_http_header *header = &exchange->headers[i];
        /* "Name:" would remove a header of libcurl's; "Name;" sends an empty one. */
        en_text line = header->value.length != 0
                           ? en_text_format(arena, "%s: %s", en_text_terminate(arena, header->name),
                                            en_text_terminate(arena, header->value))
                           : en_text_format(arena, "%s;", en_text_terminate(arena, header->name));
        good = add_line(list, line.data);
        typed = typed || en_text_equal_nocase(header->name, EN_TEXT("Content-Type"));
    }
    if (good && !typed) {
        good = add_line(list, "Content-Type:"); /* libcurl would call any body a form */
    }
    curl_easy_setopt(transfer->easy, CURLOPT_USERAGENT, "enact/" EN_VERSION);
    curl_easy_setopt(transfer->easy, CURLOPT_ACCEPT_ENCODING, "");
    return good && curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, *list) == CURLE_OK;
}

static bool set_target(en_transfer *transfer, en_arena *arena)
{
    CURL *easy = transfer->easy;
    const en_exchange *exchange = transfer->exchange;
    const en_http_request *request = exchange->request;
    bool good = curl_easy_setopt(easy, CURLOPT_URL, en_text_terminate(arena, exchange->url.text)) ==
                CURLE_OK;
    if (good && exchange->with_credentials && request->auth != EN_AUTH_NONE) {
        long kind = request->auth == EN_AUTH_DIGEST ? (long)CURLAUTH_DIGEST : (long)CURLAUTH_BASIC;
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, kind);
        good = curl_easy_setopt(easy, CURLOPT_USERNAME,
                                en_text_terminate(arena, request->username)) == CURLE_OK &&
               curl_easy_setopt(easy, CURLOPT_PASSWORD,
                                en_text_terminate(arena, request->password)) == CURLE_OK;
    }
    return good;
}

/* --- results --- */

static const struct {
    CURLcode code;
    en_error_type type;
    bool retryable;
} failures[] = {
    { CURLE_COULDNT_RESOLVE_HOST, EN_ConnectionError, true },
    { CURLE_COULDNT_CONNECT, EN_ConnectionError, true },
    { CURLE_SSL_CONNECT_ERROR, EN_ConnectionError, true },
    { CURLE_SEND_ERROR, EN_ConnectionError, true },
    { CURLE_RECV_ERROR, EN_ConnectionError, true },
    { CURLE_GOT_NOTHING, EN_ConnectionError, true },
    { CURLE_PARTIAL_FILE, EN_ConnectionError, true },
    { CURLE_HTTP2, EN_ConnectionError, true },
    { CURLE_HTTP2_STREAM, EN_ConnectionError, true },
    { CURLE_OPERATION_TIMEDOUT, EN_ModuleTimeoutError, true },
    { CURLE_URL_MALFORMAT, EN_BundleValidationError, false },
    { CURLE_OUT_OF_MEMORY, EN_DataSizeLimitExceededError, false },
};

static bool set_refused(const en_transfer *transfer, en_error *error)
{
    en_text host = transfer->exchange->url.host;
    const char *open = en_text_find(host, EN_TEXT(":"), 0) != SIZE_MAX ? "[" : "";
    return en_error_set(
        error, EN_PolicyError,
        "%.*s (%s, %s) was not connected to: %s; --allow-net %s%.*s%s:%u would allow it",
        EN_TEXT_ARG(host), transfer->address, transfer->range != NULL ? transfer->range : "public",
        en_egress_says(transfer->egress), open, EN_TEXT_ARG(host), *open != '\0' ? "]" : "",
        (unsigned)transfer->port);
}

static bool set_too_large(const en_transfer *transfer, en_error *error)
{
    if (has_long_head(transfer)) {
        return en_error_set(error, EN_MaxFileSizeExceededError,
                            "the reply's headers are larger than %d bytes or %d lines",
                            MOST_HEADER_BYTES, MOST_HEADER_LINES);
    }
    return en_error_set(error, EN_MaxFileSizeExceededError,
                        "the reply is larger than %" PRIu64 " bytes",
                        transfer->exchange->request->max_body_bytes);
}

static bool set_failure(en_transfer *transfer, CURLcode code, en_error *error)
{
    const en_exchange *exchange = transfer->exchange;
    if (transfer->refused && !transfer->connected) {
        return set_refused(transfer, error);
    }
    if (transfer->too_large || has_long_head(transfer) || code == CURLE_FILESIZE_EXCEEDED) {
        return set_too_large(transfer, error);
    }
    if (transfer->body.failed) {
        return en_error_set(error, EN_DataSizeLimitExceededError,
                            "the reply needs more memory than the run may use");
    }
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        return en_error_set(error, EN_ExecutionInterruptedError, "the run was interrupted");
    }
    en_error_type type = EN_ConnectionError;
    bool retryable = false;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        if (failures[i].code == code) {
            type = failures[i].type;
            retryable = failures[i].retryable;
        }
    }
    en_error_set(error, type, "%.*s %.*s: %s", EN_TEXT_ARG(exchange->method),
                 EN_TEXT_ARG(exchange->url.shown),
                 transfer->why[0] != '\0' ? transfer->why : curl_easy_strerror(code));
    if (error != NULL) {
        error->retryable = retryable;
    }
    return false;
}

/* libcurl keeps the header blocks of every reply; -1 is the last one. */
static bool take_headers(en_transfer *transfer, en_arena *arena, en_http_response *response)
{
    size_t count = 0;
    struct curl_header *header = NULL;
    while ((header = curl_easy_nextheader(transfer->easy, CURLH_HEADER, -1, header)) != NULL) {
        count++;
    }
    en_http_header *headers = EN_TRY_ARRAY(arena, en_http_header, count + 1);
    if (headers == NULL) {
        return false;
    }
    size_t at = 0;
    while (at < count &&
           (header = curl_easy_nextheader(transfer->easy, CURLH_HEADER, -1, header)) != NULL) {
        headers[at++] = (en_http_header){ en_text_copy(arena, en_text_from(header->name)),
                                          en_text_copy(arena, en_text_from(header->value)) };
    }
    response->headers = headers;
    response->header_count = at;
    return true;
}

static bool take_reply(en_transfer *transfer, en_arena *arena, en_http_response *response,
                       en_error *error)
{
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    *response = (en_http_response){ .status = (int)status,
                                    .body = en_builder_take(&transfer->body),
                                    .url = transfer->exchange->url.text };
    return take_headers(transfer, arena, response) ||
           en_error_set(error, EN_DataSizeLimitExceededError,
                        "the reply's headers need more memory than the run may use");
}

bool en_transfer_resolve(en_transfer *transfer, const char *entry)
{
    return add_line(&transfer->addresses, entry);
}

static bool is_interrupted(const en_transfer *transfer)
{
    return transfer->interrupted != NULL && *transfer->interrupted != 0;
}

/* curl_easy_perform would look at its callbacks once a second only. */
static CURLcode perform(en_transfer *transfer)
{
    CURLMcode state = curl_multi_add_handle(transfer->multi, transfer->easy);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    int running = 1;
    while (state == CURLM_OK && running != 0 && !is_interrupted(transfer)) {
        state = curl_multi_perform(transfer->multi, &running);
        if (state == CURLM_OK && running != 0) {
            state = curl_multi_poll(transfer->multi, NULL, 0, LOOK_EVERY_MS, NULL);
        }
    }
    int left = 0;
    const CURLMsg *done = running == 0 ? curl_multi_info_read(transfer->multi, &left) : NULL;
    if (done != NULL && done->msg == CURLMSG_DONE) {
        code = done->data.result;
    } else if (is_interrupted(transfer)) {
        code = CURLE_ABORTED_BY_CALLBACK;
    }
    curl_multi_remove_handle(transfer->multi, transfer->easy);
    return code;
}

bool en_transfer_run(en_transfer *transfer, const en_exchange *exchange, en_arena *arena,
                     en_http_response *response, en_error *error)
{
    if (!open_handle(transfer, error)) {
        return false;
    }
    transfer->exchange = exchange;
    transfer->header_bytes = 0;
    transfer->header_lines = 0;
    transfer->too_large = transfer->connected = transfer->refused = false;
    transfer->why[0] = '\0';
    en_builder_init(&transfer->body, arena);
    set_policy(transfer);
    set_limits(transfer);
    struct curl_slist *headers = NULL;
    curl_mime *mime = NULL;
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (set_target(transfer, arena) && set_body(transfer, arena, &mime) &&
        set_headers(transfer, arena, &headers)) {
        code = perform(transfer);
    }
    bool done = code == CURLE_OK ? take_reply(transfer, arena, response, error)
                                 : set_failure(transfer, code, error);
    curl_easy_reset(transfer->easy); /* connections stay; lists and buffers are let go */
    curl_mime_free(mime);
    curl_slist_free_all(headers);
    return done;
}
