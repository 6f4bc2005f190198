/* text - functions that make, cut and search text. Positions count UTF-16 units, as Make's do. */
#include "base/utf8.h"
#include "expr/fn.h"
#include "value/number.h"
#include "value/unicode.h"

#include <math.h>
#include <string.h>

static bool fn_upper(en_fn_call *call, en_value *result)
{
    *result = en_text_value(en_unicode_upper(call->scope->arena, en_value_text(call->args[0])));
    return true;
}

static bool fn_lower(en_fn_call *call, en_value *result)
{
    *result = en_text_value(en_unicode_lower(call->scope->arena, en_value_text(call->args[0])));
    return true;
}

static bool fn_trim(en_fn_call *call, en_value *result)
{
    *result = en_text_value(en_unicode_trim(en_value_text(call->args[0])));
    return true;
}

static bool fn_to_string(en_fn_call *call, en_value *result)
{
    en_builder text;
    en_fn_text_begin(call, &text);
    en_value_to_text(&text, call->args[0], en_text_from(call->rules->array_separator));
    return en_fn_text_end(call, &text, result);
}

static bool fn_length(en_fn_call *call, en_value *result)
{
    en_value value = call->args[0];
    size_t length = value.length;
    if (value.tag == EN_TEXT_VALUE) {
        length = en_unicode_length(en_value_text(value));
    } else if (value.tag == EN_COLLECTION) {
        length = en_collection_count(value);
    }
    *result = en_number((double)(en_is_missing(value) ? 0 : length));
    return true;
}

/* --- substring --- */

/* JavaScript's substring: fractions cut off, below 0 (and NaN) is 0, above the length the length.
 */
static size_t clamp_position(double position, size_t length)
{
    if (!(position > 0)) {
        return 0;
    }
    return position >= (double)length ? length : (size_t)position;
}

static bool fn_substring(en_fn_call *call, en_value *result)
{
    en_text text = en_value_text(call->args[0]);
    size_t length = en_unicode_length(text);
    size_t start = clamp_position(en_value_number(call->args[1]), length);
    size_t end = en_is_missing(call->args[2])
                     ? length
                     : clamp_position(en_value_number(call->args[2]), length);
    size_t from = start < end ? start : end;
    size_t to = start < end ? end : start;
    *result = en_text_value(en_unicode_slice(call->scope->arena, text, from, to));
    return true;
}

/* --- split --- */

static void add_piece(const en_fn_call *call, en_array_builder *pieces, en_text piece)
{
    bool keeps_empty = !call->rules->split_trims || en_value_truth(call->args[2]);
    piece = call->rules->split_trims ? en_unicode_trim(piece) : piece;
    if (piece.length != 0 || keeps_empty) {
        en_array_builder_add(pieces, en_text_value(piece));
    }
}

/* Without separator: every character. */
static void split_characters(const en_fn_call *call, en_array_builder *pieces, en_text text)
{
    for (size_t at = 0; at < text.length;) {
        size_t start = at;
        (void)en_utf8_next(text, &at);
        add_piece(call, pieces, en_text_slice(text, start, at));
    }
}

static bool fn_split(en_fn_call *call, en_value *result)
{
    en_array_builder pieces;
    en_array_builder_init(&pieces, call->scope->arena);
    if (!en_is_missing(call->args[0])) {
        en_text text = en_value_text(call->args[0]);
        en_text separator = en_value_text(call->args[1]);
        size_t start = 0;
        size_t found;
        if (separator.length == 0) {
            split_characters(call, &pieces, text);
            return en_fn_array_end(call, &pieces, result);
        }
        while ((found = en_text_find(text, separator, start)) != SIZE_MAX) {
            add_piece(call, &pieces, en_text_slice(text, start, found));
            start = found + separator.length;
        }
        add_piece(call, &pieces, en_text_slice(text, start, text.length));
    }
    return en_fn_array_end(call, &pieces, result);
}

