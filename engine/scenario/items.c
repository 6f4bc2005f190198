#include "scenario/loader.h"

#include <string.h>

/* Implicit loops (G6). The range of a loop over a list is the smallest set of nodes that holds
 * those which say `item` and is closed under: who reads a member, who stands on a member's route,
 * what lies on a path between members, a member's whole explicit loop. Work is a stack of nodes to
 * add. */

typedef struct range_info {
    uint32_t node;  /* EN_NODE_EACH */
    uint32_t first; /* lowest place of a member in the order */
    uint32_t since; /* see settling */
} range_info;

typedef struct settling {
    en_graph *graph;
    en_loader *loader;
    en_mentions mentions;
    en_index followers;
    en_index readers;
    en_index in_loop;   /* nodes directly in an explicit loop */
    en_index on_branch; /* nodes directly on a branch */
    en_index closers;   /* flushes by the loop they close */
    en_index sayers;    /* nodes that say `item`, by their nearest list */
    uint32_t *nearest;  /* the nearest list before a node; EN_NO_INDEX: none */
    bool *is_barrier; /* an aggregator that may close a range: nothing behind it is in the range */
    uint32_t *since;  /* the latest such flush before a node; EN_NO_INDEX: none */
    uint32_t *branch_of; /* by route's node */
    bool *has_items;     /* by explicit loop: `item` is an iterator's */
    range_info *ranges;  /* by number in graph.eaches */
    uint32_t range_capacity;
    uint32_t *marked;  /* the range of which a node is known to lie before a member */
    uint32_t *counted; /* the range for which `left` counts */
    uint32_t *left;    /* how many edges into a join still come from outside the range */
    en_links stack;
    bool overlaps;   /* told; what is found now no longer matters */
    uint32_t source; /* a node that counts as a member while looking for what lies between */
} settling;

static en_node *node_at(const settling *all, uint32_t number)
{
    return &all->graph->nodes[number];
}

static bool is_in(const settling *all, uint32_t range, uint32_t node)
{
    return en_tree_is_above(&all->graph->eaches, range, node_at(all, node)->each);
}

/* --- sorting nodes under keys --- */

static bool index_by(en_loader *loader, const uint32_t *keys, uint32_t key_count, uint32_t count,
                     en_index *index)
{
    index->starts = EN_LOADER_ARRAY(loader, uint32_t, (size_t)key_count + 2);
    index->items = EN_LOADER_ARRAY(loader, uint32_t, count);
    if (index->starts == NULL || index->items == NULL) {
        return false;
    }
    for (uint32_t n = 0; n < count; n++) {
        if (keys[n] < key_count) {
            index->starts[keys[n] + 2]++;
        }
    }
    for (uint32_t k = 2; k < key_count + 2; k++) {
        index->starts[k] += index->starts[k - 1];
    }
    for (uint32_t n = 0; n < count; n++) {
        if (keys[n] < key_count) {
            index->items[index->starts[keys[n] + 1]++] = n;
        }
    }
    return true;
}

/* --- lists --- */

/* The node by which the edge from `from` leaves the loops that `node` does not stand in. */
static uint32_t lift(const settling *all, uint32_t from, uint32_t node)
{
    const en_tree *loops = &all->graph->loops;
    uint32_t inner = node_at(all, from)->loop;
    uint32_t outer = en_tree_join(loops, inner, node_at(all, node)->loop);
    return inner == outer ? from : loops->nodes[en_tree_toward(loops, outer, inner)].item;
}

static bool gives_list(const settling *all, uint32_t node)
{
    return node_at(all, node)->kind == EN_NODE_STEP &&
           en_module_may_list(en_node_entry(all->graph, node));
}

static void find_barriers(settling *all)
{
    const en_graph *graph = all->graph;
    for (uint32_t n = 0; n < graph->count; n++) {
        const en_node *node = &graph->nodes[n];
        if ((node->kind == EN_NODE_COLLECT || node->kind == EN_NODE_FLUSH) &&
            node->closes == EN_NO_INDEX) {
            const en_entry *source = en_aggregator_source(graph, en_node_entry(graph, n));
            all->is_barrier[n] =
                source == NULL || source->module == NULL || source->module->kind != EN_KIND_ROUTER;
        }
    }
}

