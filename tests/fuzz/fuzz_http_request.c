/* Method, URL and header of a request under a policy that allows nothing: whatever they are, the
 * request is refused with a reason, before anything is looked up or connected to. */
#include "net/http.h"

#include <stdint.h>
#include <stdlib.h>

static en_text take_line(en_text *rest)
{
    size_t end = en_text_find(*rest, EN_TEXT("\n\n"), 0);
    en_text line = en_text_slice(*rest, 0, end);
    *rest = end == SIZE_MAX ? EN_TEXT("") : en_text_slice(*rest, end + 2, rest->length);
    return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text rest = { (const char *)data, size };
    en_http_request request = { .method = take_line(&rest), .url = take_line(&rest) };
    en_http_header header = { take_line(&rest), take_line(&rest) };
    request.headers = &header;
    request.header_count = 1;
    request.body = rest;
    request.has_body = rest.length != 0;
    static const en_egress nothing = { .none = true };
    en_http_client *client = en_http_client_new(&arena, &nothing, NULL);
    en_http_response response;
    en_error error;
    en_error_clear(&error);
    if (en_http_perform(client, &request, &arena, &response, &error) ||
        (error.type != EN_PolicyError && error.type != EN_BundleValidationError)) {
        abort();
    }
    en_arena_done(&arena);
    return 0;
}
