/* outlook - what a scenario has to expect of the data stores it will meet.
 *
 * Shape:    warnings that the file alone cannot give: searches that look at every record of a large
 *           store, stores that are nearly full, and inputs that do not fit into them. Looks into
 *           the workspace's database if there is one, and never writes into it or makes it.
 * Units:    none.
 * Lifetime: warnings live in the list's arena.
 * Errors:   none: what cannot be looked into warns of nothing.
 * Threads:  free.
 */
#ifndef EN_SCENARIO_OUTLOOK_H
#define EN_SCENARIO_OUTLOOK_H

#include "scenario/plan.h"
#include "scenario/workspace.h"

typedef struct en_outlook_options {
    const en_workspace *workspace;
    const char *database; /* a path; others are not looked into */
    en_value payload;     /* what the trigger will get; nothing: not known */
    en_zones *zones;
} en_outlook_options;

void en_outlook_check(en_arena *arena, const en_plan *plan, const en_outlook_options *options,
                      en_problems *problems);

#endif
