#include "scenario/loader.h"

/* The route by which `node` hands on: its own, if it is one. */
static uint32_t branch_behind(const en_graph *graph, const uint32_t *branch_of, uint32_t node)
{
    return graph->nodes[node].kind == EN_NODE_ROUTE ? branch_of[node] : graph->nodes[node].branch;
}

typedef struct settling {
    en_graph *graph;
    uint32_t *branch_of; /* by route's node: the branch it opens */
    uint32_t *last;      /* by route's node: the latest target on it */
} settling;

/* Whether something on the branch of `gate` already leads to the node. */
static bool is_led_to(const settling *all, const en_node *node, uint32_t gate)
{
    for (uint32_t i = 0; i < node->from.count; i++) {
        uint32_t from = node->from.items[i];
        if (from != gate && en_tree_is_above(&all->graph->branches, all->branch_of[gate],
                                             branch_behind(all->graph, all->branch_of, from))) {
            return true;
        }
    }
    return false;
}

/* Of several targets on one route each comes behind the one before, so that a star is a chain. */
static void chain(settling *all, uint32_t number)
{
    en_node *node = &all->graph->nodes[number];
    enum { MOST_CHECKED = 64 }; /* stars with more gates into one node are no one's drawing */
    unsigned checked = 0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < node->from.count; i++) {
        uint32_t from = node->from.items[i];
        if (all->graph->nodes[from].kind != EN_NODE_ROUTE) {
            node->from.items[kept++] = from;
            continue;
        }
        uint32_t before = all->last[from];
        all->last[from] = all->graph->loader->entries[node->entry].exit_node;
        if (before == EN_NO_INDEX) {
            node->from.items[kept++] = from;
        } else if (checked++ >= MOST_CHECKED || !is_led_to(all, node, from)) {
            node->from.items[kept++] = before;
        }
    }
    node->from.count = kept;
}

static uint32_t join_of(const settling *all, const en_node *node)
{
    const en_graph *graph = all->graph;
    uint32_t branch = 0;
    for (uint32_t i = 0; i < node->from.count; i++) {
        uint32_t behind = branch_behind(graph, all->branch_of, node->from.items[i]);
        branch = i == 0 ? behind : en_tree_join(&graph->branches, branch, behind);
    }
    for (uint32_t i = 0; i < node->level.count; i++) {
        branch = en_tree_join(&graph->branches, branch, graph->nodes[node->level.items[i]].branch);
    }
    return branch;
}

void en_branches_settle(en_graph *graph)
{
    en_loader *loader = graph->loader;
    settling all = { .graph = graph,
                     .branch_of = EN_LOADER_ARRAY(loader, uint32_t, graph->count),
                     .last = EN_LOADER_ARRAY(loader, uint32_t, graph->count) };
    if (all.branch_of == NULL || all.last == NULL) {
        return;
    }
    for (uint32_t n = 0; n < graph->count; n++) {
        all.last[n] = EN_NO_INDEX;
    }
    for (uint32_t i = 0; i < graph->order_count; i++) {
        uint32_t n = graph->order[i];
        en_node *node = &graph->nodes[n];
        if (graph->is_object && node->kind != EN_NODE_ROUTE) {
            chain(&all, n);
        }
        node->branch = join_of(&all, node);
        if (node->kind == EN_NODE_ROUTE) {
            all.branch_of[n] = en_tree_add(&graph->branches, node->branch, n);
        }
    }
    if (graph->branches.failed) {
        loader->failed = true;
    }
}
