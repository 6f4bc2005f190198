#include "expr/missing.h"
#include "expr/node.h"
#include "expr/path.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Constant calls are folded while compiling; what they give must not make a template big. */
enum { FOLDED_BYTES = 64 << 10 };

void *en_list_grow(en_arena *arena, void *items, size_t count, size_t *capacity, size_t item_bytes)
{
    if (count < *capacity) {
        return items;
    }
    *capacity = *capacity != 0 ? *capacity * 2 : 2;
    void *larger = en_arena_alloc(arena, *capacity * item_bytes);
    return count != 0 ? memcpy(larger, items, count * item_bytes) : larger;
}

bool en_node_failed(const en_node *node, en_eval *eval)
{
    if (eval->caret == SIZE_MAX) {
        eval->caret = node->at;
    }
    return false;
}

static uint32_t taller(uint32_t height, const en_node *child)
{
    return child != NULL && child->height >= height ? child->height + 1 : height;
}

static void visit_nothing(const en_node *node, en_ref_visit *visit, void *context)
{
    (void)node;
    (void)visit;
    (void)context;
}

/* --- constants --- */

typedef struct constant_node {
    en_node node;
    en_value value;
} constant_node;

static bool eval_constant(const en_node *node, en_eval *eval, en_value *result)
{
    (void)eval;
    *result = ((const constant_node *)node)->value;
    return true;
}

static const en_node_kind constant_kind = { eval_constant, visit_nothing };

const en_node *en_node_make_constant(en_arena *arena, size_t at, en_value value)
{
    constant_node *made = EN_NEW(arena, constant_node);
    *made = (constant_node){ { &constant_kind, (uint32_t)at, 1 }, value };
    return &made->node;
}

bool en_node_constant(const en_node *node, en_value *value)
{
    if (node->kind != &constant_kind) {
        return false;
    }
    *value = ((const constant_node *)node)->value;
    return true;
}

static bool is_constant(const en_node *node)
{
    return node == NULL || node->kind == &constant_kind;
}

/* The node's value as a constant, or the node itself when it fails: then it fails when it is run,
 * which may be never. */
static const en_node *fold(const en_maker *maker, const en_node *node)
{
    en_random random;
    en_random_init_seed(&random, 0);
    en_scope scope = { .arena = maker->arena,
                       .random = &random,
                       .max_bytes = FOLDED_BYTES,
                       .look_at = EN_LOOK_EVERY };
    en_eval eval = { &scope, maker->rules, NULL, 0 };
    en_value value;
    return en_node_eval(node, &eval, &value) ? en_node_make_constant(maker->arena, node->at, value)
                                             : node;
}

/* --- references --- */

typedef struct ref_node {
    en_node node;
    en_ref ref;
    en_path path;
} ref_node;

static en_value read_slots(const en_scope *scope, const en_ref *ref)
{
    for (size_t i = 0; i < ref->slot_count; i++) {
        en_value value = scope->slots[ref->slots[i]];
        if (value.tag != EN_NOTHING) {
            return value;
        }
    }
    return en_nothing();
}

static bool eval_ref(const en_node *node, en_eval *eval, en_value *result)
{
    const ref_node *ref = (const ref_node *)node;
    en_value root = en_nothing();
    switch (ref->ref.kind) {
    case EN_REF_SLOT:
        root = eval->scope->slots[ref->ref.slot];
        break;
    case EN_REF_SLOTS:
        root = read_slots(eval->scope, &ref->ref);
        break;
    case EN_REF_LOOKUP:
        root = eval->scope->lookup(eval->scope, &ref->ref);
        break;
    case EN_REF_NOTHING:
        break;
    }
    if (ref->ref.member.length != 0) {
        root = en_collection_find(root, ref->ref.member);
    }
    return en_path_walk_root(eval, &ref->ref, root, ref->path, result) ||
           en_node_failed(node, eval);
}

static void visit_path(const en_path *path, en_ref_visit *visit, void *context)
{
    for (size_t i = 0; i < path->count; i++) {
        if (path->parts[i].kind == EN_PART_COMPUTED) {
            en_node_visit(path->parts[i].computed, visit, context);
        }
    }
}