static void find_nearest(settling *all)
{
    const uint32_t *place = all->graph->place;
    for (uint32_t i = 0; i < all->graph->order_count; i++) {
        uint32_t n = all->graph->order[i];
        const en_links *from = &node_at(all, n)->from;
        uint32_t best = EN_NO_INDEX;
        uint32_t since = EN_NO_INDEX;
        for (uint32_t k = 0; k < from->count; k++) {
            uint32_t before = lift(all, from->items[k], n);
            bool is_flush = all->is_barrier[before] && node_at(all, before)->kind == EN_NODE_FLUSH;
            uint32_t barrier = is_flush ? before : all->since[before];
            if (barrier != EN_NO_INDEX && (since == EN_NO_INDEX || place[barrier] > place[since])) {
                since = barrier;
            }
            uint32_t list = gives_list(all, before) ? before : all->nearest[before];
            if (list != EN_NO_INDEX && (best == EN_NO_INDEX || place[list] > place[best])) {
                best = list;
            }
        }
        all->nearest[n] = best;
        all->since[n] = since;
    }
}

/* --- adding to a range --- */

static void push(settling *all, uint32_t node)
{
    en_links_add(all->loader, &all->stack, node);
}

static void push_all(settling *all, const en_index *index, uint32_t key)
{
    for (uint32_t i = index->starts[key]; i < index->starts[key + 1]; i++) {
        push(all, index->items[i]);
    }
}

static bool follows_member(const settling *all, uint32_t range, uint32_t node)
{
    const en_links *from = &node_at(all, node)->from;
    for (uint32_t i = 0; i < from->count; i++) {
        if (from->items[i] == all->source || is_in(all, range, from->items[i])) {
            return true;
        }
    }
    return false;
}

/* Marks what lies before a member; what follows another member as well lies between. */
static void mark_before(settling *all, uint32_t range, uint32_t member)
{
    en_links walk = { 0 };
    en_links_add(all->loader, &walk, member);
    while (walk.count != 0) {
        const en_links *from = &node_at(all, walk.items[--walk.count])->from;
        for (uint32_t i = 0; i < from->count; i++) {
            uint32_t before = from->items[i];
            if (all->graph->place[before] < all->ranges[range].first ||
                all->marked[before] == range || is_in(all, range, before)) {
                continue;
            }
            all->marked[before] = range;
            if (follows_member(all, range, before)) {
                push(all, before);
            } else {
                en_links_add(all->loader, &walk, before);
            }
        }
    }
}

/* Readers behind the range, at its level. */
static void push_readers(settling *all, uint32_t range, uint32_t member)
{
    const en_graph *graph = all->graph;
    uint32_t level = node_at(all, all->ranges[range].node)->loop;
    for (uint32_t i = all->readers.starts[member]; i < all->readers.starts[member + 1]; i++) {
        uint32_t reader = all->readers.items[i];
        uint32_t loop = node_at(all, reader)->loop;
        if (!en_tree_is_above(&graph->loops, level, loop)) {
            continue;
        }
        uint32_t unit = loop == level
                            ? reader
                            : graph->loops.nodes[en_tree_toward(&graph->loops, level, loop)].item;
        if (graph->place[unit] > all->ranges[range].first) {
            push(all, reader);
        }
    }
}

static bool is_join(const settling *all, uint32_t node)
{
    const en_module *module = en_node_module(all->graph, node);
    return (node_at(all, node)->kind == EN_NODE_COLLECT &&
            node_at(all, node)->closes != EN_NO_INDEX) ||
           (module != NULL && module->kind == EN_KIND_CONVERGER);
}

/* A join belongs to the range when everything it joins does. */
static void count_join(settling *all, uint32_t range, uint32_t node)
{
    if (all->counted[node] != range) {
        all->counted[node] = range;
        all->left[node] = 0;
        const en_links *from = &node_at(all, node)->from;
        for (uint32_t i = 0; i < from->count; i++) {
            all->left[node] += node_at(all, from->items[i])->kind != EN_NODE_ROUTE;
        }
    }
    if (all->left[node] > 0 && --all->left[node] == 0) {
        push(all, node);
    }
}

