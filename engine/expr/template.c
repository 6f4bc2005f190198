#include "expr/template.h"

#include "expr/fn.h"
#include "expr/parser.h"

/* Text in front of an expression; the last part may have no expression. */
typedef struct part {
    en_text text;
    const en_node *node;
} part;

typedef enum shape {
    SHAPE_CONSTANT, /* always the same value */
    SHAPE_LONE,     /* one {{…}} and nothing else: the value keeps its type */
    SHAPE_MIXED     /* text */
} shape;

struct en_template {
    shape shape;
    en_text source;
    const en_rules *rules;
    en_value constant;
    const part *parts; /* one when lone */
    size_t count;
    size_t likely_bytes; /* of a mixed result */
};

enum { LIKELY_VALUE_BYTES = 24 };

/* --- compiling --- */

typedef struct part_list {
    part *parts;
    size_t count;
    size_t capacity;
} part_list;

static void add_part(en_arena *arena, part_list *list, part added)
{
    list->parts =
        en_list_grow(arena, list->parts, list->count, &list->capacity, sizeof *list->parts);
    list->parts[list->count++] = added;
}

/* Where the next {{ stands: of more braces in a row the last two, so that {{{1.x}}} is a value in
 * braces. SIZE_MAX: there is none. */
static size_t find_open(en_text source, size_t from)
{
    size_t at = en_text_find(source, EN_TEXT("{{"), from);
    while (at != SIZE_MAX && at + 2 < source.length && source.data[at + 2] == '{') {
        at++;
    }
    return at;
}

static bool too_long(en_error *error)
{
    return en_error_set(error, EN_DataSizeLimitExceededError, "The template is too long.");
}

static bool read_parts(en_resolver *resolver, en_text source, part_list *list, en_error *error)
{
    size_t at = 0;
    while (at < source.length) {
        size_t opened = find_open(source, at);
        part next = { en_text_slice(source, at, opened == SIZE_MAX ? source.length : opened),
                      NULL };
        at = source.length;
        if (opened != SIZE_MAX &&
            !en_expression_parse(resolver, source, opened, &next.node, &at, error)) {
            return false;
        }
        add_part(resolver->arena, list, next);
    }
    return true;
}

/* Constant expressions become text; a part that is text alone joins the next one. */
static bool merge_constants(en_resolver *resolver, part_list *list, en_error *error)
{
    en_text separator = en_text_from(resolver->rules->array_separator);
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        en_value value;
        part *next = &list->parts[i];
        bool constant = next->node != NULL && en_node_constant(next->node, &value);
        bool joins = kept != 0 && list->parts[kept - 1].node == NULL;
        if (!constant && !joins) {
            list->parts[kept++] = *next;
            continue;
        }
        en_builder text;
        en_builder_init(&text, resolver->arena);
        if (joins) {
            en_builder_add(&text, list->parts[--kept].text);
        }
        en_builder_add(&text, next->text);
        if (constant) {
            en_value_to_text(&text, value, separator);
        }
        if (text.failed) {
            return too_long(error);
        }
        list->parts[kept++] = (part){ en_builder_take(&text), constant ? NULL : next->node };
    }
    list->count = kept;
    return true;
}

static void choose_shape(en_template *made, const part_list *list)
{
    made->parts = list->parts;
    made->count = list->count;
    made->shape = SHAPE_MIXED;
    if (list->count == 0) {
        made->shape = SHAPE_CONSTANT;
        made->constant = en_text_value(EN_TEXT(""));
    } else if (list->count == 1 && list->parts[0].node == NULL) {
        made->shape = SHAPE_CONSTANT;
        made->constant = en_text_value(list->parts[0].text);
    }
    for (size_t i = 0; i < list->count; i++) {
        made->likely_bytes += list->parts[i].text.length;
        made->likely_bytes += list->parts[i].node != NULL ? LIKELY_VALUE_BYTES : 0;
    }
}

bool en_template_compile(en_resolver *resolver, en_text source, en_template **made, en_error *error)
{
    en_template *template = EN_NEW(resolver->arena, en_template);
    template->source = source;
    template->rules = resolver->rules;
    part_list list = { 0 };
    if (source.length > UINT32_MAX) {
        return too_long(error);
    }
    if (!read_parts(resolver, source, &list, error)) {
        return false;
    }
    *made = template;
    if (list.count == 1 && list.parts[0].node != NULL && list.parts[0].text.length == 0) {
        bool constant = en_node_constant(list.parts[0].node, &template->constant);
        template->shape = constant ? SHAPE_CONSTANT : SHAPE_LONE;
        template->parts = list.parts;
        template->count = 1;
        return true;
    }
    if (!merge_constants(resolver, &list, error)) {
        return false;
    }
    choose_shape(template, &list);
    return true;
}

bool en_template_constant(const en_template *made, en_value *value)
{
    if (made->shape != SHAPE_CONSTANT) {
        return false;
    }
    *value = made->constant;
    return true;
}

bool en_template_field(const en_template *made, const en_ref **ref, en_text *field)
{
    return made->shape == SHAPE_LONE && en_node_field(made->parts[0].node, ref, field);
}

void en_template_visit(const en_template *made, en_ref_visit *visit, void *context)
{
    for (size_t i = 0; i < made->count; i++) {
        if (made->parts[i].node != NULL) {
            en_node_visit(made->parts[i].node, visit, context);
        }
    }
}

/* --- evaluating --- */

static bool eval_mixed(const en_template *made, en_eval *eval, en_value *result)
{
    en_text separator = en_text_from(made->rules->array_separator);
    en_builder text;
    en_builder_init(&text, eval->scope->arena);
    text.limit_bytes = en_scope_most_bytes(eval->scope);
    if (made->likely_bytes <= text.limit_bytes) {
        (void)en_builder_reserve(&text, made->likely_bytes);
    }
    for (size_t i = 0; i < made->count; i++) {
        en_builder_add(&text, made->parts[i].text);
        if (made->parts[i].node == NULL) {
            continue;
        }
        en_value value;
        if (!en_node_eval(made->parts[i].node, eval, &value)) {
            return false;
        }
        if (value.tag == EN_TEXT_VALUE) {
            en_builder_add(&text, en_value_text(value));
        } else {
            en_value_to_text(&text, value, separator);
        }
    }
    if (text.failed) {
        return en_error_set(eval->error, EN_DataSizeLimitExceededError,
                            "The text is larger than %zu bytes.", text.limit_bytes);
    }
    *result = en_text_value(en_builder_take(&text));
    return true;
}

bool en_template_eval(const en_template *made, en_scope *scope, en_value *result, en_error *error)
{
    if (made->shape == SHAPE_CONSTANT) {
        *result = made->constant;
        return true;
    }
    en_eval eval = { scope, made->rules, error, SIZE_MAX };
    scope->work = 0;
    scope->look_at = EN_LOOK_EVERY;
    scope->began_us = 0;
    if (made->shape == SHAPE_LONE ? en_node_eval(made->parts[0].node, &eval, result)
                                  : eval_mixed(made, &eval, result)) {
        return true;
    }
    en_error_source(error, made->source, eval.caret != SIZE_MAX ? eval.caret : 0);
    return false;
}
