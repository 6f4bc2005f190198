/* A file of records gives the same records and errors whatever pieces its bytes come in, and going
 * on behind any of them gives what came behind it. The first byte chooses the format, the second
 * the pieces. */
#include "batch/records.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RECORDS = 100000, MOST_BYTES = 16 << 20 };

static const char *const paths[] = { "a.csv", "a.tsv", "a.json", "a.jsonl", "a" };

static const en_field fields[] = {
    { .name = { "b", 1 }, .type = EN_T_BOOLEAN },
    { .name = { "c", 1 }, .type = EN_T_BUFFER },
    { .name = { "d", 1 }, .type = EN_T_COLLECTION },
};
static const en_schema schema = { .has_structure = true, .fields = fields, .field_count = 3 };

typedef struct transcript {
    uint64_t hash;
    uint64_t hash_behind_first; /* without what the first record gave */
    uint64_t first_offset;
    size_t count;
} transcript;

static void mix(uint64_t *hash, en_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        *hash = (*hash ^ (unsigned char)text.data[i]) * 1099511628211u;
    }
}

static void note(transcript *written, en_arena *arena, const en_records *records, en_value value,
                 const en_error *error)
{
    en_text text = error != NULL ? en_text_format(arena, "%u:%u %s %s", error->line, error->column,
                                                  error->message, error->path)
                                 : en_text_format(arena, "%u ", en_records_line(records));
    mix(&written->hash, text);
    if (written->count > 0) {
        mix(&written->hash_behind_first, text);
    }
    if (error == NULL) {
        en_text json = en_json_text(arena, value, EN_JSON_TYPED);
        mix(&written->hash, json);
        if (written->count > 0) {
            mix(&written->hash_behind_first, json);
        }
    }
    if (written->count++ == 0) {
        written->first_offset = en_records_offset(records);
    }
}

static transcript read_all(const char *path, en_text text, size_t piece, uint64_t skipped)
{
    transcript written = { 0 };
    en_arena arena;
    en_arena values;
    en_arena_init(&arena, NULL);
    en_arena_init(&values, NULL);
    en_records_options options = {
        .path = path, .json_flags = EN_JSON_TYPED, .schema = &schema, .max_bytes = MOST_BYTES
    };
    en_records *records = NULL;
    en_error error;
    en_error_clear(&error);
    bool found = en_record_format_read(NULL, NULL, path, &options.format, &error) &&
                 en_records_open_text(&arena, &options, text, piece, &records, &error) &&
                 (skipped == 0 || en_records_skip(records, skipped, 1, &error));
    while (found) {
        en_value value = en_null();
        en_error_clear(&error);
        en_arena_reset(&values);
        bool read = en_records_next(records, &values, &value, &found, &error);
        if (read == en_error_is_set(&error) || written.count > MOST_RECORDS) {
            abort();
        }
        if (!read || found) {
            note(&written, &values, records, value, read ? NULL : &error);
        }
        if (!read) {
            (void)en_records_original(records);
            found = en_records_go_on(records);
        }
    }
    en_arena_done(&values);
    en_arena_done(&arena);
    return written;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    const char *path = paths[data[0] % 5];
    en_text text = { (const char *)data + 2, size - 2 };
    transcript whole = read_all(path, text, 0, 0);
    transcript pieces = read_all(path, text, data[1] % 32 + 1u, 0);
    if (whole.hash != pieces.hash || whole.count != pieces.count) {
        abort();
    }
    if (whole.count > 1 && whole.first_offset != 0) {
        transcript rest = read_all(path, text, 0, whole.first_offset);
        if (rest.count != whole.count - 1 || rest.hash != whole.hash_behind_first) {
            abort();
        }
    }
    return 0;
}
