#include "subset.h"

#include "value/json.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

enum { DEEPEST = 200, SHOWN_BYTES = 300 };

typedef struct comparison {
    en_arena *arena;
    en_builder path;
    en_text difference;
    unsigned depth;
} comparison;

static bool compare(comparison *c, en_value expected, en_value actual);

static en_text shown(comparison *c, en_value value)
{
    if (value.tag == EN_NOTHING) {
        return EN_TEXT("nothing");
    }
    en_text text = en_json_text(c->arena, value, 0);
    return text.length <= SHOWN_BYTES
               ? text
               : en_text_format(c->arena, "%.*s… (%zu bytes)", SHOWN_BYTES, text.data, text.length);
}

static bool differ(comparison *c, const char *wanted, en_value actual)
{
    if (c->difference.length == 0) {
        c->difference =
            en_text_format(c->arena, "%.*s%sexpected %s but got %.*s", (int)c->path.length,
                           c->path.length != 0 ? c->path.data : "", c->path.length != 0 ? ": " : "",
                           wanted, EN_TEXT_ARG(shown(c, actual)));
    }
    return false;
}

static bool differ_value(comparison *c, en_value expected, en_value actual)
{
    return differ(c, en_text_terminate(c->arena, shown(c, expected)), actual);
}

/* Compares a part at path + step. */
static bool compare_part(comparison *c, en_text step, en_value expected, en_value actual)
{
    size_t before = c->path.length;
    en_builder_add(&c->path, step);
    c->depth++;
    bool same = c->depth < DEEPEST && compare(c, expected, actual);
    c->depth--;
    c->path.length = before;
    return same;
}

static bool compare_element(comparison *c, size_t index, en_value expected, en_value actual)
{
    return compare_part(c, en_text_format(c->arena, "[%zu]", index), expected, actual);
}

/* Whether it fits, without a word when it does not. */
static bool fits(comparison *c, en_value expected, en_value actual)
{
    comparison trial = { .arena = c->arena, .depth = c->depth };
    en_builder_init(&trial.path, c->arena);
    return compare(&trial, expected, actual);
}

