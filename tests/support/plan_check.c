#include "plan_check.h"

typedef struct checking {
    const en_plan *plan;
    uint32_t at;
    const char *broken;
} checking;

static uint32_t part_end(const en_plan *plan, uint32_t i)
{
    return i < plan->main_count ? plan->main_count : plan->count;
}

static bool is_handled(const en_plan *plan, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++) {
        const en_step *step = &plan->steps[k];
        if (step->handler_start != EN_NO_INDEX && step->handler_start <= i &&
            i < step->handler_end) {
            return true;
        }
    }
    return false;
}

static bool is_inside(const en_plan *plan, uint32_t head, uint32_t i)
{
    const en_step *step = &plan->steps[head];
    return step->loop_start != EN_NO_INDEX && step->loop_start <= i && i < step->loop_end;
}

/* The end of the innermost range around a step of the flow. */
static uint32_t range_end(const en_plan *plan, uint32_t i)
{
    uint32_t end = part_end(plan, i);
    for (uint32_t head = 0; head < i; head++) {
        if (is_inside(plan, head, i) && plan->steps[head].loop_end < end) {
            end = plan->steps[head].loop_end;
        }
    }
    return end;
}

/* Every loop around `from` is around `to`, or `from`'s own. */
static bool reaches(const en_plan *plan, uint32_t from, uint32_t to)
{
    for (uint32_t head = 0; head < from; head++) {
        if (is_inside(plan, head, from) && !is_inside(plan, head, to)) {
            return false;
        }
    }
    return true;
}

static uint32_t feeder_of(const en_plan *plan, uint32_t flush)
{
    for (uint32_t i = 0; i < flush; i++) {
        for (size_t k = 0; k < plan->steps[i].open_count; k++) {
            if (plan->steps[i].opens[k] == plan->steps[flush].aggregator) {
                return i;
            }
        }
    }
    for (uint32_t i = 0; i < flush; i++) { /* nobody opens it: the collect does */
        if (plan->steps[i].kind == EN_STEP_COLLECT &&
            plan->steps[i].aggregator == plan->steps[flush].aggregator) {
            return i;
        }
    }
    return EN_NO_INDEX;
}

/* D of plan.md 1: grown step by step. */
static uint32_t naive_dead(const en_plan *plan, uint32_t i)
{
    uint32_t end = range_end(plan, i);
    uint32_t at = i + 1;
    for (; at < end; at++) {
        const en_step *step = &plan->steps[at];
        if (is_handled(plan, at)) {
            continue;
        }
        bool inside = step->when_count != 0;
        for (size_t k = 0; k < step->when_count; k++) {
            inside = inside && step->when[k] >= i;
        }
        if (step->kind == EN_STEP_FLUSH && step->aggregator != EN_NO_INDEX) {
            inside = feeder_of(plan, at) >= i;
        }
        if (!inside) {
            break;
        }
    }
    return at;
}

static const char *check_edges(const en_plan *plan, uint32_t i)
{
    const en_step *step = &plan->steps[i];
    for (size_t k = 0; k < step->when_count; k++) {
        if (step->when[k] >= i) {
            return "a step waits for a later one";
        }
        if (!reaches(plan, step->when[k], i)) {
            return "a step waits for one in a loop that has ended";
        }
    }
    for (size_t k = 0; k < step->unless_count; k++) {
        if (step->unless[k] >= plan->count || step->unless[k] == i) {
            return "a fallback waits for no gate";
        }
    }
    for (size_t k = 0; k < step->source_count; k++) {
        if (step->sources[k].step >= i || !reaches(plan, step->sources[k].step, i)) {
            return "a source cannot be seen";
        }
    }
    return NULL;
}

static const char *check_loops(const en_plan *plan, uint32_t i)
{
    const en_step *step = &plan->steps[i];
    if (step->loop_start == EN_NO_INDEX) {
        return step->open_count != 0 ? "a step without loop opens a collection" : NULL;
    }
    uint32_t behind = step->handler_end != EN_NO_INDEX ? step->handler_end : i + 1;
    if (step->loop_start != behind || step->loop_end < behind ||
        step->loop_end > range_end(plan, i)) {
        return "a loop is not where it belongs";
    }
    return NULL;
}

static const char *check_flush(const en_plan *plan, uint32_t i)
{
    const en_step *step = &plan->steps[i];
    if (step->kind != EN_STEP_FLUSH || step->aggregator == EN_NO_INDEX) {
        return NULL;
    }
    unsigned collects = 0;
    uint32_t feeder = feeder_of(plan, i);
    if (feeder == EN_NO_INDEX || !reaches(plan, feeder, i)) {
        return "a flush has no feeder at its level";
    }
    for (uint32_t k = 0; k < plan->count; k++) {
        if (plan->steps[k].kind == EN_STEP_COLLECT &&
            plan->steps[k].aggregator == step->aggregator) {
            collects++;
            if (k >= i || (k != feeder && !is_inside(plan, feeder, k))) {
                return "a collect is not in its feeder's loop";
            }
        }
    }
    return collects == 1 && !is_inside(plan, feeder, i) ? NULL
                                                        : "a flush has no collect of its own";
}

static void check_ref(void *context, const en_ref *ref, en_text field, size_t at)
{
    (void)field;
    (void)at;
    checking *check = context;
    const en_plan *plan = check->plan;
    for (size_t k = 0; k < (ref->kind == EN_REF_SLOTS ? ref->slot_count : 1); k++) {
        uint32_t slot = ref->kind == EN_REF_SLOTS ? ref->slots[k] : ref->slot;
        if (ref->kind != EN_REF_SLOT && ref->kind != EN_REF_SLOTS) {
            return;
        }
        for (uint32_t i = 0; i < plan->count; i++) {
            bool gives = plan->steps[i].slot == slot;
            bool opens = plan->steps[i].loop_start != EN_NO_INDEX;
            if (gives && (i >= check->at || !reaches(plan, i, check->at) ||
                          (opens && !is_inside(plan, i, check->at) &&
                           plan->steps[i].handler_start == EN_NO_INDEX))) {
                check->broken = "a reference leads to what cannot be seen";
            }
        }
    }
}

static const char *check_refs(const en_plan *plan, uint32_t i)
{
    checking check = { plan, i, NULL };
    const en_step *step = &plan->steps[i];
    for (size_t k = 0; k < step->written_count; k++) {
        en_mapping_visit(step->written[k].mapping, check_ref, &check);
    }
    if (step->filter != NULL) {
        en_conditions_visit(step->filter, check_ref, &check);
    }
    if (step->group_key != NULL) {
        en_mapping_visit(step->group_key, check_ref, &check);
    }
    return check.broken;
}

const char *en_plan_broken(const en_plan *plan, uint32_t *at)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        *at = i;
        const en_step *step = &plan->steps[i];
        const char *broken = check_edges(plan, i);
        broken = broken != NULL ? broken : check_loops(plan, i);
        broken = broken != NULL ? broken : check_flush(plan, i);
        broken = broken != NULL ? broken : check_refs(plan, i);
        if (broken != NULL) {
            return broken;
        }
        if (is_handled(plan, i)) {
            continue;
        }
        if (step->dead != naive_dead(plan, i)) {
            return "dead is not where the slow way finds it";
        }
        if (step->slot != EN_NO_INDEX && step->slot >= plan->slot_count) {
            return "a slot is out of range";
        }
    }
    return NULL;
}
