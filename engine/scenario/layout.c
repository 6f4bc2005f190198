#include "scenario/loader.h"

/* G7: every loop is a unit at the level where its head stands. Edges become edges between units,
 * one sort orders all levels at once, and the levels are then put into each other. */

typedef struct laying {
    en_graph *graph;
    en_loader *loader;
    uint32_t *home_of_loop; /* explicit loops, and implicit ones, in graph.homes */
    uint32_t *home_of_each;
    en_links *before;  /* by node: the units before it at its level */
    uint32_t *seen;    /* by node: the node whose list it was put into last */
    uint32_t too_deep; /* a node in too many loops; EN_NO_INDEX: none */
} laying;

static en_node *node_at(const laying *lay, uint32_t number)
{
    return &lay->graph->nodes[number];
}

/* The innermost of the explicit and the implicit loop around a node. */
static uint32_t find_home(const laying *lay, const en_node *node)
{
    const en_graph *graph = lay->graph;
    if (node->each == 0) {
        return lay->home_of_loop[node->loop];
    }
    if (node->loop == 0) {
        return lay->home_of_each[node->each];
    }
    const en_node *head = node_at(lay, graph->loops.nodes[node->loop].item);
    return en_tree_is_above(&graph->eaches, node->each, head->each) ? lay->home_of_loop[node->loop]
                                                                    : lay->home_of_each[node->each];
}

static void settle_eaches(laying *lay, uint32_t each)
{
    en_graph *graph = lay->graph;
    uint32_t path[EN_MOST_LOOPS];
    unsigned depth = 0;
    for (; each != 0 && lay->home_of_each[each] == 0 && depth < EN_MOST_LOOPS;
         each = graph->eaches.nodes[each].parent) {
        path[depth++] = each;
    }
    while (depth > 0) {
        each = path[--depth];
        uint32_t number = graph->eaches.nodes[each].item;
        en_node *node = node_at(lay, number);
        node->home = find_home(lay, node);
        lay->home_of_each[each] = node->opens = en_tree_add(&graph->homes, node->home, number);
    }
}

/* Loops are met outermost first, since a head stands before what it loops over. */
static void settle_homes(laying *lay)
{
    en_graph *graph = lay->graph;
    for (uint32_t i = 0; i < graph->order_count; i++) {
        en_node *node = node_at(lay, graph->order[i]);
        settle_eaches(lay, node->each);
        node->home = find_home(lay, node);
        if (graph->homes.nodes[node->home].depth >= EN_MOST_LOOPS) {
            lay->too_deep = graph->order[i];
            return;
        }
        if (node->opens != EN_NO_INDEX) {
            uint32_t home = en_tree_add(&graph->homes, node->home, graph->order[i]);
            lay->home_of_loop[node->opens] = home;
            node->opens = home;
        }
    }
}

static void add_once(const laying *lay, en_links *links, uint32_t item, uint32_t owner)
{
    if (lay->seen[item] != owner) {
        lay->seen[item] = owner;
        en_links_add(lay->loader, links, item);
    }
}

/* An edge out of a loop comes from its head, which is done when the loop is. */
static uint32_t lift(const laying *lay, uint32_t from, uint32_t node)
{
    const en_tree *homes = &lay->graph->homes;
    uint32_t inner = node_at(lay, from)->home;
    uint32_t outer = en_tree_join(homes, inner, node_at(lay, node)->home);
    return inner == outer ? from : homes->nodes[en_tree_toward(homes, outer, inner)].item;
}

/* The implicit loops that an edge enters wait for where it comes from, too. */
static uint32_t enter(const laying *lay, uint32_t from, uint32_t node, en_links *entered)
{
    const en_tree *homes = &lay->graph->homes;
    uint32_t level = node_at(lay, from)->home;
    uint32_t home = node_at(lay, node)->home;
    uint32_t unit = node;
    while (home != level) {
        unit = homes->nodes[home].item;
        if (unit != from && node_at(lay, unit)->kind == EN_NODE_EACH) {
            en_links_add(lay->loader, entered, unit);
        }
        home = homes->nodes[home].parent;
    }
    return unit;
}

static void collect_edges(laying *lay)
{
    en_graph *graph = lay->graph;
    en_links entered = { 0 };
    for (uint32_t n = 0; n < graph->count; n++) {
        en_node *node = node_at(lay, n);
        if (node->kind == EN_NODE_EACH) {
            continue; /* its edges are those into its members */
        }
        for (uint32_t i = 0; i < node->from.count; i++) {
            uint32_t from = lift(lay, node->from.items[i], n);
            add_once(lay, &node->when, from, n);
            entered.count = 0;
            uint32_t unit = enter(lay, from, n, &entered);
            if (unit != from) {
                en_links_add(lay->loader, &lay->before[unit], from);
            }
            for (uint32_t k = 0; k < entered.count; k++) {
                en_links_add(lay->loader, &node_at(lay, entered.items[k])->from, from);
            }
        }
        for (uint32_t home = node->home; node->from.count == 0 && home != 0;
             home = graph->homes.nodes[home].parent) {
            node_at(lay, graph->homes.nodes[home].item)->is_always = true;
        }
    }
}

/* Edges into implicit loops were added to their heads' `from` just now; the lists themselves, too.
 */
static void settle_eaches_when(laying *lay)
{
    en_graph *graph = lay->graph;
    for (uint32_t r = 1; r < graph->eaches.count; r++) {
        uint32_t number = graph->eaches.nodes[r].item;
        en_node *each = node_at(lay, number);
        for (uint32_t i = 0; i < each->from.count && !each->is_always; i++) {
            add_once(lay, &each->when, each->from.items[i], number);
        }
        uint32_t list = lift(lay, each->list, number);
        if (node_at(lay, list)->home == each->home) {
            en_links_add(lay->loader, &lay->before[number], list);
        }
    }
}