static void visit_ref(const en_node *node, en_ref_visit *visit, void *context)
{
    const ref_node *ref = (const ref_node *)node;
    bool has_field = ref->path.count != 0 && ref->path.parts[0].kind == EN_PART_FIELD;
    visit(context, &ref->ref, has_field ? ref->path.parts[0].name : EN_TEXT(""), node->at);
    visit_path(&ref->path, visit, context);
}

static const en_node_kind ref_kind = { eval_ref, visit_ref };

bool en_node_field(const en_node *node, const en_ref **ref, en_text *field)
{
    const ref_node *lone = (const ref_node *)node;
    if (node->kind != &ref_kind || lone->path.count > 1 ||
        (lone->path.count == 1 && lone->path.parts[0].kind != EN_PART_FIELD)) {
        return false;
    }
    *ref = &lone->ref;
    *field = lone->path.count == 1 ? lone->path.parts[0].name : EN_TEXT("");
    return true;
}

static uint32_t path_height(const en_path *path)
{
    uint32_t height = 1;
    for (size_t i = 0; i < path->count; i++) {
        height = taller(height, path->parts[i].computed);
    }
    return height;
}

const en_node *en_node_make_ref(en_arena *arena, size_t at, const en_ref *ref, en_path path)
{
    ref_node *made = EN_NEW(arena, ref_node);
    *made = (ref_node){ { &ref_kind, (uint32_t)at, path_height(&path) }, *ref, path };
    return &made->node;
}

typedef struct walk_node {
    en_node node;
    const en_node *base;
    en_path path;
} walk_node;

static bool eval_walk(const en_node *node, en_eval *eval, en_value *result)
{
    const walk_node *walk = (const walk_node *)node;
    en_value base;
    return en_node_eval(walk->base, eval, &base) &&
           (en_path_walk(eval, base, walk->path, result) || en_node_failed(node, eval));
}

static void visit_walk(const en_node *node, en_ref_visit *visit, void *context)
{
    const walk_node *walk = (const walk_node *)node;
    en_node_visit(walk->base, visit, context);
    visit_path(&walk->path, visit, context);
}

static const en_node_kind walk_kind = { eval_walk, visit_walk };

const en_node *en_node_make_walk(en_arena *arena, size_t at, const en_node *base, en_path path)
{
    walk_node *made = EN_NEW(arena, walk_node);
    uint32_t height = taller(path_height(&path), base);
    *made = (walk_node){ { &walk_kind, (uint32_t)at, height }, base, path };
    return &made->node;
}

/* --- variables: new with every evaluation --- */

static bool eval_now(const en_node *node, en_eval *eval, en_value *result)
{
    (void)node;
    *result = en_date(eval->scope->now_ms);
    return true;
}

static bool eval_timestamp(const en_node *node, en_eval *eval, en_value *result)
{
    (void)node;
    *result = en_number(floor((double)eval->scope->now_ms / 1000));
    return true;
}

static bool eval_random(const en_node *node, en_eval *eval, en_value *result)
{
    (void)node;
    *result = en_number(en_random_unit(eval->scope->random));
    return true;
}

static bool eval_uuid(const en_node *node, en_eval *eval, en_value *result)
{
    (void)node;
    *result = en_text_value(en_random_uuid(eval->scope->random, eval->scope->arena));
    return true;
}

static bool eval_unique_id(const en_node *node, en_eval *eval, en_value *result)
{
    (void)node;
    en_scope *scope = eval->scope;
    *result = en_text_value(en_random_unique_id(scope->random, scope->now_ms, scope->arena));
    return true;
}

static const struct {
    const char *name;
    en_node_kind kind;
} variables[] = {
    { "now", { eval_now, visit_nothing } },
    { "timestamp", { eval_timestamp, visit_nothing } },
    { "random", { eval_random, visit_nothing } },
    { "uuid", { eval_uuid, visit_nothing } },
    { "generateUniqueId", { eval_unique_id, visit_nothing } },
};

