#include "scenario/loader.h"

#include <stdlib.h>
#include <string.h>

/* --- lists (G2) --- */

/* The number of a route and the latest route that bears it. */
typedef struct bearer {
    int64_t number;
    uint32_t gate; /* EN_NO_INDEX: no router so far has one */
} bearer;

/* Where branches end so far: a node, or a router, which stands for the ends of its routes. */
typedef struct ends {
    en_graph *graph;
    uint32_t *of;      /* by route's node */
    bool *is_taken;    /* by route's node: a step has joined it */
    uint32_t *closed;  /* by router: how many of its branches end for good */
    uint32_t whole;    /* of the flow; EN_NO_INDEX: nothing yet */
    en_links reopened; /* routes with steps behind the step that joined them */
    bearer *bearers;
    size_t bearer_count;
    en_links stack;
} ends;

static int compare_bearers(const void *a, const void *b)
{
    int64_t x = ((const bearer *)a)->number;
    int64_t y = ((const bearer *)b)->number;
    return x < y ? -1 : x > y;
}

static bool collect_bearers(ends *open)
{
    en_loader *loader = open->graph->loader;
    size_t room = 0;
    for (uint32_t i = 0; i < loader->entry_count; i++) {
        room += loader->entries[i].route_count;
    }
    open->bearers = EN_LOADER_ARRAY(loader, bearer, room);
    if (open->bearers == NULL) {
        return false;
    }
    size_t count = 0;
    for (uint32_t i = 0; i < loader->entry_count; i++) {
        for (size_t k = 0; k < loader->entries[i].route_count; k++) {
            const en_route *route = &loader->entries[i].routes[k];
            if (route->has_number) {
                open->bearers[count++] = (bearer){ route->number, EN_NO_INDEX };
            }
        }
    }
    qsort(open->bearers, count, sizeof *open->bearers, compare_bearers);
    for (size_t i = 0; i < count; i++) {
        if (open->bearer_count == 0 ||
            open->bearers[open->bearer_count - 1].number != open->bearers[i].number) {
            open->bearers[open->bearer_count++] = open->bearers[i];
        }
    }
    return true;
}

static bearer *find_bearer(const ends *open, int64_t number)
{
    bearer key = { number, 0 };
    return bsearch(&key, open->bearers, open->bearer_count, sizeof key, compare_bearers);
}

static bool is_open_router(const en_graph *graph, uint32_t node)
{
    return graph->nodes[node].kind == EN_NODE_ROUTER &&
           en_node_entry(graph, node)->route_count != 0;
}

/* Nothing ever follows a break, or an error that nobody handles. */
static bool ends_for_good(const en_graph *graph, uint32_t node)
{
    const en_entry *entry = en_node_entry(graph, node);
    if (graph->nodes[node].kind != EN_NODE_STEP || entry->module == NULL) {
        return false;
    }
    bool throws = en_text_equal(entry->family, EN_TEXT("flow")) &&
                  en_text_equal(en_text_from(entry->module->name), EN_TEXT("throw"));
    return entry->module->kind == EN_KIND_NEXT || (throws && entry->handler == NULL);
}

static void set_end(ends *open, uint32_t gate, uint32_t node)
{
    uint32_t router = open->graph->nodes[gate].router;
    open->closed[router] -= ends_for_good(open->graph, open->of[gate]);
    open->closed[router] += ends_for_good(open->graph, node);
    open->of[gate] = node;
}

/* A router stands for its ends. If none of them is open, what follows is for the bundles that take
 * no route: it follows the router. */
static bool has_open_ends(const ends *open, uint32_t node)
{
    return is_open_router(open->graph, node) &&
           open->closed[node] < en_node_entry(open->graph, node)->route_count;
}

