/* visit - every name that a step of a plan reads.
 *
 * Shape:    arguments, parameters as written, filter, grouping, what is collected and resumed with.
 * Units:    none.
 * Lifetime: nothing is kept.
 * Errors:   none.
 * Threads:  free.
 */
#ifndef EN_SCENARIO_VISIT_H
#define EN_SCENARIO_VISIT_H

#include "scenario/plan.h"

void en_step_visit(const en_step *step, en_ref_visit *visit, void *context);

#endif