const en_node *en_node_make_variable(en_arena *arena, size_t at, en_text name)
{
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        if (en_text_equal(name, en_text_from(variables[i].name))) {
            en_node *made = EN_NEW(arena, en_node);
            *made = (en_node){ &variables[i].kind, (uint32_t)at, 1 };
            return made;
        }
    }
    return NULL;
}

/* --- not, and, or --- */

typedef struct infix_node {
    en_node node;
    const en_infix *infix;
    const en_node *left;
    const en_node *right; /* NULL: not */
} infix_node;

static void visit_infix(const en_node *node, en_ref_visit *visit, void *context)
{
    const infix_node *infix = (const infix_node *)node;
    en_node_visit(infix->left, visit, context);
    if (infix->right != NULL) {
        en_node_visit(infix->right, visit, context);
    }
}

static bool eval_not(const en_node *node, en_eval *eval, en_value *result)
{
    if (!en_node_eval(((const infix_node *)node)->left, eval, result)) {
        return false;
    }
    *result = en_boolean(!en_value_truth(*result));
    return true;
}

static bool eval_and(const en_node *node, en_eval *eval, en_value *result)
{
    const infix_node *infix = (const infix_node *)node;
    return en_node_eval(infix->left, eval, result) &&
           (!en_value_truth(*result) || en_node_eval(infix->right, eval, result));
}

static bool eval_or(const en_node *node, en_eval *eval, en_value *result)
{
    const infix_node *infix = (const infix_node *)node;
    return en_node_eval(infix->left, eval, result) &&
           (en_value_truth(*result) || en_node_eval(infix->right, eval, result));
}

static bool eval_plain(const en_node *node, en_eval *eval, en_value *result)
{
    const infix_node *infix = (const infix_node *)node;
    en_value left;
    en_value right;
    if (!en_node_eval(infix->left, eval, &left) || !en_node_eval(infix->right, eval, &right)) {
        return false;
    }
    return infix->infix->apply(eval, left, right, result) || en_node_failed(node, eval);
}

static const en_node_kind not_kind = { eval_not, visit_infix };
static const en_node_kind infix_kinds[] = {
    [EN_INFIX_PLAIN] = { eval_plain, visit_infix },
    [EN_INFIX_CHAIN] = { eval_plain, visit_infix },
    [EN_INFIX_AND] = { eval_and, visit_infix },
    [EN_INFIX_OR] = { eval_or, visit_infix },
};

static const en_node *make_pair(const en_maker *maker, const en_node_kind *kind, size_t at,
                                const infix_node *parts)
{
    infix_node *made = EN_NEW(maker->arena, infix_node);
    *made = *parts;
    made->node = (en_node){ kind, (uint32_t)at, taller(taller(1, parts->left), parts->right) };
    return is_constant(parts->left) && is_constant(parts->right) ? fold(maker, &made->node)
                                                                 : &made->node;
}

const en_node *en_node_make_not(const en_maker *maker, size_t at, const en_node *operand)
{
    return make_pair(maker, &not_kind, at, &(infix_node){ .left = operand });
}

/* --- chains of +: one text however many pieces, and no deep tree --- */

typedef struct chain_node {
    en_node node;
    const en_infix *infix;
    const en_node **terms;
    size_t count;
    size_t capacity;
} chain_node;

/* One text operand makes text of all that follow. */
static bool join_terms(const chain_node *chain, en_eval *eval, size_t from, en_builder *text)
{
    en_text separator = en_text_from(eval->rules->array_separator);
    for (size_t i = from; i < chain->count; i++) {
        en_value term;
        if (!en_node_eval(chain->terms[i], eval, &term)) {
            return false;
        }
        en_value_to_text(text, term, separator);
    }
    return true;
}