/* Edges from the end `from`, in the order of the routes; all of them are joined now. */
static void join(ends *open, uint32_t from, uint32_t node)
{
    en_graph *graph = open->graph;
    en_loader *loader = graph->loader;
    if (is_open_router(graph, from)) {
        en_links_add(loader, &graph->nodes[node].level, from);
    }
    open->stack.count = 0;
    en_links_add(loader, &open->stack, from);
    while (open->stack.count != 0) {
        uint32_t end = open->stack.items[--open->stack.count];
        if (!has_open_ends(open, end)) {
            en_links_add(loader, &graph->nodes[node].from, end);
            continue;
        }
        for (size_t k = en_node_entry(graph, end)->route_count; k > 0; k--) {
            uint32_t gate = end + (uint32_t)k;
            open->is_taken[gate] = true;
            if (!ends_for_good(graph, open->of[gate])) {
                en_links_add(loader, &open->stack, open->of[gate]);
            }
        }
    }
}

/* A step without `route` joins everything that is open. */
static void join_all(ends *open, uint32_t node)
{
    if (open->whole != EN_NO_INDEX) {
        join(open, open->whole, node);
    }
    for (uint32_t i = 0; i < open->reopened.count; i++) {
        uint32_t gate = open->reopened.items[i];
        open->is_taken[gate] = true;
        en_links_add(open->graph->loader, &open->graph->nodes[node].level,
                     open->graph->nodes[gate].router);
        join(open, open->of[gate], node);
    }
    open->reopened.count = 0;
}

static void complain_about_route(const ends *open, const en_entry *entry)
{
    en_loader *loader = open->graph->loader;
    en_problem *problem =
        en_loader_problem(loader, entry, EN_SEVERITY_ERROR, EN_TEXT("route"),
                          "no router before this step has a route %lld", (long long)entry->route);
    en_builder known;
    en_builder_init(&known, loader->scratch);
    enum { MOST_SHOWN = 8 };
    unsigned shown = 0;
    for (size_t i = 0; i < open->bearer_count && shown < MOST_SHOWN; i++) {
        if (open->bearers[i].gate != EN_NO_INDEX) {
            en_builder_format(&known, "%s%lld", shown++ == 0 ? "" : ", ",
                              (long long)open->bearers[i].number);
        }
    }
    en_text names = en_builder_take(&known);
    if (names.length != 0) {
        en_loader_hint(loader, problem, "routes so far: %.*s", EN_TEXT_ARG(names));
    }
}

static void announce_routes(ends *open, const en_entry *entry)
{
    for (size_t k = entry->route_count; k > 0; k--) { /* of equal numbers the first stays */
        if (entry->routes[k - 1].has_number) {
            find_bearer(open, entry->routes[k - 1].number)->gate = entry->entry_node + (uint32_t)k;
        }
    }
}

static bool init_ends(ends *open, en_graph *graph)
{
    *open = (ends){ .graph = graph, .whole = EN_NO_INDEX };
    open->of = EN_LOADER_ARRAY(graph->loader, uint32_t, graph->count);
    open->is_taken = EN_LOADER_ARRAY(graph->loader, bool, graph->count);
    open->closed = EN_LOADER_ARRAY(graph->loader, uint32_t, graph->count);
    if (graph->loader->failed || !collect_bearers(open)) {
        return false;
    }
    for (uint32_t i = 0; i < graph->count; i++) {
        open->of[i] = i;
    }
    return true;
}

bool en_edges_of_list(en_graph *graph)
{
    ends open;
    if (!init_ends(&open, graph)) {
        return false;
    }
    en_loader *loader = graph->loader;
    for (uint32_t n = 0; n < graph->count; n++) {
        const en_entry *entry = en_node_entry(graph, n);
        if (n != entry->entry_node) {
            continue;
        }
        const bearer *found = entry->has_route ? find_bearer(&open, entry->route) : NULL;
        if (entry->has_route && (found == NULL || found->gate == EN_NO_INDEX)) {
            complain_about_route(&open, entry);
        } else if (found != NULL) {
            uint32_t gate = found->gate;
            if (open.is_taken[gate]) {
                open.is_taken[gate] = false;
                en_links_add(loader, &open.reopened, gate);
            }
            join(&open, open.of[gate], n);
            set_end(&open, gate, entry->exit_node);
        } else {
            join_all(&open, n);
            open.whole = entry->exit_node;
        }
        announce_routes(&open, entry);
    }
    return !loader->failed;
}

