#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void en_base64_encode(en_builder *out, en_text bytes)
{
    if (bytes.length == 0) {
        return;
    }
    size_t groups = bytes.length / 3 + (bytes.length % 3 != 0);
    char *to = en_builder_reserve(out, groups > SIZE_MAX / 4 ? SIZE_MAX : groups * 4);
    if (to == NULL) {
        return;
    }
    const unsigned char *from = (const unsigned char *)bytes.data;
    for (size_t at = 0; at < bytes.length; at += 3, to += 4) {
        size_t left = bytes.length - at;
        uint32_t group = (uint32_t)from[at] << 16;
        group |= left > 1 ? (uint32_t)from[at + 1] << 8 : 0;
        group |= left > 2 ? from[at + 2] : 0;
        to[0] = alphabet[group >> 18];
        to[1] = alphabet[group >> 12 & 63];
        to[2] = left > 1 ? alphabet[group >> 6 & 63] : '=';
        to[3] = left > 2 ? alphabet[group & 63] : '=';
    }
    out->length += groups * 4;
}

/* 0 to 63, or 64 for a byte outside the alphabet. */
static uint32_t sextet(char byte)
{
    if (byte >= 'A' && byte <= 'Z') {
        return (uint32_t)(byte - 'A');
    }
    if (byte >= 'a' && byte <= 'z') {
        return (uint32_t)(byte - 'a') + 26;
    }
    if (byte >= '0' && byte <= '9') {
        return (uint32_t)(byte - '0') + 52;
    }
    return byte == '+' ? 62 : byte == '/' ? 63 : 64;
}

static size_t length_without_padding(en_text text)
{
    size_t length = text.length;
    if (length % 4 == 0 && length != 0 && text.data[length - 1] == '=') {
        length -= text.data[length - 2] == '=' ? 2 : 1;
    }
    return length;
}

bool en_base64_decode(en_arena *arena, en_text text, en_text *bytes)
{
    size_t length = length_without_padding(text);
    size_t size = length / 4 * 3 + (length % 4 != 0 ? length % 4 - 1 : 0);
    unsigned char *to = length % 4 == 1 ? NULL : en_arena_try(arena, size + 1, 1);
    if (to == NULL) {
        return false;
    }
    *bytes = (en_text){ (const char *)to, size };
    uint32_t group = 0;
    for (size_t i = 0; i < length; i++) {
        uint32_t six = sextet(text.data[i]);
        if (six > 63) {
            return false;
        }
        group = group << 6 | six;
        if (i % 4 != 0) {
            *to++ = (unsigned char)(group >> (6 - i % 4 * 2));
        }
    }
    /* Bits that belong to no byte must be 0: every text has one meaning. */
    return length % 4 == 0 || (group & (length % 4 == 2 ? 15u : 3u)) == 0;
}

bool en_base64_gather(en_arena *arena, en_text text, en_text *bytes)
{
    unsigned char *first = en_arena_try(arena, text.length / 4 * 3 + 4, 1);
    if (first == NULL) {
        return false;
    }
    unsigned char *to = first;
    uint32_t group = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < text.length && text.data[i] != '='; i++) {
        char byte = text.data[i];
        uint32_t six = sextet(byte == '-' ? '+' : byte == '_' ? '/' : byte);
        if (six > 63) {
            continue;
        }
        group = (group << 6 | six) & 0xFFFF;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            *to++ = (unsigned char)(group >> bits);
        }
    }
    *bytes = (en_text){ (const char *)first, (size_t)(to - first) };
    return true;
}
