/* mapping - JSON whose texts are templates, at any depth: a step's parameters.
 *
 * Shape:    immutable; subtrees without templates are plain values, evaluated at no cost. Names of
 *           members are not templates. Where a template gives nothing (a missing reference,
 *           {{ignore}}), a collection has no such member and an array has null in its place.
 * Units:    none.
 * Lifetime: lives in the resolver's arena and shares the value compiled; results live in the
 *           scope's arena or share the mapping.
 * Errors:   compiling tells a sink of every problem; evaluating stops at the first: DataError with
 *           the path ("items[2].total", relative to the value compiled) in front of en_error.path.
 * Threads:  may be shared.
 */
#ifndef EN_EXPR_MAPPING_H
#define EN_EXPR_MAPPING_H

#include "expr/template.h"

typedef struct en_mapping en_mapping;

/* Told of every problem while compiling; error->path is relative to the value compiled. */
typedef struct en_mapping_sink en_mapping_sink;
struct en_mapping_sink {
    void (*problem)(en_mapping_sink *sink, const en_error *error);
};

/* Never NULL: where a template does not compile, the sink is told and the text stands for itself.
 */
const en_mapping *en_mapping_compile(en_resolver *resolver, en_value value, en_mapping_sink *sink);
/* A mapping that gives this reference's whole value. */
const en_mapping *en_mapping_of_ref(en_arena *arena, const en_ref *ref);
EN_WARN_UNUSED bool en_mapping_eval(const en_mapping *mapping, en_scope *scope, en_value *result,
                                    en_error *error);
/* True, and its value, if it is always the same: it holds no {{…}}, or only constant ones. */
EN_WARN_UNUSED bool en_mapping_constant(const en_mapping *mapping, en_value *value);
/* True if it is a reference with at most one field behind it and nothing else: "{{4.length}}",
 * or "{{4}}", whose field is empty. */
EN_WARN_UNUSED bool en_mapping_field(const en_mapping *mapping, const en_ref **ref, en_text *field);
void en_mapping_visit(const en_mapping *mapping, en_ref_visit *visit, void *context);

/* --- conditions: the text → filter part --- */

typedef struct en_conditions en_conditions;

/* What an `a` without {{…}} is: a value (routers) or the name of a record's field (searches). */
typedef enum en_operand { EN_A_IS_VALUE, EN_A_IS_FIELD } en_operand;

/* From {conditions: [[{a, o, b}…]…]}, the outer array itself, or one flat group; missing or null:
 * NULL, which is always true. Unknown operators are problems that name the nearest one. */
const en_conditions *en_conditions_compile(en_resolver *resolver, en_value value, en_operand a,
                                           en_mapping_sink *sink);
/* `conditions: []`: true by itself, a fallback beside siblings that have some. NULL: false. */
bool en_conditions_are_empty(const en_conditions *conditions);
/* Short-circuits; for filters of steps and routes, compiled with EN_A_IS_VALUE. */
EN_WARN_UNUSED bool en_conditions_test(const en_conditions *conditions, en_scope *scope,
                                       bool *result, en_error *error);
/* Every operand evaluated: for a search. NULL gives the filter that is always true. */
EN_WARN_UNUSED bool en_conditions_to_filter(const en_conditions *conditions, en_scope *scope,
                                            en_filter *filter, en_error *error);
/* True if it is one condition whose right side is always the same. */
EN_WARN_UNUSED bool en_conditions_single(const en_conditions *conditions, en_operator *op,
                                         const en_mapping **a, en_value *b);
/* The filter without a run: what a right side is not known to be, `guess` says, by its field. */
typedef en_value en_operand_guess(void *context, en_text field);
EN_WARN_UNUSED bool en_conditions_sketch(const en_conditions *conditions, en_arena *arena,
                                         en_operand_guess *guess, void *context,
                                         en_filter *filter);
void en_conditions_visit(const en_conditions *conditions, en_ref_visit *visit, void *context);

#endif
