#include "value/coerce.h"

#include "base/base64.h"
#include "base/show.h"
#include "value/json.h"
#include "value/number.h"
#include "value/unicode.h"

#include <math.h>
#include <string.h>

/* --- the types and their names --- */

enum {
    LONGEST_EMAIL = 254 /* RFC 5321, 4.5.3.1.3, without the brackets */
};

static const struct {
    en_types type;
    const char *name;   /* in a list of several */
    const char *wanted; /* behind "expected" */
} types[] = {
    { EN_T_TEXT, "text", "text" },
    { EN_T_NUMBER, "number", "a number" },
    { EN_T_COUNT, "whole number", "a whole number from 0 to 9007199254740992" },
    { EN_T_BOOLEAN, "boolean", "a boolean" },
    { EN_T_DATE, "date", "a date" },
    { EN_T_BUFFER, "buffer", "a buffer" },
    { EN_T_ARRAY, "array", "an array" },
    { EN_T_COLLECTION, "collection", "a collection" },
    { EN_T_EMAIL, "e-mail address", "an e-mail address" },
    { EN_T_URL, "URL", "an http or https URL" },
    { EN_T_FILTER, "conditions", "conditions" },
    { EN_T_NULL, "null", "null" },
};
enum { TYPES = sizeof types / sizeof *types };

/* What interfaces, schemas and structures call them. */
static const struct {
    const char *name;
    en_types type;
} aliases[] = {
    { "any", EN_T_ANY },           { "text", EN_T_TEXT },
    { "string", EN_T_TEXT },       { "number", EN_T_NUMBER },
    { "integer", EN_T_NUMBER },    { "float", EN_T_NUMBER },
    { "count", EN_T_COUNT },       { "uinteger", EN_T_COUNT },
    { "port", EN_T_COUNT },        { "boolean", EN_T_BOOLEAN },
    { "bool", EN_T_BOOLEAN },      { "date", EN_T_DATE },
    { "datetime", EN_T_DATE },     { "timestamp", EN_T_DATE },
    { "time", EN_T_TEXT },         { "buffer", EN_T_BUFFER },
    { "binary", EN_T_BUFFER },     { "array", EN_T_ARRAY },
    { "list", EN_T_ARRAY },        { "collection", EN_T_COLLECTION },
    { "object", EN_T_COLLECTION }, { "email", EN_T_EMAIL },
    { "url", EN_T_URL },           { "filter", EN_T_FILTER },
    { "null", EN_T_NULL },         { "select", EN_T_TEXT },
    { "uuid", EN_T_TEXT },         { "filename", EN_T_TEXT },
    { "password", EN_T_TEXT },     { "timezone", EN_T_TEXT },
    { "json", EN_T_TEXT },
};

static void list_types(en_builder *out, en_types wanted, bool articles)
{
    size_t left = 0;
    for (size_t i = 0; i < TYPES; i++) {
        left += (wanted & types[i].type) != 0;
    }
    for (size_t i = 0, listed = 0; i < TYPES; i++) {
        if ((wanted & types[i].type) != 0) {
            left--;
            en_builder_add(out, listed == 0 ? EN_TEXT("")
                                : left == 0 ? EN_TEXT(" or ")
                                            : EN_TEXT(", "));
            en_builder_add(out, en_text_from(articles ? types[i].wanted : types[i].name));
            listed++;
        }
    }
}

en_text en_types_name(en_arena *arena, en_types wanted)
{
    if ((wanted & EN_T_ANY) == EN_T_ANY) {
        return EN_TEXT("any");
    }
    en_builder out;
    en_builder_init(&out, arena);
    list_types(&out, wanted, false);
    return en_builder_take(&out);
}

en_types en_types_find(en_text name)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        if (en_text_equal_nocase(name, en_text_from(aliases[i].name))) {
            return aliases[i].type;
        }
    }
    return 0;
}

/* --- text of values --- */