static bool eval_joined(const chain_node *chain, en_eval *eval, const en_value pair[2], size_t from,
                        en_value *result)
{
    en_text separator = en_text_from(eval->rules->array_separator);
    en_builder text;
    en_builder_init(&text, eval->scope->arena);
    text.limit_bytes = en_scope_most_bytes(eval->scope);
    en_value_to_text(&text, pair[0], separator);
    en_value_to_text(&text, pair[1], separator);
    if (!join_terms(chain, eval, from, &text)) {
        return false;
    }
    if (text.failed) {
        en_error_set(eval->error, EN_DataSizeLimitExceededError, "The text is too long.");
        return en_node_failed(&chain->node, eval);
    }
    *result = en_text_value(en_builder_take(&text));
    return true;
}

static bool eval_chain(const en_node *node, en_eval *eval, en_value *result)
{
    const chain_node *chain = (const chain_node *)node;
    en_value pair[2];
    if (!en_node_eval(chain->terms[0], eval, &pair[0])) {
        return false;
    }
    for (size_t i = 1; i < chain->count; i++) {
        if (!en_node_eval(chain->terms[i], eval, &pair[1])) {
            return false;
        }
        if (!eval->rules->numeric_arithmetic &&
            (pair[0].tag == EN_TEXT_VALUE || pair[1].tag == EN_TEXT_VALUE)) {
            return eval_joined(chain, eval, pair, i + 1, result);
        }
        if (!chain->infix->apply(eval, pair[0], pair[1], &pair[0])) {
            return en_node_failed(chain->terms[i], eval);
        }
    }
    *result = pair[0];
    return true;
}

static void visit_chain(const en_node *node, en_ref_visit *visit, void *context)
{
    const chain_node *chain = (const chain_node *)node;
    for (size_t i = 0; i < chain->count; i++) {
        en_node_visit(chain->terms[i], visit, context);
    }
}

static const en_node_kind chain_kind = { eval_chain, visit_chain };

static void chain_add(en_arena *arena, chain_node *chain, const en_node *term)
{
    chain->terms =
        en_list_grow(arena, chain->terms, chain->count, &chain->capacity, sizeof *chain->terms);
    chain->terms[chain->count++] = term;
    chain->node.height = taller(chain->node.height, term);
}

/* A chain on the left, in parentheses or not, takes the next term: + associates to the left. Nobody
 * else has it yet. */
static const en_node *make_chain(const en_maker *maker, size_t at, const en_infix *infix,
                                 const en_node *left, const en_node *right)
{
    chain_node *chain;
    if (left->kind == &chain_kind) {
        chain = (chain_node *)(uintptr_t)left;
    } else {
        chain = EN_NEW(maker->arena, chain_node);
        chain->node = (en_node){ &chain_kind, (uint32_t)at, 1 };
        chain->infix = infix;
        chain_add(maker->arena, chain, left);
    }
    chain_add(maker->arena, chain, right);
    return chain->count == 2 && is_constant(left) && is_constant(right) ? fold(maker, &chain->node)
                                                                        : &chain->node;
}

const en_node *en_node_make_infix(const en_maker *maker, size_t at, const en_infix *infix,
                                  const en_node *left, const en_node *right)
{
    if (infix->kind == EN_INFIX_CHAIN) {
        return make_chain(maker, at, infix, left, right);
    }
    return make_pair(maker, &infix_kinds[infix->kind], at,
                     &(infix_node){ .infix = infix, .left = left, .right = right });
}

/* --- calls --- */

typedef struct call_node {
    en_node node;
    const en_fn *fn;
    en_text name;
    const en_node *const *args;
    size_t count;
    const void *prepared;
} call_node;

/* What en_fn_call.lazy points to. */
typedef struct lazy_call {
    const call_node *call;
    en_eval *eval;
} lazy_call;

/* Outer calls stand before inner ones, as in Make's messages. */
static bool call_failed(const call_node *call, en_eval *eval)
{
    en_error *error = eval->error;
    if (error != NULL) {
        char front[96];
        int wanted =
            snprintf(front, sizeof front, "Function '%.*s' finished with error! ",
                     (int)(call->name.length > 40 ? 40 : call->name.length), call->name.data);
        size_t width = (size_t)wanted;
        size_t kept = strlen(error->message);
        kept = kept + width < sizeof error->message ? kept : sizeof error->message - width - 1;
        memmove(error->message + width, error->message, kept);
        memcpy(error->message, front, width);
        error->message[width + kept] = '\0';
    }
    return en_node_failed(&call->node, eval);
}

