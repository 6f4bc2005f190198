/* The first byte chooses delimiter, headers and the size of pieces; the rest is CSV. Read whole and
 * piece by piece, it gives the same rows or the same error. */
#include "value/csv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char delimiters[] = { ',', ';', '\t', '|' };

typedef struct digest {
    uint64_t rows;
    uint64_t hash;
} digest;

static bool add_row(void *context, const en_text *fields, size_t count, unsigned line,
                    en_error *error)
{
    (void)error;
    digest *sum = context;
    sum->rows++;
    sum->hash = sum->hash * 31 + line;
    for (size_t i = 0; i < count; i++) {
        sum->hash = sum->hash * 31 + fields[i].length;
        for (size_t j = 0; j < fields[i].length; j++) {
            sum->hash = sum->hash * 31 + (unsigned char)fields[i].data[j];
        }
    }
    return true;
}

static digest read_pieces(en_arena *arena, en_text input, char delimiter, size_t piece,
                          en_error *error)
{
    digest sum = { 0, 0 };
    en_csv_reader *reader = en_csv_reader_open(arena, delimiter, add_row, &sum);
    bool good = true;
    for (size_t at = 0; at < input.length && good; at += piece) {
        good = en_csv_reader_push(reader, en_text_slice(input, at, at + piece), error);
    }
    good = good && en_csv_reader_finish(reader, error);
    if (good == en_error_is_set(error)) {
        abort();
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    en_arena arena;
    en_arena_init(&arena, NULL);
    char delimiter = delimiters[data[0] & 3];
    bool headers = (data[0] & 4) != 0;
    en_text input = { (const char *)data + 1, size - 1 };
    en_error whole_error;
    en_error piece_error;
    en_error error;
    en_error_clear(&whole_error);
    en_error_clear(&piece_error);
    en_error_clear(&error);
    digest whole = read_pieces(&arena, input, delimiter, size, &whole_error);
    digest pieces = read_pieces(&arena, input, delimiter, (data[0] >> 3) + 1u, &piece_error);
    if (whole.rows != pieces.rows || whole.hash != pieces.hash ||
        strcmp(whole_error.message, piece_error.message) != 0) {
        abort();
    }
    en_value rows;
    bool read = en_csv_read(&arena, input, delimiter, headers, &rows, &error);
    if (read == en_error_is_set(&whole_error) ||
        (read && rows.length + (headers && whole.rows != 0) != whole.rows)) {
        abort();
    }
    en_arena_done(&arena);
    return 0;
}
