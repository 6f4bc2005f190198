/* Any file loads or is refused with a reason; what loads is sound and can be drawn. */
#include "scenario/graph.h"
#include "scenario/load.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_step(const en_plan *plan, uint32_t i)
{
    const en_step *step = &plan->steps[i];
    uint32_t end = i < plan->main_count ? plan->main_count : plan->count;
    check(step->dead > i && step->dead <= end);
    check(step->slot == EN_NO_INDEX || step->slot < plan->slot_count);
    for (size_t k = 0; k < step->when_count; k++) {
        check(step->when[k] < i);
    }
    for (size_t k = 0; k < step->unless_count; k++) {
        check(step->unless[k] < plan->count);
    }
    for (size_t k = 0; k < step->source_count; k++) {
        check(step->sources[k].step < i);
    }
    if (step->loop_start != EN_NO_INDEX) {
        check(step->loop_start > i && step->loop_start <= step->loop_end && step->loop_end <= end);
    }
    if (step->handler_start != EN_NO_INDEX) {
        check(step->handler_start > i && step->handler_start < step->handler_end);
    }
    if (step->kind == EN_STEP_COLLECT) {
        check(step->aggregator < plan->aggregator_count);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_problems problems;
    en_problems_init(&problems, &arena);
    const en_load_options options = { .lenient = size % 2 != 0 };
    en_text content = { size != 0 ? (const char *)data : "", size };
    const en_plan *plan = en_scenario_load_text(&arena, EN_TEXT("f"), content, &options, &problems);
    check((plan == NULL) == (problems.errors != 0));
    for (uint32_t i = 0; plan != NULL && i < plan->count; i++) {
        check_step(plan, i);
    }
    if (plan != NULL) {
        en_builder drawing;
        en_builder_init(&drawing, &arena);
        en_plan_draw(&drawing, plan, size % 4 < 2 ? EN_GRAPH_MERMAID : EN_GRAPH_DOT);
    }
    en_arena_done(&arena);
    return 0;
}
