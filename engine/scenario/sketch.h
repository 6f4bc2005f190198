/* sketch - the search of a step as it may look like, without a run.
 *
 * Shape:    what is written stands; what only a run knows is guessed by the type of its field.
 * Units:    none.
 * Lifetime: a query lives in the arena passed and shares the plan.
 * Errors:   UsageError for a step that does not search.
 * Threads:  free.
 */
#ifndef EN_SCENARIO_SKETCH_H
#define EN_SCENARIO_SKETCH_H

#include "scenario/plan.h"

/* What a parameter always is, or nothing. */
en_value en_step_constant(const en_step *step, const char *name);
/* The data store a step names; empty: none, or only a run knows. */
en_text en_step_store(const en_step *step);
/* `structure` is the store's definition, or null. *guessed: not all of it is written. */
EN_WARN_UNUSED bool en_step_sketch(en_arena *arena, const en_step *step, en_value structure,
                                   en_query *query, bool *guessed, en_error *error);

#endif
