#include "store/schema_difference.h"

#include "store/table.h"

static en_text find_field_difference(en_arena *arena, const en_schema *stored,
                                     const en_schema *wanted)
{
    if (stored->has_structure != wanted->has_structure) {
        return stored->has_structure ? EN_TEXT("it has a structure, its definition has none")
                                     : EN_TEXT("it has no structure, its definition has one");
    }
    for (size_t i = 0; i < stored->field_count; i++) {
        const en_field *old = &stored->fields[i];
        const en_field *new = en_schema_field(wanted, old->name);
        if (new == NULL) {
            return en_text_format(arena, "field \"%.*s\" is not in its definition",
                                  EN_TEXT_ARG(old->name));
        }
        if (old->type != new->type) {
            return en_text_format(arena, "field \"%.*s\" is %.*s, its definition says %.*s",
                                  EN_TEXT_ARG(old->name),
                                  EN_TEXT_ARG(en_field_type_name(old->type)),
                                  EN_TEXT_ARG(en_field_type_name(new->type)));
        }
        if (old->unique != new->unique || (new->required && !old->required)) {
            return en_text_format(arena, "field \"%.*s\" is %s, its definition says otherwise",
                                  EN_TEXT_ARG(old->name),
                                  old->unique != new->unique
                                      ? (old->unique ? "unique" : "not unique")
                                      : "not required");
        }
        if (en_field_has_column(stored, i) !=
            en_field_has_column(wanted, (size_t)(new - wanted->fields))) {
            return en_text_format(arena, "field \"%.*s\" would have to move",
                                  EN_TEXT_ARG(old->name));
        }
    }
    for (size_t i = 0; i < wanted->field_count; i++) {
        if (en_schema_field(stored, wanted->fields[i].name) == NULL) {
            return en_text_format(arena, "field \"%.*s\" of its definition is new",
                                  EN_TEXT_ARG(wanted->fields[i].name));
        }
    }
    return EN_TEXT("");
}

static const en_field *key_field_of(const en_schema *schema)
{
    for (size_t i = 0; i < schema->field_count; i++) {
        if (schema->fields[i].unique) {
            return &schema->fields[i];
        }
    }
    return NULL;
}

static bool lists_equal(const en_field_list *a, size_t a_count, const en_field_list *b,
                        size_t b_count)
{
    bool equal = a_count == b_count;
    for (size_t i = 0; equal && i < a_count; i++) {
        equal = a[i].count == b[i].count;
        for (size_t j = 0; equal && j < a[i].count; j++) {
            equal = en_text_equal(a[i].names[j], b[i].names[j]);
        }
    }
    return equal;
}

bool en_schema_moves_key(en_arena *arena, const en_schema *stored, const en_schema *wanted,
                         en_text *what)
{
    const en_field *old_key = key_field_of(stored);
    const en_field *new_key = key_field_of(wanted);
    if (old_key == NULL && new_key == NULL) {
        return false;
    }
    if (old_key != NULL && new_key != NULL) {
        *what = en_text_format(arena, "its key is field \"%.*s\", its definition says \"%.*s\"",
                               EN_TEXT_ARG(old_key->name), EN_TEXT_ARG(new_key->name));
        return !en_text_equal(old_key->name, new_key->name);
    }
    *what = en_text_format(arena,
                           old_key != NULL
                               ? "its key is field \"%.*s\", its definition has no unique field"
                               : "it has no key field, its definition says \"%.*s\"",
                           EN_TEXT_ARG(old_key != NULL ? old_key->name : new_key->name));
    return true;
}

static en_text find_guard_difference(const en_schema *stored, const en_schema *wanted)
{
    if (!lists_equal(stored->uniques, stored->unique_count, wanted->uniques,
                     wanted->unique_count)) {
        return EN_TEXT("other lists of fields are unique together");
    }
    if (!en_text_equal(stored->ttl_field, wanted->ttl_field) || stored->ttl_ms != wanted->ttl_ms) {
        return EN_TEXT("its records expire in another way");
    }
    return wanted->strict && !stored->strict ? EN_TEXT("it is not strict") : EN_TEXT("");
}

en_text en_schema_difference(en_arena *arena, const en_schema *stored, const en_schema *wanted)
{
    en_text difference = find_field_difference(arena, stored, wanted);
    return difference.length != 0 ? difference : find_guard_difference(stored, wanted);
}
