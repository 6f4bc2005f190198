#include "value/csv.h"

#include "base/show.h"
#include "value/unicode.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

enum { GROW_BYTES = 4096 };

struct en_csv_reader {
    struct csv_parser parser;
    en_csv_row *row;
    void *context;
    en_arena fields_arena; /* the fields of the present row, and their list */
    en_text *fields;
    size_t count;
    size_t capacity;
    size_t row_bytes;
    unsigned line;     /* of the byte that is read next */
    unsigned row_line; /* where the present row began; 0: not begun */
    bool after_return; /* the byte read last was CR */
    bool pulls;        /* see en_csv_reader_pull */
    bool row_ended;    /* in the piece parsed last */
    size_t mark_seen;  /* bytes of the byte order mark; 3: no longer looked for */
    en_error *error;   /* of the call in progress */
    bool failed;
};

static const char too_long[] = "a row is longer than 64 MB; is a quote not closed?";
static const char byte_order_mark[] = { '\xEF', '\xBB', '\xBF' };

/* RFC 4180: spaces are part of a field. */
static int is_never_space(unsigned char byte)
{
    (void)byte;
    return 0;
}

static bool fail(en_csv_reader *reader, unsigned line, const char *what)
{
    reader->failed = true;
    if (reader->pulls) { /* who pulls knows the place, and better */
        return en_error_set(reader->error, EN_DataError, "%s", what);
    }
    en_error_set(reader->error, EN_DataError, "line %u: %s", line, what);
    if (reader->error != NULL && reader->error->line == 0) {
        reader->error->line = line;
    }
    return false;
}

static bool fail_memory(en_csv_reader *reader)
{
    reader->failed = true;
    return reader->pulls ? en_error_set(reader->error, EN_DataSizeLimitExceededError,
                                        "not enough memory for this row")
                         : en_error_set(reader->error, EN_DataSizeLimitExceededError,
                                        "line %u: not enough memory for this row", reader->line);
}

static bool grow_fields(en_csv_reader *reader)
{
    if (reader->count < reader->capacity) {
        return true;
    }
    if (reader->count == EN_CSV_COLUMNS) {
        return fail(reader, reader->line, "a row has more than 4096 fields");
    }
    size_t capacity = reader->capacity != 0 ? reader->capacity * 2 : 16;
    en_text *fields = EN_TRY_ARRAY(&reader->fields_arena, en_text, capacity);
    if (fields == NULL) {
        return fail_memory(reader);
    }
    if (reader->count != 0) {
        memcpy(fields, reader->fields, reader->count * sizeof *fields);
    }
    reader->fields = fields;
    reader->capacity = capacity;
    return true;
}

static void take_field(void *bytes, size_t length, void *context)
{
    en_csv_reader *reader = context;
    if (reader->failed || !grow_fields(reader)) {
        return;
    }
    en_text field = { length != 0 ? bytes : "", length };
    if (bytes == NULL && reader->pulls) { /* nothing, without quotes */
        reader->fields[reader->count++] = (en_text){ NULL, 0 };
        return;
    }
    if (!en_unicode_valid(field)) {
        fail(reader, reader->line, "the text is not UTF-8");
        return;
    }
    char *copy = en_arena_try(&reader->fields_arena, length, 1);
    if (copy == NULL) {
        fail_memory(reader);
        return;
    }
    memcpy(copy, field.data, length);
    reader->fields[reader->count++] = (en_text){ copy, length };
}

static void forget_row(en_csv_reader *reader)
{
    en_arena_reset(&reader->fields_arena);
    reader->fields = NULL;
    reader->count = 0;
    reader->capacity = 0;
    reader->row_line = 0;
    reader->row_bytes = 0;
}

static void take_row(int end, void *context)
{
    en_csv_reader *reader = context;
    (void)end;
    reader->row_ended = true;
    if (!reader->failed) {
        reader->failed = !reader->row(reader->context, reader->fields, reader->count,
                                      reader->row_line, reader->error);
    }
    forget_row(reader);
}

static void close_reader(void *handle)
{
    en_csv_reader *reader = handle;
    csv_free(&reader->parser);
    en_arena_done(&reader->fields_arena);
}

