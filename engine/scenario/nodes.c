#include "scenario/loader.h"

#include <string.h>

enum { FIRST_NODES = 16, RANK_STEP = 8 }; /* room between two nodes for implicit loops */

uint32_t en_graph_add(en_graph *graph, en_node_kind kind, uint32_t entry)
{
    if (graph->count == graph->capacity) {
        uint32_t capacity = graph->capacity * 2;
        en_node *nodes = capacity > graph->capacity && capacity < EN_NO_INDEX
                             ? EN_TRY_ARRAY(graph->loader->scratch, en_node, capacity)
                             : NULL;
        if (nodes == NULL) {
            graph->loader->failed = true;
            return graph->count - 1; /* the load fails anyway; the caller needs some node */
        }
        if (graph->count != 0) {
            memcpy(nodes, graph->nodes, graph->count * sizeof *nodes);
        }
        graph->nodes = nodes;
        graph->capacity = capacity;
    }
    uint32_t number = graph->count++;
    graph->nodes[number] = (en_node){
        .kind = kind,
        .entry = entry,
        .router = EN_NO_INDEX,
        .rank = ((uint64_t)number + 1) * RANK_STEP,
        .opens = EN_NO_INDEX,
        .closes = EN_NO_INDEX,
        .closes_each = EN_NO_INDEX,
        .list = EN_NO_INDEX,
        .step = EN_NO_INDEX,
    };
    return number;
}

const en_module *en_node_module(const en_graph *graph, uint32_t node)
{
    const en_entry *entry = en_node_entry(graph, node);
    return entry != NULL ? entry->module : NULL;
}

static void add_router(en_graph *graph, uint32_t number, en_entry *entry)
{
    uint32_t router = en_graph_add(graph, EN_NODE_ROUTER, number);
    entry->entry_node = entry->exit_node = router;
    for (size_t i = 0; i < entry->route_count; i++) {
        uint32_t gate = en_graph_add(graph, EN_NODE_ROUTE, number);
        graph->nodes[gate].route = (uint32_t)i;
        graph->nodes[gate].router = router;
        en_links_add(graph->loader, &graph->nodes[gate].from, router);
    }
}

static void add_aggregator(en_graph *graph, uint32_t number, en_entry *entry)
{
    entry->entry_node = en_graph_add(graph, EN_NODE_COLLECT, number);
    entry->exit_node = en_graph_add(graph, EN_NODE_FLUSH, number);
    en_links_add(graph->loader, &graph->nodes[entry->exit_node].from, entry->entry_node);
}

bool en_graph_make(en_graph *graph, en_loader *loader, bool handles_errors)
{
    *graph =
        (en_graph){ .loader = loader, .is_object = loader->is_object, .capacity = FIRST_NODES };
    graph->nodes = en_arena_alloc(loader->scratch, FIRST_NODES * sizeof *graph->nodes);
    en_tree_init(&graph->branches, loader->scratch, EN_NO_INDEX);
    en_tree_init(&graph->loops, loader->scratch, EN_NO_INDEX);
    en_tree_init(&graph->eaches, loader->scratch, EN_NO_INDEX);
    en_tree_init(&graph->homes, loader->scratch, EN_NO_INDEX);
    for (uint32_t i = 0; i < loader->entry_count; i++) {
        en_entry *entry = &loader->entries[i];
        if (entry->handles_errors != handles_errors) {
            continue;
        }
        en_module_kind kind = entry->module != NULL ? entry->module->kind : EN_KIND_CALL;
        if (kind == EN_KIND_ROUTER) {
            add_router(graph, i, entry);
        } else if (kind == EN_KIND_AGGREGATOR) {
            add_aggregator(graph, i, entry);
        } else {
            entry->entry_node = entry->exit_node = en_graph_add(graph, EN_NODE_STEP, i);
        }
    }
    return !loader->failed;
}
