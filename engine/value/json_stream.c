#include "value/json_reader.h"

#include <string.h>

enum { FIRST_ROOM = 1 << 15, BOM_LENGTH = 3, LARGEST_MODEL = 1 << 14, MODEL_REST = 16 };
enum { LONGEST_LINE = 1 << 20 }; /* of a broken line no more is kept */

typedef enum state {
    AT_START,
    AT_FIRST, /* behind the '[' of an array */
    AT_NEXT,
    AT_END
} state;

struct en_json_stream {
    en_json_refill *refill;
    void *context;
    en_json_records records;
    unsigned flags;
    state state;
    en_budget *budget;
    en_arena room; /* holds `bytes` */
    char *bytes;
    size_t capacity;
    size_t at; /* bytes[at] to bytes[length - 1] are not consumed yet */
    size_t length;
    bool final;      /* the source has no more */
    uint64_t offset; /* of bytes[0] in the source */
    size_t counted;  /* lines are counted up to bytes[counted] */
    unsigned line;
    uint64_t line_start; /* offset of the line's first byte */
    unsigned record_line;
    unsigned record_column;
    size_t record_at; /* its bytes, until more are read */
    size_t record_length;
    en_arena models; /* holds `model`, a record that others are probably like */
    en_value model;
    unsigned since_model; /* records */
    en_json_reader reader;
};

static void close_stream(void *handle)
{
    en_json_stream *stream = handle;
    en_json_reader_done(&stream->reader);
    en_arena_done(&stream->room);
    en_arena_done(&stream->models);
}

en_json_stream *en_json_stream_open(en_arena *arena, en_json_refill *refill, void *context,
                                    en_json_records records, unsigned flags)
{
    en_json_stream *stream = EN_NEW(arena, en_json_stream);
    stream->refill = refill;
    stream->context = context;
    stream->records = records;
    stream->flags = flags & ~(unsigned)EN_JSON_SHARE; /* the bytes do not stay */
    stream->line = 1;
    stream->record_line = 1;
    stream->record_column = 1;
    stream->budget = arena->budget;
    stream->since_model = MODEL_REST;
    en_arena_init(&stream->room, arena->budget);
    en_arena_init(&stream->models, arena->budget);
    en_json_reader_init(&stream->reader, arena->budget);
    en_arena_defer(arena, close_stream, stream);
    return stream;
}

unsigned en_json_stream_line(const en_json_stream *stream)
{
    return stream->record_line;
}

unsigned en_json_stream_column(const en_json_stream *stream)
{
    return stream->record_column;
}

en_text en_json_stream_text(const en_json_stream *stream)
{
    return stream->record_length != 0
               ? (en_text){ stream->bytes + stream->record_at, stream->record_length }
               : EN_TEXT("");
}

bool en_json_stream_ended(const en_json_stream *stream)
{
    return stream->state == AT_END;
}

uint64_t en_json_stream_offset(const en_json_stream *stream)
{
    return stream->offset + stream->at;
}

/* --- bytes --- */

static void count_lines(en_json_stream *stream, size_t to)
{
    while (stream->counted < to) {
        const char *from = stream->bytes + stream->counted;
        const char *hit = memchr(from, '\n', to - stream->counted);
        if (hit == NULL) {
            stream->counted = to;
            return;
        }
        stream->counted = (size_t)(hit - stream->bytes) + 1;
        stream->line++;
        stream->line_start = stream->offset + stream->counted;
    }
}

/* Moves what is not consumed to the front. */
static void drop_consumed(en_json_stream *stream)
{
    count_lines(stream, stream->at);
    stream->length -= stream->at;
    memmove(stream->bytes, stream->bytes + stream->at, stream->length);
    stream->offset += stream->at;
    stream->counted -= stream->at;
    stream->at = 0;
}

static bool grow_room(en_json_stream *stream, en_error *error)
{
    size_t capacity = stream->capacity != 0 ? stream->capacity * 2 : FIRST_ROOM;
    if (capacity > UINT32_MAX) {
        return en_error_set(error, EN_MaxFileSizeExceededError, "a record of 2 GB or more");
    }
    en_arena room;
    en_arena_init(&room, stream->budget);
    char *bytes = en_arena_try(&room, capacity, 1);
    if (bytes == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError,
                            "the memory limit does not allow a record of %zu bytes",
                            stream->length);
    }
    if (stream->length != 0) {
        memcpy(bytes, stream->bytes, stream->length);
    }
    en_arena_done(&stream->room);
    stream->room = room;
    stream->bytes = bytes;
    stream->capacity = capacity;
    return true;
}