static void push_followers(settling *all, uint32_t range, uint32_t member)
{
    bool is_route = node_at(all, member)->kind == EN_NODE_ROUTE;
    for (uint32_t i = all->followers.starts[member]; i < all->followers.starts[member + 1]; i++) {
        uint32_t follower = all->followers.items[i];
        if (all->marked[follower] == range) {
            push(all, follower);
        } else if (is_join(all, follower) && !is_route) {
            count_join(all, range, follower);
        }
    }
}

/* What a node cannot be in a range without. */
static void push_partners(settling *all, uint32_t range, uint32_t number)
{
    en_graph *graph = all->graph;
    const en_node *node = node_at(all, number);
    bool is_plain = node->closes == EN_NO_INDEX && node->closes_each == EN_NO_INDEX;
    switch (node->kind) {
    case EN_NODE_ROUTE:
        push(all, node->router);
        push_all(all, &all->on_branch, all->branch_of[number]);
        break;
    case EN_NODE_ROUTER:
        for (size_t k = 1; k <= en_node_entry(graph, number)->route_count; k++) {
            push(all, number + (uint32_t)k);
        }
        break;
    case EN_NODE_COLLECT:
        if (is_plain) {
            push(all, number + 1);
        }
        break;
    case EN_NODE_FLUSH:
        if (is_plain) {
            push(all, number - 1);
        } else if (node->closes != EN_NO_INDEX) {
            push(all, graph->loops.nodes[node->closes].item);
        }
        break;
    default:
        break;
    }
    uint32_t level = node_at(all, all->ranges[range].node)->loop;
    if (node->loop != level) {
        push(all, graph->loops.nodes[en_tree_toward(&graph->loops, level, node->loop)].item);
    }
    if (node->opens != EN_NO_INDEX) {
        push_all(all, &all->in_loop, node->opens);
        push_all(all, &all->closers, node->opens);
    }
}

static void report_overlap(settling *all, uint32_t range, uint32_t number)
{
    const en_entry *here = en_node_entry(all->graph, node_at(all, all->ranges[range].node)->list);
    const en_node *other = node_at(all, all->graph->eaches.nodes[node_at(all, number)->each].item);
    const en_entry *there = en_node_entry(all->graph, other->list);
    en_problem *problem = en_loader_problem(
        all->loader, en_node_entry(all->graph, number), EN_SEVERITY_ERROR, EN_TEXT(""),
        "this step would run for each record of step %lld and of step %lld, which overlap",
        (long long)there->id, (long long)here->id);
    en_loader_hint(all->loader, problem, "say which loop is meant with a flow.iterator");
    all->overlaps = true;
}

/* At the level of the range's head. */
static bool may_join_there(const settling *all, uint32_t range, uint32_t number)
{
    const en_node *each = node_at(all, all->ranges[range].node);
    const en_node *node = node_at(all, number);
    if (number == each->list || all->graph->place[number] < all->graph->place[each->list]) {
        return false;
    }
    bool is_closing = node->closes_each != EN_NO_INDEX;
    if ((all->is_barrier[number] && !is_closing) ||
        (node->kind == EN_NODE_FLUSH && node->closes_each == range)) {
        return false;
    }
    uint32_t since = all->since[number];
    return since == all->ranges[range].since || (since != EN_NO_INDEX && is_in(all, range, since));
}

/* What stands in a deeper explicit loop goes where the loop's head goes. */
static bool may_join(const settling *all, uint32_t range, uint32_t number)
{
    const en_tree *loops = &all->graph->loops;
    uint32_t level = node_at(all, all->ranges[range].node)->loop;
    uint32_t loop = node_at(all, number)->loop;
    if (!en_tree_is_above(loops, level, loop)) {
        return false;
    }
    uint32_t unit = loop == level ? number : loops->nodes[en_tree_toward(loops, level, loop)].item;
    return (unit != number && is_in(all, range, unit)) || may_join_there(all, range, unit);
}

static void add(settling *all, uint32_t range, uint32_t first);

