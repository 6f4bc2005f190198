#include "scenario/counts.h"

#include "scenario/visit.h"

#include <math.h>
#include <string.h>

enum { MOST_SEARCHES = 64 };

typedef struct finding {
    const en_plan *plan;
    const en_step *steps;
    en_arena *scratch;
    bool *whole;    /* by slot: something reads more of it than its length */
    bool *used;     /* by slot: a step gives it */
    uint32_t slot;  /* of the search that is looked at */
    bool *replaced; /* by step: once it and the search were live, another step emits or the run
                       fails */
    bool changed;
} finding;

/* --- who reads what --- */

static void see(void *context, const en_ref *ref, en_text field, size_t at)
{
    finding *find = context;
    (void)at;
    bool is_length = en_text_equal(field, EN_TEXT("length")) && ref->member.length == 0;
    if (ref->kind == EN_REF_SLOT && (!is_length || ref->reads_item)) {
        find->whole[ref->slot] = true;
    }
    for (size_t i = 0; ref->kind == EN_REF_SLOTS && i < ref->slot_count; i++) {
        find->whole[ref->slots[i]] = true;
    }
}

static void see_slot(finding *find, uint32_t slot)
{
    if (slot != EN_NO_INDEX) {
        find->whole[slot] = true;
    }
}

static void see_step(finding *find, const en_step *step)
{
    if (step->slot != EN_NO_INDEX) { /* what several steps give may be anything */
        find->whole[step->slot] = find->whole[step->slot] || find->used[step->slot];
        find->used[step->slot] = true;
    }
    en_step_visit(step, see, find);
    if (step->kind == EN_STEP_EACH) {
        see_slot(find, step->list_slot);
    }
    for (size_t i = 0; i < step->source_count; i++) {
        see_slot(find, step->sources[i].slot);
    }
}

/* --- what follows --- */

/* A call that gives one bundle whenever it does not fail; an error route could make it give none.
 */
static bool always_emits(const finding *find, const en_step *step)
{
    return step->kind == EN_STEP_CALL && step->id != EN_NO_STEP && step->module != NULL &&
           step->module->kind == EN_KIND_CALL &&
           (step->module->emits == EN_EMITS_ONE ||
            (step->module->emits == EN_EMITS_LIST && find->plan->searches_emit_list)) &&
           step->loop_start == EN_NO_INDEX && step->handler_start == EN_NO_INDEX &&
           !step->ends_path && step->source_count == 0;
}

static bool waits_for(const en_step *step, uint32_t before)
{
    for (size_t i = 0; i < step->when_count; i++) {
        if (step->when[i] == before) {
            return true;
        }
    }
    return false;
}

static bool replaces(const finding *find, uint32_t i)
{
    const en_step *step = &find->steps[i];
    return always_emits(find, step) || (step->kind == EN_STEP_GATE && find->replaced[i]);
}

/* A filter that compares the length of the list with a number. */
static bool tests_length(const finding *find, const en_step *step, en_operator *op, en_value *bound)
{
    const en_mapping *a;
    const en_ref *ref;
    en_text field;
    return step->unless_count == 0 && en_conditions_single(step->filter, op, &a, bound) &&
           en_mapping_field(a, &ref, &field) && ref->kind == EN_REF_SLOT &&
           ref->slot == find->slot && ref->member.length == 0 &&
           en_text_equal(field, EN_TEXT("length")) && op->as == EN_AS_ANY && !op->ignore_case &&
           op->operation <= EN_OP_LESS_EQUAL && en_is(*bound, EN_NUMBER);
}

/* Whether a list of that length passes one of the filters behind `before`. */
static bool length_passes(const finding *find, uint32_t before, double length)
{
    en_filter_context context = { .scratch = find->scratch };
    en_operator op;
    en_value bound;
    for (uint32_t i = before + 1; i < find->plan->count; i++) {
        const en_step *step = &find->steps[i];
        bool passes = false;
        if (waits_for(step, before) && replaces(find, i) && tests_length(find, step, &op, &bound) &&
            en_compare(op, en_number(length), bound, &context, &passes, NULL) && passes) {
            return true;
        }
    }
    return false;
}