/* Reads further bytes, or finds that there are none. */
static bool read_more(en_json_stream *stream, en_error *error)
{
    if (stream->at > stream->capacity / 2 || (stream->at != 0 && stream->at == stream->length)) {
        drop_consumed(stream);
    }
    if (stream->length == stream->capacity && !grow_room(stream, error)) {
        return false;
    }
    size_t got = 0;
    if (!stream->refill(stream->context, stream->bytes + stream->length,
                        stream->capacity - stream->length, &got, error)) {
        return false;
    }
    stream->length += got;
    stream->final = got == 0;
    return true;
}

/* The next byte that is no white space, or -1 at the end. */
static bool peek(en_json_stream *stream, int *byte, en_error *error)
{
    for (;;) {
        while (stream->at < stream->length) {
            char next = stream->bytes[stream->at];
            if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
                *byte = (unsigned char)next;
                return true;
            }
            stream->at++;
        }
        if (stream->final) {
            *byte = -1;
            return true;
        }
        if (!read_more(stream, error)) {
            return false;
        }
    }
}

/* --- errors --- */

static bool report(en_json_stream *stream, en_error *error)
{
    size_t at = (size_t)(stream->reader.fault.at - stream->bytes);
    unsigned line;
    unsigned column;
    count_lines(stream, stream->at);
    en_json_find_place((en_text){ stream->bytes + stream->counted, at - stream->counted },
                       at - stream->counted, &line, &column);
    if (line == 1) {
        column = (unsigned)(stream->offset + at - stream->line_start) + 1;
    }
    return en_json_report(&stream->reader, stream->line + line - 1, column, error);
}

/* The byte at the stream's place is not what must follow: nothing after it can be trusted. */
static bool unexpected(en_json_stream *stream, const char *expected, en_error *error)
{
    while (!stream->final && stream->length - stream->at < EN_JSON_LOOK_AHEAD) {
        if (!read_more(stream, error)) {
            return false;
        }
    }
    stream->state = AT_END;
    const char *at = stream->bytes + stream->at;
    stream->reader.end = stream->bytes + stream->length;
    en_json_expected(&stream->reader, at, expected);
    return report(stream, error);
}

/* --- records --- */

static bool skip_bom(en_json_stream *stream, en_error *error)
{
    while (!stream->final && stream->length < BOM_LENGTH) {
        if (!read_more(stream, error)) {
            return false;
        }
    }
    if (stream->length >= BOM_LENGTH && memcmp(stream->bytes, "\xEF\xBB\xBF", BOM_LENGTH) == 0) {
        stream->at = BOM_LENGTH;
    }
    return true;
}

static bool start(en_json_stream *stream, en_error *error)
{
    int byte;
    if (!skip_bom(stream, error) || !peek(stream, &byte, error)) {
        return false;
    }
    stream->state = AT_NEXT;
    if (stream->records == EN_JSON_DETECT) {
        stream->records = byte == '[' ? EN_JSON_ARRAY : EN_JSON_LINES;
    }
    if (stream->records == EN_JSON_ARRAY) {
        if (byte != '[') {
            return unexpected(stream, "'['", error);
        }
        stream->at++;
        stream->state = AT_FIRST;
    }
    return true;
}

/* Comes to the next element of an array, or behind its end. */
static bool find_element(en_json_stream *stream, en_error *error)
{
    int byte;
    if (!peek(stream, &byte, error)) {
        return false;
    }
    if (byte == ']') {
        stream->at++;
        if (!peek(stream, &byte, error)) {
            return false;
        }
        stream->state = AT_END;
        return byte == -1 || unexpected(stream, "the end of the text", error);
    }
    if (stream->state == AT_NEXT) {
        if (byte != ',') {
            return unexpected(stream, "',' or ']'", error);
        }
        stream->at++;
        if (!peek(stream, &byte, error)) {
            return false;
        }
    }
    stream->state = AT_NEXT;
    return true;
}

static bool find_line(en_json_stream *stream, en_error *error)
{
    int byte;
    if (!peek(stream, &byte, error)) {
        return false;
    }
    stream->state = byte == -1 ? AT_END : AT_NEXT;
    return true;
}

/* What was read may turn out differently when there are more bytes. */
static bool is_certain(const en_json_stream *stream, bool read, en_value value)
{
    const en_json_reader *reader = &stream->reader;
    if (stream->final) {
        return true;
    }
    return read ? value.tag != EN_NUMBER || reader->at < reader->end
                : (size_t)(reader->end - reader->fault.seen) > EN_JSON_LOOK_AHEAD;
}

