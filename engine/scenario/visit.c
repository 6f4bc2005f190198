#include "scenario/visit.h"

static void visit_mapping(const en_mapping *mapping, en_ref_visit *visit, void *context)
{
    if (mapping != NULL) {
        en_mapping_visit(mapping, visit, context);
    }
}

void en_step_visit(const en_step *step, en_ref_visit *visit, void *context)
{
    size_t takes =
        step->module != NULL && step->arguments != NULL ? en_module_param_count(step->module) : 0;
    for (size_t i = 0; i < takes; i++) {
        visit_mapping(step->arguments[i].mapping, visit, context);
        en_conditions_visit(step->arguments[i].conditions, visit, context);
    }
    for (size_t i = 0; i < step->written_count; i++) {
        visit_mapping(step->written[i].mapping, visit, context);
    }
    en_conditions_visit(step->filter, visit, context);
    visit_mapping(step->group_key, visit, context);
    visit_mapping(step->collected, visit, context);
    visit_mapping(step->resume, visit, context);
}
