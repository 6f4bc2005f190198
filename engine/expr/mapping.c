#include "expr/mapping.h"

#include "expr/node.h"

#include <string.h>

enum { DEEPEST = 512 };

typedef enum mapping_kind {
    MAPPING_CONSTANT,
    MAPPING_TEMPLATE,
    MAPPING_REF,
    MAPPING_ARRAY,
    MAPPING_COLLECTION
} mapping_kind;

struct en_mapping {
    mapping_kind kind;
    en_value constant;              /* collections: where the names stand */
    const en_template *made;        /* template */
    const en_node *node;            /* ref */
    const en_mapping *const *items; /* array, collection: one for each element or member */
    size_t count;
};

/* Where a value stands within the value compiled, told from the inside. */
typedef struct place {
    const struct place *outer;
    en_text name; /* of a member; else an element */
    bool is_member;
    size_t index;
    unsigned depth;
} place;

/* --- compiling --- */

static void tell(en_mapping_sink *sink, const place *at, en_error *error)
{
    for (; at != NULL; at = at->outer) {
        if (at->is_member) {
            en_error_prefix_path(error, at->name);
        } else {
            en_error_prefix_index(error, at->index);
        }
    }
    sink->problem(sink, error);
}

static const en_mapping *make(en_arena *arena, en_mapping mapping)
{
    en_mapping *made = EN_NEW(arena, en_mapping);
    *made = mapping;
    return made;
}

static const en_mapping *make_constant(en_arena *arena, en_value value)
{
    return make(arena, (en_mapping){ .kind = MAPPING_CONSTANT, .constant = value });
}

static const en_mapping *compile(en_resolver *resolver, en_value value, en_mapping_sink *sink,
                                 const place *at);

static const en_mapping *compile_text(en_resolver *resolver, en_value value, en_mapping_sink *sink,
                                      const place *at)
{
    en_template *made;
    en_error error;
    en_error_clear(&error);
    if (!en_template_compile(resolver, en_value_text(value), &made, &error)) {
        tell(sink, at, &error);
        return make_constant(resolver->arena, value);
    }
    en_value constant;
    if (en_template_constant(made, &constant)) {
        return make_constant(resolver->arena, constant);
    }
    return make(resolver->arena, (en_mapping){ .kind = MAPPING_TEMPLATE, .made = made });
}

static const en_mapping *out_of_memory(en_resolver *resolver, en_value value, en_mapping_sink *sink,
                                       const place *at)
{
    en_error error;
    en_error_clear(&error);
    en_error_set(&error, EN_DataSizeLimitExceededError, "There is no memory left for this value");
    tell(sink, at, &error);
    return make_constant(resolver->arena, value);
}

/* Constant again if all of it is: then the value itself, or what constant templates in it gave. */
static const en_mapping *finish(en_resolver *resolver, en_value value, const en_mapping **items,
                                size_t count)
{
    mapping_kind kind = value.tag == EN_ARRAY ? MAPPING_ARRAY : MAPPING_COLLECTION;
    en_mapping mapping = { .kind = kind, .constant = value, .items = items, .count = count };
    for (size_t i = 0; i < count; i++) {
        if (items[i]->kind != MAPPING_CONSTANT) {
            return make(resolver->arena, mapping);
        }
    }
    en_scope scope = { .arena = resolver->arena };
    en_value constant;
    return en_mapping_eval(&mapping, &scope, &constant, NULL)
               ? make_constant(resolver->arena, constant)
               : make(resolver->arena, mapping);
}

static const en_mapping *compile_array(en_resolver *resolver, en_value value, en_mapping_sink *sink,
                                       const place *at)
{
    const en_mapping **items = EN_TRY_ARRAY(resolver->arena, const en_mapping *, value.length);
    if (items == NULL) {
        return out_of_memory(resolver, value, sink, at);
    }
    place inside = { .outer = at, .depth = at != NULL ? at->depth + 1 : 1 };
    for (uint32_t i = 0; i < value.length; i++) {
        inside.index = i;
        items[i] = compile(resolver, value.as.items[i], sink, &inside);
    }
    return finish(resolver, value, items, value.length);
}

static const en_mapping *compile_collection(en_resolver *resolver, en_value value,
                                            en_mapping_sink *sink, const place *at)
{
    const en_member *members = en_collection_members(value);
    uint32_t count = en_collection_count(value);
    const en_mapping **items = EN_TRY_ARRAY(resolver->arena, const en_mapping *, count);
    if (items == NULL) {
        return out_of_memory(resolver, value, sink, at);
    }
    place inside = { .outer = at, .is_member = true, .depth = at != NULL ? at->depth + 1 : 1 };
    for (uint32_t i = 0; i < count; i++) {
        inside.name = members[i].name;
        items[i] = compile(resolver, members[i].value, sink, &inside);
    }
    return finish(resolver, value, items, count);
}

