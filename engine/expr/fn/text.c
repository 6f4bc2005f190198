/* text - functions that make, cut and search text. Positions count UTF-16 units, as Make's do. */
#include "base/utf8.h"
#include "expr/infix.h"
#include "expr/order.h"
#include "value/number.h"
#include "value/unicode.h"

#include <math.h>
#include <string.h>

/* A text that may have grown. */
static bool give_mapped(en_fn_call *call, en_text text, en_value *result)
{
    size_t most = en_scope_most_bytes(call->scope);
    *result = en_text_value(text);
    return text.length <= most || en_error_set(call->error, EN_DataSizeLimitExceededError,
                                               "The text is larger than %zu bytes.", most);
}

static bool fn_upper(en_fn_call *call, en_value *result)
{
    return give_mapped(call, en_unicode_upper(call->scope->arena, en_value_text(call->args[0])),
                       result);
}

static bool fn_lower(en_fn_call *call, en_value *result)
{
    return give_mapped(call, en_unicode_lower(call->scope->arena, en_value_text(call->args[0])),
                       result);
}

static bool fn_trim(en_fn_call *call, en_value *result)
{
    *result = en_text_value(en_unicode_trim(en_value_text(call->args[0])));
    return true;
}

/* --- words --- */

/* Behind the character at `at`. */
static size_t next_character(en_text text, size_t at)
{
    (void)en_utf8_next(text, &at);
    return at;
}

static bool fn_capitalize(en_fn_call *call, en_value *result)
{
    en_arena *arena = call->scope->arena;
    en_text text = en_value_text(call->args[0]);
    size_t first = text.length != 0 ? next_character(text, 0) : 0;
    en_builder out;
    en_fn_text_begin(call, &out);
    en_builder_add(&out, en_unicode_upper(arena, en_text_slice(text, 0, first)));
    en_builder_add(&out, en_text_slice(text, first, text.length));
    return en_fn_text_end(call, &out, result);
}

static bool is_no_space(uint32_t rune)
{
    return !en_unicode_is_space(rune);
}

/* Every run of characters that `is_word` knows gets a capital; the rest is lower case. What lies
 * between stays or is left out. */
static bool add_capitals(en_fn_call *call, bool (*is_word)(uint32_t rune), bool keeps_between,
                         en_value *result)
{
    en_arena *arena = call->scope->arena;
    en_text text = en_unicode_lower(arena, en_value_text(call->args[0]));
    bool inside = false;
    en_builder out;
    en_fn_text_begin(call, &out);
    for (size_t at = 0; at < text.length && !out.failed;) {
        size_t start = at;
        bool word = is_word(en_utf8_next(text, &at));
        en_text character = en_text_slice(text, start, at);
        if (word || keeps_between) {
            en_builder_add(&out, word && !inside ? en_unicode_upper(arena, character) : character);
        }
        inside = word;
    }
    return en_fn_text_end(call, &out, result);
}

static bool fn_startcase(en_fn_call *call, en_value *result)
{
    return add_capitals(call, is_no_space, true, result);
}

static bool fn_pascal(en_fn_call *call, en_value *result)
{
    return add_capitals(call, en_unicode_is_word, false, result);
}

/* --- accents --- */

static bool fn_remove_accents(en_fn_call *call, en_value *result)
{
    *result =
        en_text_value(en_unicode_remove_accents(call->scope->arena, en_value_text(call->args[0])));
    return true;
}

static bool fn_ascii(en_fn_call *call, en_value *result)
{
    en_text text = en_value_text(call->args[0]);
    if (en_value_truth(call->args[1])) {
        text = en_unicode_remove_accents(call->scope->arena, text);
    }
    en_builder out;
    en_fn_text_begin(call, &out);
    for (size_t i = 0; i < text.length; i++) {
        if ((unsigned char)text.data[i] < 0x80) {
            en_builder_add_char(&out, text.data[i]);
        }
    }
    return en_fn_text_end(call, &out, result);
}

/* --- positions --- */

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

static bool fn_left(en_fn_call *call, en_value *result)
{
    en_text text = en_value_text(call->args[0]);
    size_t count = clamp_position(en_value_number(call->args[1]), en_unicode_length(text));
    *result = en_text_value(en_unicode_slice(call->scope->arena, text, 0, count));
    return true;
}

static bool fn_right(en_fn_call *call, en_value *result)
{
    en_text text = en_value_text(call->args[0]);
    size_t length = en_unicode_length(text);
    size_t count = clamp_position(en_value_number(call->args[1]), length);
    *result = en_text_value(en_unicode_slice(call->scope->arena, text, length - count, length));
    return true;
}

