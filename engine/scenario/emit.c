#include "scenario/emit.h"

#include <string.h>

static const en_handler *handler_of(const en_graph *graph, uint32_t number)
{
    en_node_kind kind = graph->nodes[number].kind;
    const en_entry *entry = en_node_entry(graph, number);
    return kind == EN_NODE_STEP || kind == EN_NODE_FLUSH ? entry->handler : NULL;
}

uint32_t en_emit_count(const en_graph *graph, const en_layout *layout)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < layout->count; i++) {
        count += 1 + en_handler_steps(handler_of(graph, layout->nodes[i]));
    }
    return count;
}

/* --- numbering --- */

static bool is_directive(const en_entry *entry)
{
    return entry != NULL && entry->module != NULL && entry->module->kind == EN_KIND_NEXT;
}

static bool has_slot(const en_graph *graph, uint32_t number)
{
    en_node_kind kind = graph->nodes[number].kind;
    return kind == EN_NODE_EACH || kind == EN_NODE_FLUSH ||
           (kind == EN_NODE_STEP && !is_directive(en_node_entry(graph, number)));
}

static bool collects(const en_node *node)
{
    return node->kind == EN_NODE_COLLECT;
}

static void number_node(en_emitter *emit, uint32_t number)
{
    en_graph *graph = emit->graph;
    en_plan *plan = emit->plan;
    en_node *node = &graph->nodes[number];
    uint32_t handler_steps = en_handler_steps(handler_of(graph, number));
    node->step = plan->count;
    plan->count += 1 + handler_steps;
    en_step *step = &emit->steps[node->step];
    step->slot = has_slot(graph, number) ? plan->slot_count++ : EN_NO_INDEX;
    step->handler_start = handler_steps != 0 ? node->step + 1 : EN_NO_INDEX;
    step->handler_end = handler_steps != 0 ? plan->count : EN_NO_INDEX;
    step->aggregator = EN_NO_INDEX;
    if (collects(node)) {
        emit->aggregator_of[number] = emit->aggregator_of[number + 1] = plan->aggregator_count++;
    }
    for (uint32_t home = node->home; home != 0; home = graph->homes.nodes[home].parent) {
        emit->loop_end[home] = plan->count;
    }
    if (node->opens != EN_NO_INDEX) {
        emit->loop_end[node->opens] = plan->count;
    }
}

/* The node whose success starts an aggregator's collection; EN_NO_INDEX: the collect itself does.
 */
static uint32_t feeder_of(const en_graph *graph, const en_node *node)
{
    if (node->closes != EN_NO_INDEX) {
        return graph->loops.nodes[node->closes].item;
    }
    return node->closes_each != EN_NO_INDEX ? graph->eaches.nodes[node->closes_each].item
                                            : EN_NO_INDEX;
}

bool en_emit_number(en_emitter *emit)
{
    en_graph *graph = emit->graph;
    en_loader *loader = emit->loader;
    emit->branch_of = EN_LOADER_ARRAY(loader, uint32_t, graph->count);
    emit->loop_end = EN_LOADER_ARRAY(loader, uint32_t, graph->homes.count);
    emit->aggregator_of = EN_LOADER_ARRAY(loader, uint32_t, graph->count);
    emit->opened = EN_LOADER_ARRAY(loader, en_links, graph->count);
    if (loader->failed) {
        return false;
    }
    for (uint32_t b = 1; b < graph->branches.count; b++) {
        emit->branch_of[graph->branches.nodes[b].item] = b;
    }
    for (uint32_t n = 0; n < graph->count; n++) {
        emit->aggregator_of[n] = EN_NO_INDEX;
    }
    emit->start = emit->plan->count;
    for (uint32_t i = 0; i < emit->layout->count; i++) {
        number_node(emit, emit->layout->nodes[i]);
    }
    emit->end = emit->plan->count;
    for (uint32_t i = 0; i < emit->layout->count; i++) {
        uint32_t number = emit->layout->nodes[i];
        const en_node *node = &graph->nodes[number];
        uint32_t feeder = node->kind == EN_NODE_FLUSH ? feeder_of(graph, node) : EN_NO_INDEX;
        if (feeder != EN_NO_INDEX) {
            en_links_add(loader, &emit->opened[feeder], emit->aggregator_of[number]);
        }
    }
    return !loader->failed;
}

