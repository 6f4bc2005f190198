#include "value/encoding.h"

#include "base/base64.h"
#include "base/utf8.h"
#include "value/unicode.h"

static const struct {
    const char *name;
    en_encoding encoding;
} names[] = {
    { "utf8", EN_ENCODING_UTF8 },     { "utf-8", EN_ENCODING_UTF8 },
    { "ascii", EN_ENCODING_ASCII },   { "latin1", EN_ENCODING_LATIN1 },
    { "binary", EN_ENCODING_LATIN1 }, { "hex", EN_ENCODING_HEX },
    { "base64", EN_ENCODING_BASE64 },
};

bool en_encoding_find(en_text name, en_encoding *encoding)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (en_text_equal_nocase(name, en_text_from(names[i].name))) {
            *encoding = names[i].encoding;
            return true;
        }
    }
    return false;
}

/* --- reading --- */

/* A character beyond U+FFFF is two units, and gives the low byte of each. */
static bool read_units(en_arena *arena, en_text text, en_text *bytes)
{
    char *first = en_arena_try(arena, text.length + 1, 1);
    if (first == NULL) {
        return false;
    }
    char *to = first;
    for (size_t at = 0; at < text.length;) {
        uint32_t rune = en_utf8_next(text, &at);
        if (rune > 0xFFFF) {
            *to++ = (char)((rune - 0x10000) >> 10 & 0xFF);
        }
        *to++ = (char)(rune & 0xFF);
    }
    *bytes = (en_text){ first, (size_t)(to - first) };
    return true;
}

/* 0 to 15, or 16 for what is no digit. */
static unsigned hex_digit(char byte)
{
    char lower = (char)(byte | 0x20);
    if (byte >= '0' && byte <= '9') {
        return (unsigned)(byte - '0');
    }
    return lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a') + 10 : 16;
}

static bool read_hex(en_arena *arena, en_text text, en_text *bytes)
{
    char *first = en_arena_try(arena, text.length / 2 + 1, 1);
    size_t count = 0;
    for (; first != NULL && count < text.length / 2; count++) {
        unsigned high = hex_digit(text.data[2 * count]);
        unsigned low = hex_digit(text.data[2 * count + 1]);
        if ((high | low) > 15) {
            break;
        }
        first[count] = (char)(high << 4 | low);
    }
    *bytes = (en_text){ first, count };
    return first != NULL;
}

bool en_encoding_read(en_arena *arena, en_encoding encoding, en_text text, en_text *bytes)
{
    switch (encoding) {
    case EN_ENCODING_ASCII:
    case EN_ENCODING_LATIN1:
        return read_units(arena, text, bytes);
    case EN_ENCODING_HEX:
        return read_hex(arena, text, bytes);
    case EN_ENCODING_BASE64:
        return en_base64_gather(arena, text, bytes);
    case EN_ENCODING_UTF8:
        break;
    }
    *bytes = text;
    return true;
}

/* --- writing --- */

static void write_hex(en_builder *out, en_text bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *to = en_builder_reserve(out, bytes.length > SIZE_MAX / 2 ? SIZE_MAX : bytes.length * 2);
    if (to == NULL) {
        return;
    }
    for (size_t i = 0; i < bytes.length; i++) {
        unsigned char byte = (unsigned char)bytes.data[i];
        *to++ = digits[byte >> 4];
        *to++ = digits[byte & 15];
    }
    out->length += bytes.length * 2;
}

static void write_units(en_builder *out, en_text bytes, unsigned mask)
{
    for (size_t i = 0; i < bytes.length && !out->failed; i++) {
        en_builder_add_rune(out, (unsigned char)bytes.data[i] & mask);
    }
}

void en_encoding_write(en_builder *out, en_encoding encoding, en_text bytes)
{
    switch (encoding) {
    case EN_ENCODING_UTF8:
        en_builder_add(out, en_unicode_repair(out->arena, bytes));
        break;
    case EN_ENCODING_ASCII:
        write_units(out, bytes, 0x7F);
        break;
    case EN_ENCODING_LATIN1:
        write_units(out, bytes, 0xFF);
        break;
    case EN_ENCODING_HEX:
        write_hex(out, bytes);
        break;
    case EN_ENCODING_BASE64:
        en_base64_encode(out, bytes);
        break;
    }
}

en_text en_encoding_header(en_arena *arena, en_text bytes)
{
    if (en_utf8_find_broken(bytes) == SIZE_MAX) {
        return bytes;
    }
    en_builder out;
    en_builder_init(&out, arena);
    write_units(&out, bytes, 0xFF);
    return en_builder_take(&out);
}