/* A member of a range is one of the ranges around it, too. False: it cannot be. */
static bool add_outside(settling *all, uint32_t range, uint32_t number)
{
    uint32_t outer = all->graph->eaches.nodes[range].parent;
    if (node_at(all, number)->each != outer && !is_in(all, outer, number)) {
        add(all, outer, number); /* as deep as ranges nest */
    }
    if (node_at(all, number)->each == outer) {
        return true;
    }
    if (is_in(all, outer, number)) {
        report_overlap(all, range, number);
    }
    return false;
}

/* Adds a node and everything that follows from it. */
static void add(settling *all, uint32_t range, uint32_t first)
{
    uint32_t base = all->stack.count;
    push(all, first);
    while (all->stack.count > base && !all->loader->failed && !all->overlaps) {
        uint32_t number = all->stack.items[--all->stack.count];
        if (is_in(all, range, number) || !may_join(all, range, number) ||
            !add_outside(all, range, number)) {
            continue;
        }
        node_at(all, number)->each = range;
        if (all->graph->place[number] < all->ranges[range].first) {
            all->ranges[range].first = all->graph->place[number];
        }
        push_partners(all, range, number);
        push_readers(all, range, number);
        push_followers(all, range, number);
        if (gives_list(all, number)) {
            push_all(all, &all->sayers, number);
        }
        mark_before(all, range, number);
    }
    all->stack.count = base;
}

/* A loop over `list`, empty so far, around `first`. */
static uint32_t oprange_info(settling *all, uint32_t list, uint32_t first)
{
    en_graph *graph = all->graph;
    uint32_t parent = node_at(all, first)->each;
    if (graph->eaches.nodes[parent].depth >= EN_MOST_LOOPS) {
        en_loops_too_deep(all->loader, en_node_entry(graph, first));
        return 0;
    }
    uint32_t number = en_graph_add(graph, EN_NODE_EACH, EN_NO_INDEX);
    uint32_t range = en_tree_add(&graph->eaches, parent, number);
    if (range >= all->range_capacity) {
        uint32_t capacity = all->range_capacity * 2 + 16;
        range_info *ranges = EN_LOADER_ARRAY(all->loader, range_info, capacity);
        if (ranges == NULL) {
            return 0;
        }
        if (all->ranges != NULL) {
            memcpy(ranges, all->ranges, all->range_capacity * sizeof *ranges);
        }
        all->ranges = ranges;
        all->range_capacity = capacity;
    }
    all->ranges[range] = (range_info){ number, graph->place[first], all->since[first] };
    en_node *each = node_at(all, number);
    each->list = list;
    each->loop = node_at(all, first)->loop;
    each->each = parent;
    return range;
}

/* --- who needs a loop --- */

/* Whether a node stands in every loop that the list stands in. */
static bool can_see(const settling *all, const en_node *node, uint32_t list)
{
    const en_graph *graph = all->graph;
    return en_tree_is_above(&graph->loops, node_at(all, list)->loop, node->loop) &&
           en_tree_is_above(&graph->eaches, node_at(all, list)->each, node->each);
}

static void settle_sayer(settling *all, uint32_t number)
{
    const en_node *node = node_at(all, number);
    uint32_t list = all->nearest[number];
    if (all->has_items[node->loop] || list == EN_NO_INDEX || !can_see(all, node, list) ||
        node->kind == EN_NODE_COLLECT || node->kind == EN_NODE_FLUSH) {
        return;
    }
    if (node->each != 0 && !is_in(all, node->each, list)) {
        return; /* `item` is the record of the loop around it */
    }
    uint32_t range = oprange_info(all, list, number);
    if (range == 0) {
        return;
    }
    add(all, range, number);
    for (uint32_t i = all->sayers.starts[list]; i < all->sayers.starts[list + 1]; i++) {
        uint32_t sayer = all->sayers.items[i];
        if (!all->has_items[node_at(all, sayer)->loop] &&
            node_at(all, sayer)->kind != EN_NODE_COLLECT &&
            all->graph->place[sayer] > all->graph->place[number]) {
            add(all, range, sayer);
        }
    }
}