/* --- contains --- */

static bool text_contains(const en_fn_call *call, en_text text, en_text part)
{
    if (en_value_truth(call->args[2])) {
        text = en_unicode_lower(call->scope->arena, text);
        part = en_unicode_lower(call->scope->arena, part);
    }
    return en_text_find(text, part, 0) != SIZE_MAX;
}

/* Collections and arrays by content, everything else as text: a mapped "2" finds the number 2. */
static bool is_element(const en_fn_call *call, en_value element, en_value wanted)
{
    if (en_value_equal(element, wanted)) {
        return true;
    }
    if (element.tag >= EN_ARRAY || wanted.tag >= EN_ARRAY || en_is_missing(element) ||
        en_is_missing(wanted)) {
        return false;
    }
    return en_text_equal(en_fn_text_of(call, element), en_fn_text_of(call, wanted));
}

static bool fn_contains(en_fn_call *call, en_value *result)
{
    en_value where = call->args[0];
    en_value wanted = call->args[1];
    bool found = false;
    if (where.tag == EN_ARRAY) {
        for (uint32_t i = 0; i < where.length && !found; i++) {
            found = is_element(call, where.as.items[i], wanted);
        }
    } else {
        found = text_contains(call, en_value_text(where), en_fn_text_of(call, wanted));
    }
    *result = en_boolean(found);
    return true;
}

/* --- replace --- */

typedef struct search {
    const en_regex *regex;
    bool everywhere;
} search;

static const struct {
    char letter;
    unsigned flag;
} regex_flags[] = {
    { 'i', EN_REGEX_IGNORE_CASE },
    { 'm', EN_REGEX_MULTILINE },
    { 's', EN_REGEX_DOT_ALL },
    { 'g', 0 },
    { 'u', 0 },
};

/* "/pattern/flags": what lies between the slashes. Anything else is searched as it stands. */
static bool read_pattern(en_text text, en_text *pattern, unsigned *flags, bool *everywhere)
{
    size_t last = text.length;
    while (last > 0 && text.data[last - 1] != '/') {
        last--;
    }
    if (last < 3 || text.data[0] != '/') {
        return false;
    }
    *pattern = en_text_slice(text, 1, last - 1);
    *flags = 0;
    *everywhere = false;
    for (size_t i = last; i < text.length; i++) {
        size_t known = 0;
        while (known < sizeof regex_flags / sizeof *regex_flags &&
               regex_flags[known].letter != text.data[i]) {
            known++;
        }
        if (known == sizeof regex_flags / sizeof *regex_flags) {
            return false;
        }
        *flags |= regex_flags[known].flag;
        *everywhere = *everywhere || text.data[i] == 'g';
    }
    return true;
}

static bool find_regex(en_fn_call *call, en_text pattern, unsigned flags, const en_regex **regex)
{
    en_scope *scope = call->scope;
    if (scope->patterns != NULL) {
        return en_regex_cache_get(scope->patterns, pattern, flags, regex, call->error);
    }
    en_regex *compiled;
    if (!en_regex_compile(scope->arena, pattern, flags, &compiled, call->error)) {
        return false;
    }
    *regex = compiled;
    return true;
}

static void add_span(en_builder *out, en_text text, en_regex_span span)
{
    if (span.start != SIZE_MAX) {
        en_builder_add(out, en_text_slice(text, span.start, span.end));
    }
}

/* The group that $n or $nn names, two digits if there are so many groups; 0: none. */
static size_t read_group(en_text replacement, size_t at, size_t groups, size_t *width)
{
    size_t number = 0;
    size_t best = 0;
    for (size_t i = 0; i < 2 && at + i < replacement.length; i++) {
        char digit = replacement.data[at + i];
        if (digit < '0' || digit > '9') {
            break;
        }
        number = number * 10 + (size_t)(digit - '0');
        if (number != 0 && number <= groups) {
            best = number;
            *width = i + 1;
        }
    }
    return best;
}

