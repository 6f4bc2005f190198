/* Documents: the first byte chooses the mode, then comes a path up to a line end, then the text.
 * What is taken is taken as data too, and every path has a place inside the text. */
#include "value/json.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void require(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "does not hold: %s\n", what);
        abort();
    }
}

static void require_place(en_text text, unsigned line, unsigned column)
{
    unsigned lines = 1;
    size_t start = 0;
    for (size_t i = 0; i < text.length && lines < line; i++) {
        if (text.data[i] == '\n') {
            lines++;
            start = i + 1;
        }
    }
    require(line == lines && column >= 1 && start + column - 1 <= text.length,
            "a place is inside the text");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    en_text input = { (const char *)data, size };
    size_t line_end = en_text_find(input, EN_TEXT("\n"), 0);
    if (size == 0 || line_end == SIZE_MAX || line_end == 0) {
        return 0;
    }
    unsigned flags = data[0] % 2 != 0 ? EN_DOCUMENT_LENIENT : 0;
    en_text path = en_text_slice(input, 1, line_end);
    en_text text = en_text_slice(input, line_end + 1, size);

    en_arena arena;
    en_arena_init(&arena, NULL);
    en_error error;
    en_error_clear(&error);
    en_document *document = NULL;
    bool read = en_document_read(&arena, EN_TEXT("x"), text, flags, &document, &error);
    if (!read) {
        require(error.message[0] != '\0' && error.file[0] == 'x', "an error has file and message");
        require_place(text, error.line, error.column);
    } else {
        unsigned line;
        unsigned column;
        require(en_document_place(document, path, &line, &column), "there is a place");
        require_place(text, line, column);
        en_value value;
        if (flags == 0) {
            require(en_json_read(&arena, text, 0, EN_JSON_DEPTH, &value, NULL) &&
                        en_value_equal(value, en_document_root(document)),
                    "a strict document is data too");
        }
    }
    en_arena_done(&arena);
    return 0;
}