static const en_mapping *compile(en_resolver *resolver, en_value value, en_mapping_sink *sink,
                                 const place *at)
{
    if (at != NULL && at->depth > DEEPEST) { /* deeper than the readers let through */
        return make_constant(resolver->arena, value);
    }
    switch (value.tag) {
    case EN_TEXT_VALUE:
        return compile_text(resolver, value, sink, at);
    case EN_ARRAY:
        return compile_array(resolver, value, sink, at);
    case EN_COLLECTION:
        return compile_collection(resolver, value, sink, at);
    default:
        return make_constant(resolver->arena, value);
    }
}

const en_mapping *en_mapping_compile(en_resolver *resolver, en_value value, en_mapping_sink *sink)
{
    return compile(resolver, value, sink, NULL);
}

const en_mapping *en_mapping_of_ref(en_arena *arena, const en_ref *ref)
{
    const en_node *node = en_node_make_ref(arena, 0, ref, (en_path){ NULL, 0 });
    return make(arena, (en_mapping){ .kind = MAPPING_REF, .node = node });
}

bool en_mapping_constant(const en_mapping *mapping, en_value *value)
{
    if (mapping->kind != MAPPING_CONSTANT) {
        return false;
    }
    *value = mapping->constant;
    return true;
}

bool en_mapping_field(const en_mapping *mapping, const en_ref **ref, en_text *field)
{
    return mapping->kind == MAPPING_TEMPLATE && en_template_field(mapping->made, ref, field);
}

void en_mapping_visit(const en_mapping *mapping, en_ref_visit *visit, void *context)
{
    switch (mapping->kind) {
    case MAPPING_CONSTANT:
        break;
    case MAPPING_TEMPLATE:
        en_template_visit(mapping->made, visit, context);
        break;
    case MAPPING_REF:
        en_node_visit(mapping->node, visit, context);
        break;
    case MAPPING_ARRAY:
    case MAPPING_COLLECTION:
        for (size_t i = 0; i < mapping->count; i++) {
            en_mapping_visit(mapping->items[i], visit, context);
        }
        break;
    }
}

/* --- evaluating --- */

static bool no_memory(en_error *error)
{
    return en_error_set(error, EN_DataSizeLimitExceededError,
                        "There is no memory left for this value");
}

static bool eval_ref(const en_mapping *mapping, en_scope *scope, en_value *result, en_error *error)
{
    en_eval eval = { scope, &en_rules_list, error, SIZE_MAX };
    return en_node_eval(mapping->node, &eval, result);
}

/* Elements keep their places: a missing one is null. */
static bool eval_array(const en_mapping *mapping, en_scope *scope, en_value *result,
                       en_error *error)
{
    en_value *items = EN_TRY_ARRAY(scope->arena, en_value, mapping->count);
    if (items == NULL) {
        return no_memory(error);
    }
    for (size_t i = 0; i < mapping->count; i++) {
        if (!en_mapping_eval(mapping->items[i], scope, &items[i], error)) {
            en_error_prefix_index(error, i);
            return false;
        }
        if (items[i].tag == EN_NOTHING) {
            items[i] = en_null();
        }
    }
    *result = en_array(items, mapping->count);
    return true;
}

/* A member whose value is nothing is not there. */
static bool eval_collection(const en_mapping *mapping, en_scope *scope, en_value *result,
                            en_error *error)
{
    const en_member *members = en_collection_members(mapping->constant);
    en_collection_builder made;
    en_collection_builder_init(&made, scope->arena);
    for (size_t i = 0; i < mapping->count; i++) {
        en_value value;
        if (!en_mapping_eval(mapping->items[i], scope, &value, error)) {
            en_error_prefix_path(error, members[i].name);
            return false;
        }
        if (value.tag != EN_NOTHING) {
            en_collection_builder_add(&made, members[i].name, value);
        }
    }
    if (made.failed) {
        return no_memory(error);
    }
    *result = en_collection_builder_take(&made);
    return true;
}

bool en_mapping_eval(const en_mapping *mapping, en_scope *scope, en_value *result, en_error *error)
{
    switch (mapping->kind) {
    case MAPPING_TEMPLATE:
        return en_template_eval(mapping->made, scope, result, error);
    case MAPPING_REF:
        return eval_ref(mapping, scope, result, error);
    case MAPPING_ARRAY:
        return eval_array(mapping, scope, result, error);
    case MAPPING_COLLECTION:
        return eval_collection(mapping, scope, result, error);
    case MAPPING_CONSTANT:
        break;
    }
    *result = mapping->constant;
    return true;
}
