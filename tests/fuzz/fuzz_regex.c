/* The first line is the pattern, its first byte the flags; the rest is the subject. Whatever they
 * are, the search ends within its limits and groups lie inside the subject. */
#include "value/regex.h"
#include "value/unicode.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_spans(const en_regex_span *spans, size_t count, size_t length)
{
    for (size_t i = 0; i < count; i++) {
        bool took_part = spans[i].start != SIZE_MAX;
        if ((took_part && (spans[i].start > spans[i].end || spans[i].end > length)) ||
            (i == 0 && !took_part)) {
            abort();
        }
    }
}

static void search_all(const en_regex *regex, en_text subject, en_arena *arena)
{
    en_error error;
    en_error_clear(&error);
    size_t count = en_regex_groups(regex) + 1;
    en_regex_span *spans = EN_TRY_ARRAY(arena, en_regex_span, count);
    bool found = true;
    size_t at = 0;
    for (int i = 0; i < 50 && found; i++) {
        if (!en_regex_search(regex, subject, at, &found, spans, arena, &error)) {
            if (found || !en_error_is_set(&error)) {
                abort();
            }
            return;
        }
        if (found) {
            check_spans(spans, count, subject.length);
            at = spans[0].end > at ? spans[0].end : at + 1;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    en_budget budget = { .limit_bytes = 64 << 20 };
    en_arena arena;
    en_arena_init(&arena, &budget);
    const uint8_t *line = memchr(data + 1, '\n', size - 1);
    size_t end = line != NULL ? (size_t)(line - data) : size;
    en_text input = { (const char *)data, size };
    en_text pattern = en_unicode_repair(&arena, en_text_slice(input, 1, end));
    en_text subject = en_unicode_repair(&arena, en_text_slice(input, end + 1, size));
    en_error error;
    en_error_clear(&error);
    en_regex *regex;
    if (en_regex_compile(&arena, pattern, data[0] & 7u, &regex, &error)) {
        search_all(regex, subject, &arena);
    } else if (!en_error_is_set(&error)) {
        abort();
    }
    en_arena_done(&arena);
    return 0;
}
