#include "scenario/loader.h"

#include <string.h>

static const en_links *list_of(const en_links *lists, size_t stride, uint32_t node)
{
    return (const en_links *)(const void *)((const char *)lists + stride * node);
}

bool en_index_reverse(en_loader *loader, const en_links *lists, size_t stride, uint32_t count,
                      en_index *index)
{
    index->starts = EN_LOADER_ARRAY(loader, uint32_t, (size_t)count + 2);
    if (index->starts == NULL) {
        return false;
    }
    uint32_t *starts = index->starts;
    uint32_t total = 0;
    for (uint32_t n = 0; n < count; n++) {
        const en_links *list = list_of(lists, stride, n);
        total += list->count;
        for (uint32_t i = 0; i < list->count; i++) {
            starts[list->items[i] + 2]++;
        }
    }
    for (uint32_t n = 2; n < count + 2; n++) {
        starts[n] += starts[n - 1];
    }
    index->items = EN_LOADER_ARRAY(loader, uint32_t, total);
    if (index->items == NULL) {
        return false;
    }
    for (uint32_t n = 0; n < count; n++) { /* starts[n + 1] moves from start to end of its items */
        const en_links *list = list_of(lists, stride, n);
        for (uint32_t i = 0; i < list->count; i++) {
            index->items[starts[list->items[i] + 1]++] = n;
        }
    }
    return true;
}

/* --- a heap of nodes, the lowest rank on top --- */

typedef struct heap {
    const en_node *nodes;
    uint32_t *items;
    uint32_t count;
} heap;

static void heap_add(heap *ready, uint32_t node)
{
    uint32_t at = ready->count++;
    while (at > 0) {
        uint32_t above = (at - 1) / 2;
        if (ready->nodes[ready->items[above]].rank <= ready->nodes[node].rank) {
            break;
        }
        ready->items[at] = ready->items[above];
        at = above;
    }
    ready->items[at] = node;
}

static uint32_t heap_take(heap *ready)
{
    uint32_t top = ready->items[0];
    uint32_t last = ready->items[--ready->count];
    uint32_t at = 0;
    for (;;) {
        uint32_t below = 2 * at + 1;
        if (below >= ready->count) {
            break;
        }
        if (below + 1 < ready->count &&
            ready->nodes[ready->items[below + 1]].rank < ready->nodes[ready->items[below]].rank) {
            below++;
        }
        if (ready->nodes[last].rank <= ready->nodes[ready->items[below]].rank) {
            break;
        }
        ready->items[at] = ready->items[below];
        at = below;
    }
    ready->items[at] = last;
    return top;
}

/* --- sorting --- */

typedef struct sorting {
    en_graph *graph;
    en_index followers;
    uint32_t *missing; /* how many nodes each still waits for */
    heap ready;
    uint32_t *order;
    uint32_t count;
} sorting;

static void put(sorting *sort, uint32_t node)
{
    const en_node *nodes = sort->graph->nodes;
    sort->order[sort->count++] = node;
    for (uint32_t i = sort->followers.starts[node]; i < sort->followers.starts[node + 1]; i++) {
        uint32_t follower = sort->followers.items[i];
        bool is_own_route = nodes[follower].kind == EN_NODE_ROUTE;
        if (--sort->missing[follower] == 0 && !is_own_route) {
            heap_add(&sort->ready, follower);
        }
    }
    if (nodes[node].kind == EN_NODE_ROUTER) {
        /* All filters are tested before the first branch, and fallbacks behind the others. */
        const en_entry *router = en_node_entry(sort->graph, node);
        for (size_t k = 0; k < 2 * router->route_count; k++) {
            size_t route = k % router->route_count;
            if (router->routes[route].is_fallback == (k >= router->route_count)) {
                put(sort, node + 1 + (uint32_t)route);
            }
        }
    }
}