/* --- filling --- */

static const uint32_t *copy_links(en_emitter *emit, const en_links *links)
{
    uint32_t *copy = EN_TRY_ARRAY(emit->loader->arena, uint32_t, links->count);
    if (copy == NULL) {
        emit->loader->failed = true;
        return NULL;
    }
    if (links->count != 0) {
        memcpy(copy, links->items, links->count * sizeof *copy);
    }
    return copy;
}

/* Steps of the nodes in `when`. */
static void fill_when(en_emitter *emit, const en_links *when, en_step *step)
{
    uint32_t *steps = EN_TRY_ARRAY(emit->loader->arena, uint32_t, when->count);
    if (steps == NULL) {
        emit->loader->failed = true;
        return;
    }
    for (uint32_t i = 0; i < when->count; i++) {
        steps[i] = emit->graph->nodes[when->items[i]].step;
    }
    step->when = steps;
    step->when_count = when->count;
}

/* Behind a fallback stand all routes of the router that have conditions. */
static void fill_unless(en_emitter *emit, const en_node *node, const en_entry *entry, en_step *step)
{
    en_links others = { 0 };
    for (size_t k = 0; k < entry->route_count; k++) {
        if (k != node->route && entry->routes[k].has_conditions && !entry->routes[k].is_fallback) {
            en_links_add(emit->loader, &others,
                         emit->graph->nodes[node->router + 1 + (uint32_t)k].step);
        }
    }
    step->unless = copy_links(emit, &others);
    step->unless_count = others.count;
}

static void fill_route(en_emitter *emit, const en_node *node, const en_entry *entry, en_step *step)
{
    const en_route *route = &entry->routes[node->route];
    step->label = route->label;
    if (step->label.length == 0) {
        long long number =
            route->has_number ? (long long)route->number : (long long)node->route + 1;
        step->label = en_text_format(emit->loader->arena, "route %lld", number);
    }
    en_arena *scratch = emit->loader->scratch;
    en_text path = en_path_join(scratch, en_path_index(scratch, entry->routes_path, node->route),
                                EN_TEXT("filter"));
    step->filter = en_names_compile_conditions(emit->names, route->filter, EN_A_IS_VALUE,
                                               (en_spot){ entry, path });
    if (route->is_fallback) {
        fill_unless(emit, node, entry, step);
    }
}

static en_text label_of(const en_entry *entry)
{
    en_value metadata = en_collection_find(entry->value, EN_TEXT("metadata"));
    en_text label = en_value_text(en_value_at(metadata, EN_TEXT("designer.name")));
    return label.length != 0 ? label : entry->name;
}

static void fill_call(en_emitter *emit, uint32_t number, const en_entry *entry, en_step *step)
{
    en_use text = { .where = entry,
                    .module = entry->module,
                    .module_name = entry->name,
                    .parameters = entry->parameters,
                    .mapper = entry->mapper };
    en_arguments_fill(emit->names, &text, step);
    if (entry->module != NULL && entry->module->kind == EN_KIND_CONVERGER) {
        en_emit_sources(emit, number, step);
    }
    if (entry->handler != NULL) {
        step->retry = entry->handler->retry;
    }
}

static bool is_literally_on(const en_step *step, const char *name)
{
    size_t index =
        step->module != NULL ? en_module_param_find(step->module, en_text_from(name)) : SIZE_MAX;
    return index != SIZE_MAX && step->arguments[index].kind == EN_ARGUMENT_CONSTANT &&
           step->arguments[index].constant.tag == EN_BOOLEAN &&
           step->arguments[index].constant.as.boolean;
}

static void fill_flush(en_emitter *emit, uint32_t number, const en_entry *entry, en_step *step)
{
    const en_node *collect = &emit->graph->nodes[number - 1];
    step->kind = EN_STEP_FLUSH;
    step->aggregator = emit->aggregator_of[number];
    if (step->aggregator == EN_NO_INDEX) { /* it reads what stands before it, once */
        fill_when(emit, &collect->when, step);
        en_emit_sources(emit, number - 1, step);
    } else {
        step->when = NULL; /* an open collection is what it waits for */
        step->when_count = 0;
    }
    fill_call(emit, number, entry, step);
    step->ends_path = is_literally_on(step, "stopProcessing");
}