static void write_single(en_builder *out, en_value value)
{
    char number[EN_NUMBER_ROOM];
    char date[EN_ISO_ROOM];
    en_text text = en_value_text(value);
    switch (value.tag) {
    case EN_BOOLEAN:
        text = value.as.boolean ? EN_TEXT("true") : EN_TEXT("false");
        break;
    case EN_NUMBER:
        text = (en_text){ number, en_number_print(value, number) };
        break;
    case EN_DATE:
        text = (en_text){ date, en_date_print_iso(value.as.date_ms, date) };
        break;
    case EN_BUFFER:
        if (!en_unicode_valid(text)) {
            en_base64_encode(out, text);
            return;
        }
        break;
    default:
        break;
    }
    en_builder_add(out, text);
}

static bool is_single(en_value value)
{
    return !en_is(value, EN_ARRAY) && !en_is(value, EN_COLLECTION);
}

static bool has_singles_only(en_value array)
{
    for (uint32_t i = 0; i < array.length; i++) {
        if (!is_single(array.as.items[i])) {
            return false;
        }
    }
    return true;
}

void en_value_to_text(en_builder *out, en_value value, en_text separator)
{
    if (is_single(value)) {
        write_single(out, value);
    } else if (en_is(value, EN_ARRAY) && has_singles_only(value)) {
        for (uint32_t i = 0; i < value.length; i++) {
            en_builder_add(out, i != 0 ? separator : EN_TEXT(""));
            write_single(out, value.as.items[i]);
        }
    } else {
        en_json_write(out, value, 0);
    }
}

en_text en_value_as_text(en_arena *arena, en_value value, en_text separator)
{
    if (en_is(value, EN_TEXT_VALUE)) {
        return en_value_text(value);
    }
    en_builder out;
    en_builder_init(&out, arena);
    en_value_to_text(&out, value, separator);
    return en_builder_take(&out);
}

bool en_value_truth(en_value value)
{
    switch (value.tag) {
    case EN_NOTHING:
    case EN_NULL:
        return false;
    case EN_BOOLEAN:
        return value.as.boolean;
    case EN_NUMBER:
        return value.form != EN_DOUBLE || !(value.as.number == 0 || isnan(value.as.number));
    case EN_TEXT_VALUE:
        return value.length != 0;
    default:
        return true;
    }
}

/* --- addresses --- */

static bool has_hidden_or_space(en_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if ((unsigned char)text.data[i] <= ' ' || text.data[i] == 0x7F) {
            return true;
        }
    }
    return false;
}

typedef enum label_byte { OUTSIDE, LETTER, HYPHEN, DOT } label_byte;

