/* bench_json - how fast the data reader and the writer are on an array of typical records.
 * Usage: bench_json [megabytes, 25] [rounds, 5]. Prints the best round of each. */
#include "base/clock.h"
#include "base/random.h"
#include "value/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_record(en_builder *out, en_random *random, unsigned number)
{
    static const char *const cities[] = { "Praha", "København", "Lisboa", "Łódź", "Oslo" };
    static const char *const plans[] = { "free", "core", "pro", "teams" };
    unsigned pick = (unsigned)(en_random_next(random) % 1000);
    en_builder_format(out,
                      "{\"id\":%u,\"email\":\"user%u@example.com\",\"name\":\"Person %u of many\","
                      "\"active\":%s,\"plan\":\"%s\",\"totalPurchases\":%u.%02u,"
                      "\"address\":{\"city\":\"%s\",\"zip\":\"%05u\"},"
                      "\"tags\":[\"a%u\",\"newsletter\"],"
                      "\"createdAt\":\"2025-0%u-1%uT08:30:00.000Z\",\"note\":null}",
                      number, number, pick, pick % 2 != 0 ? "true" : "false", plans[pick % 4], pick,
                      pick % 100, cities[pick % 5], pick * 7, pick % 10, pick % 9 + 1, pick % 10);
}

static en_text make_records(en_arena *arena, size_t size_bytes)
{
    en_random random;
    en_random_init_seed(&random, 1);
    en_builder out;
    en_builder_init(&out, arena);
    en_builder_add_char(&out, '[');
    for (unsigned number = 1; out.length < size_bytes; number++) {
        if (number != 1) {
            en_builder_add_char(&out, ',');
        }
        add_record(&out, &random, number);
    }
    en_builder_add_char(&out, ']');
    return en_builder_take(&out);
}

static void report(const char *what, size_t bytes, int64_t best_us)
{
    printf("%-28s %7.0f MB/s\n", what, (double)bytes / (double)best_us);
}

static int64_t time_read(en_text input, unsigned flags, size_t *used_bytes)
{
    en_budget budget = { 0 };
    en_arena arena;
    en_arena_init(&arena, &budget);
    en_error error;
    en_error_clear(&error);
    en_value value;
    int64_t start = en_clock_ticks_us();
    bool read = en_json_read(&arena, input, flags, EN_JSON_DEPTH, &value, &error);
    int64_t took = en_clock_ticks_us() - start;
    if (!read) {
        fprintf(stderr, "%s at %u:%u\n", error.message, error.line, error.column);
        exit(1);
    }
    *used_bytes = budget.used_bytes;
    en_arena_done(&arena);
    return took;
}

static void bench_read(const char *what, en_text input, unsigned flags, int rounds)
{
    int64_t best = INT64_MAX;
    size_t used = 0;
    for (int i = 0; i < rounds; i++) {
        int64_t took = time_read(input, flags, &used);
        best = took < best ? took : best;
    }
    report(what, input.length, best);
    printf("%-28s %7.2f bytes per byte\n", "  memory", (double)used / (double)input.length);
}

/* A source that hands out the text in pieces, as a file would. */
typedef struct source {
    en_text text;
    size_t at;
} source;

static bool refill(void *context, char *bytes, size_t room, size_t *got, en_error *error)
{
    (void)error;
    source *from = context;
    en_text part = en_text_slice(from->text, from->at, from->at + room);
    if (part.length != 0) {
        memcpy(bytes, part.data, part.length);
    }
    from->at += part.length;
    *got = part.length;
    return true;
}

static int64_t time_stream(en_text input)
{
    source from = { input, 0 };
    en_arena arena;
    en_arena records;
    en_arena_init(&arena, NULL);
    en_arena_init(&records, NULL);
    en_error error;
    en_error_clear(&error);
    en_json_stream *stream = en_json_stream_open(&arena, refill, &from, EN_JSON_DETECT, 0);
    int64_t start = en_clock_ticks_us();
    bool found = true;
    while (found) {
        en_value value;
        en_arena_reset(&records);
        if (!en_json_stream_next(stream, &records, &value, &found, &error)) {
            fprintf(stderr, "%s at %u:%u\n", error.message, error.line, error.column);
            exit(1);
        }
    }
    int64_t took = en_clock_ticks_us() - start;
    en_arena_done(&records);
    en_arena_done(&arena);
    return took;
}

static void bench_stream(en_text input, int rounds)
{
    int64_t best = INT64_MAX;
    for (int i = 0; i < rounds; i++) {
        int64_t took = time_stream(input);
        best = took < best ? took : best;
    }
    report("stream, record by record", input.length, best);
}

static void bench_write(en_text input, int rounds)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_value value;
    if (!en_json_read(&arena, input, EN_JSON_SHARE, EN_JSON_DEPTH, &value, NULL)) {
        exit(1);
    }
    en_arena written;
    en_arena_init(&written, NULL);
    int64_t best = INT64_MAX;
    size_t length = 0;
    for (int i = 0; i < rounds; i++) {
        en_arena_reset(&written);
        int64_t start = en_clock_ticks_us();
        length = en_json_text(&written, value, 0).length;
        int64_t took = en_clock_ticks_us() - start;
        best = took < best ? took : best;
    }
    report("write", length, best);
    en_arena_done(&written);
    en_arena_done(&arena);
}

int main(int argc, char **argv)
{
    size_t megabytes = argc > 1 ? strtoul(argv[1], NULL, 10) : 25;
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text input = make_records(&arena, megabytes * 1000000);
    bench_read("read, texts copied", input, 0, rounds);
    bench_read("read, texts shared", input, EN_JSON_SHARE, rounds);
    bench_stream(input, rounds);
    bench_write(input, rounds);
    en_arena_done(&arena);
    return 0;
}
