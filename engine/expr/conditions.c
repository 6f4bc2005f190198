#include "expr/mapping.h"

#include <stdio.h>

typedef struct condition {
    en_operator op;
    bool a_is_field;
    en_text field;
    const en_mapping *a;
    const en_mapping *b; /* NULL: no right-hand side */
} condition;

typedef struct group {
    const condition *conditions;
    size_t count;
} group;

struct en_conditions {
    const group *groups;
    size_t count;
    bool empty;   /* no condition was written */
    bool wrapped; /* as in `compiler` */
    bool flat;    /* one group, written without its brackets */
};

/* --- compiling --- */

typedef struct compiler {
    en_resolver *resolver;
    en_operand operand;
    en_mapping_sink *sink;
    bool wrapped; /* the groups stand in a member "conditions" */
} compiler;

/* Where a condition stands; `group` is SIZE_MAX in the flat form. */
typedef struct place {
    const compiler *compile;
    size_t group;
    size_t index;
    const char *key; /* "a", "o", "b"; or NULL */
} place;

static void tell(const place *at, en_error *error)
{
    if (at->key != NULL) {
        en_error_prefix_path(error, en_text_from(at->key));
    }
    if (at->index != SIZE_MAX) {
        en_error_prefix_index(error, at->index);
    }
    if (at->group != SIZE_MAX) {
        en_error_prefix_index(error, at->group);
    }
    if (at->compile->wrapped) {
        en_error_prefix_path(error, EN_TEXT("conditions"));
    }
    at->compile->sink->problem(at->compile->sink, error);
}