static label_byte byte_in_label(char byte)
{
    char lower = (char)(byte | 0x20);
    if ((lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9') || byte == '_' ||
        (unsigned char)byte >= 0x80) {
        return LETTER;
    }
    return byte == '-' ? HYPHEN : byte == '.' ? DOT : OUTSIDE;
}

/* Labels of letters, digits, hyphens and anything beyond ASCII, none of them empty or hyphened at
 * an end. Gives their number, 0 if one is wrong. */
static size_t count_labels(en_text host)
{
    size_t labels = 0;
    size_t start = 0;
    label_byte before = DOT;
    for (size_t i = 0; i <= host.length; i++) {
        label_byte now = i < host.length ? byte_in_label(host.data[i]) : DOT;
        if (now == OUTSIDE || (now == HYPHEN && before == DOT)) {
            return 0;
        }
        if (now == DOT) {
            if (before != LETTER || i - start > 63) {
                return 0;
            }
            labels++;
            start = i + 1;
        }
        before = now;
    }
    return labels;
}

bool en_text_is_email(en_text text)
{
    const char *at = text.length != 0 ? memchr(text.data, '@', text.length) : NULL;
    size_t name = at != NULL ? (size_t)(at - text.data) : 0;
    return name != 0 && text.length <= LONGEST_EMAIL &&
           !has_hidden_or_space(en_text_slice(text, 0, name)) &&
           count_labels(en_text_slice(text, name + 1, text.length)) >= 2;
}

/* "host", "host:80", "[::1]:80". */
static bool is_host_and_port(en_text text)
{
    size_t end = text.length;
    bool literal = en_text_starts(text, EN_TEXT("["));
    size_t after = literal ? en_text_find(text, EN_TEXT("]"), 0) : 0;
    if (after == SIZE_MAX) {
        return false;
    }
    size_t colon = en_text_find(text, EN_TEXT(":"), after);
    if (colon != SIZE_MAX) {
        unsigned port = 0;
        for (size_t i = colon + 1; i < text.length; i++) {
            char digit = text.data[i];
            port = digit >= '0' && digit <= '9' && port <= 65535
                       ? port * 10 + (unsigned)(digit - '0')
                       : 65536;
        }
        if (port > 65535) {
            return false;
        }
        end = colon;
    }
    en_text host = en_text_slice(text, 0, end);
    if (literal) {
        return after + 1 == host.length && host.length > 4;
    }
    if (en_text_ends(host, EN_TEXT("."))) { /* the root's dot */
        host.length--;
    }
    return count_labels(host) != 0;
}

bool en_text_is_url(en_text text)
{
    size_t scheme = en_text_find(text, EN_TEXT("://"), 0);
    en_text name = en_text_slice(text, 0, scheme);
    if (scheme == SIZE_MAX || has_hidden_or_space(text) ||
        !(en_text_equal_nocase(name, EN_TEXT("http")) ||
          en_text_equal_nocase(name, EN_TEXT("https")))) {
        return false;
    }
    size_t start = scheme + 3;
    size_t end = start;
    size_t host = start;
    for (; end < text.length; end++) {
        char byte = text.data[end];
        if (byte == '/' || byte == '?' || byte == '#' || byte == '\\') {
            break;
        }
        host = byte == '@' ? end + 1 : host; /* behind the user's name */
    }
    return is_host_and_port(en_text_slice(text, host, end));
}

/* --- conversions --- */

typedef struct coercion {
    en_arena *arena;
    const en_zone *zone;
    bool only; /* no other type is wanted: then what is a last resort counts too */
} coercion;

/* What a conversion gives is immutable and may share the value's bytes. */
typedef bool convert(const coercion *c, en_value value, en_value *result);

static bool to_number(const coercion *c, en_value value, en_value *result)
{
    (void)c;
    *result = value;
    return en_is(value, EN_NUMBER) ||
           (en_is(value, EN_TEXT_VALUE) && en_number_read_text(en_value_text(value), result));
}

static bool to_count(const coercion *c, en_value value, en_value *result)
{
    if (!to_number(c, value, result) || result->form != EN_DOUBLE) {
        return false;
    }
    double number = result->as.number;
    return number >= 0 && number <= EN_EXACT_LIMIT && number == floor(number);
}

static bool to_date(const coercion *c, en_value value, en_value *result)
{
    int64_t at_ms = value.as.date_ms;
    if (!en_is(value, EN_DATE) &&
        !(en_is(value, EN_TEXT_VALUE) && en_date_read(en_value_text(value), c->zone, &at_ms))) {
        return false;
    }
    *result = en_date(at_ms);
    return true;
}

/* Make: a number is true, also 0; text is true unless empty or "false"; so is everything else.
 * Beside other types only what says so is a boolean. */
static bool to_boolean(const coercion *c, en_value value, en_value *result)
{
    en_text text = en_value_text(value);
    bool is_text = en_is(value, EN_TEXT_VALUE);
    bool is_false = is_text && (text.length == 0 || en_text_equal(text, EN_TEXT("false")));
    *result = en_is(value, EN_BOOLEAN) ? value : en_boolean(!is_false);
    return en_is(value, EN_BOOLEAN) || c->only ||
           (is_text && (en_text_equal(text, EN_TEXT("true")) || (is_false && text.length != 0)));
}

static bool to_text(const coercion *c, en_value value, en_value *result)
{
    bool is_binary = en_is(value, EN_BUFFER) && !en_unicode_valid(en_value_text(value));
    if (is_binary || en_is(value, EN_COLLECTION) ||
        (en_is(value, EN_ARRAY) && (!c->only || !has_singles_only(value)))) {
        return false;
    }
    *result = en_text_value(en_value_as_text(c->arena, value, EN_TEXT(", ")));
    return true;
}

static bool to_email(const coercion *c, en_value value, en_value *result)
{
    return to_text(c, value, result) && en_text_is_email(en_value_text(*result));
}

static bool to_url(const coercion *c, en_value value, en_value *result)
{
    return to_text(c, value, result) && en_text_is_url(en_value_text(*result));
}

static bool to_buffer(const coercion *c, en_value value, en_value *result)
{
    if (en_is(value, EN_BUFFER)) {
        *result = value;
        return true;
    }
    if (!is_single(value) || !to_text(c, value, result)) {
        return false;
    }
    *result = en_buffer(en_value_text(*result));
    return true;
}

static bool to_collection(const coercion *c, en_value value, en_value *result)
{
    (void)c;
    *result = value;
    return en_is(value, EN_COLLECTION);
}

static bool to_array(const coercion *c, en_value value, en_value *result)
{
    *result = value;
    if (!en_is(value, EN_ARRAY)) {
        en_value *items = EN_NEW(c->arena, en_value);
        *items = value;
        *result = en_array(items, 1);
    }
    return true;
}

static bool to_filter(const coercion *c, en_value value, en_value *result)
{
    (void)c;
    *result = value;
    return true;
}

/* In the order in which they are tried: what says more about the value first. */
static const struct {
    en_types type;
    convert *run;
} conversions[] = {
    { EN_T_COUNT, to_count },     { EN_T_NUMBER, to_number }, { EN_T_DATE, to_date },
    { EN_T_BOOLEAN, to_boolean }, { EN_T_EMAIL, to_email },   { EN_T_URL, to_url },
    { EN_T_TEXT, to_text },       { EN_T_BUFFER, to_buffer }, { EN_T_COLLECTION, to_collection },
    { EN_T_FILTER, to_filter },   { EN_T_ARRAY, to_array },
};

static const en_types type_of_tag[EN_TAGS] = {
    [EN_NOTHING] = EN_T_NULL,  [EN_NULL] = EN_T_NULL,       [EN_BOOLEAN] = EN_T_BOOLEAN,
    [EN_NUMBER] = EN_T_NUMBER, [EN_TEXT_VALUE] = EN_T_TEXT, [EN_DATE] = EN_T_DATE,
    [EN_BUFFER] = EN_T_BUFFER, [EN_ARRAY] = EN_T_ARRAY,     [EN_COLLECTION] = EN_T_COLLECTION,
};

/* "text \"abc\"", "number 5", "an array of 3". */
static void describe(en_builder *out, en_value value)
{
    char room[EN_SHOW_ROOM];
    switch (value.tag) {
    case EN_TEXT_VALUE:
        en_builder_format(out, "text \"%s\"", en_show(en_value_text(value), room));
        return;
    case EN_BUFFER:
        en_builder_format(out, "a buffer of %u bytes", (unsigned)value.length);
        return;
    case EN_ARRAY:
        en_builder_format(out, "an array of %u", (unsigned)value.length);
        return;
    case EN_COLLECTION:
        en_builder_add(out, EN_TEXT("a collection"));
        return;
    default:
        en_builder_format(out, "%s", en_tag_name((en_tag)value.tag));
        break;
    }
    if (!en_is_missing(value)) {
        en_builder_add_char(out, ' ');
        write_single(out, value);
    }
}

static bool refuse(en_arena *arena, en_types wanted, en_value value, en_error *error)
{
    en_arena_mark mark = en_arena_get_mark(arena);
    en_builder expected;
    en_builder got;
    en_builder_init(&expected, arena);
    en_builder_init(&got, arena);
    list_types(&expected, wanted, true);
    describe(&got, value);
    en_text expected_text = en_builder_take(&expected);
    en_text got_text = en_builder_take(&got);
    en_error_set(error, EN_BundleValidationError, "expected %.*s but got %.*s",
                 EN_TEXT_ARG(expected_text), EN_TEXT_ARG(got_text));
    en_arena_rewind(arena, mark);
    return false;
}

bool en_coerce(en_arena *arena, en_types wanted, en_value value, const en_zone *zone,
               en_value *result, en_error *error)
{
    if (en_is_missing(value)) {
        *result = en_null();
        return (wanted & EN_T_NULL) != 0 || refuse(arena, wanted, value, error);
    }
    if ((wanted & type_of_tag[value.tag]) != 0) {
        *result = value;
        return true;
    }
    en_types tried = wanted & ~(en_types)EN_T_NULL;
    coercion c = { arena, zone, (tried & (tried - 1)) == 0 };
    for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++) {
        if ((tried & conversions[i].type) != 0 && conversions[i].run(&c, value, result)) {
            return true;
        }
    }
    return refuse(arena, tried, value, error);
}
