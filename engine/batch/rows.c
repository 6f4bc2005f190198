#include "batch/rows.h"

#include "base/utf8.h"
#include "value/csv.h"

#include <string.h>

enum { FIRST_ROOM = 1 << 16, BOM_LENGTH = 3, ORIGINAL_BYTES = 1 << 16 };

struct en_rows {
    en_source *source;
    en_csv_reader *parser;
    char delimiter;
    en_budget *budget;
    en_arena room; /* holds `bytes` */
    char *bytes;
    size_t capacity;
    size_t length;
    size_t row;      /* where the row read last begins */
    size_t next;     /* behind it */
    uint64_t offset; /* of bytes[0] in the text */
    bool started;
    bool final; /* the source has no more */
    bool ended;
    unsigned line;     /* of bytes[next] */
    unsigned row_line; /* of bytes[row] */
    /* of the call in progress */
    en_arena *arena;
    en_fields fields;
    bool got_row;
};

unsigned en_rows_line(const en_rows *rows)
{
    return rows->row_line;
}

uint64_t en_rows_offset(const en_rows *rows)
{
    return rows->offset + rows->next;
}

bool en_rows_go_on(const en_rows *rows)
{
    return !rows->ended;
}

en_text en_rows_original(const en_rows *rows)
{
    size_t end = rows->next;
    while (end > rows->row && (rows->bytes[end - 1] == '\n' || rows->bytes[end - 1] == '\r')) {
        end--;
    }
    size_t most = rows->row + ORIGINAL_BYTES;
    return (en_text){ rows->bytes + rows->row, (end < most ? end : most) - rows->row };
}

/* --- bytes --- */

static void drop_consumed(en_rows *rows)
{
    rows->length -= rows->next;
    if (rows->length != 0) {
        memmove(rows->bytes, rows->bytes + rows->next, rows->length);
    }
    rows->offset += rows->next;
    rows->row = 0;
    rows->next = 0;
}

static bool grow_room(en_rows *rows, en_error *error)
{
    size_t capacity = rows->capacity != 0 ? rows->capacity * 2 : FIRST_ROOM;
    en_arena room;
    en_arena_init(&room, rows->budget);
    char *bytes = en_arena_try(&room, capacity, 1);
    if (bytes == NULL) {
        en_arena_done(&room);
        rows->ended = true;
        return en_error_set(error, EN_DataSizeLimitExceededError,
                            "the memory limit does not allow a row of %zu bytes", rows->length);
    }
    if (rows->length != 0) {
        memcpy(bytes, rows->bytes, rows->length);
    }
    en_arena_done(&rows->room);
    rows->room = room;
    rows->bytes = bytes;
    rows->capacity = capacity;
    return true;
}

static bool read_more(en_rows *rows, en_error *error)
{
    size_t got = 0;
    if (rows->length == rows->capacity && !grow_room(rows, error)) {
        return false;
    }
    if (!en_source_refill(rows->source, rows->bytes + rows->length, rows->capacity - rows->length,
                          &got, error)) {
        rows->ended = true;
        return false;
    }
    rows->length += got;
    rows->final = got == 0;
    return true;
}

/* Makes sure that a byte stands at `at`, unless the text ends there. */
static bool need(en_rows *rows, size_t at, en_error *error)
{
    while (at >= rows->length && !rows->final) {
        if (!read_more(rows, error)) {
            return false;
        }
    }
    return true;
}

static bool start(en_rows *rows, en_error *error)
{
    rows->started = true;
    if (!need(rows, BOM_LENGTH - 1, error)) {
        return false;
    }
    if (rows->length >= BOM_LENGTH && memcmp(rows->bytes, "\xEF\xBB\xBF", BOM_LENGTH) == 0) {
        rows->next = BOM_LENGTH;
    }
    return true;
}

/* --- places --- */

/* Lines end in LF, CR or CR LF. The byte behind a CR is there, or there is none. */
static unsigned count_lines(const en_rows *rows, size_t from, size_t to)
{
    unsigned lines = 0;
    for (size_t at = from; at < to; at++) {
        char byte = rows->bytes[at];
        bool joins = byte == '\r' && at + 1 < rows->length && rows->bytes[at + 1] == '\n';
        lines += byte == '\n' || (byte == '\r' && !joins);
    }
    return lines;
}

