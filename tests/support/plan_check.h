/* plan_check - whether a plan holds what reference/plan.md promises, by the slow and obvious way.
 *
 * Shape:    one function that names the first promise broken.
 * Units:    steps by number.
 * Lifetime: the text returned is constant.
 * Errors:   NULL: all promises hold.
 * Threads:  free.
 */
#ifndef EN_TEST_PLAN_CHECK_H
#define EN_TEST_PLAN_CHECK_H

#include "scenario/plan.h"

/* *at is the step that breaks the promise. Quadratic: for plans of a few hundred steps. */
const char *en_plan_broken(const en_plan *plan, uint32_t *at);

#endif
