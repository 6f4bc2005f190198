#include "testing/coverage.h"

#include <inttypes.h>

static const char *const kind_names[] = {
    [EN_POINT_STEP] = "steps",
    [EN_POINT_ROUTE] = "routes",
    [EN_POINT_FILTER_TRUE] = "filters true",
    [EN_POINT_FILTER_FALSE] = "filters false",
    [EN_POINT_HANDLER] = "handlers",
};

const char *en_point_kind_name(en_point_kind kind)
{
    return kind_names[kind];
}

en_text en_step_title(en_arena *arena, const en_step *step)
{
    bool has_name = step->label.length != 0 && !en_text_equal(step->label, step->module_name);
    en_text name = has_name ? step->label : EN_TEXT("");
    const char *comma = has_name && step->module_name.length != 0 ? ", " : "";
    if (step->id == EN_NO_STEP) {
        return name.length != 0 ? en_text_copy(arena, name) : EN_TEXT("a branch");
    }
    return en_text_format(arena, "step %" PRId64 " (%.*s%s%.*s)", step->id,
                          EN_TEXT_ARG(step->module_name), comma, EN_TEXT_ARG(name));
}

/* --- points of a plan --- */

typedef struct collection {
    en_arena *arena;
    const en_plan *plan;
    const en_step_count *counts;
    en_point *points;
    size_t count;
} collection;

static void add_point(collection *all, en_point_kind kind, const en_step *step, uint64_t count)
{
    all->points[all->count++] = (en_point){ .kind = kind,
                                            .label = en_step_title(all->arena, step),
                                            .line = step->line,
                                            .column = step->column,
                                            .count = count };
}

static bool is_route(const en_step *step)
{
    return step->kind == EN_STEP_GATE && step->id == EN_NO_STEP;
}

/* An aggregator stands in a plan twice: where it collects and where it gives. */
static bool is_counted(const en_step *step)
{
    return step->id != EN_NO_STEP && step->kind != EN_STEP_COLLECT && step->kind != EN_STEP_EACH;
}

static uint64_t handled(const collection *all, const en_step *step)
{
    uint64_t most = 0;
    for (uint32_t i = step->handler_start; i < step->handler_end; i++) {
        most = all->counts[i].entered > most ? all->counts[i].entered : most;
    }
    return most;
}

static void add_points(collection *all, uint32_t at)
{
    const en_step *step = &all->plan->steps[at];
    const en_step_count *count = &all->counts[at];
    if (is_counted(step)) {
        add_point(all, EN_POINT_STEP, step, count->entered);
    } else if (is_route(step)) {
        add_point(all, EN_POINT_ROUTE, step, count->entered);
    }
    if (step->filter != NULL && !en_conditions_are_empty(step->filter)) {
        add_point(all, EN_POINT_FILTER_TRUE, step, count->entered);
        add_point(all, EN_POINT_FILTER_FALSE, step, count->refused);
    }
    if (step->handler_start != EN_NO_INDEX && step->handler_start < step->handler_end) {
        add_point(all, EN_POINT_HANDLER, step, handled(all, step));
    }
}

en_coverage *en_coverage_of(en_arena *arena, const en_plan *plan, const en_step_count *counts)
{
    enum { MOST_POINTS_OF_A_STEP = 4 };
    collection all = { .arena = arena, .plan = plan, .counts = counts };
    all.points = en_arena_alloc(arena, MOST_POINTS_OF_A_STEP * (plan->count + (size_t)1) *
                                           sizeof *all.points);
    for (uint32_t i = 0; i < plan->count; i++) {
        add_points(&all, i);
    }
    en_coverage *made = EN_NEW(arena, en_coverage);
    *made = (en_coverage){ .file = en_text_copy(arena, plan->file),
                           .points = all.points,
                           .count = all.count };
    return made;
}

/* --- sums --- */

void en_coverage_add(en_arena *arena, en_coverage **all, const en_coverage *one)
{
    en_coverage **link = all;
    while (*link != NULL && !en_text_equal((*link)->file, one->file)) {
        link = &(*link)->next;
    }
    if (*link == NULL) {
        *link = EN_NEW(arena, en_coverage);
        **link = *one;
        (*link)->next = NULL;
        (*link)->points = en_arena_alloc(arena, (one->count + 1) * sizeof *one->points);
        for (size_t i = 0; i < one->count; i++) {
            (*link)->points[i] = one->points[i];
        }
        return;
    }
    /* The same file gives the same points, unless it was changed in between. */
    for (size_t i = 0; i < one->count && i < (*link)->count; i++) {
        (*link)->points[i].count += one->points[i].count;
    }
}

en_coverage_sum en_coverage_sum_of(const en_coverage *coverage)
{
    en_coverage_sum sum = { 0 };
    for (size_t i = 0; i < coverage->count; i++) {
        const en_point *point = &coverage->points[i];
        sum.points[point->kind]++;
        sum.reached[point->kind] += point->count != 0;
    }
    return sum;
}

en_text en_coverage_missed(en_arena *arena, const en_coverage *coverage)
{
    static const struct {
        const char *before;
        const char *behind;
    } said[] = {
        [EN_POINT_STEP] = { "", "" },
        [EN_POINT_ROUTE] = { "route ", "" },
        [EN_POINT_FILTER_TRUE] = { "filter of ", " is never true" },
        [EN_POINT_FILTER_FALSE] = { "filter of ", " is never false" },
        [EN_POINT_HANDLER] = { "error route of ", "" },
    };
    en_builder out;
    en_builder_init(&out, arena);
    for (size_t i = 0; i < coverage->count; i++) {
        const en_point *point = &coverage->points[i];
        if (point->count == 0) {
            en_builder_add(&out, out.length != 0 ? EN_TEXT("; ") : EN_TEXT(""));
            en_builder_format(&out, "%s%.*s%s", said[point->kind].before, EN_TEXT_ARG(point->label),
                              said[point->kind].behind);
        }
    }
    return en_builder_take(&out);
}
