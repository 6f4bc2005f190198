#include "base/utf8.h"
#include "value/json_reader.h"

#include <stdio.h>
#include <string.h>

bool en_json_expected(en_json_reader *reader, const char *at, const char *expected)
{
    reader->fault = (en_json_fault){ at, at, expected };
    return false;
}

bool en_json_no_memory(en_json_reader *reader)
{
    reader->fault = (en_json_fault){ reader->at, reader->at, NULL };
    return false;
}

enum { LONGEST_WORD = 24, FOUND_ROOM = 64 };

static bool is_word(char byte)
{
    return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') ||
           (byte != '\0' && strchr("_$+-.", byte) != NULL);
}

/* "'NaN'", "the end of the text" …: what a message says was found. */
static void describe(en_text rest, char room[FOUND_ROOM])
{
    if (rest.length == 0) {
        snprintf(room, FOUND_ROOM, "the end of the text");
        return;
    }
    unsigned char first = (unsigned char)rest.data[0];
    if (first < ' ' || first == 0x7F) {
        snprintf(room, FOUND_ROOM, "the control character 0x%02X", first);
        return;
    }
    size_t length = 0;
    if (en_utf8_next(rest, &length) == EN_RUNE_BROKEN) {
        snprintf(room, FOUND_ROOM, "the byte 0x%02X", first);
        return;
    }
    if (first == '\\' || is_word(rest.data[0])) {
        size_t longest = first == '\\' ? 6 : LONGEST_WORD;
        while (length < rest.length && length < longest && is_word(rest.data[length])) {
            length++;
        }
    }
    snprintf(room, FOUND_ROOM, "'%.*s'", (int)length, rest.data);
}

bool en_json_report(const en_json_reader *reader, unsigned line, unsigned column, en_error *error)
{
    if (error == NULL || en_error_is_set(error)) {
        return false;
    }
    const en_json_fault *fault = &reader->fault;
    if (fault->expected == NULL) {
        en_error_set(error, EN_DataSizeLimitExceededError,
                     "the memory limit does not allow JSON of this size");
    } else {
        char found[FOUND_ROOM];
        describe((en_text){ fault->at, (size_t)(reader->end - fault->at) }, found);
        en_error_set(error, EN_SyntaxError, "expected %s but found %s", fault->expected, found);
    }
    error->line = line;
    error->column = column;
    return false;
}

void en_json_find_place(en_text text, size_t offset, unsigned *line, unsigned *column)
{
    *line = 1;
    size_t line_start = 0;
    for (;;) {
        const char *hit =
            offset > line_start ? memchr(text.data + line_start, '\n', offset - line_start) : NULL;
        if (hit == NULL) {
            break;
        }
        ++*line;
        line_start = (size_t)(hit - text.data) + 1;
    }
    *column = (unsigned)(offset - line_start) + 1;
}
