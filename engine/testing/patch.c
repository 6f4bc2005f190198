#include "testing/patch.h"

#include "value/place.h"

/* --- one change --- */

typedef struct change {
    en_arena *arena;
    en_text path;
    en_value value; /* nothing: remove */
    en_error *error;
} change;

static bool put(const change *c, size_t at, en_value in, unsigned depth, en_value *out);

static bool refuse(const change *c, const char *why)
{
    return en_error_set(c->error, EN_SyntaxError, "\"%.*s\" leads nowhere: %s",
                        EN_TEXT_ARG(c->path), why);
}

static bool put_element(const change *c, size_t next, en_value in, const en_place_step *step,
                        unsigned depth, en_value *out)
{
    if (!en_is(in, EN_ARRAY) || step->index > in.length) {
        return refuse(c, "there is no such element");
    }
    en_array_builder made;
    en_array_builder_init(&made, c->arena);
    for (size_t i = 0; i <= in.length; i++) {
        en_value element = i < in.length ? in.as.items[i] : en_nothing();
        if (i == step->index && !put(c, next, element, depth, &element)) {
            return false;
        }
        if (!en_is(element, EN_NOTHING)) {
            en_array_builder_add(&made, element);
        }
    }
    *out = en_array_builder_take(&made);
    return true;
}

static bool put_member(const change *c, size_t next, en_value in, const en_place_step *step,
                       unsigned depth, en_value *out)
{
    if (!en_is(in, EN_COLLECTION) && !en_is_missing(in)) {
        return refuse(c, "there is no collection to change");
    }
    en_value member;
    if (!put(c, next, en_collection_find(in, step->name), depth, &member)) {
        return false;
    }
    en_collection_builder made;
    en_collection_builder_init(&made, c->arena);
    for (uint32_t i = 0; i < en_collection_count(in); i++) {
        const en_member *old = &en_collection_members(in)[i];
        bool here = en_text_equal(old->name, step->name);
        if (!here || !en_is(member, EN_NOTHING)) {
            en_collection_builder_add(&made, old->name, here ? member : old->value);
        }
    }
    if (!en_is(member, EN_NOTHING) && !en_collection_has(in, step->name)) {
        en_collection_builder_add(&made, step->name, member);
    }
    *out = en_collection_builder_take(&made);
    return true;
}

static bool put(const change *c, size_t at, en_value in, unsigned depth, en_value *out)
{
    enum { DEEPEST = 128 };
    en_place_step step;
    if (at == c->path.length) {
        *out = c->value;
        return true;
    }
    if (depth == DEEPEST || !en_place_next(c->arena, c->path, &at, &step)) {
        return refuse(c, "it is no path such as modules[2].parameters.limit");
    }
    return step.is_index ? put_element(c, at, in, &step, depth + 1, out)
                         : put_member(c, at, in, &step, depth + 1, out);
}

bool en_patch_apply(en_arena *arena, en_value patch, en_value *value, en_error *error)
{
    for (uint32_t i = 0; i < en_collection_count(patch); i++) {
        const en_member *member = &en_collection_members(patch)[i];
        bool removes = en_text_equal(en_value_text(member->value), EN_TEXT("$missing"));
        change c = { .arena = arena,
                     .path = member->name,
                     .value = removes ? en_nothing() : member->value,
                     .error = error };
        if (!put(&c, 0, *value, 0, value)) {
            return false;
        }
    }
    return true;
}
