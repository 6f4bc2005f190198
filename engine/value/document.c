#include "value/json_reader.h"
#include "value/place.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_FILE = 64 * 1024 * 1024, LONGEST_PLACEHOLDER = 80 };

struct en_document {
    en_text name;
    en_text text; /* as it was read, with BOM and comments blanked */
    en_value root;
};

static void *allocate(size_t size)
{
    void *piece = malloc(size);
    if (piece == NULL) {
        en_memory_gone();
    }
    return piece;
}

void en_document_configure(void)
{
    json_set_alloc_funcs(allocate, free);
}

en_value en_document_root(const en_document *document)
{
    return document->root;
}

en_text en_document_name(const en_document *document)
{
    return document->name;
}

static bool fail_at(en_error *error, const en_document *document, size_t offset)
{
    if (error != NULL) {
        en_json_find_place(document->text, offset, &error->line, &error->column);
        snprintf(error->file, sizeof error->file, "%.*s", EN_TEXT_ARG(document->name));
    }
    return false;
}

/* --- comments --- */

static size_t skip_string(en_text text, size_t at)
{
    for (at++; at < text.length && text.data[at] != '"'; at++) {
        at += text.data[at] == '\\';
    }
    return at + 1;
}

static bool starts_at(en_text text, size_t at, en_text part)
{
    return en_text_starts(en_text_slice(text, at, text.length), part);
}

/* The end of the comment at `at`; SIZE_MAX: it has none. */
static size_t find_comment_end(en_text text, size_t at)
{
    if (text.data[at + 1] == '*') {
        size_t end = en_text_find(text, EN_TEXT("*/"), at + 2);
        return end == SIZE_MAX ? end : end + 2;
    }
    size_t end = en_text_find(text, EN_TEXT("\n"), at);
    return end == SIZE_MAX ? text.length : end;
}

static bool is_comment(en_text text, size_t at)
{
    return starts_at(text, at, EN_TEXT("//")) || starts_at(text, at, EN_TEXT("/*"));
}

/* Line ends stay, so that places stay. */
static void blank(char *bytes, size_t from, size_t to)
{
    for (; from < to; from++) {
        if (bytes[from] != '\n') {
            bytes[from] = ' ';
        }
    }
}

static bool blank_comments(const en_document *document, char *bytes, en_error *error)
{
    en_text text = document->text;
    size_t at = 0;
    while (at < text.length) {
        if (text.data[at] == '"') {
            at = skip_string(text, at);
        } else if (text.data[at] == '/' && is_comment(text, at)) {
            size_t end = find_comment_end(text, at);
            if (end == SIZE_MAX) {
                en_error_set(error, EN_SyntaxError, "expected */ but found the end of the text");
                return fail_at(error, document, at);
            }
            blank(bytes, at, end);
            at = end;
        } else {
            at++;
        }
    }
    return true;
}

/* --- reading --- */

/* "{{interval}}" where the text at `at` is a template placeholder outside quotes; else empty. */
static en_text find_placeholder(en_text text, size_t at)
{
    if (at > 0 && text.data[at - 1] == '{') { /* the first brace was taken for an object */
        at--;
    }
    if (!starts_at(text, at, EN_TEXT("{{"))) {
        return EN_TEXT("");
    }
    en_text rest = en_text_slice(text, at, at + LONGEST_PLACEHOLDER);
    size_t end = en_text_find(rest, EN_TEXT("}}"), 0);
    size_t line_end = en_text_find(rest, EN_TEXT("\n"), 0);
    return end == SIZE_MAX || line_end < end ? EN_TEXT("") : en_text_slice(rest, 0, end + 2);
}

static bool explain(const en_json_reader *reader, const en_document *document, unsigned flags,
                    en_error *error)
{
    size_t at = (size_t)(reader->fault.at - document->text.data);
    en_text placeholder = find_placeholder(document->text, at);
    if (placeholder.length != 0) {
        en_error_set(error, EN_SyntaxError,
                     "expected a value but found an unfilled template placeholder %.*s",
                     EN_TEXT_ARG(placeholder));
        en_error_hint(error, "fill the template in first, or put the placeholder in quotes");
        return fail_at(error, document, (size_t)(placeholder.data - document->text.data));
    }
    if ((flags & EN_DOCUMENT_LENIENT) == 0 && is_comment(document->text, at)) {
        en_error_set(error, EN_SyntaxError, "expected JSON but found a comment");
        en_error_hint(error, "comments need --lenient");
        return fail_at(error, document, at);
    }
    en_json_report(reader, 0, 0, error);
    return fail_at(error, document, at);
}

static bool read_values(en_arena *arena, en_document *document, unsigned flags, en_error *error)
{
    en_json_reader reader;
    en_json_reader_init(&reader, arena->budget);
    en_json_reader_set(&reader, arena, document->text, EN_JSON_SHARE | EN_JSON_NO_HALVES,
                       EN_JSON_DEPTH);
    bool read = en_json_read_all(&reader, &document->root);
    if (!read) {
        explain(&reader, document, flags, error);
    }
    en_json_reader_done(&reader);
    return read;
}

/* Where the string begins that ends before `end`. */
static size_t find_string(en_text text, size_t end)
{
    size_t start = end;
    for (size_t at = 0; at < text.length && at < end;) {
        if (text.data[at] == '"') {
            start = at;
            at = skip_string(text, at);
        } else {
            at++;
        }
    }
    return start;
}

