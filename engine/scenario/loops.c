#include "scenario/loader.h"

bool en_module_may_list(const en_entry *entry)
{
    if (entry->module != NULL) {
        return entry->module->emits == EN_EMITS_LIST;
    }
    static const char *const words[] = { "search", "list", "find", "query" };
    size_t dot = en_text_find(entry->name, EN_TEXT("."), 0);
    en_text action =
        dot == SIZE_MAX ? entry->name : en_text_slice(entry->name, dot + 1, entry->name.length);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (en_text_starts(action, en_text_from(words[i]))) {
            return true;
        }
    }
    return false;
}

/* The innermost loop that an edge from this node comes out of. */
static uint32_t loop_behind(const en_graph *graph, uint32_t node)
{
    return graph->nodes[node].opens != EN_NO_INDEX ? graph->nodes[node].opens
                                                   : graph->nodes[node].loop;
}

static uint32_t limit_to_level(const en_graph *graph, const en_node *node, uint32_t loop)
{
    for (uint32_t i = 0; i < node->level.count; i++) {
        loop = en_tree_join(&graph->loops, loop, graph->nodes[node->level.items[i]].loop);
    }
    return loop;
}

/* G4. `skips_routes`: edges from empty routes do not count, unless there are no others. */
static uint32_t common_loop(const en_graph *graph, const en_node *node, bool skips_routes)
{
    uint32_t loop = EN_NO_INDEX;
    for (uint32_t i = 0; i < node->from.count; i++) {
        uint32_t from = node->from.items[i];
        if (skips_routes && graph->nodes[from].kind == EN_NODE_ROUTE) {
            continue;
        }
        uint32_t behind = loop_behind(graph, from);
        loop = loop == EN_NO_INDEX ? behind : en_tree_join(&graph->loops, loop, behind);
    }
    if (loop == EN_NO_INDEX) {
        return skips_routes ? common_loop(graph, node, false) : 0;
    }
    return loop;
}

const en_entry *en_aggregator_source(const en_graph *graph, const en_entry *entry)
{
    en_value value = en_collection_find(entry->parameters, EN_TEXT("sourceModule"));
    if (en_is_missing(value)) {
        value = en_collection_find(entry->mapper, EN_TEXT("sourceModule"));
    }
    int64_t id;
    return en_read_id(value, &id) ? en_entry_find(graph->loader, id) : NULL;
}

/* The loop that an aggregator closes; 0: none. */
static uint32_t find_closed(en_graph *graph, const en_node *node)
{
    uint32_t loop = common_loop(graph, node, true);
    const en_entry *source =
        en_aggregator_source(graph, en_node_entry(graph, (uint32_t)(node - graph->nodes)));
    if (loop == 0 || source == NULL || source->exit_node == EN_NO_INDEX) {
        return loop;
    }
    const en_node *head = &graph->nodes[source->exit_node];
    if (head->opens != EN_NO_INDEX && en_tree_is_above(&graph->loops, head->opens, loop)) {
        return head->opens;
    }
    /* Naming a router means its branches, which lie inside the loop. */
    return head->kind == EN_NODE_ROUTER ? 0 : loop;
}

/* Routes that stand outside the loop and end at once have nothing to do with what it collects. */
static void drop_outer_routes(en_graph *graph, en_node *node, uint32_t closed)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < node->from.count; i++) {
        const en_node *from = &graph->nodes[node->from.items[i]];
        if (from->kind != EN_NODE_ROUTE || en_tree_is_above(&graph->loops, closed, from->loop)) {
            node->from.items[kept++] = node->from.items[i];
        }
    }
    node->from.count = kept;
}

static void settle_collect(en_graph *graph, uint32_t number)
{
    en_node *node = &graph->nodes[number];
    en_node *flush = &graph->nodes[number + 1];
    uint32_t closed = find_closed(graph, node);
    if (closed == 0) {
        node->loop = limit_to_level(graph, node, common_loop(graph, node, false));
        flush->loop = node->loop;
        return;
    }
    drop_outer_routes(graph, node, closed);
    node->loop = common_loop(graph, node, false);
    node->closes = flush->closes = closed;
    flush->loop = graph->loops.nodes[closed].parent;
}

static bool is_grouped(const en_entry *entry)
{
    en_value group = en_collection_find(entry->parameters, EN_TEXT("groupBy"));
    return !en_is_empty(group) ||
           !en_is_empty(en_collection_find(entry->mapper, EN_TEXT("groupBy")));
}

static bool opens_loop(const en_graph *graph, uint32_t number)
{
    const en_node *node = &graph->nodes[number];
    const en_entry *entry = en_node_entry(graph, number);
    if (node->kind == EN_NODE_FLUSH) {
        return is_grouped(entry);
    }
    return node->kind == EN_NODE_STEP && entry->module != NULL &&
           (entry->module->emits == EN_EMITS_MANY || entry->module->kind == EN_KIND_ITERATOR);
}

void en_loops_settle(en_graph *graph)
{
    for (uint32_t i = 0; i < graph->order_count; i++) {
        uint32_t n = graph->order[i];
        en_node *node = &graph->nodes[n];
        if (node->kind == EN_NODE_COLLECT) {
            settle_collect(graph, n);
        } else if (node->kind != EN_NODE_FLUSH) {
            node->loop = limit_to_level(graph, node, common_loop(graph, node, false));
        }
        if (opens_loop(graph, n)) {
            node->opens = en_tree_add(&graph->loops, node->loop, n);
        }
    }
    if (graph->loops.failed) {
        graph->loader->failed = true;
    }
}

void en_loops_too_deep(en_loader *loader, const en_entry *entry)
{
    if (!loader->is_too_deep) {
        en_loader_problem(loader, entry, EN_SEVERITY_ERROR, EN_TEXT(""),
                          "expected at most %d loops inside each other", EN_MOST_LOOPS);
    }
    loader->is_too_deep = true;
}
