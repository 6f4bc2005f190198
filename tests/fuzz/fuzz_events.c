/* The first byte chooses JSON or CSV, delimiter and the size of pieces; the rest is a queue of
 * events. Read in pieces and as a whole, it gives the same events and errors. */
#include "flow/events.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input {
    en_text rest;
    size_t piece;
} input;

static bool refill(void *context, char *bytes, size_t room, size_t *got, en_error *error)
{
    (void)error;
    input *from = context;
    *got = from->rest.length < from->piece ? from->rest.length : from->piece;
    *got = *got < room ? *got : room;
    memcpy(bytes, from->rest.data, *got);
    from->rest = en_text_slice(from->rest, *got, from->rest.length);
    return true;
}

static void add_event(en_builder *out, const en_event *event, const en_error *error)
{
    if (en_error_is_set(error)) {
        en_builder_format(out, "%u:%u %s", error->line, error->column, error->message);
        return;
    }
    en_value parts[] = { event->payload, event->request, event->http, event->expect,
                         event->has_time ? en_date(event->at_ms) : en_null() };
    en_json_write(out, en_array(parts, sizeof parts / sizeof parts[0]), 0);
}

static en_text read_all(en_arena *arena, en_event_source source, en_text rest, size_t piece)
{
    input from = { rest, piece };
    source.context = &from;
    en_event_queue *queue = en_events_open(arena, &source);
    en_builder out;
    en_builder_init(&out, arena);
    en_arena events;
    en_arena_init(&events, NULL);
    bool found = true;
    while (found) {
        en_event event;
        en_error error;
        en_error_clear(&error);
        bool read = en_events_next(queue, &events, &event, &found, &error);
        if (read == en_error_is_set(&error)) {
            abort();
        }
        if (!read || found) {
            add_event(&out, &event, &error);
        }
        en_arena_reset(&events);
    }
    en_arena_done(&events);
    return en_builder_take(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    en_arena arena;
    en_arena_init(&arena, NULL);
    static const char *const words[] = { "data.n:=n", "expect.status=wanted" };
    en_error error;
    en_error_clear(&error);
    en_event_column *columns;
    if (!en_event_columns_read(&arena, words, 2, &columns, &error)) {
        abort();
    }
    en_event_source source = { .name = "fuzz",
                               .refill = refill,
                               .is_csv = (data[0] & 1) != 0,
                               .delimiter = (data[0] & 2) != 0 ? ';' : ',',
                               .columns = columns,
                               .column_count = (data[0] & 4) != 0 ? 2 : 0 };
    en_text rest = { (const char *)data + 1, size - 1 };
    en_text whole = read_all(&arena, source, rest, SIZE_MAX);
    if (!en_text_equal(whole, read_all(&arena, source, rest, (data[0] >> 3) + 1u))) {
        abort();
    }
    en_arena_done(&arena);
    return 0;
}