/* JavaScript's $$, $&, $`, $', $1…$99. */
static void add_replacement(en_builder *out, en_text text, const en_regex_span *spans,
                            size_t groups, en_text replacement)
{
    for (size_t at = 0; at < replacement.length; at++) {
        char byte = replacement.data[at];
        char next = at + 1 < replacement.length ? replacement.data[at + 1] : '\0';
        size_t width = 1;
        size_t group;
        if (byte != '$') {
            en_builder_add_char(out, byte);
            continue;
        }
        if (next == '$') {
            en_builder_add_char(out, '$');
        } else if (next == '&') {
            add_span(out, text, spans[0]);
        } else if (next == '`') {
            en_builder_add(out, en_text_slice(text, 0, spans[0].start));
        } else if (next == '\'') {
            en_builder_add(out, en_text_slice(text, spans[0].end, text.length));
        } else if ((group = read_group(replacement, at + 1, groups, &width)) != 0) {
            add_span(out, text, spans[group]);
        } else {
            en_builder_add_char(out, '$');
            continue;
        }
        at += width;
    }
}

static bool refuse_named_groups(en_fn_call *call, const en_regex *regex, en_text replacement)
{
    if (en_text_find(replacement, EN_TEXT("$<"), 0) == SIZE_MAX) {
        return true;
    }
    for (size_t i = 1; i <= en_regex_groups(regex); i++) {
        if (en_regex_group_name(regex, i).length != 0) {
            return en_error_set(call->error, EN_DataError,
                                "Named groups cannot be used in a replacement.");
        }
    }
    return true;
}

static bool replace_matches(en_fn_call *call, const search *wanted, en_text text,
                            en_text replacement, en_builder *out)
{
    en_arena *arena = call->scope->arena;
    size_t groups = en_regex_groups(wanted->regex);
    en_regex_span *spans = EN_TRY_ARRAY(arena, en_regex_span, groups + 1);
    size_t copied = 0;
    size_t from = 0;
    bool found = spans != NULL;
    while (found && !out->failed) {
        if (!en_regex_search(wanted->regex, text, from, &found, spans, arena, call->error)) {
            return false;
        }
        if (!found) {
            break;
        }
        en_builder_add(out, en_text_slice(text, copied, spans[0].start));
        add_replacement(out, text, spans, groups, replacement);
        copied = spans[0].end;
        from = copied;
        if (spans[0].end == spans[0].start && from < text.length) {
            (void)en_utf8_next(text, &from); /* an empty match goes on behind the next character */
        } else if (spans[0].end == spans[0].start) {
            break;
        }
        found = wanted->everywhere;
    }
    en_builder_add(out, en_text_slice(text, copied, text.length));
    return true;
}

static void replace_plain(en_text text, en_text part, en_text replacement, en_builder *out)
{
    size_t copied = 0;
    size_t found;
    while (part.length != 0 && !out->failed &&
           (found = en_text_find(text, part, copied)) != SIZE_MAX) {
        en_builder_add(out, en_text_slice(text, copied, found));
        en_builder_add(out, replacement);
        copied = found + part.length;
    }
    en_builder_add(out, en_text_slice(text, copied, text.length));
}

static bool fn_replace(en_fn_call *call, en_value *result)
{
    en_text text = en_value_text(call->args[0]);
    en_text part = en_value_text(call->args[1]);
    en_text replacement = en_value_text(call->args[2]);
    en_text pattern;
    unsigned flags;
    search wanted;
    en_builder out;
    en_fn_text_begin(call, &out);
    if (!read_pattern(part, &pattern, &flags, &wanted.everywhere)) {
        replace_plain(text, part, replacement, &out);
    } else if (!find_regex(call, pattern, flags, &wanted.regex) ||
               !refuse_named_groups(call, wanted.regex, replacement) ||
               !replace_matches(call, &wanted, text, replacement, &out)) {
        return false;
    }
    return en_fn_text_end(call, &out, result);
}

