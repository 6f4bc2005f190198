/* node - the syntax tree of an expression: what the parser makes and evaluating walks.
 *
 * Shape:    a node begins with its kind, two functions; each kind has its own struct in eval.c.
 *           Nodes whose operands are constant and whose work is pure are constants themselves:
 *           the makers below fold them.
 * Units:    `at` is a byte offset into the template's source.
 * Lifetime: nodes live in the arena of their template and are immutable once parsed.
 * Errors:   `eval` is false with eval->error set.
 * Threads:  may be shared.
 */
#ifndef EN_EXPR_NODE_H
#define EN_EXPR_NODE_H

#include "expr/fn.h"
#include "expr/infix.h"

typedef struct en_node en_node;

typedef struct en_node_kind {
    bool (*eval)(const en_node *node, en_eval *eval, en_value *result);
    void (*visit)(const en_node *node, en_ref_visit *visit, void *context);
} en_node_kind;

struct en_node {
    const en_node_kind *kind;
    uint32_t at;
    uint32_t height; /* of the tree below: bounds the recursion */
};

/* Taller trees are refused: evaluating them would need too much stack. */
enum { EN_TALLEST_NODE = 300 };

EN_WARN_UNUSED static inline bool en_node_eval(const en_node *node, en_eval *eval, en_value *result)
{
    return node->kind->eval(node, eval, result);
}
static inline void en_node_visit(const en_node *node, en_ref_visit *visit, void *context)
{
    node->kind->visit(node, visit, context);
}

/* Notes where it failed, unless something inside did; always false. */
bool en_node_failed(const en_node *node, en_eval *eval);
/* True, and the value, for constants. */
EN_WARN_UNUSED bool en_node_constant(const en_node *node, en_value *value);

/* One step of a path: `.name`, `[n]`, `[expression]`, `[]`. */
typedef enum en_part_kind {
    EN_PART_FIELD,
    EN_PART_INDEX,
    EN_PART_COMPUTED,
    EN_PART_ALL
} en_part_kind;

typedef struct en_part {
    en_part_kind kind;
    bool is_length;   /* a field `length` that also counts, in list files */
    bool is_position; /* a field of digits: a place, where it meets an array */
    bool nocase;
    en_text name;
    int64_t index;
    const en_node *computed;
} en_part;

typedef struct en_path {
    const en_part *parts;
    size_t count;
} en_path;

/* A list that doubles: `items` with room for one more behind `count`. */
EN_NEVER_NULL void *en_list_grow(en_arena *arena, void *items, size_t count, size_t *capacity,
                                 size_t item_bytes);

/* What the makers need besides the arena. */
typedef struct en_maker {
    en_arena *arena;
    const en_rules *rules;
} en_maker;

const en_node *en_node_make_constant(en_arena *arena, size_t at, en_value value);
const en_node *en_node_make_ref(en_arena *arena, size_t at, const en_ref *ref, en_path path);
/* True if it is a reference and no more, or with one field behind it: {{4}}, {{4.length}}. */
EN_WARN_UNUSED bool en_node_field(const en_node *node, const en_ref **ref, en_text *field);
/* A path behind something else than a name: `first(x).name`. */
const en_node *en_node_make_walk(en_arena *arena, size_t at, const en_node *base, en_path path);
/* NULL: there is no such variable. */
const en_node *en_node_make_variable(en_arena *arena, size_t at, en_text name);
const en_node *en_node_make_not(const en_maker *maker, size_t at, const en_node *operand);
const en_node *en_node_make_infix(const en_maker *maker, size_t at, const en_infix *infix,
                                  const en_node *left, const en_node *right);
/* `fn` is NULL for an unknown function: an error when it is called. Arguments left empty are NULL.
 */
const en_node *en_node_make_call(const en_maker *maker, size_t at, const en_fn *fn, en_text name,
                                 const en_node *const *args, size_t count);

#endif