/* Where all ways into an implicit loop lead to one member, its head stands for them. */
static void stand_for_entries(laying *lay)
{
    en_graph *graph = lay->graph;
    for (uint32_t n = 0; n < graph->count; n++) {
        en_node *node = node_at(lay, n);
        uint32_t head = graph->homes.nodes[node->home].item;
        if (node->home == 0 || node_at(lay, head)->kind != EN_NODE_EACH || n == head) {
            continue;
        }
        uint32_t outside = 0;
        for (uint32_t i = 0; i < node->when.count; i++) {
            outside += node_at(lay, node->when.items[i])->home != node->home;
        }
        if (outside == 0 || node_at(lay, head)->is_always ||
            outside != node_at(lay, head)->when.count) {
            continue;
        }
        uint32_t kept = 0;
        for (uint32_t i = 0; i < node->when.count; i++) {
            if (node_at(lay, node->when.items[i])->home == node->home) {
                node->when.items[kept++] = node->when.items[i];
            }
        }
        node->when.items[kept++] = head;
        node->when.count = kept;
    }
}

/* --- putting levels into each other --- */

static bool makes_step(const en_graph *graph, uint32_t number)
{
    const en_node *node = &graph->nodes[number];
    return node->kind != EN_NODE_COLLECT || node->closes != EN_NO_INDEX ||
           node->closes_each != EN_NO_INDEX || en_collects_apart(en_node_entry(graph, number));
}

/* The sorted nodes, each level in its place behind its head. */
static bool flatten(laying *lay, const uint32_t *order, uint32_t count, en_layout *layout)
{
    en_graph *graph = lay->graph;
    en_loader *loader = lay->loader;
    uint32_t *next = EN_LOADER_ARRAY(loader, uint32_t, graph->count); /* within the level */
    uint32_t *first = EN_LOADER_ARRAY(loader, uint32_t, graph->homes.count);
    uint32_t *last = EN_LOADER_ARRAY(loader, uint32_t, graph->homes.count);
    layout->nodes = EN_LOADER_ARRAY(loader, uint32_t, graph->count);
    if (next == NULL || first == NULL || last == NULL || layout->nodes == NULL) {
        return false;
    }
    for (uint32_t h = 0; h < graph->homes.count; h++) {
        first[h] = last[h] = EN_NO_INDEX;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t home = graph->nodes[order[i]].home;
        next[order[i]] = EN_NO_INDEX;
        if (first[home] == EN_NO_INDEX) {
            first[home] = order[i];
        } else {
            next[last[home]] = order[i];
        }
        last[home] = order[i];
    }
    layout->count = 0;
    en_links outer = { 0 }; /* where to go on when a level ends */
    uint32_t node = first[0];
    while (node != EN_NO_INDEX || outer.count != 0) {
        if (node == EN_NO_INDEX) {
            node = outer.items[--outer.count];
            continue;
        }
        if (makes_step(graph, node)) {
            layout->nodes[layout->count++] = node;
        }
        uint32_t opens = graph->nodes[node].opens;
        if (opens != EN_NO_INDEX) {
            en_links_add(loader, &outer, next[node]);
            node = first[opens];
        } else {
            node = next[node];
        }
    }
    return !loader->failed;
}

static void report_disorder(laying *lay, const uint32_t *order, uint32_t count)
{
    en_graph *graph = lay->graph;
    bool *placed = EN_LOADER_ARRAY(lay->loader, bool, graph->count);
    if (placed == NULL) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        placed[order[i]] = true;
    }
    for (uint32_t n = 0; n < graph->count; n++) {
        const en_entry *entry = en_node_entry(graph, n);
        if (!placed[n] && entry != NULL) {
            en_loader_problem(lay->loader, entry, EN_SEVERITY_ERROR, EN_TEXT(""),
                              "this step is needed both inside a loop and before it");
            return;
        }
    }
}

bool en_layout_make(en_graph *graph, en_layout *layout)
{
    en_loader *loader = graph->loader;
    laying lay = { .graph = graph, .loader = loader, .too_deep = EN_NO_INDEX };
    lay.home_of_loop = EN_LOADER_ARRAY(loader, uint32_t, graph->loops.count);
    lay.home_of_each = EN_LOADER_ARRAY(loader, uint32_t, graph->eaches.count);
    lay.before = EN_LOADER_ARRAY(loader, en_links, graph->count);
    lay.seen = EN_LOADER_ARRAY(loader, uint32_t, graph->count);
    uint32_t *order = EN_LOADER_ARRAY(loader, uint32_t, graph->count);
    if (loader->failed || graph->count == 0) {
        layout->count = 0;
        return !loader->failed;
    }
    for (uint32_t n = 0; n < graph->count; n++) {
        lay.seen[n] = EN_NO_INDEX;
    }
    settle_homes(&lay);
    if (lay.too_deep != EN_NO_INDEX) {
        en_loops_too_deep(loader, en_node_entry(graph, lay.too_deep));
        return false;
    }
    collect_edges(&lay);
    settle_eaches_when(&lay);
    stand_for_entries(&lay);
    uint32_t count = 0;
    for (uint32_t n = 0; n < graph->count; n++) { /* a route follows its router and nothing else */
        if (graph->nodes[n].kind == EN_NODE_ROUTE) {
            lay.before[n].count = 0;
            en_links_add(loader, &lay.before[n], graph->nodes[n].router);
        }
    }
    if (!en_order_sort(graph, lay.before, sizeof *lay.before, order, &count)) {
        report_disorder(&lay, order, count);
        return false;
    }
    return !graph->homes.failed && flatten(&lay, order, count, layout);
}