static void start_parser(en_csv_reader *reader, char delimiter)
{
    csv_init(&reader->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL);
    csv_set_delim(&reader->parser, (unsigned char)delimiter);
    csv_set_space_func(&reader->parser, is_never_space);
    csv_set_blk_size(&reader->parser, GROW_BYTES);
}

en_csv_reader *en_csv_reader_open(en_arena *arena, char delimiter, en_csv_row *row, void *context)
{
    en_csv_reader *reader = EN_NEW(arena, en_csv_reader);
    start_parser(reader, delimiter);
    en_arena_init(&reader->fields_arena, arena->budget);
    reader->row = row;
    reader->context = context;
    reader->line = 1;
    en_arena_defer(arena, close_reader, reader);
    return reader;
}

static bool fail_parser(en_csv_reader *reader)
{
    switch (csv_error(&reader->parser)) {
    case CSV_EPARSE:
        return fail(
            reader, reader->line,
            "a quote in the wrong place; a field with quotes in it stands in quotes, and they "
            "are doubled");
    default:
        return fail_memory(reader);
    }
}

/* Bytes of one line at most, so that the callbacks know the line they are called on. */
static bool parse(en_csv_reader *reader, en_text piece)
{
    bool is_end = piece.data[0] == '\n' || piece.data[0] == '\r';
    if (reader->row_line == 0 && !is_end) {
        reader->row_line = reader->line;
    }
    reader->row_bytes += piece.length;
    if (reader->row_bytes > EN_CSV_ROW_BYTES) {
        return fail(reader, reader->row_line, too_long);
    }
    size_t read =
        csv_parse(&reader->parser, piece.data, piece.length, take_field, take_row, reader);
    return read == piece.length ? !reader->failed : fail_parser(reader);
}

/* The end of the line that begins at `start`: behind its LF or CR, or where the bytes end. */
static size_t line_end(en_text bytes, size_t start)
{
    while (start < bytes.length && bytes.data[start] != '\n' && bytes.data[start] != '\r') {
        start++;
    }
    return start < bytes.length ? start + 1 : start;
}

static bool parse_lines(en_csv_reader *reader, en_text bytes)
{
    size_t at = 0;
    while (at < bytes.length && !reader->failed) {
        bool joins_return = reader->after_return && bytes.data[at] == '\n';
        if (reader->after_return && !joins_return) {
            reader->line++;
        }
        size_t end = line_end(bytes, at);
        char last = bytes.data[end - 1];
        if (!parse(reader, en_text_slice(bytes, at, end))) {
            return false;
        }
        reader->line += last == '\n';
        reader->after_return = last == '\r';
        at = end;
    }
    return !reader->failed;
}

/* The mark may come in pieces. What looked like one and is none is read as text. */
static bool skip_mark(en_csv_reader *reader, en_text *bytes)
{
    while (reader->mark_seen < sizeof byte_order_mark && bytes->length != 0) {
        if (bytes->data[0] != byte_order_mark[reader->mark_seen]) {
            size_t seen = reader->mark_seen;
            reader->mark_seen = sizeof byte_order_mark;
            return seen == 0 || parse_lines(reader, (en_text){ byte_order_mark, seen });
        }
        reader->mark_seen++;
        *bytes = en_text_slice(*bytes, 1, bytes->length);
    }
    return true;
}

bool en_csv_reader_push(en_csv_reader *reader, en_text bytes, en_error *error)
{
    reader->error = error;
    return !reader->failed && skip_mark(reader, &bytes) && parse_lines(reader, bytes);
}

bool en_csv_reader_finish(en_csv_reader *reader, en_error *error)
{
    reader->error = error;
    if (reader->failed) {
        return false;
    }
    if (reader->mark_seen < sizeof byte_order_mark && reader->mark_seen != 0 &&
        !parse_lines(reader, (en_text){ byte_order_mark, reader->mark_seen })) {
        return false;
    }
    if (csv_fini(&reader->parser, take_field, take_row, reader) != 0) {
        return csv_error(&reader->parser) == CSV_EPARSE
                   ? fail(reader, reader->row_line,
                          "a quote that is opened in this row is never closed")
                   : fail_memory(reader);
    }
    return !reader->failed;
}

