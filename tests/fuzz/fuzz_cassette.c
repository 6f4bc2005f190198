/* A cassette from bytes: it is refused with a reason, or every exchange on it can be written again and
 * reads the same, and loose playing answers each of its requests. */
#include "net/cassette_tape.h"

#include <stdint.h>
#include <stdlib.h>

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* What a module could send to get this reply. */
static en_http_request request_of(const en_asked *asked)
{
    return (en_http_request){ .method = asked->method,
                              .url = asked->url,
                              .headers = asked->headers,
                              .header_count = asked->header_count,
                              .has_body = asked->body.bytes.length != 0,
                              .body = asked->body.bytes,
                              .parts = asked->body.parts,
                              .part_count = asked->body.part_count };
}

static void write_and_read(en_arena *arena, en_value exchange)
{
    en_taped taped;
    en_taped again;
    if (!en_taped_read(arena, exchange, &taped, NULL)) {
        return;
    }
    en_text written = en_json_text(arena, en_taped_value(arena, &taped), 0);
    en_value value;
    must(en_json_read(arena, written, 0, EN_JSON_DEPTH + 8, &value, NULL));
    must(en_taped_read(arena, value, &again, NULL));
    must(en_text_equal(en_json_text(arena, en_taped_value(arena, &again), 0), written));
}

static void play(en_arena *arena, en_value value, en_redactor *redactor)
{
    en_cassette *cassette;
    en_clock clock;
    en_error error;
    en_error_clear(&error);
    en_clock_init_virtual(&clock, 0);
    if (!en_cassette_read(arena, EN_TEXT("fuzz"), value, EN_CASSETTE_LOOSE, redactor, &cassette,
                          &error)) {
        must(en_error_is_set(&error) && error.message[0] != '\0');
        return;
    }
    en_value list =
        en_is(value, EN_ARRAY) ? value : en_collection_find(value, EN_TEXT("exchanges"));
    for (uint32_t i = 0; i < list.length; i++) {
        const en_cassette_asker asker = { .step_id = EN_NO_STEP };
        en_taped taped;
        en_http_response response;
        en_error_clear(&error);
        must(en_taped_read(arena, list.as.items[i], &taped, NULL));
        en_http_request request = request_of(&taped.asked);
        must(en_cassette_perform(cassette, &asker, NULL, &clock, &request, arena, &response,
                                 &error) ||
             en_error_is_set(&error));
        write_and_read(arena, list.as.items[i]);
    }
    (void)en_cassette_unused(cassette, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    en_arena arena;
    en_document *document;
    en_error error;
    en_error_clear(&error);
    en_arena_init(&arena, NULL);
    if (en_document_read(&arena, EN_TEXT("fuzz"), (en_text){ (const char *)data, size }, 0,
                         &document, &error)) {
        const en_text rules[] = { EN_TEXT("x-mine"), EN_TEXT("") };
        play(&arena, en_document_root(document), en_redactor_new(&arena, rules, 2));
    }
    en_arena_done(&arena);
    return 0;
}