static bool fn_index_of(en_fn_call *call, en_value *result)
{
    en_text text = en_value_text(call->args[0]);
    en_text part = en_value_text(call->args[1]);
    size_t start = clamp_position(en_value_number(call->args[2]), en_unicode_length(text));
    size_t found = en_text_find(text, part, en_unicode_offset(text, start));
    double position = found != SIZE_MAX ? (double)en_unicode_position(text, found) : -1;
    *result = en_number(part.length != 0 ? position : (double)start);
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

/* --- many texts --- */

static bool fn_concat(en_fn_call *call, en_value *result)
{
    en_text separator = en_value_text(call->args[0]);
    en_text inner = en_text_from(call->rules->array_separator);
    en_builder out;
    en_fn_text_begin(call, &out);
    for (size_t i = 1; i < call->count; i++) {
        en_builder_add(&out, i != 1 ? separator : EN_TEXT(""));
        en_value_to_text(&out, call->args[i], inner);
    }
    return en_fn_text_end(call, &out, result);
}

static int descending(en_value a, en_value b)
{
    return en_order_of_units(b, a);
}

static bool sort_texts(en_fn_call *call, en_key_order *order, en_value *result)
{
    en_value array = call->args[0];
    en_keyed_list list = { EN_TRY_ARRAY(call->scope->arena, en_keyed, array.length), array.length };
    en_array_builder sorted;
    en_fn_array_begin(call, &sorted);
    if (list.items == NULL) {
        return en_error_set(call->error, EN_DataSizeLimitExceededError, "The list is too long.");
    }
    for (uint32_t i = 0; i < array.length; i++) {
        list.items[i] = (en_keyed){ en_text_value(en_fn_text_of(call, array.as.items[i])), i };
    }
    if (!en_keyed_sort(call, list, order)) {
        return false;
    }
    for (uint32_t i = 0; i < array.length; i++) {
        en_array_builder_add(&sorted, array.as.items[list.items[i].place]);
    }
    return en_fn_array_end(call, &sorted, result);
}

static bool fn_sort_ascending(en_fn_call *call, en_value *result)
{
    return sort_texts(call, en_order_of_units, result);
}

static bool fn_sort_descending(en_fn_call *call, en_value *result)
{
    return sort_texts(call, descending, result);
}

#define TEXT_PARAM                                                                                 \
    {                                                                                              \
        "text", EN_T_TEXT, EN_FN_REQUIRED, "Any value, as text."                                   \
    }

const en_fn en_fns_text[] = {
    { .name = "ascii",
      .takes = { TEXT_PARAM,
                 { "removeDiacritics", EN_T_BOOLEAN, 0, "Accents go first: é stays as e." } },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_ascii,
      .doc = "The text without characters outside ASCII.",
      .example = "{{ascii(\"Crème\"; true)}}",
      .result = "\"Creme\"" },
    { .name = "capitalize",
      .takes = { TEXT_PARAM },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_capitalize,
      .doc = "The text with its first character in upper case.",
      .example = "{{capitalize(\"make it\")}}",
      .result = "\"Make it\"" },
    { .name = "concat",
      .takes = { { "separator", EN_T_TEXT, EN_FN_REQUIRED, "What stands between the values." },
                 { "value", EN_T_ANY, EN_FN_REQUIRED | EN_FN_REST, "Any value, as text." } },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_concat,
      .doc = "The values as one text.",
      .example = "{{concat(\"-\"; \"a\"; 1; true)}}",
      .result = "\"a-1-true\"" },
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
    { .name = "indexOf",
      .takes = { TEXT_PARAM,
                 { "value", EN_T_TEXT, EN_FN_REQUIRED, "What to look for." },
                 { "start", EN_T_NUMBER, 0, "Where to begin, from 0." } },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_index_of,
      .doc = "The first position of a part in a text, from 0; -1 when it is not there.",
      .example = "{{indexOf(\"Workfront\"; \"o\"; 3)}}",
      .result = "6" },
    { .name = "left",
      .takes = { TEXT_PARAM, { "count", EN_T_NUMBER, EN_FN_REQUIRED, "How many characters." } },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_left,
      .doc = "The first characters of a text.",
      .example = "{{left(\"Hello\"; 2)}}",
      .result = "\"He\"" },
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
    { .name = "pascal",
      .takes = { TEXT_PARAM },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_pascal,
      .doc = "The words of a text, each with a capital, as one.",
      .example = "{{pascal(\"hello new-WORLD\")}}",
      .result = "\"HelloNewWorld\"" },
    { .name = "removeAccents",
      .takes = { TEXT_PARAM },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_remove_accents,
      .doc = "The text without accents.",
      .example = "{{removeAccents(\"Žluťoučký\")}}",
      .result = "\"Zlutoucky\"" },
    { .name = "right",
      .takes = { TEXT_PARAM, { "count", EN_T_NUMBER, EN_FN_REQUIRED, "How many characters." } },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_right,
      .doc = "The last characters of a text.",
      .example = "{{right(\"Hello\"; 2)}}",
      .result = "\"lo\"" },
    { .name = "sortAscString",
      .takes = { { "array", EN_T_ARRAY, EN_FN_REQUIRED, "Texts, or values compared as text." } },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_sort_ascending,
      .doc = "The elements sorted as text, from A to Z; upper case stands before lower case.",
      .example = "{{sortAscString(split(\"c,a,B\"; \",\"))}}",
      .result = "[\"B\", \"a\", \"c\"]" },
    { .name = "sortDescString",
      .takes = { { "array", EN_T_ARRAY, EN_FN_REQUIRED, "Texts, or values compared as text." } },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_sort_descending,
      .doc = "The elements sorted as text, from Z to A; lower case stands before upper case.",
      .example = "{{sortDescString(split(\"c,a,B\"; \",\"))}}",
      .result = "[\"c\", \"a\", \"B\"]" },
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
    { .name = "startcase",
      .takes = { TEXT_PARAM },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_startcase,
      .doc = "Every word with a capital, the rest in lower case.",
      .example = "{{startcase(\"hello WORLD\")}}",
      .result = "\"Hello World\"" },
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