void en_edges_of_chain(en_graph *graph)
{
    uint32_t before = EN_NO_INDEX;
    for (uint32_t n = 0; n < graph->count; n++) {
        const en_entry *entry = en_node_entry(graph, n);
        if (n == entry->entry_node) {
            if (before != EN_NO_INDEX) {
                en_links_add(graph->loader, &graph->nodes[n].from, before);
            }
            before = entry->exit_node;
        }
    }
}

/* --- objects (G3) --- */

typedef struct edge {
    uint32_t from; /* entries */
    uint32_t to;
    uint32_t gate; /* EN_NO_INDEX: without route */
    uint32_t number;
} edge;

static int compare_pairs(const void *a, const void *b)
{
    const edge *x = a;
    const edge *y = b;
    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    if (x->to != y->to) {
        return x->to < y->to ? -1 : 1;
    }
    if (x->gate != y->gate) {
        return x->gate < y->gate ? -1 : 1;
    }
    return x->number < y->number ? -1 : 1;
}

static int compare_numbers(const void *a, const void *b)
{
    return ((const edge *)a)->number < ((const edge *)b)->number ? -1 : 1;
}

static void suggest_ids(en_loader *loader, en_problem *problem)
{
    enum { MOST_SHOWN = 8 };
    en_builder ids;
    en_builder_init(&ids, loader->scratch);
    for (uint32_t i = 0; i < loader->entry_count && i < MOST_SHOWN; i++) {
        en_builder_format(&ids, "%s%lld", i == 0 ? "" : ", ",
                          (long long)loader->entries[loader->by_id[i]].id);
    }
    en_text text = en_builder_take(&ids);
    en_loader_hint(loader, problem, "ids: %.*s%s", EN_TEXT_ARG(text),
                   loader->entry_count > MOST_SHOWN ? ", …" : "");
}

static void suggest_routes(en_loader *loader, en_problem *problem, const en_entry *router,
                           bool is_index)
{
    enum { MOST_SHOWN = 8 };
    en_builder numbers;
    en_builder_init(&numbers, loader->scratch);
    unsigned shown = 0;
    for (size_t i = 0; i < router->route_count && shown < MOST_SHOWN; i++) {
        if (is_index || router->routes[i].has_number) {
            en_builder_format(&numbers, "%s%lld", shown++ == 0 ? "" : ", ",
                              is_index ? (long long)i : (long long)router->routes[i].number);
        }
    }
    en_text text = en_builder_take(&numbers);
    if (text.length != 0) {
        en_loader_hint(loader, problem, "its routes are %.*s", EN_TEXT_ARG(text));
    }
}

/* One end of a connection: 3 or {"moduleId": 3}. */
static en_value end_id(en_value end)
{
    return end.tag == EN_COLLECTION ? en_collection_find(end, EN_TEXT("moduleId")) : end;
}

static bool read_end(en_loader *loader, en_text path, en_value connection, en_text name,
                     int64_t *id)
{
    en_value value = end_id(en_collection_find(connection, name));
    if (en_read_id(value, id)) {
        return true;
    }
    en_loader_problem(loader, NULL, EN_SEVERITY_ERROR, en_path_join(loader->scratch, path, name),
                      "expected the id of a step but got %s", en_tag_name(value.tag));
    return false;
}

static bool bears(const en_entry *router, int64_t index, int64_t number)
{
    return index >= 0 && (uint64_t)index < router->route_count &&
           router->routes[index].has_number && router->routes[index].number == number;
}

