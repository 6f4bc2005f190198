/* load - from a scenario file to a plan, or to everything that is wrong with it.
 *
 * Shape:    the dialect is recognised by shape; lists and objects become graphs and then plans (plan.md G1-G8).
 * Units:    none.
 * Lifetime: the plan lives in the arena passed.
 * Errors:   every problem goes into the list with file, line, column, step and path; no operation
 *           has happened.
 * Threads:  free.
 */
#ifndef EN_SCENARIO_LOAD_H
#define EN_SCENARIO_LOAD_H

#include "scenario/plan.h"

typedef struct en_load_options {
    bool lenient;              /* comments; a remark in braces and unfilled placeholders only warn */
    const en_text *stores;     /* names of declared data stores: others warn with the nearest name */
    size_t store_count;
    bool only_declared_stores; /* others are errors */
    const en_text *variables;  /* names given with --set and the like: they do not warn */
    size_t variable_count;
} en_load_options;

/* NULL when there are errors. Warnings may stand beside a plan. */
const en_plan *en_scenario_load(en_arena *arena, const char *path, const en_load_options *options,
                                en_problems *problems);
/* The same from memory; `name` is what messages call it. */
const en_plan *en_scenario_load_text(en_arena *arena, en_text name, en_text content,
                                     const en_load_options *options, en_problems *problems);

#endif
