/* pages - searches whose records only a loop walks over: they need not all be in memory.
 *
 * Shape:    of a list that nothing but one loop reads, the executor keeps the first records and
 *           spools the rest. The loop is an implicit one, or an iterator whose `array` is the list.
 * Units:    none.
 * Lifetime: as the plan.
 * Errors:   none; false when memory is short.
 * Threads:  one thread.
 */
#ifndef EN_SCENARIO_PAGES_H
#define EN_SCENARIO_PAGES_H

#include "scenario/loader.h"

EN_WARN_UNUSED bool en_pages_find(en_loader *loader, const en_plan *plan, en_step *steps);

#endif
