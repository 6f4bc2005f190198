#include "scenario/emit.h"

#include <stdlib.h>

static bool is_converger(const en_graph *graph, uint32_t number)
{
    const en_module *module = en_node_module(graph, number);
    return module != NULL && module->kind == EN_KIND_CONVERGER;
}

static bool opens_items(const en_node *node)
{
    return node->opens != EN_NO_INDEX;
}

/* Label or number of the branch by which `from` reaches the join; else its id. */
static en_text branch_name(const en_emitter *emit, uint32_t join, uint32_t from)
{
    const en_graph *graph = emit->graph;
    const en_node *node = &graph->nodes[from];
    uint32_t around = graph->nodes[join].branch;
    uint32_t branch = node->kind == EN_NODE_ROUTE ? emit->branch_of[from] : node->branch;
    if (branch != around && en_tree_is_above(&graph->branches, around, branch)) {
        uint32_t toward = en_tree_toward(&graph->branches, around, branch);
        uint32_t gate = graph->branches.nodes[toward].item;
        const en_route *route = &en_node_entry(graph, gate)->routes[graph->nodes[gate].route];
        if (route->label.length != 0) {
            return route->label;
        }
        long long number =
            route->has_number ? (long long)route->number : (long long)graph->nodes[gate].route + 1;
        return en_text_format(emit->loader->arena, "%lld", number);
    }
    const en_entry *entry = en_node_entry(graph, from);
    return entry != NULL ? en_text_format(emit->loader->arena, "%lld", (long long)entry->id)
                         : EN_TEXT("");
}

/* Whether it stands behind branches of a router, be it only one: of a router inside the loop that
 * it closes, if it closes one. */
static bool is_behind_branches(const en_graph *graph, const en_node *node)
{
    for (uint32_t i = 0; i < node->level.count; i++) {
        const en_node *router = &graph->nodes[node->level.items[i]];
        bool is_inside = (node->closes == EN_NO_INDEX ||
                          en_tree_is_above(&graph->loops, node->closes, router->loop)) &&
                         (node->closes_each == EN_NO_INDEX ||
                          en_tree_is_above(&graph->eaches, node->closes_each, router->each));
        if (is_inside) {
            return true;
        }
    }
    return false;
}

static int compare_steps(const void *a, const void *b)
{
    uint32_t x = ((const en_source *)a)->step;
    uint32_t y = ((const en_source *)b)->step;
    return x < y ? -1 : x > y;
}

void en_emit_sources(en_emitter *emit, uint32_t number, en_step *step)
{
    enum { MOST_CONVERGERS = 8 };
    const en_graph *graph = emit->graph;
    const en_node *node = &graph->nodes[number];
    bool is_aggregator = node->kind == EN_NODE_COLLECT;
    for (unsigned i = 0; is_aggregator && i < MOST_CONVERGERS && node->when.count == 1 &&
                         is_converger(graph, node->when.items[0]);
         i++) {
        number = node->when.items[0]; /* an aggregator reads the join behind which it stands */
        node = &graph->nodes[number];
    }
    en_source *sources = EN_TRY_ARRAY(emit->loader->arena, en_source, node->when.count);
    if (sources == NULL) {
        emit->loader->failed = true;
        return;
    }
    step->joins = node->when.count > 1 || is_behind_branches(graph, node);
    for (uint32_t i = 0; i < node->when.count; i++) {
        uint32_t from = node->when.items[i];
        const en_node *before = &graph->nodes[from];
        bool is_left = opens_items(before) &&
                       !en_tree_is_above(&graph->homes, before->opens, graph->nodes[number].home);
        sources[i] = (en_source){
            .step = before->step,
            .slot = is_left ? EN_NO_INDEX : emit->steps[before->step].slot,
            .is_loop = opens_items(before) && !is_left,
            .route = step->joins ? branch_name(emit, number, from) : EN_TEXT(""),
        };
    }
    qsort(sources, node->when.count, sizeof *sources, compare_steps);
    step->sources = sources;
    step->source_count = node->when.count;
}

/* "orderId" of "{{4.order.orderId}}"; empty: the text is more than one path. */
static en_text last_name(en_text text)
{
    text = en_text_trim(text);
    if (!en_text_starts(text, EN_TEXT("{{")) || !en_text_ends(text, EN_TEXT("}}")) ||
        text.length < 4) {
        return EN_TEXT("");
    }
    text = en_text_trim(en_text_slice(text, 2, text.length - 2));
    size_t start = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool is_part = c == '_' || c == '-' || c >= 0x80 || (c >= '0' && c <= '9') ||
                       ((c | 32) >= 'a' && (c | 32) <= 'z');
        if (c == '.') {
            start = i + 1;
        } else if (!is_part) {
            return EN_TEXT("");
        }
    }
    return en_text_slice(text, start, text.length);
}

static en_value parameter(const en_entry *entry, const char *name)
{
    en_text text = en_text_from(name);
    return en_collection_has(entry->parameters, text) ? en_collection_find(entry->parameters, text)
                                                      : en_collection_find(entry->mapper, text);
}

bool en_collects_apart(const en_entry *entry)
{
    if (!en_is_empty(parameter(entry, "groupBy"))) {
        return true;
    }
    en_value targets = parameter(entry, "targetStructure");
    for (uint32_t i = 0; targets.tag == EN_ARRAY && i < targets.length; i++) {
        if (en_collection_has(targets.as.items[i], EN_TEXT("value"))) {
            return true;
        }
    }
    return false;
}

static void emit_values(en_emitter *emit, const en_entry *entry, en_step *step)
{
    en_arena *scratch = emit->loader->scratch;
    en_value targets = parameter(entry, "targetStructure");
    en_collection_builder values;
    en_collection_builder_init(&values, emit->loader->arena);
    for (uint32_t i = 0; targets.tag == EN_ARRAY && i < targets.length; i++) {
        en_value target = targets.as.items[i];
        en_text name = en_value_text(en_collection_find(target, EN_TEXT("name")));
        if (!en_collection_has(target, EN_TEXT("value")) || name.length == 0) {
            continue;
        }
        en_value value = en_collection_find(target, EN_TEXT("value"));
        en_text path =
            en_path_join(scratch, en_path_index(scratch, EN_TEXT("parameters.targetStructure"), i),
                         EN_TEXT("value"));
        en_names_compile(emit->names, value, (en_spot){ entry, path }); /* for its problems */
        en_collection_builder_add(&values, name, value);
    }
    if (values.count != 0) {
        step->collected =
            en_names_compile_quietly(emit->names, en_collection_builder_take(&values));
    }
}

void en_emit_collected(en_emitter *emit, const en_entry *entry, en_step *step)
{
    en_value group = parameter(entry, "groupBy");
    if (!en_is_empty(group)) {
        en_spot spot = { entry, EN_TEXT("parameters.groupBy") };
        step->group_key = en_names_compile(emit->names, group, spot);
        step->group_name = last_name(en_value_text(group));
    }
    emit_values(emit, entry, step);
}