/* --- row by row --- */

void en_csv_reader_pull(en_csv_reader *reader)
{
    reader->pulls = true;
    reader->mark_seen = sizeof byte_order_mark;
}

bool en_csv_reader_push_row(en_csv_reader *reader, en_text bytes, size_t *used, en_error *error)
{
    size_t at = 0;
    reader->error = error;
    reader->row_ended = false;
    while (at < bytes.length && !reader->failed && !reader->row_ended) {
        size_t end = line_end(bytes, at);
        en_text piece = en_text_slice(bytes, at, end);
        reader->row_bytes += piece.length;
        if (reader->row_bytes > EN_CSV_ROW_BYTES) {
            *used = at;
            return fail(reader, 0, too_long);
        }
        size_t read =
            csv_parse(&reader->parser, piece.data, piece.length, take_field, take_row, reader);
        at += read;
        if (read != piece.length) {
            *used = at;
            return fail_parser(reader);
        }
    }
    *used = at;
    return !reader->failed;
}

void en_csv_reader_restart(en_csv_reader *reader)
{
    char delimiter = (char)csv_get_delim(&reader->parser);
    csv_free(&reader->parser);
    start_parser(reader, delimiter);
    reader->failed = false;
    forget_row(reader);
}

bool en_csv_delimiter(en_text spelling, char *delimiter, en_error *error)
{
    if (spelling.length == 0) {
        *delimiter = ',';
        return true;
    }
    if (en_text_equal(spelling, EN_TEXT("\\t")) || en_text_equal_nocase(spelling, EN_TEXT("tab"))) {
        *delimiter = '\t';
        return true;
    }
    char byte = spelling.data[0];
    if (spelling.length != 1 || (unsigned char)byte >= 0x80 || memchr("\"\r\n", byte, 4) != NULL) {
        char shown[EN_SHOW_ROOM];
        return en_error_set(error, EN_DataError,
                            "a CSV delimiter is one character such as , or ; or \\t, not \"%s\"",
                            en_show(spelling, shown));
    }
    *delimiter = byte;
    return true;
}

/* --- names of columns --- */

static bool is_taken(en_text name, const en_text *header, const en_text *names, size_t count,
                     size_t named)
{
    for (size_t i = 0; i < count; i++) {
        if (en_text_equal(header[i], name) || (i < named && en_text_equal(names[i], name))) {
            return true;
        }
    }
    return false;
}

static size_t count_earlier(const en_text *trimmed, size_t index)
{
    size_t earlier = 0;
    for (size_t i = 0; i < index; i++) {
        earlier += en_text_equal(trimmed[i], trimmed[index]);
    }
    return earlier;
}

void en_csv_names(en_arena *arena, const en_text *header, size_t count, en_text *names)
{
    en_text *trimmed = EN_TRY_ARRAY(arena, en_text, count);
    for (size_t i = 0; i < count && trimmed != NULL; i++) {
        trimmed[i] = en_unicode_trim(header[i]);
    }
    for (size_t i = 0; i < count; i++) {
        if (trimmed == NULL) {
            names[i] = EN_TEXT("");
            continue;
        }
        en_text name = trimmed[i];
        size_t earlier = name.length != 0 ? count_earlier(trimmed, i) : 0;
        if (name.length != 0 && earlier == 0) {
            names[i] = name;
            continue;
        }
        name = name.length == 0 ? en_text_format(arena, "column%zu", i + 1)
                                : en_text_format(arena, "%.*s_%zu", EN_TEXT_ARG(name), earlier + 1);
        /* Each round makes the name longer, so other columns can be in its way only so often. */
        while (is_taken(name, trimmed, names, count, i)) {
            name = en_text_format(arena, "%.*s_2", EN_TEXT_ARG(name));
        }
        names[i] = name;
    }
}

/* --- a whole text --- */

typedef struct sink {
    en_arena *arena;
    bool headers;
    en_text *names;         /* NULL: the header row has not come */
    size_t columns;         /* names there are */
    size_t named;           /* of them, those of the header: every row has these */
    const uint32_t *sorted; /* the index of a row that has just these, shared by all such rows */
    en_array_builder rows;
} sink;