static void fill_collect(en_emitter *emit, uint32_t number, const en_entry *entry, en_step *step)
{
    const en_step *flush = &emit->steps[emit->graph->nodes[number + 1].step];
    step->kind = EN_STEP_COLLECT;
    step->aggregator = emit->aggregator_of[number];
    step->handler_start = flush->handler_start;
    step->handler_end = flush->handler_end;
    en_emit_sources(emit, number, step);
    en_emit_collected(emit, entry, step);
}

static void fill_kind(en_emitter *emit, uint32_t number, const en_entry *entry, en_step *step)
{
    const en_node *node = &emit->graph->nodes[number];
    switch (node->kind) {
    case EN_NODE_ROUTER:
        step->kind = EN_STEP_GATE;
        break;
    case EN_NODE_ROUTE:
        step->kind = EN_STEP_GATE;
        step->id = EN_NO_STEP;
        fill_route(emit, node, entry, step);
        break;
    case EN_NODE_EACH:
        step->kind = EN_STEP_EACH;
        step->list_slot = emit->steps[emit->graph->nodes[node->list].step].slot;
        step->label = EN_TEXT("each");
        break;
    case EN_NODE_COLLECT:
        fill_collect(emit, number, entry, step);
        break;
    case EN_NODE_FLUSH:
        fill_flush(emit, number, entry, step);
        break;
    default:
        step->kind = is_directive(entry) ? EN_STEP_DIRECTIVE : EN_STEP_CALL;
        step->directive = is_directive(entry) ? EN_DIRECTIVE_NEXT : EN_DIRECTIVE_NONE;
        fill_call(emit, number, entry, step);
        break;
    }
}

static void declare(en_emitter *emit, uint32_t number, const en_step *step)
{
    const en_node *node = &emit->graph->nodes[number];
    if (step->slot != EN_NO_INDEX && node->kind != EN_NODE_EACH) {
        en_names_declare(emit->names, node->step, node->entry);
    }
    if (node->opens == EN_NO_INDEX) {
        return;
    }
    const en_module *module = en_node_module(emit->graph, number);
    if (node->kind == EN_NODE_EACH) {
        en_names_open_loop(emit->names, node->step, emit->graph->nodes[node->list].entry);
    } else if (module != NULL && module->kind == EN_KIND_ITERATOR) {
        en_names_open_loop(emit->names, node->step, EN_NO_INDEX);
    }
}

static void place(en_emitter *emit, uint32_t number, const en_step *step)
{
    const en_graph *graph = emit->graph;
    const en_node *node = &graph->nodes[number];
    en_links when = node->when;
    if (node->kind == EN_NODE_FLUSH) {
        uint32_t feeder = feeder_of(graph, node);
        when = graph->nodes[number - 1].when;
        if (feeder != EN_NO_INDEX) {
            uint32_t step_of_feeder = graph->nodes[feeder].step;
            en_names_place(emit->names, node->step, &step_of_feeder, 1);
            return;
        }
    }
    en_step behind = *step;
    fill_when(emit, &when, &behind);
    en_names_place(emit->names, node->step, behind.when, behind.when_count);
}

static void init_step(en_emitter *emit, const en_entry *entry, en_step *step)
{
    step->id = EN_NO_STEP;
    step->list_slot = step->resume_slot = EN_NO_INDEX;
    step->loop_start = step->loop_end = EN_NO_INDEX;
    if (entry != NULL) {
        step->id = entry->id;
        step->module_name = entry->name;
        step->label = label_of(entry);
        step->line = entry->line;
        step->column = entry->column;
    }
    (void)emit;
}

