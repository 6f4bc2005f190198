#include "flow/expect_inside.h"

#include "base/base64.h"
#include "value/datetime.h"
#include "value/json.h"
#include "value/place.h"
#include "value/regex.h"

#include <stdio.h>

enum { MOST_NAMES = 32 };

typedef struct checking {
    en_arena *arena;
    const en_rules *rules;
    en_problems *problems;
    unsigned depth;
    bool inside_condition; /* there a value has no place of its own: no snapshots */
} checking;

static void check(const checking *c, en_text path, en_value expected);

EN_FORMAT(3, 4)
static en_problem *complain(const checking *c, en_text path, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    en_problem *problem = en_problems_add(c->problems, EN_SEVERITY_ERROR, "%s", message);
    problem->path = path;
    return problem;
}

static void complain_unknown(const checking *c, en_text path, const char *what, en_text name,
                             const en_text *known, size_t count)
{
    en_problem *problem = complain(c, path, "there is no %s \"%.*s\"", what, EN_TEXT_ARG(name));
    size_t nearest = en_text_nearest(name, known, count);
    problem->hint =
        nearest != SIZE_MAX
            ? en_text_format(c->arena, "did you mean \"%.*s\"?", EN_TEXT_ARG(known[nearest]))
            : EN_TEXT("a value that begins with $ is written {\"$equals\": …}");
}

/* --- what conditions take --- */

static void check_expectations(const checking *c, en_text path, en_value given)
{
    if (!en_is(given, EN_ARRAY)) {
        complain(c, path, "takes an array of expectations, not %s", en_tag_name((en_tag)given.tag));
        return;
    }
    for (uint32_t i = 0; i < given.length; i++) {
        check(c, en_place_element(c->arena, path, i), given.as.items[i]);
    }
}

static bool can_be_read(const checking *c, en_form_takes takes, en_text text, en_error *error)
{
    en_regex *regex;
    en_text bytes;
    int64_t at_ms;
    switch (takes) {
    case EN_FORM_PATTERN:
        return en_regex_compile(c->arena, text, 0, &regex, error);
    case EN_FORM_TEMPLATE:
        return en_expect_readable(c->arena, c->rules, text, error);
    case EN_FORM_BUFFER:
        return en_base64_decode(c->arena, text, &bytes) ||
               en_error_set(error, EN_SyntaxError, "takes bytes in base64");
    default:
        return en_date_read_iso(text, &at_ms) ||
               en_error_set(error, EN_SyntaxError, "takes a date such as 2030-01-02T03:04:05Z");
    }
}

static void check_text(const checking *c, en_text path, en_form_takes takes, en_value given)
{
    en_error error;
    en_error_clear(&error);
    if (!en_is(given, EN_TEXT_VALUE)) {
        complain(c, path, "takes a text, not %s", en_tag_name((en_tag)given.tag));
    } else if (!can_be_read(c, takes, en_value_text(given), &error)) {
        en_problems_add_error(c->problems, EN_SEVERITY_ERROR, &error)->path = path;
    }
}

static void check_condition(const checking *c, en_text path, const en_condition_form *form,
                            en_value given)
{
    checking inside = *c;
    inside.depth++;
    inside.inside_condition = true;
    switch (form->takes) {
    case EN_FORM_EXPECTATION:
        check(&inside, path, given);
        break;
    case EN_FORM_EXPECTATIONS:
        check_expectations(&inside, path, given);
        break;
    case EN_FORM_SNAPSHOT:
        if (c->inside_condition) {
            complain(c, path, "a snapshot cannot stand inside a condition");
        }
        break;
    case EN_FORM_VALUE:
        break;
    default:
        check_text(&inside, path, form->takes, given);
    }
}

/* --- all of it --- */

static size_t condition_names(en_text names[MOST_NAMES])
{
    size_t count = 0;
    for (const en_condition_form *form = en_condition_forms; form->name != NULL; form++) {
        names[count++] = en_text_from(form->name);
    }
    return count;
}

static size_t kind_names(en_text names[MOST_NAMES])
{
    size_t count = 0;
    for (const en_kind_form *form = en_kind_forms; form->name != NULL; form++) {
        names[count++] = en_text_from(form->name);
    }
    return count;
}

static void check_member(const checking *c, en_text path, const en_member *member,
                         bool is_condition)
{
    checking inside = *c;
    inside.depth++;
    en_text place = en_place_member(c->arena, path, member->name);
    const en_condition_form *form = is_condition ? en_condition_form_find(member->name) : NULL;
    if (form != NULL) {
        check_condition(c, place, form, member->value);
    } else if (is_condition) {
        en_text names[MOST_NAMES];
        size_t count = condition_names(names);
        complain_unknown(c, place, "condition", member->name, names, count);
    } else {
        check(&inside, place, member->value);
    }
}

static void check(const checking *c, en_text path, en_value expected)
{
    checking inside = *c;
    inside.depth++;
    if (c->depth >= EN_JSON_DEPTH) {
        complain(c, path, "expectations are nested too deeply");
        return;
    }
    if (en_is(expected, EN_TEXT_VALUE) && en_is_form(en_value_text(expected)) &&
        en_kind_form_find(expected) == NULL) {
        en_text names[MOST_NAMES];
        size_t count = kind_names(names);
        complain_unknown(c, path, "kind of value", en_value_text(expected), names, count);
    }
    for (uint32_t i = 0; en_is(expected, EN_ARRAY) && i < expected.length; i++) {
        check(&inside, en_place_element(c->arena, path, i), expected.as.items[i]);
    }
    bool conditions = en_has_conditions(expected);
    for (uint32_t i = 0; i < en_collection_count(expected); i++) {
        check_member(&inside, path, &en_collection_members(expected)[i], conditions);
    }
}

void en_expectation_check(en_arena *arena, const en_rules *rules, en_text path, en_value expected,
                          en_problems *problems)
{
    checking c = { .arena = arena, .rules = rules, .problems = problems };
    check(&c, path, expected);
}
