/* segments - which steps begin a segment that only reads.
 *
 * Shape:    fills `reads_only`: when this step is called, no write can come from it on before the
 *           next outside call, whatever filters, error routes, directives and loops do. Every way
 *           that the executor can take is followed, and some that it cannot: where in doubt, a
 *           segment writes.
 * Units:    none.
 * Lifetime: as the plan.
 * Errors:   false: no memory.
 * Threads:  one.
 */
#ifndef EN_SCENARIO_SEGMENTS_H
#define EN_SCENARIO_SEGMENTS_H

#include "scenario/loader.h"

EN_WARN_UNUSED bool en_segments_settle(en_loader *loader, const en_plan *plan, en_step *steps);

#endif