EN_FORMAT(3, 4)
static void problem(const place *at, const char *hint, const char *format, ...)
{
    char message[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    en_error error;
    en_error_clear(&error);
    en_error_set(&error, EN_SyntaxError, "%s", message);
    if (hint != NULL) {
        en_error_hint(&error, "%s", hint);
    }
    tell(at, &error);
}

/* Passes problems of an operand on, with the operand's place in front. */
typedef struct operand_sink {
    en_mapping_sink sink;
    const place *at;
} operand_sink;

static void pass_on(en_mapping_sink *sink, const en_error *error)
{
    en_error located = *error;
    tell(((operand_sink *)sink)->at, &located);
}

static const en_mapping *compile_operand(place at, const char *key, en_value value)
{
    at.key = key;
    operand_sink sink = { { pass_on }, &at };
    return en_mapping_compile(at.compile->resolver, value, &sink.sink);
}

static bool holds_template(en_value value)
{
    return value.tag == EN_TEXT_VALUE &&
           en_text_find(en_value_text(value), EN_TEXT("{{"), 0) != SIZE_MAX;
}

static void compile_operator(place at, en_value spelling, condition *made)
{
    en_text nearest;
    at.key = "o";
    char hint[sizeof((en_error *)NULL)->hint];
    en_text names = en_operation_names(at.compile->resolver->arena);
    snprintf(hint, sizeof hint, "operators are %.*s", EN_TEXT_ARG(names));
    if (en_is_missing(spelling)) {
        problem(&at, hint, "The condition has no operator o");
    } else if (spelling.tag != EN_TEXT_VALUE) {
        problem(&at, hint, "Expected an operator's name but found %s", en_tag_name(spelling.tag));
    } else if (!en_operator_find(en_value_text(spelling), &made->op, &nearest)) {
        if (nearest.length != 0) {
            snprintf(hint, sizeof hint, "did you mean %.*s?", EN_TEXT_ARG(nearest));
        }
        problem(&at, hint, "There is no operator %.*s", EN_TEXT_ARG(en_value_text(spelling)));
    }
}

static void compile_condition(place at, en_value value, condition *made)
{
    if (value.tag != EN_COLLECTION) {
        problem(&at, NULL, "Expected a condition {a, o, b} but found %s", en_tag_name(value.tag));
        return;
    }
    en_value a = en_collection_find(value, EN_TEXT("a"));
    if (!en_collection_has(value, EN_TEXT("a"))) {
        problem(&at, NULL, "The condition has no left side a");
    }
    if (at.compile->operand == EN_A_IS_FIELD && a.tag == EN_TEXT_VALUE && !holds_template(a)) {
        made->a_is_field = true;
        made->field = en_value_text(a);
    }
    made->a = compile_operand(at, "a", a);
    compile_operator(at, en_collection_find(value, EN_TEXT("o")), made);
    if (!en_operation_is_unary(made->op.operation)) {
        made->b = compile_operand(at, "b", en_collection_find(value, EN_TEXT("b")));
    }
}

static bool compile_group(place at, en_value value, group *made)
{
    en_arena *arena = at.compile->resolver->arena;
    condition *conditions = EN_TRY_ARRAY(arena, condition, value.length);
    if (conditions == NULL) {
        problem(&at, NULL, "There are too many conditions");
        return false;
    }
    for (uint32_t i = 0; i < value.length; i++) {
        conditions[i] = (condition){ .op = { .operation = EN_OP_EQUAL } };
        at.index = i;
        compile_condition(at, value.as.items[i], &conditions[i]);
    }
    *made = (group){ conditions, value.length };
    return true;
}

/* [{…}, {…}] is one group, [[…], […]] several. */
static bool is_flat(en_value value)
{
    return value.length != 0 && value.as.items[0].tag == EN_COLLECTION;
}

static const en_conditions *compile_groups(const compiler *compile, en_value value)
{
    place at = { compile, SIZE_MAX, SIZE_MAX, NULL };
    bool flat = is_flat(value);
    size_t count = flat ? 1 : value.length;
    group *groups = EN_TRY_ARRAY(compile->resolver->arena, group, count);
    if (groups == NULL) {
        problem(&at, NULL, "There are too many conditions");
        return NULL;
    }
    en_conditions *made = EN_NEW(compile->resolver->arena, en_conditions);
    *made = (en_conditions){ groups, count, true, compile->wrapped, flat };
    for (size_t i = 0; i < count; i++) {
        en_value written = flat ? value : value.as.items[i];
        at.group = flat ? SIZE_MAX : i;
        groups[i] = (group){ 0 };
        if (written.tag != EN_ARRAY) {
            problem(&at, NULL, "Expected a list of conditions but found %s",
                    en_tag_name(written.tag));
        } else if (!compile_group(at, written, &groups[i])) {
            return NULL;
        }
        made->empty = made->empty && groups[i].count == 0;
    }
    return made;
}

const en_conditions *en_conditions_compile(en_resolver *resolver, en_value value, en_operand a,
                                           en_mapping_sink *sink)
{
    compiler compile = { resolver, a, sink, value.tag == EN_COLLECTION };
    if (compile.wrapped) {
        value = en_collection_find(value, EN_TEXT("conditions"));
    }
    if (en_is_missing(value)) {
        return NULL;
    }
    if (value.tag != EN_ARRAY) {
        place at = { &compile, SIZE_MAX, SIZE_MAX, NULL };
        problem(&at, "[[{\"a\": \"{{1.total}}\", \"o\": \"greater\", \"b\": 100}]]",
                "Expected lists of conditions but found %s", en_tag_name(value.tag));
        return NULL;
    }
    return compile_groups(&compile, value);
}

bool en_conditions_are_empty(const en_conditions *conditions)
{
    return conditions != NULL && conditions->empty;
}

void en_conditions_visit(const en_conditions *conditions, en_ref_visit *visit, void *context)
{
    for (size_t i = 0; conditions != NULL && i < conditions->count; i++) {
        for (size_t j = 0; j < conditions->groups[i].count; j++) {
            const condition *one = &conditions->groups[i].conditions[j];
            if (one->a != NULL) {
                en_mapping_visit(one->a, visit, context);
            }
            if (one->b != NULL) {
                en_mapping_visit(one->b, visit, context);
            }
        }
    }
}

bool en_conditions_single(const en_conditions *conditions, en_operator *op, const en_mapping **a,
                          en_value *b)
{
    if (conditions == NULL || conditions->count != 1 || conditions->groups[0].count != 1) {
        return false;
    }
    const condition *one = &conditions->groups[0].conditions[0];
    *op = one->op;
    *a = one->a;
    return one->a != NULL && one->b != NULL && en_mapping_constant(one->b, b);
}

bool en_conditions_sketch(const en_conditions *conditions, en_arena *arena, en_operand_guess *guess,
                          void *context, en_filter *filter)
{
    size_t count = conditions != NULL && !conditions->empty ? conditions->count : 0;
    en_condition_group *groups = EN_TRY_ARRAY(arena, en_condition_group, count);
    for (size_t i = 0; groups != NULL && i < count; i++) {
        const group *from = &conditions->groups[i];
        en_condition *made = EN_TRY_ARRAY(arena, en_condition, from->count);
        if (made == NULL) {
            return false;
        }
        for (size_t j = 0; j < from->count; j++) {
            const condition *one = &from->conditions[j];
            made[j] =
                (en_condition){ one->op, one->a_is_field, one->field, en_nothing(), en_nothing() };
            if (one->b != NULL && !en_mapping_constant(one->b, &made[j].b)) {
                made[j].b = guess(context, one->field);
            }
            if (!one->a_is_field && !en_mapping_constant(one->a, &made[j].a)) {
                made[j].a = guess(context, EN_TEXT(""));
            }
        }
        groups[i] = (en_condition_group){ made, from->count };
    }
    *filter = (en_filter){ groups, count };
    return groups != NULL;
}

/* --- evaluating --- */

static bool eval_operand(const en_mapping *mapping, const char *key, en_scope *scope,
                         en_value *value, en_error *error)
{
    *value = en_nothing();
    if (mapping != NULL && !en_mapping_eval(mapping, scope, value, error)) {
        en_error_prefix_path(error, en_text_from(key));
        return false;
    }
    return true;
}

static bool eval_operands(const condition *one, en_scope *scope, en_condition *made,
                          en_error *error)
{
    *made = (en_condition){ .op = one->op, .a_is_field = one->a_is_field, .field = one->field };
    return (one->a_is_field || eval_operand(one->a, "a", scope, &made->a, error)) &&
           eval_operand(one->b, "b", scope, &made->b, error);
}

/* Puts the place of a group in front of an error's path; always false. */
static bool group_failed(const en_conditions *conditions, size_t index, en_error *error)
{
    if (!conditions->flat) {
        en_error_prefix_index(error, index);
    }
    if (conditions->wrapped) {
        en_error_prefix_path(error, EN_TEXT("conditions"));
    }
    return false;
}

static bool test_group(const group *tested, en_scope *scope, bool *result, en_error *error)
{
    en_filter_context context = { .scratch = scope->arena,
                                  .patterns = scope->patterns,
                                  .zone = scope->zone };
    *result = true;
    for (size_t i = 0; i < tested->count && *result; i++) {
        en_condition made;
        if (!eval_operands(&tested->conditions[i], scope, &made, error) ||
            !en_compare(made.op, made.a, made.b, &context, result, error)) {
            en_error_prefix_index(error, i);
            return false;
        }
    }
    return true;
}

bool en_conditions_test(const en_conditions *conditions, en_scope *scope, bool *result,
                        en_error *error)
{
    *result = conditions == NULL || conditions->empty;
    for (size_t i = 0; !*result && i < conditions->count; i++) {
        if (!test_group(&conditions->groups[i], scope, result, error)) {
            return group_failed(conditions, i, error);
        }
    }
    return true;
}

static bool fill_group(const group *from, en_scope *scope, en_condition_group *to, en_error *error)
{
    en_condition *conditions = EN_TRY_ARRAY(scope->arena, en_condition, from->count);
    if (conditions == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "There are too many conditions.");
    }
    for (size_t i = 0; i < from->count; i++) {
        if (!eval_operands(&from->conditions[i], scope, &conditions[i], error)) {
            en_error_prefix_index(error, i);
            return false;
        }
    }
    *to = (en_condition_group){ conditions, from->count };
    return true;
}

bool en_conditions_to_filter(const en_conditions *conditions, en_scope *scope, en_filter *filter,
                             en_error *error)
{
    *filter = (en_filter){ 0 };
    if (conditions == NULL || conditions->empty) {
        return true;
    }
    en_condition_group *groups = EN_TRY_ARRAY(scope->arena, en_condition_group, conditions->count);
    if (groups == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "There are too many conditions.");
    }
    for (size_t i = 0; i < conditions->count; i++) {
        if (!fill_group(&conditions->groups[i], scope, &groups[i], error)) {
            return group_failed(conditions, i, error);
        }
    }
    *filter = (en_filter){ groups, conditions->count };
    return true;
}
