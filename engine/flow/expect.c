#include "flow/expect_inside.h"

#include "base/base64.h"
#include "value/datetime.h"
#include "value/json.h"
#include "value/place.h"

enum { DEEPEST = EN_JSON_DEPTH, SHOWN_BYTES = 200, SHOWN_BEFORE = 40 };

/* --- differences --- */

en_text en_match_shown(const en_matching *at, en_value value)
{
    if (value.tag == EN_NOTHING) {
        return EN_TEXT("nothing");
    }
    en_text text = en_json_text(at->with->arena, value, 0);
    if (text.length <= SHOWN_BYTES) {
        return text;
    }
    size_t end = SHOWN_BYTES;
    while (end > 0 && ((unsigned char)text.data[end] & 0xC0) == 0x80) {
        end--; /* not inside a character */
    }
    en_builder out;
    en_builder_init(&out, at->with->arena);
    en_builder_add(&out, en_text_slice(text, 0, end));
    en_builder_format(&out, "… (%zu bytes)", text.length);
    return en_builder_take(&out);
}

bool en_match_differs_in(const en_matching *at, en_text expected, en_text found)
{
    en_differences *all = at->differences;
    if (++all->count > EN_MOST_DIFFERENCES) {
        return false;
    }
    en_difference *difference = EN_NEW(at->with->arena, en_difference);
    *difference = (en_difference){ .path = at->path, .expected = expected, .found = found };
    if (all->last != NULL) {
        all->last->next = difference;
    } else {
        all->first = difference;
    }
    all->last = difference;
    return false;
}

bool en_match_differs(const en_matching *at, en_text expected, en_value actual)
{
    return en_match_differs_in(at, expected, en_match_shown(at, actual));
}

static bool differs_by_depth(const en_matching *at)
{
    return en_match_differs_in(at, EN_TEXT("less depth"), EN_TEXT("more than can be compared"));
}

/* Where two texts part, counted in bytes, on a character's border. */
static size_t common_bytes(en_text a, en_text b)
{
    size_t at = 0;
    while (at < a.length && at < b.length && a.data[at] == b.data[at]) {
        at++;
    }
    while (at > 0 && at < a.length && ((unsigned char)a.data[at] & 0xC0) == 0x80) {
        at--;
    }
    return at;
}

/* Long texts are shown from a little before the place where they part. */
static en_text shown_from(const en_matching *at, en_text text, size_t from)
{
    while (from > 0 && from < text.length && ((unsigned char)text.data[from] & 0xC0) == 0x80) {
        from--;
    }
    en_text rest = en_text_slice(text, from, text.length);
    en_text json = en_match_shown(at, en_text_value(rest));
    return from == 0
               ? json
               : en_text_format(at->with->arena, "…%.*s from byte %zu", EN_TEXT_ARG(json), from);
}

static bool differs_leaf(const en_matching *at, en_value expected, en_value actual)
{
    if (!en_is(expected, EN_TEXT_VALUE) || !en_is(actual, EN_TEXT_VALUE)) {
        return en_match_differs(at, en_match_shown(at, expected), actual);
    }
    en_text a = en_value_text(expected);
    en_text b = en_value_text(actual);
    size_t common = common_bytes(a, b);
    bool is_long = a.length > SHOWN_BYTES || b.length > SHOWN_BYTES;
    size_t from = is_long && common > SHOWN_BEFORE ? common - SHOWN_BEFORE : 0;
    return en_match_differs_in(at, shown_from(at, a, from), shown_from(at, b, from));
}

en_text en_difference_line(en_arena *arena, const en_difference *difference)
{
    return en_text_format(arena, "%.*s%sexpected %.*s but found %.*s",
                          EN_TEXT_ARG(difference->path), difference->path.length != 0 ? ": " : "",
                          EN_TEXT_ARG(difference->expected), EN_TEXT_ARG(difference->found));
}

/* --- parts --- */

en_matching en_match_part(const en_matching *at, en_text path)
{
    en_matching part = *at;
    part.path = path;
    part.depth++;
    return part;
}

static bool match_member(const en_matching *at, en_text name, en_value expected, en_value actual)
{
    en_matching part = en_match_part(at, en_place_member(at->with->arena, at->path, name));
    en_value value = en_collection_find(actual, name);
    if (value.tag == EN_NOTHING && en_collection_has(actual, name)) {
        value = en_null(); /* as JSON shows it */
    }
    return en_match(&part, expected, value);
}

bool en_match_element(const en_matching *at, size_t index, en_value expected, en_value actual)
{
    en_matching part = en_match_part(at, en_place_element(at->with->arena, at->path, index));
    return en_match(&part, expected, actual);
}

/* Whether it fits, without a word when it does not. */
bool en_match_quietly(const en_matching *at, en_value expected, en_value actual)
{
    en_differences unheard = { .count = EN_MOST_DIFFERENCES };
    en_matching trial = en_match_part(at, at->path);
    trial.differences = &unheard;
    return en_match(&trial, expected, actual);
}

/* --- leaves --- */

static bool is_moment(en_value value, int64_t at_ms)
{
    char room[EN_ISO_ROOM];
    size_t length = en_date_print_iso(at_ms, room);
    return en_text_equal(en_value_text(value), (en_text){ room, length });
}

