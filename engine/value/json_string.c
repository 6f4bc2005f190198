#include "base/utf8.h"
#include "value/json_reader.h"
#include "value/json_scan.h"

enum { LARGEST_PIECE = 4096 };

static char *pool_take(en_json_reader *reader, size_t size)
{
    if (size > reader->pool_left) {
        /* Pieces grow with what is read, up to what can still come, so that little is left over. */
        size_t left = (size_t)(reader->end - reader->at) + size;
        size_t piece_size = left < reader->pool_piece ? left : reader->pool_piece;
        bool alone = size > piece_size / 2;
        char *piece = en_arena_try(reader->arena, alone ? size : piece_size, 1);
        if (piece == NULL) {
            en_json_no_memory(reader);
            return NULL;
        }
        if (alone) {
            return piece;
        }
        reader->pool = piece;
        reader->pool_left = piece_size;
        reader->pool_piece *= reader->pool_piece < LARGEST_PIECE ? 2 : 1;
    }
    char *taken = reader->pool;
    reader->pool += size;
    reader->pool_left -= size;
    return taken;
}

/* Gives the end of what was taken last back. */
static void pool_return(en_json_reader *reader, const char *taken, size_t size, size_t used)
{
    if (taken + size == reader->pool) {
        reader->pool -= size - used;
        reader->pool_left += size - used;
    } else {
        (void)!en_arena_extend(reader->arena, taken, size, used);
    }
}

/* The byte that an escape letter stands for; 'u' for itself, 0 for no escape. */
static char unescape(char letter)
{
    switch (letter) {
    case '"':
    case '\\':
    case '/':
    case 'u':
        return letter;
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return '\0';
    }
}

/* Finds the closing quote and checks everything up to it but the digits of \u. */
static const char *find_end(en_json_reader *reader, const char *at, bool *escaped)
{
    const char *end = reader->end;
    for (;;) {
        uint64_t special = 0;
        while (end - at >= 8 && (special = en_json_find_special(en_json_load(at))) == 0) {
            at += 8;
        }
        if (special != 0) {
            at += en_json_first(special);
        } else {
            while (at < end && (unsigned char)*at >= ' ' && (unsigned char)*at < 0x80 &&
                   *at != '"' && *at != '\\') {
                at++;
            }
        }
        if (at == end) {
            en_json_expected(reader, at, "'\"' at the end of a text");
            return NULL;
        }
        if (*at == '"') {
            return at;
        }
        if (*at == '\\') {
            *escaped = true;
            if (end - at < 2 || unescape(at[1]) == '\0') {
                en_json_expected(reader, at, "an escape such as \\n");
                return NULL;
            }
            at += 2;
        } else if ((unsigned char)*at < ' ') {
            en_json_expected(reader, at, "'\"' or an escape such as \\n");
            return NULL;
        }
        while (at < end && (unsigned char)*at >= 0x80) {
            en_text rest = { at, (size_t)(end - at) };
            size_t length = 0;
            if (en_utf8_next(rest, &length) == EN_RUNE_BROKEN) {
                en_json_expected(reader, at, "UTF-8");
                return NULL;
            }
            at += length;
        }
    }
}

/* The four hexadecimal digits at `at`, or UINT32_MAX. */
static uint32_t read_hex(const char *at, const char *end)
{
    uint32_t rune = 0;
    for (int i = 0; i < 4; i++, at++) {
        char byte = at < end ? *at : '\0';
        if (byte >= '0' && byte <= '9') {
            rune = rune << 4 | (uint32_t)(byte - '0');
        } else if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f') {
            rune = rune << 4 | (uint32_t)((byte | 0x20) - 'a' + 10);
        } else {
            return UINT32_MAX;
        }
    }
    return rune;
}

/* The character of the escape \u…, of both halves of a pair; a lone half is U+FFFD. */
static bool read_unicode_escape(en_json_reader *reader, const char **at, const char *end,
                                uint32_t *rune)
{
    *rune = read_hex(*at + 2, end);
    if (*rune == UINT32_MAX) {
        return en_json_expected(reader, *at, "four hexadecimal digits after \\u");
    }
    const char *next = *at + 6;
    if (*rune >= 0xD800 && *rune <= 0xDFFF) {
        uint32_t low = end - next >= 6 && next[0] == '\\' && next[1] == 'u'
                           ? read_hex(next + 2, end)
                           : UINT32_MAX;
        if (*rune <= 0xDBFF && low >= 0xDC00 && low <= 0xDFFF) {
            *rune = 0x10000 + ((*rune - 0xD800) << 10) + (low - 0xDC00);
            next += 6;
        } else if ((reader->flags & EN_JSON_NO_HALVES) != 0) {
            return en_json_expected(reader, *at, "both halves of a surrogate pair");
        } else {
            *rune = 0xFFFD;
        }
    }
    *at = next;
    return true;
}

static char *put_rune(char *to, uint32_t rune)
{
    if (rune < 0x80) {
        *to++ = (char)rune;
        return to;
    }
    if (rune < 0x800) {
        *to++ = (char)(0xC0 | rune >> 6);
    } else {
        if (rune < 0x10000) {
            *to++ = (char)(0xE0 | rune >> 12);
        } else {
            *to++ = (char)(0xF0 | rune >> 18);
            *to++ = (char)(0x80 | (rune >> 12 & 0x3F));
        }
        *to++ = (char)(0x80 | (rune >> 6 & 0x3F));
    }
    *to++ = (char)(0x80 | (rune & 0x3F));
    return to;
}

/* What is between the quotes, which is never longer than how it is written. */
static bool decode(en_json_reader *reader, const char *from, const char *end, en_text *text)
{
    size_t size = (size_t)(end - from) + 1;
    char *start = pool_take(reader, size);
    if (start == NULL) {
        return false;
    }
    char *to = start;
    while (from < end) {
        const char *backslash = memchr(from, '\\', (size_t)(end - from));
        size_t plain = (size_t)((backslash != NULL ? backslash : end) - from);
        memcpy(to, from, plain);
        to += plain;
        from += plain;
        if (from < end && from[1] != 'u') {
            *to++ = unescape(from[1]);
            from += 2;
        } else if (from < end) {
            uint32_t rune;
            if (!read_unicode_escape(reader, &from, end, &rune)) {
                return false;
            }
            to = put_rune(to, rune);
        }
    }
    *to = '\0'; /* anything but a quote: see Shape of json_reader.h */
    *text = (en_text){ start, (size_t)(to - start) };
    pool_return(reader, start, size, text->length + 1);
    return true;
}

bool en_json_read_string(en_json_reader *reader, bool name, en_text *text)
{
    const char *start = reader->at + 1;
    bool escaped = false;
    const char *end = find_end(reader, start, &escaped);
    if (end == NULL) {
        return false;
    }
    reader->at = end + 1;
    if (escaped) {
        return decode(reader, start, end, text);
    }
    size_t length = (size_t)(end - start);
    *text = (en_text){ start, length };
    if ((reader->flags & EN_JSON_SHARE) != 0) {
        return true;
    }
    if (length == 0) {
        text->data = "";
        return true;
    }
    char *copy = pool_take(reader, length + name);
    if (copy == NULL) {
        return false;
    }
    memcpy(copy, start, length + name); /* a name with its quote */
    text->data = copy;
    return true;
}

bool en_json_copy_name(en_json_reader *reader, en_text *name)
{
    char *copy = pool_take(reader, name->length + 1);
    if (copy == NULL) {
        return false;
    }
    memcpy(copy, name->data, name->length + 1);
    name->data = copy;
    return true;
}
