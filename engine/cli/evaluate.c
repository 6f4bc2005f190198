#include "cli/evaluate.h"

#include "cli/input.h"

/* --- names --- */

/* The members of the context, then the fields of its payload: each is a slot. */
typedef struct names {
    en_resolver resolver;
    const en_member *members;
    uint32_t count;
    const en_member *fields;
    uint32_t field_count;
} names;

/* One payload, whatever the trigger is called. */
static const en_text payload_names[] = { { "webhook", 7 }, { "trigger", 7 }, { "input", 5 } };
enum { PAYLOAD_NAMES = sizeof payload_names / sizeof payload_names[0] };

static bool is_payload(en_text name)
{
    for (size_t i = 0; i < PAYLOAD_NAMES; i++) {
        if (en_text_equal(name, payload_names[i])) {
            return true;
        }
    }
    return false;
}

static bool find_name(const en_member *members, uint32_t count, en_text name, uint32_t *slot)
{
    for (uint32_t i = 0; i < count; i++) {
        if (en_text_equal(members[i].name, name)) {
            *slot = i;
            return true;
        }
    }
    return false;
}

static bool find_payload(const names *known, uint32_t *slot)
{
    for (size_t i = 0; i < PAYLOAD_NAMES; i++) {
        if (find_name(known->members, known->count, payload_names[i], slot)) {
            return true;
        }
    }
    return false;
}

static bool resolve(en_resolver *resolver, en_text name, bool is_id, en_text field, size_t at,
                    en_ref *ref)
{
    (void)at;
    const names *known = (const names *)resolver;
    *ref = (en_ref){ .kind = EN_REF_SLOT, .present = EN_NO_SLOT, .name = name };
    if (find_name(known->members, known->count, name, &ref->slot) ||
        (is_payload(name) && find_payload(known, &ref->slot))) {
        ref->headers_nocase = is_payload(name);
        return true;
    }
    if (!is_id && find_name(known->fields, known->field_count, name, &ref->slot)) {
        ref->slot += known->count;
        return true;
    }
    ref->kind = EN_REF_NOTHING;
    return !is_id || field.length != 0;
}

static names names_of(const en_request *asked, en_arena *arena)
{
    uint32_t slot;
    names known = { .resolver = { .resolve = resolve,
                                  .rules = asked->rules,
                                  .arena = arena,
                                  .check_functions = true },
                    .members = en_collection_members(asked->context),
                    .count = en_collection_count(asked->context) };
    if (find_payload(&known, &slot)) {
        known.fields = en_collection_members(known.members[slot].value);
        known.field_count = en_collection_count(known.members[slot].value);
    }
    return known;
}

/* --- evaluating --- */

bool en_evaluate(en_evaluator *with, const en_request *asked, en_arena *arena, en_value *value,
                 en_error *error)
{
    names known = names_of(asked, arena);
    en_template *made;
    if (!en_template_compile(&known.resolver, asked->source, &made, error)) {
        return false;
    }
    size_t count = (size_t)known.count + known.field_count;
    en_value *slots = EN_TRY_ARRAY(arena, en_value, count + 1);
    if (slots == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "the context is too large");
    }
    for (size_t i = 0; i < count; i++) {
        slots[i] = i < known.count ? known.members[i].value : known.fields[i - known.count].value;
    }
    en_scope scope = { .slots = slots,
                       .arena = arena,
                       .now_ms = asked->now_ms,
                       .random = &with->random,
                       .zone = asked->zone,
                       .zones = with->zones,
                       .patterns = with->patterns };
    return en_template_eval(made, &scope, value, error);
}

static en_value member(en_arena *arena, const char *name, en_value value)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, en_text_from(name), value);
    return en_collection_builder_take(&object);
}

en_value en_evaluate_result(en_arena *arena, bool done, en_value value, const en_error *error)
{
    if (done) {
        return member(arena, "value", value);
    }
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, EN_TEXT("type"),
                              en_text_value(en_text_from(en_error_name(error->type))));
    en_collection_builder_add(&object, EN_TEXT("message"),
                              en_text_value(en_text_from(error->message)));
    return member(arena, "error", en_collection_builder_take(&object));
}

bool en_request_dialect(en_text name, const en_rules **rules, en_error *error)
{
    *rules = en_rules_find(name);
    if (*rules != NULL) {
        return true;
    }
    static const en_text known[] = { { "blueprint", 9 }, { "list", 4 }, { "fusion", 6 } };
    en_error_set(error, EN_UsageError, "there is no dialect '%.*s'", EN_TEXT_ARG(name));
    size_t nearest = en_text_nearest(name, known, sizeof known / sizeof known[0]);
    if (nearest != SIZE_MAX) {
        en_error_hint(error, "did you mean %.*s?", EN_TEXT_ARG(known[nearest]));
    } else {
        en_error_hint(error, "the dialects are blueprint, list and fusion");
    }
    return false;
}

bool en_request_context(en_context *context, const char *flag, const char *text, en_value *values,
                        en_error *error)
{
    en_value read;
    if (!en_input_json(context, flag, text, EN_JSON_TYPED, &read, error)) {
        return false;
    }
    if (!en_is(read, EN_COLLECTION)) {
        return en_error_set(error, EN_UsageError, "%s takes a collection, not %s", flag,
                            en_tag_name((en_tag)read.tag));
    }
    *values = read;
    return true;
}
