/* feed - a list of the payload that comes element by element: the one iterator that may walk it.
 *
 * Shape:    a list that is longer than memory is there only while an iterator walks it, and only
 *           the element in force. So one iterator takes the field as it is, once, and nobody else
 *           reads the field, the whole payload or the number of elements. If the walk is to be
 *           committed in groups, nothing of it may be needed behind the group: no step behind the
 *           loop, no variables, no answer, no declared outputs; and nothing that would be done
 *           again by going on later stands before it.
 * Units:    none.
 * Lifetime: the field shares the path.
 * Errors:   problems with the place of the step that is in the way.
 * Threads:  free.
 */
#ifndef EN_SCENARIO_FEED_H
#define EN_SCENARIO_FEED_H

#include "base/problem.h"
#include "scenario/plan.h"

typedef struct en_feed_place {
    uint32_t step; /* the iterator */
    en_text field; /* of the payload */
} en_feed_place;

/* `path` is "webhook.records", or any other name of the payload. */
EN_WARN_UNUSED bool en_feed_find(const en_plan *plan, en_text path, bool in_groups,
                                 en_feed_place *place, en_problems *problems);

#endif
