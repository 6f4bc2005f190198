/* counts - which searches need only count.
 *
 * Shape:    fills `count_only`: of the step's list nothing but `.length` is read, by any template
 * of the plan, and the list cannot be the output of a run that succeeds, because wherever the flow
 * goes from it, another step emits or the run fails. The run may then fetch nothing; a run that
 * fails right behind such a step has no output. Units:    none. Lifetime: as the plan. Errors:
 * false: no memory. Threads:  one.
 */
#ifndef EN_SCENARIO_COUNTS_H
#define EN_SCENARIO_COUNTS_H

#include "scenario/loader.h"

EN_WARN_UNUSED bool en_counts_find(en_loader *loader, const en_plan *plan, en_step *steps);

#endif