static void find_place(const en_rows *rows, size_t at, unsigned *line, unsigned *column)
{
    size_t start = at;
    while (start > rows->row && rows->bytes[start - 1] != '\n' && rows->bytes[start - 1] != '\r') {
        start--;
    }
    *line = rows->row_line + count_lines(rows, rows->row, start);
    *column = (unsigned)(at - start) + 1;
}

void en_rows_place(const en_rows *rows, size_t index, unsigned *line, unsigned *column)
{
    bool quoted = false;
    size_t at = rows->row;
    for (size_t field = 0; field < index && at < rows->next; at++) {
        quoted ^= rows->bytes[at] == '"';
        field += !quoted && rows->bytes[at] == rows->delimiter;
    }
    find_place(rows, at, line, column);
}

static bool place_error(en_rows *rows, size_t at, en_error *error)
{
    if (error != NULL && error->line == 0) {
        find_place(rows, at, &error->line, &error->column);
    }
    return false;
}

/* --- rows --- */

static bool take_row(void *context, const en_text *fields, size_t count, unsigned line,
                     en_error *error)
{
    en_rows *rows = context;
    (void)line;
    en_text *copy = EN_TRY_ARRAY(rows->arena, en_text, count + 1);
    if (copy == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "not enough memory for this row");
    }
    for (size_t i = 0; i < count; i++) {
        copy[i] = fields[i].data != NULL && fields[i].length != 0
                      ? en_text_copy(rows->arena, fields[i])
                      : fields[i];
    }
    rows->fields = (en_fields){ copy, count };
    rows->got_row = true;
    return true;
}

/* Behind the end of the line that `at` is on. A line without end is passed over piece by piece. */
static bool find_line_end(en_rows *rows, size_t *at, en_error *error)
{
    for (;;) {
        for (; *at < rows->length; ++*at) {
            char byte = rows->bytes[*at];
            if (byte == '\n' || byte == '\r') {
                ++*at;
                return true;
            }
        }
        if (rows->final) {
            return true;
        }
        if (rows->length > EN_CSV_ROW_BYTES) {
            rows->next = *at;
            drop_consumed(rows);
            *at = 0;
        }
        if (!read_more(rows, error)) {
            return false;
        }
    }
}

/* Behind the LF of a CR LF. */
static bool pass_line_feed(en_rows *rows, size_t *at, en_error *error)
{
    if (*at == 0 || rows->bytes[*at - 1] != '\r') {
        return true;
    }
    if (!need(rows, *at, error)) {
        return false;
    }
    *at += *at < rows->length && rows->bytes[*at] == '\n';
    return true;
}

static void settle(en_rows *rows, size_t end)
{
    rows->line = rows->row_line + count_lines(rows, rows->row, end);
    rows->next = end;
}

/* Goes behind the line on which the broken row began. Always false. */
static bool recover(en_rows *rows, size_t fault, en_error *error)
{
    en_error later;
    en_error_clear(&later);
    size_t end = rows->row;
    place_error(rows, fault, error);
    if (find_line_end(rows, &end, &later) && pass_line_feed(rows, &end, &later)) {
        settle(rows, end);
    } else {
        rows->ended = true;
        rows->next = rows->length;
    }
    en_csv_reader_restart(rows->parser);
    return false;
}

/* Comes to the first byte of a row. */
static bool find_row(en_rows *rows, bool *found, en_error *error)
{
    for (;;) {
        if (!need(rows, rows->next, error)) {
            return false;
        }
        *found = rows->next < rows->length;
        if (!*found || (rows->bytes[rows->next] != '\n' && rows->bytes[rows->next] != '\r')) {
            rows->row = rows->next;
            rows->row_line = rows->line;
            return true;
        }
        rows->row = rows->next;
        rows->row_line = rows->line;
        size_t end = rows->next + 1;
        if (!pass_line_feed(rows, &end, error)) {
            return false;
        }
        settle(rows, end);
        if (rows->next > FIRST_ROOM / 2) {
            drop_consumed(rows);
        }
    }
}

