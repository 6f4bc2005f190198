/* arguments - a step's parameters, held against its module's row.
 *
 * Shape:    what is written becomes mappings; what is constant is coerced now; required
 *           parameters, types, bounds, choices and names are checked.
 * Units:    as the rows say.
 * Lifetime: arguments live in the plan's arena.
 * Errors:   problems at the parameter.
 * Threads:  one thread.
 */
#ifndef EN_SCENARIO_ARGUMENTS_H
#define EN_SCENARIO_ARGUMENTS_H

#include "scenario/names.h"

/* A module and its parameters, wherever they stand. */
typedef struct en_use {
    const en_entry *where; /* what paths are relative to */
    en_text path;          /* of the module; empty: the entry itself */
    const en_module *module;
    en_text module_name;
    en_value parameters;
    en_value mapper; /* merged under the parameters */
} en_use;

/* Fills written, arguments and module of the step. */
void en_arguments_fill(en_names *names, const en_use *text, en_step *step);
/* The written value of a parameter, or nothing. */
en_value en_use_find(const en_use *text, en_text name);

#endif