/* Says what the checker has against a text that the data reader takes. */
static bool check(const en_document *document, en_error *error)
{
    json_error_t problem = { 0 }; /* without memory the library fails and says nothing */
    json_t *tree = json_loadb(document->text.data, document->text.length,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL |
                                  JSON_ALLOW_NUL,
                              &problem);
    if (tree != NULL) {
        json_decref(tree);
        return true;
    }
    size_t end = problem.position > 0 ? (size_t)problem.position : 0;
    switch (json_error_code(&problem)) {
    case json_error_duplicate_key:
    case json_error_null_byte_in_key: {
        size_t start = find_string(document->text, end);
        bool twice = json_error_code(&problem) == json_error_duplicate_key;
        en_error_set(error, EN_SyntaxError,
                     twice ? "expected each name once but found %.*s again"
                           : "expected a name without \\u0000 but found %.*s",
                     EN_TEXT_ARG(en_text_slice(document->text, start, end)));
        return fail_at(error, document, start);
    }
    case json_error_unknown:
    case json_error_out_of_memory:
        en_error_set(error, EN_DataSizeLimitExceededError,
                     "the system has no memory for a document of this size");
        return fail_at(error, document, 0);
    default:
        en_error_set(error, EN_SyntaxError, "expected JSON but found: %s", problem.text);
        return fail_at(error, document, end);
    }
}

bool en_document_read(en_arena *arena, en_text name, en_text input, unsigned flags,
                      en_document **document, en_error *error)
{
    char *bytes = en_arena_try(arena, input.length + 1, 1);
    if (bytes == NULL || input.length > UINT32_MAX) {
        return en_error_set(error, EN_DataSizeLimitExceededError,
                            "the memory limit does not allow a document of %zu bytes",
                            input.length);
    }
    if (input.length != 0) {
        memcpy(bytes, input.data, input.length);
    }
    bytes[input.length] = '\0';
    en_document *read = EN_NEW(arena, en_document);
    read->name = en_text_copy(arena, name);
    read->text = (en_text){ bytes, input.length };
    if (en_text_starts(read->text, EN_TEXT("\xEF\xBB\xBF"))) {
        blank(bytes, 0, 3);
    }
    if ((flags & EN_DOCUMENT_LENIENT) != 0 && !blank_comments(read, bytes, error)) {
        return false;
    }
    *document = read;
    return read_values(arena, read, flags, error) && check(read, error);
}

bool en_document_read_file(en_arena *arena, const char *path, unsigned flags,
                           en_document **document, en_error *error)
{
    en_text content;
    en_text name = strcmp(path, "-") == 0 ? EN_TEXT("standard input") : en_text_from(path);
    return en_file_read(arena, path, LARGEST_FILE, &content, error) &&
           en_document_read(arena, name, content, flags, document, error);
}

/* --- places --- */

static bool skip_value(en_json_reader *reader)
{
    en_value skipped;
    en_arena_mark mark = en_arena_get_mark(reader->arena);
    bool read = en_json_read_value(reader, NULL, &skipped);
    en_arena_rewind(reader->arena, mark);
    reader->pool_left = 0; /* its piece may be gone */
    return read;
}

/* From the beginning of an array or object to the value that `step` names in it. */
static bool enter(en_json_reader *reader, const en_place_step *step)
{
    bool in_array = step->is_index;
    if (*reader->at != (in_array ? '[' : '{')) {
        return false;
    }
    reader->at++;
    for (size_t index = 0;; index++) {
        en_json_skip_space(reader);
        if (*reader->at == ']' || *reader->at == '}') {
            return false;
        }
        en_text name = EN_TEXT("");
        if (!in_array) {
            if (!en_json_read_string(reader, false, &name)) {
                return false;
            }
            en_json_skip_space(reader);
            reader->at++; /* ':' */
            en_json_skip_space(reader);
        }
        if (in_array ? index == step->index : en_text_equal(name, step->name)) {
            return true;
        }
        if (!skip_value(reader)) {
            return false;
        }
        en_json_skip_space(reader);
        reader->at += *reader->at == ',';
    }
}

/* Follows the path as far as it leads. True: to its end, and then `found` is the whole value. */
static bool follow(const en_document *document, en_text path, en_text *found)
{
    en_arena scratch;
    en_arena_init(&scratch, NULL);
    en_json_reader reader;
    en_json_reader_init(&reader, NULL);
    en_json_reader_set(&reader, &scratch, document->text, EN_JSON_SHARE, EN_JSON_DEPTH);
    en_json_skip_space(&reader);
    found->data = reader.at;
    en_place_step step;
    size_t at = 0;
    bool whole = true;
    while (whole && en_place_next(&scratch, path, &at, &step)) {
        whole = enter(&reader, &step);
        found->data = whole ? reader.at : found->data;
    }
    whole = whole && at == path.length;
    found->length = whole && skip_value(&reader) ? (size_t)(reader.at - found->data) : 0;
    en_json_reader_done(&reader);
    en_arena_done(&scratch);
    return whole;
}

bool en_document_place(const en_document *document, en_text path, unsigned *line, unsigned *column)
{
    if (document == NULL) {
        return false;
    }
    en_text found;
    (void)follow(document, path, &found);
    en_json_find_place(document->text, (size_t)(found.data - document->text.data), line, column);
    return true;
}

bool en_document_extent(const en_document *document, en_text path, en_text *bytes)
{
    return follow(document, path, bytes);
}

en_text en_document_text(const en_document *document)
{
    return document->text;
}