/* What the scenario gives is compared as JSON shows it. */
static bool same_leaf(const en_matching *at, en_value expected, en_value actual)
{
    if (en_is(expected, EN_TEXT_VALUE) && en_is(actual, EN_DATE)) {
        return is_moment(expected, actual.as.date_ms);
    }
    if (en_is(expected, EN_TEXT_VALUE) && en_is(actual, EN_BUFFER)) {
        en_builder text;
        en_builder_init(&text, at->with->arena);
        en_base64_encode(&text, en_value_text(actual));
        return en_text_equal(en_value_text(expected), en_builder_take(&text));
    }
    return en_value_equal(expected, actual);
}

static bool match_members(const en_matching *at, en_value expected, en_value actual,
                          bool (*each)(const en_matching *, en_text, en_value, en_value))
{
    if (!en_is(actual, EN_COLLECTION)) {
        return differs_leaf(at, expected, actual);
    }
    const en_member *members = en_collection_members(expected);
    bool same = true;
    for (uint32_t i = 0; i < en_collection_count(expected); i++) {
        same &= each(at, members[i].name, members[i].value, actual);
    }
    members = en_collection_members(actual);
    for (uint32_t i = 0; at->exact && i < en_collection_count(actual); i++) {
        if (!en_collection_has(expected, members[i].name)) {
            en_matching part =
                en_match_part(at, en_place_member(at->with->arena, at->path, members[i].name));
            same = en_match_differs_in(&part, EN_TEXT("nothing"),
                                       en_match_shown(at, members[i].value));
        }
    }
    return same;
}

static bool match_elements(const en_matching *at, en_value expected, en_value actual,
                           bool (*each)(const en_matching *, size_t, en_value, en_value))
{
    if (!en_is(actual, EN_ARRAY)) {
        return differs_leaf(at, expected, actual);
    }
    bool same = true;
    for (uint32_t i = 0; i < expected.length && i < actual.length; i++) {
        same &= each(at, i, expected.as.items[i], actual.as.items[i]);
    }
    if (expected.length != actual.length) {
        en_text wanted = en_text_format(at->with->arena, "%u element%s", (unsigned)expected.length,
                                        expected.length == 1 ? "" : "s");
        en_text got = en_text_format(at->with->arena, "%u: %.*s", (unsigned)actual.length,
                                     EN_TEXT_ARG(en_match_shown(at, actual)));
        same = en_match_differs_in(at, wanted, got);
    }
    return same;
}

/* --- nothing special --- */

static bool literal_member(const en_matching *at, en_text name, en_value expected, en_value actual)
{
    en_matching part = en_match_part(at, en_place_member(at->with->arena, at->path, name));
    en_value value = en_collection_find(actual, name);
    bool is_null = value.tag == EN_NOTHING && en_collection_has(actual, name);
    return en_match_literal(&part, expected, is_null ? en_null() : value);
}

static bool literal_element(const en_matching *at, size_t index, en_value expected, en_value actual)
{
    en_matching part = en_match_part(at, en_place_element(at->with->arena, at->path, index));
    return en_match_literal(&part, expected, actual);
}

bool en_match_literal(const en_matching *at, en_value expected, en_value actual)
{
    if (at->depth >= DEEPEST) {
        return differs_by_depth(at);
    }
    if (en_is(expected, EN_COLLECTION)) {
        return match_members(at, expected, actual, literal_member);
    }
    if (en_is(expected, EN_ARRAY)) {
        return match_elements(at, expected, actual, literal_element);
    }
    return same_leaf(at, expected, actual) || differs_leaf(at, expected, actual);
}

/* --- what is special --- */

static bool match_conditions(const en_matching *at, en_value expected, en_value actual)
{
    const en_member *members = en_collection_members(expected);
    bool all = true;
    for (uint32_t i = 0; i < en_collection_count(expected); i++) {
        const en_condition_form *condition = en_condition_form_find(members[i].name);
        if (condition == NULL) {
            en_text wanted = en_text_format(at->with->arena, "the unknown condition \"%.*s\"",
                                            EN_TEXT_ARG(members[i].name));
            all = en_match_differs(at, wanted, actual);
        } else {
            all &= condition->check(at, members[i].value, actual);
        }
    }
    return all;
}

bool en_match(const en_matching *at, en_value expected, en_value actual)
{
    const en_kind_form *kind = en_kind_form_find(expected);
    if (at->depth >= DEEPEST) {
        return differs_by_depth(at);
    }
    if (kind != NULL) {
        return kind->is(actual) || en_match_differs(at, en_text_from(kind->said), actual);
    }
    if (en_is(expected, EN_COLLECTION)) {
        return en_has_conditions(expected) ? match_conditions(at, expected, actual)
                                           : match_members(at, expected, actual, match_member);
    }
    if (en_is(expected, EN_ARRAY)) {
        return match_elements(at, expected, actual, en_match_element);
    }
    return same_leaf(at, expected, actual) || differs_leaf(at, expected, actual);
}

bool en_expect(const en_comparison *with, en_text path, en_value expected, en_value actual,
               en_differences *differences)
{
    en_matching at = { .with = with, .differences = differences, .path = path };
    return en_match(&at, expected, actual);
}