static size_t find_route(const en_entry *router, int64_t number, bool is_index)
{
    if (is_index) {
        return number >= 0 && (uint64_t)number < router->route_count ? (size_t)number : SIZE_MAX;
    }
    if (bears(router, number - 1, number)) { /* as most files number them */
        return (size_t)number - 1;
    }
    for (size_t i = 0; i < router->route_count; i++) {
        if (bears(router, (int64_t)i, number)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* The route's node that a connection leaves by. Plain: the number of the route. In {moduleId,
 * route}: its index from 0. */
static bool find_gate(en_loader *loader, en_text path, en_value connection, const en_entry *from,
                      const en_entry *to, uint32_t *gate)
{
    en_value source = en_collection_find(connection, EN_TEXT("source"));
    en_value value = en_collection_find(connection, EN_TEXT("route"));
    bool is_index = en_is_missing(value) && source.tag == EN_COLLECTION;
    if (is_index) {
        value = en_collection_find(source, EN_TEXT("route"));
    }
    *gate = EN_NO_INDEX;
    if (en_is_missing(value) || from->module == NULL || from->module->kind != EN_KIND_ROUTER) {
        return true;
    }
    int64_t number;
    size_t index = en_read_id(value, &number) ? find_route(from, number, is_index) : SIZE_MAX;
    if (index != SIZE_MAX) {
        *gate = from->entry_node + 1 + (uint32_t)index;
        return true;
    }
    en_problem *problem =
        en_loader_problem(loader, NULL, EN_SEVERITY_ERROR, path,
                          "connection %lld to %lld: router %lld has no route %.*s",
                          (long long)from->id, (long long)to->id, (long long)from->id,
                          EN_TEXT_ARG(en_value_as_text(loader->scratch, value, EN_TEXT(", "))));
    suggest_routes(loader, problem, from, is_index);
    return false;
}

static bool read_connection(en_graph *graph, en_text path, en_value connection, edge *read)
{
    en_loader *loader = graph->loader;
    if (connection.tag != EN_COLLECTION) {
        en_loader_problem(loader, NULL, EN_SEVERITY_ERROR, path, "expected a connection but got %s",
                          en_tag_name(connection.tag));
        return false;
    }
    int64_t source;
    int64_t target;
    bool has_source = read_end(loader, path, connection, EN_TEXT("source"), &source);
    bool has_target = read_end(loader, path, connection, EN_TEXT("target"), &target);
    if (!has_source || !has_target) {
        return false;
    }
    const en_entry *from = en_entry_find(loader, source);
    const en_entry *to = en_entry_find(loader, target);
    if (from == NULL || to == NULL) {
        en_problem *problem = en_loader_problem(
            loader, NULL, EN_SEVERITY_ERROR, path, "connection %lld to %lld: there is no step %lld",
            (long long)source, (long long)target, (long long)(from == NULL ? source : target));
        suggest_ids(loader, problem);
        return false;
    }
    if (from->handles_errors || to->handles_errors) {
        return false; /* outside the flow, whatever is drawn */
    }
    read->from = (uint32_t)(from - loader->entries);
    read->to = (uint32_t)(to - loader->entries);
    return find_gate(loader, path, connection, from, to, &read->gate);
}

/* Drops what is there twice, and pairs without a route that are there with one. */
static size_t drop_duplicates(edge *edges, size_t count)
{
    qsort(edges, count, sizeof *edges, compare_pairs);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const edge *last = kept != 0 ? &edges[kept - 1] : NULL;
        bool same_pair = last != NULL && last->from == edges[i].from && last->to == edges[i].to;
        /* Without route sorts last: EN_NO_INDEX is above every gate. */
        if (!same_pair || (edges[i].gate != last->gate && edges[i].gate != EN_NO_INDEX)) {
            edges[kept++] = edges[i];
        }
    }
    qsort(edges, kept, sizeof *edges, compare_numbers);
    return kept;
}

bool en_edges_of_object(en_graph *graph, en_value connections)
{
    en_loader *loader = graph->loader;
    edge *edges = EN_LOADER_ARRAY(loader, edge, connections.length);
    if (edges == NULL) {
        return false;
    }
    size_t count = 0;
    for (uint32_t i = 0; i < connections.length; i++) {
        en_text path = en_path_index(loader->scratch, EN_TEXT("connections"), i);
        edges[count].number = i;
        count += read_connection(graph, path, connections.as.items[i], &edges[count]);
    }
    count = drop_duplicates(edges, count);
    for (size_t i = 0; i < count; i++) {
        uint32_t from =
            edges[i].gate != EN_NO_INDEX ? edges[i].gate : loader->entries[edges[i].from].exit_node;
        uint32_t to = loader->entries[edges[i].to].entry_node;
        en_links_add(loader, &graph->nodes[to].from, from);
    }
    return !loader->failed;
}
