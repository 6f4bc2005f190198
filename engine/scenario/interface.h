/* interface - what a scenario file says besides its modules: name, settings, variables, inputs,
 * outputs, stores, and the payload that its trigger expects.
 *
 * Shape:    names first, so that templates can be checked against them; variables' values later.
 * Units:    as the plan's.
 * Lifetime: goes into the plan.
 * Errors:   problems at the member.
 * Threads:  one thread.
 */
#ifndef EN_SCENARIO_INTERFACE_H
#define EN_SCENARIO_INTERFACE_H

#include "scenario/names.h"

void en_interface_read(en_loader *loader, en_plan *plan);
void en_interface_compile_variables(en_loader *loader, en_plan *plan, en_names *names);

#endif
