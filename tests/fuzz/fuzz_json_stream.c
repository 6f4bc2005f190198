/* A stream gives the same records and errors whatever pieces the bytes come in. The first bytes
 * choose the kind of records and the sizes of the pieces. */
#include "value/json.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZES = 8, MOST_RECORDS = 10000 };

typedef struct source {
    en_text text;
    size_t at;
    const uint8_t *sizes; /* NULL: all at once */
    size_t round;
} source;

static bool refill(void *context, char *bytes, size_t room, size_t *got, en_error *error)
{
    (void)error;
    source *from = context;
    size_t size = from->sizes != NULL ? from->sizes[from->round++ % SIZES] % 64 + 1u : room;
    en_text part = en_text_slice(from->text, from->at, from->at + (size < room ? size : room));
    memcpy(bytes, part.data, part.length);
    from->at += part.length;
    *got = part.length;
    return true;
}

static void add_error(en_builder *out, const en_json_stream *stream, const en_error *error)
{
    en_builder_format(out, "%u: %u:%u %s\n", en_json_stream_line(stream), error->line,
                      error->column, error->message);
}

/* Everything that comes out of the stream, as text. */
static en_text show(en_arena *arena, source from, en_json_records records)
{
    en_arena streams;
    en_arena values;
    en_arena_init(&streams, NULL);
    en_arena_init(&values, NULL);
    en_json_stream *stream = en_json_stream_open(&streams, refill, &from, records, 0);
    en_builder out;
    en_builder_init(&out, arena);
    bool found = true;
    for (int i = 0; found; i++) {
        if (i > MOST_RECORDS) {
            abort(); /* does not end */
        }
        en_error error;
        en_error_clear(&error);
        en_value value;
        en_arena_reset(&values);
        if (!en_json_stream_next(stream, &values, &value, &found, &error)) {
            add_error(&out, stream, &error);
            found = true;
        } else if (found) {
            en_builder_format(&out, "%u: ", en_json_stream_line(stream));
            en_json_write(&out, value, 0);
            en_builder_add_char(&out, '\n');
        }
    }
    en_builder_format(&out, "%zu", (size_t)en_json_stream_offset(stream));
    en_arena_done(&values);
    en_arena_done(&streams);
    return en_builder_take(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < SIZES + 1 || size > MOST_RECORDS) {
        return 0;
    }
    en_json_records records = (en_json_records)(data[0] % 3);
    en_text text = { (const char *)data + SIZES + 1, size - SIZES - 1 };
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text whole = show(&arena, (source){ .text = text }, records);
    en_text pieces = show(&arena, (source){ .text = text, .sizes = data + 1 }, records);
    if (!en_text_equal(whole, pieces)) {
        fprintf(stderr, "in one piece:\n%.*s\nin pieces:\n%.*s\n", EN_TEXT_ARG(whole),
                EN_TEXT_ARG(pieces));
        abort();
    }
    en_arena_done(&arena);
    return 0;
}