/* The range that all edges into an aggregator come out of, empty routes apart. */
static uint32_t common_range(const settling *all, const en_node *node)
{
    uint32_t range = EN_NO_INDEX;
    for (uint32_t i = 0; i < node->from.count; i++) {
        const en_node *from = node_at(all, node->from.items[i]);
        if (from->kind != EN_NODE_ROUTE) {
            range = range == EN_NO_INDEX ? from->each
                                         : en_tree_join(&all->graph->eaches, range, from->each);
        }
    }
    return range == EN_NO_INDEX ? 0 : range;
}

/* The range that a plain chain of steps leads out of to this aggregator; 0: none. */
static uint32_t range_before(const settling *all, const en_node *node)
{
    enum { FARTHEST = 1000 };
    uint32_t range = common_range(all, node);
    const en_links *from = &node->from;
    for (unsigned steps = 0; range == 0 && from->count == 1 && steps < FARTHEST; steps++) {
        const en_node *before = node_at(all, from->items[0]);
        bool is_flush = before->kind == EN_NODE_FLUSH;
        if ((before->kind != EN_NODE_STEP && !is_flush) || before->opens != EN_NO_INDEX ||
            gives_list(all, from->items[0])) {
            break;
        }
        range = before->each;
        if (is_flush) {
            break; /* what it collected from has been closed by it */
        }
        from = &before->from;
    }
    return range;
}

static void close_range(settling *all, uint32_t range, uint32_t collect)
{
    uint32_t outer = all->graph->eaches.nodes[range].parent;
    uint32_t flush = collect + 1;
    node_at(all, collect)->closes_each = node_at(all, flush)->closes_each = range;
    if (!may_join(all, range, collect)) { /* it stands behind more than this loop */
        node_at(all, collect)->closes_each = node_at(all, flush)->closes_each = EN_NO_INDEX;
        return;
    }
    if (outer != 0) {
        add(all, outer, collect);
        add(all, outer, flush);
    }
    add(all, range, collect);
    en_node *node = node_at(all, collect);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < node->from.count; i++) { /* routes outside do not count */
        uint32_t from = node->from.items[i];
        if (node_at(all, from)->kind != EN_NODE_ROUTE || is_in(all, range, from)) {
            node->from.items[kept++] = from;
        }
    }
    node->from.count = kept;
}

/* The list that an aggregator without a loop collects from; EN_NO_INDEX: none. */
static uint32_t list_for(const settling *all, uint32_t number, const en_entry *source)
{
    const en_node *node = node_at(all, number);
    if (source != NULL) {
        uint32_t named = source->exit_node;
        bool is_list = named != EN_NO_INDEX && gives_list(all, named) &&
                       all->graph->place[named] < all->graph->place[number] &&
                       can_see(all, node, named);
        return is_list ? named : EN_NO_INDEX;
    }
    if (all->mentions.item[number] && all->nearest[number] != EN_NO_INDEX &&
        can_see(all, node, all->nearest[number])) {
        return all->nearest[number];
    }
    if (node->from.count != 1) {
        return EN_NO_INDEX;
    }
    uint32_t before = node->from.items[0];
    bool is_unknown =
        node_at(all, before)->kind == EN_NODE_STEP && en_node_module(all->graph, before) == NULL;
    return is_unknown || gives_list(all, before) ? before : EN_NO_INDEX;
}

static void settle_aggregator(settling *all, uint32_t number)
{
    const en_node *node = node_at(all, number);
    if (node->closes != EN_NO_INDEX || node->each != 0) {
        return;
    }
    const en_entry *source = en_aggregator_source(all->graph, en_node_entry(all->graph, number));
    uint32_t range = range_before(all, node);
    if (range != 0) {
        uint32_t list = node_at(all, all->ranges[range].node)->list;
        if (source == NULL || source->exit_node == list) {
            close_range(all, range, number);
            return;
        }
    }
    uint32_t list = list_for(all, number, source);
    if (list == EN_NO_INDEX) {
        return;
    }
    range = oprange_info(all, list, number);
    if (range != 0) {
        all->ranges[range].first = all->graph->place[list] + 1;
        all->source = list;
        close_range(all, range, number);
        all->source = EN_NO_INDEX;
    }
}

/* --- preparing --- */

