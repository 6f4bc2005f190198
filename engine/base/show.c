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

const char *en_show(en_text text, char room[EN_SHOW_ROOM])
{
    size_t length = 0;
    size_t at = 0;
    for (int shown = 0; at < text.length && shown < EN_SHOW_CHARACTERS; shown++) {
        size_t start = at;
        uint32_t rune = en_utf8_next(text, &at);
        if (rune == EN_RUNE_BROKEN) {
            at = start + 1;
            length += (size_t)snprintf(room + length, EN_SHOW_ROOM - length, "\\x%02x",
                                       (unsigned)(unsigned char)text.data[start]);
        } else if (is_hidden(rune)) {
            length += show_hidden(rune, room + length, EN_SHOW_ROOM - length);
        } else {
            memcpy(room + length, text.data + start, at - start);
            length += at - start;
        }
    }
    snprintf(room + length, EN_SHOW_ROOM - length, "%s", at < text.length ? "…" : "");
    return room;
}
