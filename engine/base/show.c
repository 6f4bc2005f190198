#include "base/show.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

/* Controls, and the characters that turn the direction of a terminal's line around. */
static bool is_hidden(uint32_t rune)
{
    return rune < ' ' || (rune >= 0x7F && rune <= 0x9F) || (rune >= 0x200E && rune <= 0x200F) ||
           (rune >= 0x2028 && rune <= 0x202E) || (rune >= 0x2066 && rune <= 0x2069);
}

static size_t show_hidden(uint32_t rune, char *room, size_t size)
{
    const char *format = rune == '\n' ? "\\n" : rune == '\r' ? "\\r" : rune == '\t' ? "\\t" : NULL;
    int length = format != NULL ? snprintf(room, size, "%s", format)
                 : rune < 0x100 ? snprintf(room, size, "\\x%02x", (unsigned)rune)
                                : snprintf(room, size, "\\u%04x", (unsigned)rune);
    return (size_t)length;
}

/* The character at *at, as it may be shown; *at moves behind it. */
static size_t show_rune(en_text text, size_t *at, char *room, size_t size)
{
    size_t start = *at;
    uint32_t rune = en_utf8_next(text, at);
    if (rune == EN_RUNE_BROKEN) {
        *at = start + 1;
        return (size_t)snprintf(room, size, "\\x%02x", (unsigned)(unsigned char)text.data[start]);
    }
    if (is_hidden(rune)) {
        return show_hidden(rune, room, size);
    }
    memcpy(room, text.data + start, *at - start);
    return *at - start;
}

const char *en_show(en_text text, char room[EN_SHOW_ROOM])
{
    size_t length = 0;
    size_t at = 0;
    for (int shown = 0; at < text.length && shown < EN_SHOW_CHARACTERS; shown++) {
        length += show_rune(text, &at, room + length, EN_SHOW_ROOM - length);
    }
    snprintf(room + length, EN_SHOW_ROOM - length, "%s", at < text.length ? "…" : "");
    return room;
}

void en_show_line(en_builder *out, en_text text)
{
    char room[16];
    for (size_t at = 0; at < text.length;) {
        size_t length = show_rune(text, &at, room, sizeof room);
        en_builder_add(out, (en_text){ room, length });
    }
}

void en_show_markup(en_builder *out, en_text text)
{
    static const char *const entities[128] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
    };
    char room[16];
    for (size_t at = 0; at < text.length;) {
        size_t length = show_rune(text, &at, room, sizeof room);
        unsigned char first = (unsigned char)room[0];
        if (length == 1 && first < 128 && entities[first] != NULL) {
            en_builder_add(out, en_text_from(entities[first]));
        } else {
            en_builder_add(out, (en_text){ room, length });
        }
    }
}