/* The quote that is never closed, if there is one. */
static size_t find_open_quote(const en_rows *rows, size_t otherwise)
{
    bool quoted = false;
    size_t opened = otherwise;
    for (size_t at = rows->row; at < rows->length; at++) {
        quoted ^= rows->bytes[at] == '"';
        opened = rows->bytes[at] == '"' && quoted ? at : opened;
    }
    return quoted ? opened : otherwise;
}

/* Feeds the parser from `*at` until a row has come; *at then stands behind it. */
static bool feed(en_rows *rows, size_t *at, en_error *error)
{
    while (!rows->got_row) {
        if (!need(rows, *at, error)) {
            return false;
        }
        size_t used = 0;
        en_text rest = { rows->bytes + *at, rows->length - *at };
        bool fed = rest.length != 0 ? en_csv_reader_push_row(rows->parser, rest, &used, error)
                                    : en_csv_reader_finish(rows->parser, error);
        *at += used;
        if (!fed && rest.length == 0) {
            *at = find_open_quote(rows, *at);
        }
        if (!fed) {
            return false;
        }
        if (rest.length == 0 && !rows->got_row) {
            return en_error_set(error, EN_DataError, "the text ends in this row");
        }
    }
    return true;
}

static bool check_text(en_rows *rows, en_error *error)
{
    size_t length = rows->next - rows->row;
    const char *hit = memchr(rows->bytes + rows->row, '\0', length);
    return hit == NULL || en_error_set(error, EN_DataError, "a NUL byte");
}

/* Where an error lies that the parser reported after `at` bytes. */
static size_t find_fault(const en_rows *rows, size_t at)
{
    size_t broken = en_utf8_find_broken((en_text){ rows->bytes + rows->row, at - rows->row });
    return broken != SIZE_MAX ? rows->row + broken : at;
}

bool en_rows_next(en_rows *rows, en_arena *arena, en_fields *fields, bool *found, en_error *error)
{
    *found = false;
    if (rows->ended) {
        return true;
    }
    if (rows->next > rows->capacity / 2) {
        drop_consumed(rows);
    }
    if (!rows->started && !start(rows, error)) {
        return false;
    }
    if (!find_row(rows, found, error)) {
        return false;
    }
    if (!*found) {
        rows->ended = true;
        return true;
    }
    *found = false;
    rows->arena = arena;
    rows->got_row = false;
    size_t at = rows->row;
    if (!feed(rows, &at, error)) {
        return rows->ended ? place_error(rows, rows->row, error)
                           : recover(rows, find_fault(rows, at), error);
    }
    if (!pass_line_feed(rows, &at, error)) {
        return false;
    }
    settle(rows, at);
    if (!check_text(rows, error)) {
        const char *hit = memchr(rows->bytes + rows->row, '\0', rows->next - rows->row);
        return place_error(rows, (size_t)(hit - rows->bytes), error);
    }
    *fields = rows->fields;
    *found = true;
    return true;
}

bool en_rows_skip(en_rows *rows, uint64_t offset, en_error *error)
{
    while (rows->offset + rows->next < offset) {
        if (!need(rows, rows->next + 1, error)) { /* one more, for the LF behind a CR */
            return false;
        }
        uint64_t left = offset - rows->offset - rows->next;
        size_t ready = rows->length - rows->next;
        ready -= !rows->final && ready != 0; /* the last one may be a CR */
        if (ready == 0 && rows->final) {
            rows->ended = true;
            return en_error_set(error, EN_DataError,
                                "the text ends before the place where it should go on");
        }
        rows->row = rows->next;
        rows->row_line = rows->line;
        settle(rows, rows->next + (left < ready ? (size_t)left : ready));
        drop_consumed(rows);
    }
    return true;
}

static void close_rows(void *handle)
{
    en_rows *rows = handle;
    en_arena_done(&rows->room);
}

en_rows *en_rows_open(en_arena *arena, en_source *source, char delimiter)
{
    en_rows *rows = EN_NEW(arena, en_rows);
    rows->source = source;
    rows->delimiter = delimiter;
    rows->budget = arena->budget;
    rows->line = 1;
    rows->row_line = 1;
    en_arena_init(&rows->room, arena->budget);
    en_arena_defer(arena, close_rows, rows);
    rows->parser = en_csv_reader_open(arena, delimiter, take_row, rows);
    en_csv_reader_pull(rows->parser);
    return rows;
}