#define TEXT_PARAM                                                                                 \
    {                                                                                              \
        "text", EN_T_TEXT, EN_FN_REQUIRED, "Any value, as text."                                   \
    }

const en_fn en_fns_text[] = {
    { .name = "contains",
      .takes = { { "where", EN_T_TEXT | EN_T_ARRAY, EN_FN_REQUIRED, "Text, or an array." },
                 { "what", EN_T_ANY, EN_FN_REQUIRED, "Part of the text, or a whole element." },
                 { "ignoreCase", EN_T_BOOLEAN, 0, "For text: upper and lower case are equal." } },
      .gives = EN_T_BOOLEAN,
      .flags = EN_FN_PURE,
      .eval = fn_contains,
      .doc = "Whether a text has a part, or an array an element.",
      .example = "{{contains(\"Hello World\"; \"World\")}}",
      .result = "true" },
    { .name = "length",
      .takes = { { "value", EN_T_TEXT | EN_T_BUFFER | EN_T_ARRAY | EN_T_COLLECTION, EN_FN_REQUIRED,
                   "Text, buffer, array or collection." } },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_length,
      .doc = "How many characters (UTF-16 units), bytes, elements or members; 0 when missing.",
      .example = "{{length(\"hello\")}}",
      .result = "5" },
    { .name = "lower",
      .takes = { TEXT_PARAM },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_lower,
      .doc = "The text in lower case.",
      .example = "{{lower(\"Hello\")}}",
      .result = "\"hello\"" },
    { .name = "replace",
      .takes = { TEXT_PARAM,
                 { "search", EN_T_TEXT, EN_FN_REQUIRED,
                   "Replaced wherever it stands; \"/pattern/flags\" is a regular expression, "
                   "replaced once unless the flags have g." },
                 { "replacement", EN_T_TEXT, EN_FN_REQUIRED,
                   "The new text; behind a regular expression with $& and $1 to $99." } },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_replace,
      .doc = "The text with parts replaced.",
      .example = "{{replace(\"a-b-c\"; \"-\"; \"+\")}}",
      .result = "\"a+b+c\"" },
    { .name = "split",
      .takes = { { "text", EN_T_TEXT | EN_T_NULL, EN_FN_REQUIRED, "Any value, as text." },
                 { "separator", EN_T_TEXT, EN_FN_REQUIRED, "Empty: every character." },
                 { "keepEmpty", EN_T_BOOLEAN, 0, "Blueprints: empty pieces stay." } },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE,
      .eval = fn_split,
      .doc = "The pieces between separators; in blueprints trimmed, and without empty ones.",
      .example = "{{split(\"John, George\"; \",\")}}",
      .result = "[\"John\", \"George\"]" },
    { .name = "substring",
      .takes = { TEXT_PARAM,
                 { "start", EN_T_NUMBER, 0, "From 0." },
                 { "end", EN_T_NUMBER, 0, "Behind the last one; the whole rest when left out." } },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_substring,
      .doc = "The part of a text from one position up to another.",
      .example = "{{substring(\"Hello\"; 1; 3)}}",
      .result = "\"el\"" },
    { .name = "toString",
      .takes = { { "value", EN_T_ANY, EN_FN_REQUIRED, "Any value." } },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_to_string,
      .doc = "The value as text.",
      .example = "{{toString(12.50)}}",
      .result = "\"12.5\"" },
    { .name = "trim",
      .takes = { TEXT_PARAM },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_trim,
      .doc = "Removes white space at both ends.",
      .example = "{{trim(\"  a b \")}}",
      .result = "\"a b\"" },
    { .name = "upper",
      .takes = { TEXT_PARAM },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_upper,
      .doc = "The text in upper case.",
      .example = "{{upper(\"straße\")}}",
      .result = "\"STRASSE\"" },
    { 0 },
};
