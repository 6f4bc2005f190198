#include "base/base64.h"
#include "value/datetime.h"
#include "value/json.h"
#include "value/json_scan.h"
#include "value/number.h"

static void write_value(en_builder *out, en_value value, unsigned flags, unsigned depth);

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

/* Where the first byte stands that must be escaped, or the end. */
static const char *find_escaped(const char *at, const char *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t mask = en_json_find_escaped(en_json_load(at));
        if (mask != 0) {
            return at + en_json_first(mask);
        }
    }
    while (at < end && (unsigned char)*at >= ' ' && *at != '"' && *at != '\\') {
        at++;
    }
    return at;
}

void en_json_write_text(en_builder *out, en_text text)
{
    const char *at = text.length != 0 ? text.data : "";
    const char *end = at + text.length;
    const char *escaped = find_escaped(at, end);
    char *to = reserve(out, text.length + 2);
    if (to == NULL) {
        return;
    }
    *to = '"';
    if (escaped == end) { /* by far the most texts */
        memcpy(to + 1, at, text.length);
        to[text.length + 1] = '"';
        out->length += text.length + 2;
        return;
    }
    out->length++;
    for (;;) {
        put(out, (en_text){ at, (size_t)(escaped - at) });
        if (escaped == end) {
            break;
        }
        char room[8];
        put(out, (en_text){ room, escape((unsigned char)*escaped, room) });
        at = escaped + 1;
        escaped = find_escaped(at, end);
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
    char room[EN_ISO_ROOM];
    size_t length = en_date_print_iso(date_ms, room);
    en_json_write_text(out, (en_text){ room, length });
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

static void write_array(en_builder *out, en_value array, unsigned flags, unsigned depth)
{
    put_char(out, '[');
    for (uint32_t i = 0; i < array.length; i++) {
        if (i != 0) {
            put_char(out, ',');
        }
        write_line(out, flags, depth + 1);
        write_value(out, array.as.items[i], flags, depth + 1);
    }
    if (array.length != 0) {
        write_line(out, flags, depth);
    }
    put_char(out, ']');
}

static void write_collection(en_builder *out, en_value value, unsigned flags, unsigned depth)
{
    const en_member *members = en_collection_members(value);
    uint32_t count = en_collection_count(value);
    put_char(out, '{');
    for (uint32_t i = 0; i < count; i++) {
        if (i != 0) {
            put_char(out, ',');
        }
        write_line(out, flags, depth + 1);
        en_json_write_text(out, members[i].name);
        put(out, (flags & EN_JSON_PRETTY) != 0 ? EN_TEXT(": ") : EN_TEXT(":"));
        write_value(out, members[i].value, flags, depth + 1);
    }
    if (count != 0) {
        write_line(out, flags, depth);
    }
    put_char(out, '}');
}

/* A date or buffer as a collection that says its type. */
static void write_typed(en_builder *out, en_value value, unsigned flags, unsigned depth)
{
    put_char(out, '{');
    write_line(out, flags, depth + 1);
    put(out, value.tag == EN_DATE ? EN_TEXT("\"$date\":") : EN_TEXT("\"$buffer\":"));
    if ((flags & EN_JSON_PRETTY) != 0) {
        put_char(out, ' ');
    }
    write_value(out, value, flags & ~(unsigned)EN_JSON_TYPED, depth + 1);
    write_line(out, flags, depth);
    put_char(out, '}');
}

static void write_value(en_builder *out, en_value value, unsigned flags, unsigned depth)
{
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
            write_typed(out, value, flags, depth);
        } else if (value.tag == EN_DATE) {
            write_date(out, value.as.date_ms);
        } else {
            write_buffer(out, en_value_text(value));
        }
        break;
    case EN_ARRAY:
        write_array(out, value, flags, depth);
        break;
    case EN_COLLECTION:
        write_collection(out, value, flags, depth);
        break;
    default:
        put(out, EN_TEXT("null"));
    }
}

void en_json_write(en_builder *out, en_value value, unsigned flags)
{
    write_value(out, value, flags, 0);
}

en_text en_json_text(en_arena *arena, en_value value, unsigned flags)
{
    en_builder out;
    en_builder_init(&out, arena);
    en_json_write(&out, value, flags);
    return en_builder_take(&out);
}
