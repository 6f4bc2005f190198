#include "base/base64.h"
#include "value/datetime.h"
#include "value/json.h"
#include "value/json_scan.h"
#include "value/number.h"

/* What goes out between two elements when so much has come together. */
enum { PIECE_BYTES = 64 * 1024 };

typedef struct writer {
    en_builder out;
    en_json_drain *drain; /* NULL: all stays in the builder */
    void *context;
} writer;

static void write_value(writer *to, en_value value, unsigned flags, unsigned depth);

/* Room for `size` bytes: nearly always there. */
static inline char *reserve(en_builder *out, size_t size)
{
    return out->capacity - out->length >= size && !out->failed ? out->data + out->length
                                                               : en_builder_reserve(out, size);
}

static inline void put(en_builder *out, en_text text)
{
    char *to = reserve(out, text.length);
    if (to != NULL) {
        memcpy(to, text.data, text.length);
        out->length += text.length;
    }
}

static inline void put_char(en_builder *out, char byte)
{
    char *to = reserve(out, 1);
    if (to != NULL) {
        *to = byte;
        out->length++;
    }
}

/* Eight bytes, the longest escape being \u001f. */
static size_t escape(unsigned char byte, char room[8])
{
    static const char letters[0x20] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
    };
    static const char hex[] = "0123456789abcdef";
    char letter = byte < sizeof letters ? letters[byte] : (char)byte;
    if (letter != '\0') {
        memcpy(room, (char[2]){ '\\', letter }, 2);
        return 2;
    }
    memcpy(room, (char[6]){ '\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15] }, 6);
    return 6;
}

/* Copies up to the first byte that must be escaped, and says where that is, or the end. Bytes that
 * are copied twice were found plain the first time, so the first one of a word's mask is new. */
static inline const char *copy_plain(char *to, const char *at, const char *end)
{
    const char *start = at;
    size_t length = (size_t)(end - at);
    if (length >= 8) {
        const char *last = end - 8;
        for (;;) {
            uint64_t mask = en_json_find_escaped(en_json_load(at));
            memcpy(to, at, 8);
            if (mask != 0) {
                return at + en_json_first(mask);
            }
            if (at == last) {
                return end;
            }
            size_t step = last - at < 8 ? (size_t)(last - at) : 8;
            at += step;
            to += step;
        }
    }
    if (length >= 4) {
        uint32_t first;
        uint32_t last;
        memcpy(&first, at, 4);
        memcpy(&last, end - 4, 4);
        if (en_json_find_escaped(((uint64_t)first << 32) | last) == 0) {
            memcpy(to, &first, 4);
            memcpy(to + length - 4, &last, 4);
            return end;
        }
    }
    while (at < end && (unsigned char)*at >= ' ' && *at != '"' && *at != '\\') {
        to[at - start] = *at;
        at++;
    }
    return at;
}

void en_json_write_text(en_builder *out, en_text text)
{
    const char *at = text.length != 0 ? text.data : "";
    const char *end = at + text.length;
    char *to = reserve(out, text.length + 2);
    if (to == NULL) {
        return;
    }
    *to = '"';
    const char *escaped = copy_plain(to + 1, at, end);
    out->length += 1 + (size_t)(escaped - at);
    while (escaped != end) {
        char room[8];
        put(out, (en_text){ room, escape((unsigned char)*escaped, room) });
        at = escaped + 1;
        to = reserve(out, (size_t)(end - at) + 1);
        if (to == NULL) {
            return;
        }
        escaped = copy_plain(to, at, end);
        out->length += (size_t)(escaped - at);
    }
    put_char(out, '"');
}

static void write_number(en_builder *out, en_value number)
{
    char *to = reserve(out, EN_NUMBER_ROOM);
    if (to == NULL) {
        return;
    }
    size_t length = en_number_print(number, to);
    if (to[length - 1] > '9') { /* NaN, Infinity: as JSON.stringify does */
        memcpy(to, "null", 4);
        length = 4;
    }
    out->length += length;
}

static void write_date(en_builder *out, int64_t date_ms)
{
    char *to = reserve(out, EN_ISO_ROOM + 2);
    if (to != NULL) {
        size_t length = en_date_print_iso(date_ms, to + 1);
        to[0] = to[length + 1] = '"';
        out->length += length + 2;
    }
}

static void write_buffer(en_builder *out, en_text bytes)
{
    put_char(out, '"');
    en_base64_encode(out, bytes);
    put_char(out, '"');
}

static void write_line(en_builder *out, unsigned flags, unsigned depth)
{
    if ((flags & EN_JSON_PRETTY) == 0) {
        return;
    }
    char *to = reserve(out, 1 + 2 * (size_t)depth);
    if (to != NULL) {
        memset(to, ' ', 1 + 2 * (size_t)depth);
        *to = '\n';
        out->length += 1 + 2 * (size_t)depth;
    }
}

static void pass_on(writer *to, size_t least)
{
    if (to->drain != NULL && to->out.length >= least) {
        to->drain(to->context, (en_text){ to->out.data, to->out.length });
        to->out.length = 0;
    }
}

static void write_array(writer *to, en_value array, unsigned flags, unsigned depth)
{
    en_builder *out = &to->out;
    put_char(out, '[');
    for (uint32_t i = 0; i < array.length; i++) {
        if (i != 0) {
            put_char(out, ',');
        }
        write_line(out, flags, depth + 1);
        write_value(to, array.as.items[i], flags, depth + 1);
        pass_on(to, PIECE_BYTES);
    }
    if (array.length != 0) {
        write_line(out, flags, depth);
    }
    put_char(out, ']');
}

/* A member up to its value. */
static inline void write_name(en_builder *out, en_text name, bool is_first, unsigned flags,
                              unsigned depth)
{
    char *to = reserve(out, name.length + 4);
    if (to == NULL) {
        return;
    }
    if (!is_first) {
        *to++ = ',';
        out->length++;
    }
    if ((flags & EN_JSON_PRETTY) == 0) {
        const char *end = name.data + name.length;
        *to = '"';
        if (copy_plain(to + 1, name.data, end) == end) { /* by far the most names */
            to[name.length + 1] = '"';
            to[name.length + 2] = ':';
            out->length += name.length + 3;
            return;
        }
    }
    write_line(out, flags, depth);
    en_json_write_text(out, name);
    put(out, (flags & EN_JSON_PRETTY) != 0 ? EN_TEXT(": ") : EN_TEXT(":"));
}

static void write_collection(writer *to, en_value value, unsigned flags, unsigned depth)
{
    en_builder *out = &to->out;
    const en_member *members = en_collection_members(value);
    uint32_t count = en_collection_count(value);
    put_char(out, '{');
    for (uint32_t i = 0; i < count; i++) {
        write_name(out, members[i].name, i == 0, flags, depth + 1);
        write_value(to, members[i].value, flags, depth + 1);
        pass_on(to, PIECE_BYTES);
    }
    if (count != 0) {
        write_line(out, flags, depth);
    }
    put_char(out, '}');
}

/* A date or buffer as a collection that says its type. */
static void write_typed(writer *to, en_value value, unsigned flags, unsigned depth)
{
    en_builder *out = &to->out;
    put_char(out, '{');
    write_line(out, flags, depth + 1);
    put(out, value.tag == EN_DATE ? EN_TEXT("\"$date\":") : EN_TEXT("\"$buffer\":"));
    if ((flags & EN_JSON_PRETTY) != 0) {
        put_char(out, ' ');
    }
    write_value(to, value, flags & ~(unsigned)EN_JSON_TYPED, depth + 1);
    write_line(out, flags, depth);
    put_char(out, '}');
}

static void write_value(writer *to, en_value value, unsigned flags, unsigned depth)
{
    en_builder *out = &to->out;
    if (depth > EN_JSON_DEEPEST) {
        out->failed = true;
        return;
    }
    switch (value.tag) {
    case EN_BOOLEAN:
        put(out, value.as.boolean ? EN_TEXT("true") : EN_TEXT("false"));
        break;
    case EN_NUMBER:
        write_number(out, value);
        break;
    case EN_TEXT_VALUE:
        en_json_write_text(out, en_value_text(value));
        break;
    case EN_DATE:
    case EN_BUFFER:
        if ((flags & EN_JSON_TYPED) != 0) {
            write_typed(to, value, flags, depth);
        } else if (value.tag == EN_DATE) {
            write_date(out, value.as.date_ms);
        } else {
            write_buffer(out, en_value_text(value));
        }
        break;
    case EN_ARRAY:
        write_array(to, value, flags, depth);
        break;
    case EN_COLLECTION:
        write_collection(to, value, flags, depth);
        break;
    default:
        put(out, EN_TEXT("null"));
    }
}

void en_json_write(en_builder *out, en_value value, unsigned flags)
{
    writer to = { .out = *out };
    write_value(&to, value, flags, 0);
    *out = to.out;
}

en_text en_json_text(en_arena *arena, en_value value, unsigned flags)
{
    en_builder out;
    en_builder_init(&out, arena);
    en_json_write(&out, value, flags);
    return en_builder_take(&out);
}

bool en_json_print(en_arena *arena, en_value value, unsigned flags, en_json_drain *drain,
                   void *context)
{
    writer to = { .drain = drain, .context = context };
    en_arena_mark mark = en_arena_get_mark(arena);
    en_builder_init(&to.out, arena);
    write_value(&to, value, flags, 0);
    if (!to.out.failed) {
        pass_on(&to, 1);
    }
    en_arena_rewind(arena, mark);
    return !to.out.failed;
}
