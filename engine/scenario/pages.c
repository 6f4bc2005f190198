#include "scenario/pages.h"

typedef struct use {
    uint32_t givers;  /* steps that put something there */
    uint32_t walkers; /* loops over it */
    uint32_t walker;  /* the last of them */
    bool is_read;     /* by something else */
} use;

typedef struct finding {
    const en_plan *plan;
    use *uses; /* by slot */
} finding;

/* In a loop over the list, a field of it is one of the present record. */
static bool reads_list(const en_ref *ref, en_text field)
{
    return ref->present == EN_NO_SLOT || field.length == 0 ||
           en_text_equal(field, EN_TEXT("length")) || en_text_equal(field, EN_TEXT("array"));
}

static void see(void *context, const en_ref *ref, en_text field, size_t at)
{
    finding *find = context;
    (void)at;
    if (ref->kind == EN_REF_SLOT && reads_list(ref, field)) {
        find->uses[ref->slot].is_read = true;
    }
    for (size_t i = 0; ref->kind == EN_REF_SLOTS && i < ref->slot_count; i++) {
        find->uses[ref->slots[i]].is_read = true;
    }
}

static void see_mapping(finding *find, const en_mapping *mapping)
{
    if (mapping != NULL) {
        en_mapping_visit(mapping, see, find);
    }
}

static void see_slot(finding *find, uint32_t slot)
{
    if (slot != EN_NO_INDEX) {
        find->uses[slot].is_read = true;
    }
}

static void see_walker(finding *find, uint32_t slot, uint32_t step)
{
    find->uses[slot].walkers++;
    find->uses[slot].walker = step;
}

/* {{1}} or {{1.array}}, and nothing else. */
static bool is_whole_list(const en_mapping *mapping, uint32_t *slot)
{
    const en_ref *ref;
    en_text field;
    if (mapping == NULL || !en_mapping_field(mapping, &ref, &field) || ref->kind != EN_REF_SLOT ||
        ref->member.length != 0 || (field.length != 0 && !en_text_equal(field, EN_TEXT("array")))) {
        return false;
    }
    *slot = ref->slot;
    return true;
}

static void see_arguments(finding *find, uint32_t number)
{
    const en_step *step = &find->plan->steps[number];
    size_t takes =
        step->module != NULL && step->arguments != NULL ? en_module_param_count(step->module) : 0;
    size_t array = step->module != NULL && step->module->kind == EN_KIND_ITERATOR
                       ? en_module_param_find(step->module, EN_TEXT("array"))
                       : SIZE_MAX;
    for (size_t i = 0; i < takes; i++) {
        uint32_t slot;
        if (i == array && is_whole_list(step->arguments[i].mapping, &slot)) {
            see_walker(find, slot, number);
        } else {
            see_mapping(find, step->arguments[i].mapping);
            en_conditions_visit(step->arguments[i].conditions, see, find);
        }
    }
    for (size_t i = 0; takes == 0 && i < step->written_count; i++) { /* what a mock is told */
        see_mapping(find, step->written[i].mapping);
    }
}

static void see_step(finding *find, uint32_t number)
{
    const en_step *step = &find->plan->steps[number];
    if (step->slot != EN_NO_INDEX) {
        find->uses[step->slot].givers++;
    }
    see_arguments(find, number);
    en_conditions_visit(step->filter, see, find);
    see_mapping(find, step->group_key);
    see_mapping(find, step->collected);
    see_mapping(find, step->resume);
    if (step->kind == EN_STEP_EACH) {
        see_walker(find, step->list_slot, number);
    }
    if (step->kind == EN_STEP_DIRECTIVE) {
        see_slot(find, step->resume_slot);
    }
    for (size_t i = 0; i < step->source_count; i++) {
        see_slot(find, step->sources[i].slot);
    }
}

static bool is_search(const en_plan *plan, const en_step *step)
{
    return step->kind == EN_STEP_CALL && step->module != NULL && plan->searches_emit_list &&
           step->module->emits == EN_EMITS_LIST && (step->module->flags & EN_READS) != 0 &&
           step->loop_start == EN_NO_INDEX && step->slot != EN_NO_INDEX && !step->count_only;
}

bool en_pages_find(en_loader *loader, const en_plan *plan, en_step *steps)
{
    finding find = { .plan = plan };
    find.uses = EN_LOADER_ARRAY(loader, use, (size_t)plan->slot_count + 1);
    if (find.uses == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < plan->count; i++) {
        steps[i].walks = EN_NO_INDEX;
        see_step(&find, i);
    }
    for (uint32_t i = 0; i < plan->count; i++) {
        const use *about = is_search(plan, &steps[i]) ? &find.uses[steps[i].slot] : NULL;
        if (about != NULL && about->givers == 1 && about->walkers == 1 && !about->is_read) {
            steps[i].pages = true;
            steps[about->walker].walks = steps[i].slot;
        }
    }
    return true;
}
