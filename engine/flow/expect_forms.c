#include "flow/expect_inside.h"

#include "base/base64.h"
#include "value/datetime.h"
#include "value/regex.h"

/* --- conditions --- */

static bool check_exact(const en_matching *at, en_value given, en_value actual)
{
    en_matching exact = en_match_part(at, at->path);
    exact.exact = true;
    return en_match(&exact, given, actual);
}

static bool check_equals(const en_matching *at, en_value given, en_value actual)
{
    en_matching exact = en_match_part(at, at->path);
    exact.exact = true;
    return en_match_literal(&exact, given, actual);
}

static void take_snapshot(const en_matching *at, en_value value)
{
    en_differences *all = at->differences;
    en_snapshot *snapshot = EN_NEW(at->with->arena, en_snapshot);
    *snapshot = (en_snapshot){ .path = at->path, .value = value };
    if (all->last_snapshot != NULL) {
        all->last_snapshot->next = snapshot;
    } else {
        all->snapshots = snapshot;
    }
    all->last_snapshot = snapshot;
}

static bool check_snapshot(const en_matching *at, en_value given, en_value actual)
{
    bool same = check_equals(at, given, actual);
    if (!same) {
        take_snapshot(at, actual);
    }
    return same;
}

static bool check_matches(const en_matching *at, en_value given, en_value actual)
{
    en_arena *arena = at->with->arena;
    const en_regex *regex;
    en_error error;
    en_error_clear(&error);
    en_text wanted = en_text_format(arena, "text like /%.*s/", EN_TEXT_ARG(en_value_text(given)));
    if (!en_regex_cache_get(at->with->patterns, en_value_text(given), 0, &regex, &error)) {
        return en_match_differs_in(at, wanted,
                                   en_text_format(arena, "an error: %s", error.message));
    }
    bool found = false;
    en_regex_span *spans = EN_TRY_ARRAY(arena, en_regex_span, en_regex_groups(regex) + 1);
    if (en_is(actual, EN_TEXT_VALUE) && spans != NULL &&
        !en_regex_search(regex, en_value_text(actual), 0, &found, spans, arena, &error)) {
        return en_match_differs_in(at, wanted,
                                   en_text_format(arena, "an error: %s", error.message));
    }
    return found || en_match_differs(at, wanted, actual);
}

static bool check_length(const en_matching *at, en_value given, en_value actual)
{
    bool counted = en_is(actual, EN_ARRAY) || en_is(actual, EN_TEXT_VALUE);
    en_value length = counted ? en_number(actual.length) : en_nothing();
    if (counted && en_match_quietly(at, given, length)) {
        return true;
    }
    en_text wanted =
        en_text_format(at->with->arena, "a length of %.*s", EN_TEXT_ARG(en_match_shown(at, given)));
    return en_match_differs_in(at, wanted,
                               counted ? en_text_format(at->with->arena, "%u: %.*s",
                                                        (unsigned)actual.length,
                                                        EN_TEXT_ARG(en_match_shown(at, actual)))
                                       : en_match_shown(at, actual));
}

static bool check_contains(const en_matching *at, en_value given, en_value actual)
{
    if (!en_is(actual, EN_ARRAY)) {
        return en_match_differs(at, EN_TEXT("an array"), actual);
    }
    bool all = true;
    for (uint32_t i = 0; en_is(given, EN_ARRAY) && i < given.length; i++) {
        bool found = false;
        for (uint32_t j = 0; j < actual.length && !found; j++) {
            found = en_match_quietly(at, given.as.items[i], actual.as.items[j]);
        }
        if (!found) {
            en_text wanted = en_text_format(at->with->arena, "an element %.*s",
                                            EN_TEXT_ARG(en_match_shown(at, given.as.items[i])));
            all = en_match_differs(at, wanted, actual);
        }
    }
    return all;
}

static bool check_not(const en_matching *at, en_value given, en_value actual)
{
    return !en_match_quietly(at, given, actual) ||
           en_match_differs(at,
                            en_text_format(at->with->arena, "anything but %.*s",
                                           EN_TEXT_ARG(en_match_shown(at, given))),
                            actual);
}

static bool check_all(const en_matching *at, en_value given, en_value actual)
{
    if (!en_is(actual, EN_ARRAY)) {
        return en_match_differs(at, EN_TEXT("an array"), actual);
    }
    bool all = true;
    for (uint32_t i = 0; i < actual.length; i++) {
        all &= en_match_element(at, i, given, actual.as.items[i]);
    }
    return all;
}

static bool check_one_of(const en_matching *at, en_value given, en_value actual)
{
    for (uint32_t i = 0; en_is(given, EN_ARRAY) && i < given.length; i++) {
        if (en_match_quietly(at, given.as.items[i], actual)) {
            return true;
        }
    }
    return en_match_differs(
        at, en_text_format(at->with->arena, "one of %.*s", EN_TEXT_ARG(en_match_shown(at, given))),
        actual);
}