static bool matches(en_value pattern, en_value actual, en_arena *arena)
{
    regex_t regex;
    if (actual.tag != EN_TEXT_VALUE ||
        regcomp(&regex, en_text_terminate(arena, en_value_text(pattern)), REG_EXTENDED) != 0) {
        return false;
    }
    bool found = regexec(&regex, en_text_terminate(arena, en_value_text(actual)), 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

/* --- kinds --- */

static bool is_date(en_value value)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd.dddZ";
    en_text text = en_value_text(value);
    if (value.tag != EN_TEXT_VALUE || text.length != sizeof shape - 1) {
        return false;
    }
    for (size_t i = 0; i < text.length; i++) {
        bool digit = text.data[i] >= '0' && text.data[i] <= '9';
        if (shape[i] == 'd' ? !digit : text.data[i] != shape[i]) {
            return false;
        }
    }
    return true;
}

static bool is_special(en_value expected, const char *name)
{
    return expected.tag == EN_TEXT_VALUE &&
           en_text_equal(en_value_text(expected), en_text_from(name));
}

/* True if `expected` is one of the special texts; *fitting says whether the value is of it. */
static bool check_kind(en_value expected, en_value actual, bool *fitting)
{
    static const struct {
        const char *name;
        en_tag tag;
    } kinds[] = {
        { "$missing", EN_NOTHING }, { "$text", EN_TEXT_VALUE }, { "$number", EN_NUMBER },
        { "$boolean", EN_BOOLEAN }, { "$array", EN_ARRAY },     { "$collection", EN_COLLECTION },
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (is_special(expected, kinds[i].name)) {
            *fitting = en_is(actual, kinds[i].tag);
            return true;
        }
    }
    if (is_special(expected, "$any")) {
        *fitting = !en_is_missing(actual);
        return true;
    }
    if (is_special(expected, "$date")) {
        *fitting = is_date(actual);
        return true;
    }
    return false;
}

/* --- conditions --- */

static bool check_matches(comparison *c, en_value given, en_value actual)
{
    return matches(given, actual, c->arena) ||
           differ(
               c,
               en_text_format(c->arena, "text like /%.*s/", EN_TEXT_ARG(en_value_text(given))).data,
               actual);
}

static bool check_exact(comparison *c, en_value given, en_value actual)
{
    return en_value_equal(given, actual) ||
           differ(c, en_text_format(c->arena, "exactly %.*s", EN_TEXT_ARG(shown(c, given))).data,
                  actual);
}

static bool check_length(comparison *c, en_value given, en_value actual)
{
    bool counted = actual.tag == EN_ARRAY || actual.tag == EN_TEXT_VALUE;
    return (counted && actual.length == en_value_number(given)) ||
           differ(c,
                  en_text_format(c->arena, "a length of %.*s", EN_TEXT_ARG(shown(c, given))).data,
                  actual);
}

static bool check_contains(comparison *c, en_value given, en_value actual)
{
    for (uint32_t i = 0; given.tag == EN_ARRAY && i < given.length; i++) {
        bool found = false;
        for (uint32_t j = 0; actual.tag == EN_ARRAY && j < actual.length && !found; j++) {
            found = fits(c, given.as.items[i], actual.as.items[j]);
        }
        if (!found) {
            en_text wanted = en_text_format(c->arena, "an element %.*s",
                                            EN_TEXT_ARG(shown(c, given.as.items[i])));
            return differ(c, wanted.data, actual);
        }
    }
    return given.tag == EN_ARRAY || differ(c, "an array behind $contains", given);
}

static bool check_not(comparison *c, en_value given, en_value actual)
{
    return !fits(c, given, actual) ||
           differ(c, en_text_format(c->arena, "not %.*s", EN_TEXT_ARG(shown(c, given))).data,
                  actual);
}

static bool check_all(comparison *c, en_value given, en_value actual)
{
    if (actual.tag != EN_ARRAY) {
        return differ(c, "an array", actual);
    }
    for (uint32_t i = 0; i < actual.length; i++) {
        if (!compare_element(c, i, given, actual.as.items[i])) {
            return false;
        }
    }
    return true;
}

static const struct {
    const char *name;
    bool (*check)(comparison *c, en_value given, en_value actual);
} conditions[] = {
    { "$matches", check_matches },   { "$exact", check_exact }, { "$length", check_length },
    { "$contains", check_contains }, { "$not", check_not },     { "$all", check_all },
};

/* --- collections and arrays --- */

static bool compare_members(comparison *c, en_value expected, en_value actual)
{
    const en_member *members = en_collection_members(expected);
    if (actual.tag != EN_COLLECTION) {
        return differ_value(c, expected, actual);
    }
    for (uint32_t i = 0; i < en_collection_count(expected); i++) {
        const char *dot = c->path.length != 0 ? "." : "";
        en_text step = en_text_format(c->arena, "%s%.*s", dot, EN_TEXT_ARG(members[i].name));
        if (!compare_part(c, step, members[i].value, en_collection_find(actual, members[i].name))) {
            return false;
        }
    }
    return true;
}

static bool compare_collections(comparison *c, en_value expected, en_value actual)
{
    if (en_collection_count(expected) == 1) {
        const en_member *only = en_collection_members(expected);
        for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
            if (en_text_equal(only->name, en_text_from(conditions[i].name))) {
                return conditions[i].check(c, only->value, actual);
            }
        }
    }
    return compare_members(c, expected, actual);
}

static bool compare_arrays(comparison *c, en_value expected, en_value actual)
{
    if (actual.tag != EN_ARRAY) {
        return differ_value(c, expected, actual);
    }
    for (uint32_t i = 0; i < expected.length && i < actual.length; i++) {
        if (!compare_element(c, i, expected.as.items[i], actual.as.items[i])) {
            return false;
        }
    }
    return expected.length == actual.length ||
           differ(c, en_text_format(c->arena, "%u elements", expected.length).data, actual);
}

static bool compare(comparison *c, en_value expected, en_value actual)
{
    bool fitting = false;
    if (check_kind(expected, actual, &fitting)) {
        return fitting || differ_value(c, expected, actual);
    }
    if (expected.tag == EN_COLLECTION) {
        return compare_collections(c, expected, actual);
    }
    if (expected.tag == EN_ARRAY) {
        return compare_arrays(c, expected, actual);
    }
    return en_value_equal(expected, actual) || differ_value(c, expected, actual);
}

bool en_subset(en_arena *arena, en_value expected, en_value actual, en_text *difference)
{
    comparison c = { .arena = arena, .difference = EN_TEXT("") };
    en_builder_init(&c.path, arena);
    bool same = compare(&c, expected, actual);
    *difference = c.difference;
    return same;
}