static bool not_found(const call_node *call, en_eval *eval)
{
    en_error_set(eval->error, EN_DataError, "Function '%.*s' not found!", EN_TEXT_ARG(call->name));
    en_fn_missing_hint(call->name, eval->rules, eval->error);
    return en_node_failed(&call->node, eval);
}

bool en_fn_argument(en_fn_call *call, size_t index, en_value *value)
{
    const lazy_call *lazy = call->lazy;
    const call_node *node = lazy->call;
    *value = en_nothing();
    if (index < node->count && node->args[index] != NULL &&
        !en_node_eval(node->args[index], lazy->eval, value)) {
        return false;
    }
    return en_fn_coerce(call, node->fn, index, value);
}

static bool eval_args(en_fn_call *call, size_t count)
{
    uint64_t size = 1;
    for (size_t i = 0; i < count; i++) {
        if (!en_fn_argument(call, i, &call->args[i])) {
            return false;
        }
        size += call->args[i].length;
    }
    return en_fn_spend(call, size);
}

static bool eval_call(const en_node *node, en_eval *eval, en_value *result)
{
    const call_node *call = (const call_node *)node;
    if (call->fn == NULL) {
        return not_found(call, eval);
    }
    en_value few[EN_FN_MOST_PARAMS] = { { 0 } };
    lazy_call lazy = { call, eval };
    en_fn_call made = { .scope = eval->scope,
                        .rules = eval->rules,
                        .count = call->count,
                        .args = few,
                        .lazy = &lazy,
                        .prepared = call->prepared,
                        .error = eval->error };
    size_t count = call->count > EN_FN_MOST_PARAMS ? call->count : EN_FN_MOST_PARAMS;
    if (count > EN_FN_MOST_PARAMS) {
        made.args = EN_TRY_ARRAY(eval->scope->arena, en_value, count);
        if (made.args == NULL) {
            en_error_set(eval->error, EN_DataSizeLimitExceededError, "Too many arguments.");
            return call_failed(call, eval);
        }
    }
    if (((call->fn->flags & EN_FN_LAZY) != 0 || eval_args(&made, count)) &&
        call->fn->eval(&made, result)) {
        return true;
    }
    return call_failed(call, eval);
}

static void visit_call(const en_node *node, en_ref_visit *visit, void *context)
{
    const call_node *call = (const call_node *)node;
    for (size_t i = 0; i < call->count; i++) {
        if (call->args[i] != NULL) {
            en_node_visit(call->args[i], visit, context);
        }
    }
}

static const en_node_kind call_kind = { eval_call, visit_call };

static const void *prepare(en_arena *arena, const call_node *call)
{
    en_value constants[EN_FN_MOST_PARAMS] = { { 0 } };
    for (size_t i = 0; i < call->count && i < EN_FN_MOST_PARAMS; i++) {
        if (call->args[i] != NULL) {
            (void)!en_node_constant(call->args[i], &constants[i]);
        }
    }
    return call->fn->prepare(arena, constants);
}

const en_node *en_node_make_call(const en_maker *maker, size_t at, const en_fn *fn, en_text name,
                                 const en_node *const *args, size_t count)
{
    call_node *made = EN_NEW(maker->arena, call_node);
    *made = (call_node){ { &call_kind, (uint32_t)at, 1 }, fn, name, args, count, NULL };
    if (fn != NULL && fn->prepare != NULL) {
        made->prepared = prepare(maker->arena, made);
    }
    bool constant = fn != NULL && (fn->flags & EN_FN_PURE) != 0;
    for (size_t i = 0; i < count; i++) {
        made->node.height = taller(made->node.height, args[i]);
        constant = constant && is_constant(args[i]);
    }
    return constant ? fold(maker, &made->node) : &made->node;
}