static void fill_node(en_emitter *emit, uint32_t number, bool is_first)
{
    const en_node *node = &emit->graph->nodes[number];
    const en_entry *entry = en_node_entry(emit->graph, number);
    en_step *step = &emit->steps[node->step];
    init_step(emit, entry, step);
    place(emit, number, step);
    emit->names->current = node->step;
    if (node->kind != EN_NODE_FLUSH) {
        fill_when(emit, &node->when, step);
    }
    if (node->opens != EN_NO_INDEX) {
        step->loop_start = step->handler_end != EN_NO_INDEX ? step->handler_end : node->step + 1;
        step->loop_end = emit->loop_end[node->opens];
        step->opens = copy_links(emit, &emit->opened[number]);
        step->open_count = emit->opened[number].count;
    }
    fill_kind(emit, number, entry, step);
    if (step->handler_start != EN_NO_INDEX && node->kind != EN_NODE_COLLECT) {
        size_t mark = en_names_enter(emit->names);
        en_names_declare(emit->names, node->step, node->entry); /* its slot holds the error */
        en_emit_handler(emit, entry->handler, node->step);
        en_names_leave(emit->names, mark);
    }
    en_check_step(emit, entry, step, is_first);
}

typedef struct open_loop {
    uint32_t end;
    size_t mark;
} open_loop;

void en_emit_fill(en_emitter *emit)
{
    en_graph *graph = emit->graph;
    open_loop *loops = EN_LOADER_ARRAY(emit->loader, open_loop, graph->homes.count);
    uint32_t depth = 0;
    bool is_first = emit->start == 0;
    for (uint32_t i = 0; loops != NULL && i < emit->layout->count && !emit->loader->failed; i++) {
        uint32_t number = emit->layout->nodes[i];
        const en_node *node = &graph->nodes[number];
        while (depth > 0 && node->step >= loops[depth - 1].end) {
            en_names_leave(emit->names, loops[--depth].mark);
        }
        fill_node(emit, number, is_first);
        is_first = false;
        if (node->opens != EN_NO_INDEX) {
            loops[depth++] =
                (open_loop){ emit->loop_end[node->opens], en_names_enter(emit->names) };
        }
        declare(emit, number, &emit->steps[node->step]);
    }
    while (depth > 0) {
        en_names_leave(emit->names, loops[--depth].mark);
    }
    emit->names->current = EN_NO_INDEX;
}

/* --- dead --- */

/* The lowest step that this one waits for; -1: it waits for none. */
static int64_t lowest_of(const en_emitter *emit, uint32_t number)
{
    const en_graph *graph = emit->graph;
    const en_node *node = &graph->nodes[number];
    const en_step *step = &emit->steps[node->step];
    if (node->kind == EN_NODE_FLUSH && step->aggregator != EN_NO_INDEX) {
        uint32_t feeder = feeder_of(graph, node);
        return graph->nodes[feeder != EN_NO_INDEX ? feeder : number - 1].step;
    }
    int64_t lowest = step->when_count != 0 ? INT64_MAX : -1;
    for (size_t i = 0; i < step->when_count; i++) {
        lowest = step->when[i] < lowest ? step->when[i] : lowest;
    }
    return lowest;
}

/* Without step i everything up to the first step that waits for one before i is skipped. Going
 * backwards, a step that waits for nothing before i will not stop any earlier i either. */
void en_emit_dead(en_emitter *emit)
{
    en_graph *graph = emit->graph;
    uint32_t *stops = EN_LOADER_ARRAY(emit->loader, uint32_t, emit->layout->count);
    int64_t *lowest = EN_LOADER_ARRAY(emit->loader, int64_t, emit->layout->count);
    if (stops == NULL || lowest == NULL) {
        return;
    }
    uint32_t depth = 0;
    for (uint32_t i = emit->layout->count; i > 0; i--) {
        const en_node *node = &graph->nodes[emit->layout->nodes[i - 1]];
        en_step *step = &emit->steps[node->step];
        while (depth > 0 && lowest[stops[depth - 1]] >= node->step) {
            depth--;
        }
        uint32_t end = node->home != 0 ? emit->loop_end[node->home] : emit->end;
        uint32_t stop =
            depth > 0 ? graph->nodes[emit->layout->nodes[stops[depth - 1]]].step : emit->end;
        step->dead = stop < end ? stop : end;
        lowest[i - 1] = lowest_of(emit, emit->layout->nodes[i - 1]);
        stops[depth++] = i - 1;
        if (node->kind != EN_NODE_COLLECT && step->handler_start != EN_NO_INDEX) {
            for (uint32_t h = step->handler_start; h < step->handler_end; h++) {
                emit->steps[h].dead = step->handler_end;
            }
        }
    }
}
