/* plan_dump - plans and problems as a few lines of text, for tests.
 *
 * Shape:    a line a step: number, kind, id, name or label, then what differs from nothing: s slot,
 *           when, unless, loop, opens, agg, from or join (sources; * an element, - nothing), group,
 *           handler, retry, dead. A line a problem: "f:3:5: error, step 2, parameters.x: message
 *           (hint)". Scenarios in tests are written with ' for ".
 * Units:    steps and slots by number.
 * Lifetime: texts live in the arena.
 * Errors:   none.
 * Threads:  free.
 */
#ifndef EN_TEST_PLAN_DUMP_H
#define EN_TEST_PLAN_DUMP_H

#include "scenario/load.h"

en_text en_plan_dump(en_arena *arena, const en_plan *plan);
/* The arguments of step `number`, a line each: constants as JSON, mappings by the names in them:
 * s1 a slot, s1[item] its member, s0@s1 a list inside the loop s1, payload:webhook a lookup. */
en_text en_step_dump(en_arena *arena, const en_plan *plan, uint32_t number);
en_text en_problems_dump(en_arena *arena, const en_problems *problems);

/* Loads the text as the file "f". `options` may be NULL. */
const en_plan *en_plan_of(en_arena *arena, const char *text, const en_load_options *options,
                          en_problems *problems);

/* Fail with both texts when they differ. */
void en_assert_plan(const char *text, const char *expected);
void en_assert_step(const char *text, uint32_t number, const char *expected);
void en_assert_problems(const char *text, const char *expected);
void en_assert_problems_with(const char *text, const en_load_options *options,
                             const char *expected);

#endif