bool en_order_sort(en_graph *graph, const en_links *lists, size_t stride, uint32_t *order,
                   uint32_t *order_count)
{
    en_loader *loader = graph->loader;
    sorting sort = { .graph = graph, .order = order };
    sort.missing = EN_LOADER_ARRAY(loader, uint32_t, graph->count);
    sort.ready =
        (heap){ .nodes = graph->nodes, .items = EN_LOADER_ARRAY(loader, uint32_t, graph->count) };
    if (sort.missing == NULL || sort.ready.items == NULL ||
        !en_index_reverse(loader, lists, stride, graph->count, &sort.followers)) {
        return false;
    }
    for (uint32_t n = 0; n < graph->count; n++) {
        sort.missing[n] = list_of(lists, stride, n)->count;
        if (sort.missing[n] == 0 && graph->nodes[n].kind != EN_NODE_ROUTE) {
            heap_add(&sort.ready, n);
        }
    }
    while (sort.ready.count != 0) {
        put(&sort, heap_take(&sort.ready));
    }
    *order_count = sort.count;
    return sort.count == graph->count;
}

/* --- circles --- */

/* The walk went backwards, so its end stands before its start. Shown from the step first in the
 * file. */
static void report_circle(en_graph *graph, const uint32_t *walk, uint32_t start, uint32_t end)
{
    enum { MOST_SHOWN = 8 };
    en_loader *loader = graph->loader;
    const en_entry *first = NULL;
    uint32_t first_at = start;
    for (uint32_t i = start; i < end; i++) {
        const en_entry *entry = en_node_entry(graph, walk[i]);
        if (first == NULL || entry < first) {
            first = entry;
            first_at = i;
        }
    }
    en_builder names;
    en_builder_init(&names, loader->scratch);
    unsigned shown = 0;
    for (uint32_t k = 0; k < end - start && shown < MOST_SHOWN; k++) {
        uint32_t at = start + (first_at - start + (end - start) - k) % (end - start);
        const en_entry *entry = en_node_entry(graph, walk[at]);
        if (walk[at] == entry->exit_node) { /* not a route or the front half of an aggregator */
            en_builder_format(&names, "%lld → ", (long long)entry->id);
            shown++;
        }
    }
    en_text text = en_builder_take(&names);
    en_problem *problem = en_loader_problem(
        loader, first, EN_SEVERITY_ERROR, EN_TEXT(""), "connections run in a circle: %.*s%s%lld",
        EN_TEXT_ARG(text), shown == MOST_SHOWN ? "… → " : "", (long long)first->id);
    en_loader_hint(loader, problem, "to repeat steps use flow.iterator or flow.repeater");
}

/* Walks backwards among the nodes that were not placed, each of which waits for another of them. */
static void find_circles(en_graph *graph)
{
    en_loader *loader = graph->loader;
    uint32_t *walked = EN_LOADER_ARRAY(loader, uint32_t, graph->count); /* number of the walk */
    uint32_t *at = EN_LOADER_ARRAY(loader, uint32_t, graph->count);     /* place in it */
    uint32_t *walk = EN_LOADER_ARRAY(loader, uint32_t, graph->count);
    if (walked == NULL || at == NULL || walk == NULL) {
        return;
    }
    uint32_t walks = 0;
    for (uint32_t start = 0; start < graph->count; start++) {
        if (graph->place[start] != EN_NO_INDEX || walked[start] != 0) {
            continue;
        }
        walks++;
        uint32_t length = 0;
        uint32_t node = start;
        while (walked[node] == 0) {
            walked[node] = walks;
            at[node] = length;
            walk[length++] = node;
            const en_links *from = &graph->nodes[node].from;
            for (uint32_t i = 0; i < from->count; i++) {
                if (graph->place[from->items[i]] == EN_NO_INDEX) {
                    node = from->items[i];
                    break;
                }
            }
        }
        if (walked[node] == walks) {
            report_circle(graph, walk, at[node], length);
        }
    }
}

bool en_order_make(en_graph *graph)
{
    en_loader *loader = graph->loader;
    graph->order = EN_LOADER_ARRAY(loader, uint32_t, graph->count);
    graph->place = EN_LOADER_ARRAY(loader, uint32_t, graph->count);
    if (graph->order == NULL || graph->place == NULL) {
        return false;
    }
    bool sorted =
        graph->count == 0 || en_order_sort(graph, &graph->nodes[0].from, sizeof *graph->nodes,
                                           graph->order, &graph->order_count);
    for (uint32_t n = 0; n < graph->count; n++) {
        graph->place[n] = EN_NO_INDEX;
    }
    for (uint32_t i = 0; i < graph->order_count; i++) {
        graph->place[graph->order[i]] = i;
    }
    if (!sorted && !loader->failed) {
        find_circles(graph);
    }
    return sorted && !loader->failed;
}