/* Between two bounds nothing changes: the filters behind `before` let every length through if they
 * let those around the bounds through. */
static bool all_lengths_pass(const finding *find, uint32_t before)
{
    en_operator op;
    en_value bound;
    bool passes = length_passes(find, before, 0);
    for (uint32_t i = before + 1; passes && i < find->plan->count; i++) {
        const en_step *step = &find->steps[i];
        if (!waits_for(step, before) || !tests_length(find, step, &op, &bound)) {
            continue;
        }
        for (double near = -1; passes && near <= 2; near++) {
            double length = floor(en_value_number(bound)) + near;
            passes = length < 0 || length_passes(find, before, length);
        }
    }
    return passes;
}

static bool others_replace(const finding *find, const en_step *fallback)
{
    for (size_t i = 0; i < fallback->unless_count; i++) {
        if (!find->replaced[fallback->unless[i]]) {
            return false;
        }
    }
    return true;
}

static void set_replaced(finding *find, uint32_t i)
{
    find->changed = find->changed || !find->replaced[i];
    find->replaced[i] = true;
}

/* Step `i` surely runs when one of those it waits for is live; a fallback runs unless a route does
 * that replaces the output as well; of routes that look at the length one does. */
static void look_at(finding *find, uint32_t i)
{
    const en_step *step = &find->steps[i];
    en_operator op;
    en_value bound;
    if (!replaces(find, i)) {
        return;
    }
    bool always = step->filter == NULL && others_replace(find, step);
    bool by_length = !always && tests_length(find, step, &op, &bound);
    for (size_t k = 0; k < step->when_count; k++) {
        if (always || (by_length && all_lengths_pass(find, step->when[k]))) {
            set_replaced(find, step->when[k]);
        }
    }
}

static bool is_replaced(finding *find, uint32_t search)
{
    find->slot = find->steps[search].slot;
    memset(find->replaced, 0, find->plan->count * sizeof *find->replaced);
    do { /* backwards, so only routes behind their fallback need another round */
        find->changed = false;
        for (uint32_t i = find->plan->count; i > search + 1; i--) {
            look_at(find, i - 1);
        }
    } while (find->changed);
    return find->replaced[search];
}

/* --- the steps --- */

static bool is_candidate(const finding *find, const en_step *step)
{
    return step->kind == EN_STEP_CALL && step->module != NULL && find->plan->searches_emit_list &&
           step->module->emits == EN_EMITS_LIST && (step->module->flags & EN_READS) != 0 &&
           step->loop_start == EN_NO_INDEX && step->slot != EN_NO_INDEX;
}

/* Directives end a run early, and successfully. */
static bool may_count(const finding *find)
{
    bool some = false;
    for (uint32_t i = 0; i < find->plan->count; i++) {
        if (find->steps[i].kind == EN_STEP_DIRECTIVE) {
            return false;
        }
        some = some || is_candidate(find, &find->steps[i]);
    }
    return some;
}

bool en_counts_find(en_loader *loader, const en_plan *plan, en_step *steps)
{
    finding find = { .plan = plan, .steps = steps, .scratch = loader->scratch };
    if (!may_count(&find)) {
        return true;
    }
    find.whole = EN_LOADER_ARRAY(loader, bool, plan->slot_count);
    find.used = EN_LOADER_ARRAY(loader, bool, plan->slot_count);
    find.replaced = EN_LOADER_ARRAY(loader, bool, plan->count);
    if (find.whole == NULL || find.used == NULL || find.replaced == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < plan->count; i++) {
        see_step(&find, &steps[i]);
    }
    for (uint32_t i = 0, left = MOST_SEARCHES; i < plan->count && left > 0; i++) {
        if (is_candidate(&find, &steps[i]) && !find.whole[steps[i].slot]) {
            left--;
            steps[i].count_only = is_replaced(&find, i);
        }
    }
    return true;
}