static bool make_keyed(settling *all)
{
    en_graph *graph = all->graph;
    en_loader *loader = all->loader;
    uint32_t *keys = EN_LOADER_ARRAY(loader, uint32_t, graph->count);
    if (keys == NULL) {
        return false;
    }
    for (uint32_t n = 0; n < graph->count; n++) {
        keys[n] = graph->nodes[n].loop;
    }
    bool made = index_by(loader, keys, graph->loops.count, graph->count, &all->in_loop);
    for (uint32_t n = 0; n < graph->count; n++) {
        keys[n] = graph->nodes[n].branch;
    }
    made = made && index_by(loader, keys, graph->branches.count, graph->count, &all->on_branch);
    for (uint32_t n = 0; n < graph->count; n++) {
        bool is_flush = graph->nodes[n].kind == EN_NODE_FLUSH;
        keys[n] = is_flush ? graph->nodes[n].closes : EN_NO_INDEX;
    }
    made = made && index_by(loader, keys, graph->loops.count, graph->count, &all->closers);
    for (uint32_t n = 0; n < graph->count; n++) {
        keys[n] = all->mentions.item[n] ? all->nearest[n] : EN_NO_INDEX;
    }
    return made && index_by(loader, keys, graph->count, graph->count, &all->sayers);
}

static bool prepare(settling *all)
{
    en_graph *graph = all->graph;
    en_loader *loader = all->loader;
    uint32_t count = graph->count;
    all->nearest = EN_LOADER_ARRAY(loader, uint32_t, count);
    all->branch_of = EN_LOADER_ARRAY(loader, uint32_t, count);
    all->is_barrier = EN_LOADER_ARRAY(loader, bool, count);
    all->since = EN_LOADER_ARRAY(loader, uint32_t, count);
    all->has_items = EN_LOADER_ARRAY(loader, bool, graph->loops.count);
    all->marked = EN_LOADER_ARRAY(loader, uint32_t, count);
    all->counted = EN_LOADER_ARRAY(loader, uint32_t, count);
    all->left = EN_LOADER_ARRAY(loader, uint32_t, count);
    if (loader->failed || !en_mentions_find(graph, &all->mentions) ||
        !en_index_reverse(loader, all->mentions.reads, sizeof *all->mentions.reads, count,
                          &all->readers) ||
        !en_index_reverse(loader, &graph->nodes[0].from, sizeof *graph->nodes, count,
                          &all->followers)) {
        return false;
    }
    find_barriers(all);
    find_nearest(all);
    for (uint32_t b = 1; b < graph->branches.count; b++) {
        all->branch_of[graph->branches.nodes[b].item] = b;
    }
    for (uint32_t l = 1; l < graph->loops.count; l++) {
        const en_module *head = en_node_module(graph, graph->loops.nodes[l].item);
        all->has_items[l] = all->has_items[graph->loops.nodes[l].parent] ||
                            (head != NULL && head->kind == EN_KIND_ITERATOR);
    }
    return make_keyed(all);
}

/* A loop stands in front of its first member. */
static void rank_eaches(en_graph *graph)
{
    for (uint32_t i = graph->order_count; i > 0; i--) {
        const en_node *member = &graph->nodes[graph->order[i - 1]];
        for (uint32_t range = member->each; range != 0; range = graph->eaches.nodes[range].parent) {
            graph->nodes[graph->eaches.nodes[range].item].rank = member->rank - 1;
        }
    }
}

bool en_items_settle(en_graph *graph)
{
    settling all = { .graph = graph, .loader = graph->loader, .source = EN_NO_INDEX };
    if (graph->count == 0) {
        return true;
    }
    if (!prepare(&all)) {
        return false;
    }
    size_t errors = graph->loader->problems->errors;
    for (uint32_t i = 0; i < graph->order_count && !all.overlaps; i++) {
        uint32_t n = graph->order[i];
        if (graph->nodes[n].kind == EN_NODE_COLLECT) {
            settle_aggregator(&all, n);
        } else if (all.mentions.item[n]) {
            settle_sayer(&all, n);
        }
    }
    rank_eaches(graph);
    graph->loader->failed = graph->loader->failed || graph->eaches.failed;
    return !graph->loader->failed && graph->loader->problems->errors == errors;
}