static bool fail_sink(unsigned line, en_error *error)
{
    return en_error_set(error, EN_DataSizeLimitExceededError,
                        "line %u: not enough memory for this row", line);
}

/* Names for `count` columns, of which `fields` name the first ones. */
static bool set_names(sink *s, const en_text *fields, size_t named, size_t count)
{
    en_text *names = EN_TRY_ARRAY(s->arena, en_text, count);
    if (names == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        names[i] = i < named ? en_text_copy(s->arena, fields[i]) : (en_text){ "", 0 };
    }
    en_csv_names(s->arena, names, count, names);
    s->names = names;
    s->columns = count;
    return true;
}

static bool take_header(sink *s, const en_text *fields, size_t count)
{
    if (!set_names(s, fields, count, count)) {
        return false;
    }
    s->named = count;
    en_collection_builder row;
    en_collection_builder_init(&row, s->arena);
    for (size_t i = 0; i < count; i++) {
        en_collection_builder_add(&row, s->names[i], en_null());
    }
    s->sorted = en_collection_builder_take(&row).as.collection->sorted;
    return true;
}

static en_value field_value(sink *s, const en_text *fields, size_t count, size_t index)
{
    return index < count ? en_text_value(en_text_copy(s->arena, fields[index])) : en_null();
}

/* A row that has the header's columns: it shares the index that the builder would make anew. */
static en_value *make_members(sink *s, const en_text *fields, size_t count, en_value *row)
{
    en_member *members = EN_TRY_ARRAY(s->arena, en_member, s->named);
    if (members == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < s->named; i++) {
        members[i] = (en_member){ s->names[i], field_value(s, fields, count, i) };
    }
    en_collection *collection = en_arena_alloc(s->arena, sizeof *collection);
    *collection = (en_collection){ (uint32_t)s->named, s->sorted, members };
    *row = (en_value){ .tag = EN_COLLECTION, .as.collection = collection };
    return row;
}

/* A row that is longer than the header. */
static en_value *make_long_row(sink *s, const en_text *fields, size_t count, en_value *row)
{
    if (count > s->columns) { /* doubled, so that rows that grow one by one stay cheap */
        size_t columns = s->columns * 2 > count ? s->columns * 2 : count;
        if (!set_names(s, s->names, s->columns, columns)) {
            return NULL;
        }
    }
    en_collection_builder members;
    en_collection_builder_init(&members, s->arena);
    for (size_t i = 0; i < count; i++) {
        en_collection_builder_add(&members, s->names[i], field_value(s, fields, count, i));
    }
    if (members.failed) {
        return NULL;
    }
    *row = en_collection_builder_take(&members);
    return row;
}

static en_value *make_array(sink *s, const en_text *fields, size_t count, en_value *row)
{
    en_value *items = EN_TRY_ARRAY(s->arena, en_value, count);
    if (items == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        items[i] = field_value(s, fields, count, i);
    }
    *row = en_array(items, count);
    return row;
}

static bool add_row(void *context, const en_text *fields, size_t count, unsigned line,
                    en_error *error)
{
    sink *s = context;
    if (s->headers && s->names == NULL) {
        return take_header(s, fields, count) || fail_sink(line, error);
    }
    en_value row;
    en_value *made = !s->headers         ? make_array(s, fields, count, &row)
                     : count <= s->named ? make_members(s, fields, count, &row)
                                         : make_long_row(s, fields, count, &row);
    if (made != NULL) {
        en_array_builder_add(&s->rows, *made);
    }
    return (made != NULL && !s->rows.failed) || fail_sink(line, error);
}

bool en_csv_read(en_arena *arena, en_text input, char delimiter, bool headers, en_value *rows,
                 en_error *error)
{
    sink s = { .arena = arena, .headers = headers };
    en_array_builder_init(&s.rows, arena);
    en_csv_reader *reader = en_csv_reader_open(arena, delimiter, add_row, &s);
    if (!en_csv_reader_push(reader, input, error) || !en_csv_reader_finish(reader, error)) {
        return false;
    }
    *rows = en_array_builder_take(&s.rows);
    return true;
}