static bool check_true(const en_matching *at, en_value given, en_value actual)
{
    return en_match_true(at, en_value_text(given), actual, true);
}

static bool check_date(const en_matching *at, en_value given, en_value actual)
{
    int64_t at_ms;
    int64_t found_ms;
    bool is_date = en_is(actual, EN_DATE);
    if (en_date_read_iso(en_value_text(given), &at_ms) &&
        (is_date ? actual.as.date_ms == at_ms
                 : en_is(actual, EN_TEXT_VALUE) &&
                       en_date_read_iso(en_value_text(actual), &found_ms) && found_ms == at_ms)) {
        return true;
    }
    return en_match_differs(
        at,
        en_text_format(at->with->arena, "the date %.*s", EN_TEXT_ARG(en_match_shown(at, given))),
        actual);
}

static bool check_buffer(const en_matching *at, en_value given, en_value actual)
{
    en_text bytes;
    return (en_is(actual, EN_BUFFER) &&
            en_base64_decode(at->with->arena, en_value_text(given), &bytes) &&
            en_text_equal(bytes, en_value_text(actual))) ||
           en_match_differs(at,
                            en_text_format(at->with->arena, "the bytes %.*s",
                                           EN_TEXT_ARG(en_match_shown(at, given))),
                            actual);
}

const en_condition_form en_condition_forms[] = {
    { "$all", EN_FORM_EXPECTATION, check_all },
    { "$buffer", EN_FORM_BUFFER, check_buffer },
    { "$contains", EN_FORM_EXPECTATIONS, check_contains },
    { "$date", EN_FORM_DATE, check_date },
    { "$equals", EN_FORM_VALUE, check_equals },
    { "$exact", EN_FORM_EXPECTATION, check_exact },
    { "$length", EN_FORM_EXPECTATION, check_length },
    { "$matches", EN_FORM_PATTERN, check_matches },
    { "$not", EN_FORM_EXPECTATION, check_not },
    { "$oneOf", EN_FORM_EXPECTATIONS, check_one_of },
    { "$snapshot", EN_FORM_SNAPSHOT, check_snapshot },
    { "$true", EN_FORM_TEMPLATE, check_true },
    { 0 },
};

const en_condition_form *en_condition_form_find(en_text name)
{
    for (const en_condition_form *form = en_condition_forms; form->name != NULL; form++) {
        if (en_text_equal(name, en_text_from(form->name))) {
            return form;
        }
    }
    return NULL;
}

bool en_is_form(en_text text)
{
    for (size_t i = 1; i < text.length; i++) {
        char letter = (char)(text.data[i] | 0x20);
        if (letter < 'a' || letter > 'z') {
            return false;
        }
    }
    return text.length > 1 && text.data[0] == '$';
}

bool en_has_conditions(en_value expected)
{
    const en_member *members = en_collection_members(expected);
    uint32_t count = en_collection_count(expected);
    for (uint32_t i = 0; i < count; i++) {
        if (!en_is_form(members[i].name)) {
            return false;
        }
    }
    return count != 0;
}

/* --- kinds --- */

static bool is_any_date(en_value value)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd.dddZ";
    en_text text = en_value_text(value);
    if (en_is(value, EN_DATE)) {
        return true;
    }
    if (!en_is(value, EN_TEXT_VALUE) || text.length != sizeof shape - 1) {
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

static bool is_there(en_value value)
{
    return !en_is_missing(value);
}

static bool is_array(en_value value)
{
    return en_is(value, EN_ARRAY);
}

static bool is_boolean(en_value value)
{
    return en_is(value, EN_BOOLEAN);
}

static bool is_collection(en_value value)
{
    return en_is(value, EN_COLLECTION);
}

static bool is_nothing(en_value value)
{
    return en_is(value, EN_NOTHING);
}

static bool is_number(en_value value)
{
    return en_is(value, EN_NUMBER);
}

static bool is_text(en_value value)
{
    return en_is(value, EN_TEXT_VALUE);
}

const en_kind_form en_kind_forms[] = {
    { "$any", "a value", is_there },
    { "$array", "an array", is_array },
    { "$boolean", "a boolean", is_boolean },
    { "$collection", "a collection", is_collection },
    { "$date", "a date", is_any_date },
    { "$missing", "nothing", is_nothing },
    { "$number", "a number", is_number },
    { "$text", "a text", is_text },
    { 0 },
};

const en_kind_form *en_kind_form_find(en_value expected)
{
    for (const en_kind_form *form = en_kind_forms; form->name != NULL; form++) {
        if (en_is(expected, EN_TEXT_VALUE) &&
            en_text_equal(en_value_text(expected), en_text_from(form->name))) {
            return form;
        }
    }
    return NULL;
}
