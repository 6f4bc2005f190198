#include "flow/expect_inside.h"

/* --- templates --- */

typedef struct names {
    en_resolver resolver;
    en_value known;
} names;

enum { VALUE_SLOT, FIRST_NAME };

static bool resolve(en_resolver *resolver, en_text name, bool is_id, en_text field, size_t at,
                    en_ref *ref)
{
    (void)at;
    en_value known = ((const names *)resolver)->known;
    const en_member *members = en_collection_members(known);
    *ref = (en_ref){ .kind = EN_REF_SLOT, .present = EN_NO_SLOT, .name = name };
    if (en_text_equal(name, EN_TEXT("value"))) {
        ref->slot = VALUE_SLOT;
        return true;
    }
    for (uint32_t i = 0; i < en_collection_count(known); i++) {
        if (en_text_equal(members[i].name, name)) {
            ref->slot = FIRST_NAME + i;
            return true;
        }
    }
    ref->kind = EN_REF_NOTHING;
    return !is_id || field.length != 0;
}

static names names_of(en_arena *arena, const en_rules *rules, en_value known)
{
    return (names){ .resolver = { .resolve = resolve,
                                  .rules = rules != NULL ? rules : &en_rules_list,
                                  .arena = arena,
                                  .check_functions = true },
                    .known = known };
}

bool en_expect_readable(en_arena *arena, const en_rules *rules, en_text source, en_error *error)
{
    names known = names_of(arena, rules, en_null());
    en_template *made;
    return en_template_compile(&known.resolver, source, &made, error);
}

static bool evaluate(const en_matching *at, en_text source, en_value actual, en_value *result,
                     en_error *error)
{
    const en_comparison *with = at->with;
    names known = names_of(with->arena, with->rules, with->names);
    en_template *made;
    if (!en_template_compile(&known.resolver, source, &made, error)) {
        return false;
    }
    size_t count = en_collection_count(with->names);
    en_value *slots = en_arena_alloc(with->arena, (FIRST_NAME + count) * sizeof *slots);
    slots[VALUE_SLOT] = actual;
    for (size_t i = 0; i < count; i++) {
        slots[FIRST_NAME + i] = en_collection_members(with->names)[i].value;
    }
    en_scope scope = { .slots = slots,
                       .arena = with->arena,
                       .now_ms = with->now_ms,
                       .random = with->random,
                       .zone = with->zone,
                       .zones = with->zones,
                       .patterns = with->patterns };
    return en_template_eval(made, &scope, result, error);
}

bool en_match_true(const en_matching *at, en_text source, en_value actual, bool has_value)
{
    en_value result = en_nothing();
    en_error error;
    en_error_clear(&error);
    en_text wanted = en_text_format(at->with->arena, "%.*s to be true", EN_TEXT_ARG(source));
    if (!evaluate(at, source, actual, &result, &error)) {
        return en_match_differs_in(at, wanted,
                                   en_text_format(at->with->arena, "an error: %s", error.message));
    }
    if (en_is(result, EN_BOOLEAN) && result.as.boolean) {
        return true;
    }
    return en_match_differs_in(at, wanted,
                               has_value ? en_text_format(at->with->arena, "%.*s, which gives %.*s",
                                                          EN_TEXT_ARG(en_match_shown(at, actual)),
                                                          EN_TEXT_ARG(en_match_shown(at, result)))
                                         : en_match_shown(at, result));
}

bool en_expect_true(const en_comparison *with, en_text path, en_text source,
                    en_differences *differences)
{
    en_matching c = { .with = with, .differences = differences, .path = path };
    return en_match_true(&c, source, en_nothing(), false);
}