/* Reads the record at the stream's place; with ever more bytes until it is all there. */
static bool read_record(en_json_stream *stream, en_arena *arena, en_value *value, bool *read,
                        en_error *error)
{
    en_json_reader *reader = &stream->reader;
    en_arena_mark mark = en_arena_get_mark(arena);
    for (;;) {
        en_text rest = { stream->bytes + stream->at, stream->length - stream->at };
        en_json_reader_set(reader, arena, rest, stream->flags, EN_JSON_DEPTH);
        reader->foreign_model = true;
        *read = en_json_read_value(reader, &stream->model, value);
        if (is_certain(stream, *read, *value)) {
            return true;
        }
        en_arena_rewind(arena, mark);
        if (!read_more(stream, error)) {
            return false;
        }
    }
}

/* Records unlike the model ask for another one, but not too often. */
static void choose_model(en_json_stream *stream)
{
    en_json_reader *reader = &stream->reader;
    const char *start = stream->bytes + stream->at;
    size_t length = (size_t)(reader->at - start);
    stream->since_model++;
    if (reader->misses == 0 || stream->since_model < MODEL_REST || length > LARGEST_MODEL) {
        return;
    }
    en_arena_reset(&stream->models);
    en_json_reader_set(reader, &stream->models, (en_text){ start, length }, stream->flags,
                       EN_JSON_DEPTH);
    if (!en_json_read_value(reader, NULL, &stream->model)) {
        stream->model = en_nothing();
    }
    stream->since_model = 0;
}

/* Keeps the broken line, whose end is behind bytes[end - 1], and comes behind it. */
static void keep_line(en_json_stream *stream, size_t end, bool is_whole)
{
    size_t length = end - stream->at;
    while (length > 0 && (stream->bytes[stream->at + length - 1] == '\n' ||
                          stream->bytes[stream->at + length - 1] == '\r')) {
        length--;
    }
    stream->record_at = stream->at;
    stream->record_length = is_whole ? length : 0;
    stream->at = end;
}

/* Comes behind the line on which the record began. */
static bool skip_line(en_json_stream *stream, en_error *error)
{
    bool is_whole = true;
    size_t seen = stream->at;
    for (;;) {
        const char *hit = memchr(stream->bytes + seen, '\n', stream->length - seen);
        if (hit != NULL || stream->final) {
            keep_line(stream, hit != NULL ? (size_t)(hit - stream->bytes) + 1 : stream->length,
                      is_whole);
            return true;
        }
        seen = stream->length;
        if (seen - stream->at > LONGEST_LINE) {
            stream->at = seen;
            is_whole = false;
        }
        size_t at = stream->at;
        if (!read_more(stream, error)) {
            return false;
        }
        seen -= at - stream->at;
    }
}

/* The next record, if there is one: the stream then stands at it. */
static bool find_record(en_json_stream *stream, en_error *error)
{
    stream->record_length = 0;
    if (stream->state == AT_START && !start(stream, error)) {
        return false;
    }
    bool in_array = stream->records == EN_JSON_ARRAY;
    if (stream->state != AT_END &&
        !(in_array ? find_element(stream, error) : find_line(stream, error))) {
        return false;
    }
    count_lines(stream, stream->at);
    stream->record_line = stream->line;
    stream->record_column = (unsigned)(stream->offset + stream->at - stream->line_start) + 1;
    return true;
}

bool en_json_stream_next(en_json_stream *stream, en_arena *arena, en_value *value, bool *found,
                         en_error *error)
{
    bool read = false;
    *found = false;
    if (!find_record(stream, error)) {
        stream->state = AT_END;
        return false;
    }
    if (stream->state == AT_END) {
        return true;
    }
    if (!read_record(stream, arena, value, &read, error)) {
        stream->state = AT_END;
        return false;
    }
    if (read) {
        size_t end = (size_t)(stream->reader.at - stream->bytes);
        choose_model(stream);
        stream->record_at = stream->at;
        stream->record_length = end - stream->at;
        stream->at = end;
        *found = true;
        return true;
    }
    report(stream, error);
    if (stream->records == EN_JSON_ARRAY || !skip_line(stream, error)) {
        stream->state = AT_END;
    }
    return false;
}

bool en_json_stream_skip(en_json_stream *stream, uint64_t offset, en_error *error)
{
    if (offset == 0) {
        return true;
    }
    if (!start(stream, error)) {
        return false;
    }
    while (en_json_stream_offset(stream) < offset) {
        uint64_t left = offset - en_json_stream_offset(stream);
        size_t ready = stream->length - stream->at;
        if (ready == 0 && stream->final) {
            stream->state = AT_END;
            return en_error_set(error, EN_DataError,
                                "the text ends before the place where it should go on");
        }
        stream->at += left < ready ? (size_t)left : ready;
        if (left > ready && !read_more(stream, error)) {
            return false;
        }
    }
    stream->state = AT_NEXT;
    return true;
}
