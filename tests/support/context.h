/* context - templates over one collection: {{4.name}} and {{region}} read its members "4" and
 * "region". For tests, fuzz targets and benchmarks. */
#ifndef EN_TEST_CONTEXT_H
#define EN_TEST_CONTEXT_H

#include "expr/template.h"

typedef struct context_resolver {
    en_resolver resolver;
    en_value context;
} context_resolver;

typedef struct context_scope {
    en_scope scope;
    en_value context;
    en_random random;
} context_scope;

/* As the loader does: ids must be there, {item, index, …} is an iterator's bundle, the headers of
 * `webhook` are found in any case. */
static inline bool context_resolve(en_resolver *resolver, en_text name, bool is_id, en_text field,
                                   size_t at, en_ref *ref)
{
    en_value value = en_collection_find(((context_resolver *)resolver)->context, name);
    (void)field;
    (void)at;
    *ref = (en_ref){ .kind = EN_REF_LOOKUP, .present = EN_NO_SLOT, .name = name };
    ref->reads_item =
        en_collection_has(value, EN_TEXT("item")) && en_collection_has(value, EN_TEXT("index"));
    ref->headers_nocase = en_text_equal(name, EN_TEXT("webhook"));
    return !is_id || value.tag != EN_NOTHING;
}

static inline en_value context_lookup(en_scope *scope, const en_ref *ref)
{
    return en_collection_find(((context_scope *)scope)->context, ref->name);
}

static inline context_resolver context_resolver_of(en_arena *arena, const en_rules *rules,
                                                   en_value context)
{
    return (context_resolver){
        { .resolve = context_resolve, .rules = rules, .arena = arena, .check_functions = true },
        context,
    };
}

/* `scope` must not move afterwards: it points into itself. */
static inline void context_scope_init(context_scope *scope, en_arena *arena, en_value context)
{
    *scope = (context_scope){ .context = context };
    en_random_init_seed(&scope->random, 1);
    scope->scope = (en_scope){ .lookup = context_lookup, .arena = arena, .random = &scope->random };
    scope->scope.patterns = en_regex_cache_new(arena);
}

#endif
