/* loader - what the files of this folder share while a scenario is being loaded.
 *
 * Shape:    *entries* are the modules as they are written, in file order. A *graph* of *nodes* is
 *           made of them (nodes.c, edges.c), ordered (order.c), given its loops (loops.c,
 *           items.c), laid out flat (layout.c) and turned into steps (emit.h, arguments.h,
 *           names.h). The rules G1 to G8 are those of reference/plan.md.
 * Units:    nodes, entries, loops and branches by number; EN_NO_INDEX: none.
 * Lifetime: everything lives in the loader's scratch arena, except what the plan keeps.
 * Errors:   problems go into the list, and loading goes on as far as it makes sense. When memory
 *           is short `failed` is set.
 * Threads:  one loader, one thread.
 */
#ifndef EN_SCENARIO_LOADER_H
#define EN_SCENARIO_LOADER_H

#include "scenario/load.h"
#include "scenario/tree.h"
#include "value/json.h"

/* --- modules as they are written --- */

typedef struct en_route {
    bool has_number;
    int64_t number; /* what `route: 2` names: ids if any route has one, else the position from 1 */
    en_text label;  /* empty: none */
    en_value filter;
    bool has_conditions;
    bool is_fallback;
} en_route;

typedef struct en_entry {
    en_value value;
    en_text path; /* "modules[3]" */
    unsigned line;
    unsigned column;
    int64_t id;
    en_text name; /* "datastore.addRecord" */
    const en_module *module;
    en_text family;
    en_value parameters; /* empty unless a collection */
    en_value mapper;
    bool has_route;
    int64_t route;
    const en_route *routes; /* of a router */
    size_t route_count;
    en_text routes_path;
    bool handles_errors;        /* position: "error" */
    struct en_handler *handler; /* what happens when it fails; NULL: nothing special */
    uint32_t entry_node; /* where edges into the module end, and where those out of it begin */
    uint32_t exit_node;
} en_entry;

/* G8 */
typedef struct en_handler {
    struct en_entry *where; /* what its paths start at */
    en_text path;           /* "errorHandler", "errorHandlers[2]" */
    en_value value;
    en_retry retry;
    en_directive directive; /* EN_DIRECTIVE_NONE: no error route */
    en_value fallback;      /* a module; null: none */
    const en_module *module;
    en_text name;
} en_handler;

typedef struct en_loader {
    en_arena *arena;   /* the plan's */
    en_arena *scratch; /* gone when loading ends */
    const en_load_options *options;
    en_problems *problems;
    en_document *document;
    en_text file;
    en_text content;
    en_value root;
    bool is_object;
    en_entry *entries;
    uint32_t entry_count;
    uint32_t *by_id; /* entries in the order of their ids */
    const en_schema **schemas;
    size_t schema_count;
    unsigned places_left; /* finding a place reads the file again; suggesting a name, all names */
    unsigned nearest_left;
    bool is_too_deep; /* told already: loops inside loops */
    bool failed;
} en_loader;

/* A growing list of numbers. */
typedef struct en_links {
    uint32_t *items;
    uint32_t count;
    uint32_t capacity;
} en_links;

void en_links_add(en_loader *loader, en_links *links, uint32_t item);
/* An array of data-dependent size, zeroed; NULL and `failed` when memory is short. */
void *en_loader_array(en_loader *loader, size_t count, size_t size_bytes);
#define EN_LOADER_ARRAY(loader, type, count)                                                       \
    ((type *)en_loader_array((loader), (count), sizeof(type)))

/* A problem at `path`, relative to the entry, or to the document when there is no entry. */
EN_FORMAT(5, 6)
en_problem *en_loader_problem(en_loader *loader, const en_entry *entry, en_severity severity,
                              en_text path, const char *format, ...);
/* The same from an error, whose own path goes behind `path`. */
en_problem *en_loader_problem_error(en_loader *loader, const en_entry *entry, en_severity severity,
                                    en_text path, const en_error *error);
/* Fills in where a problem is. */
void en_loader_place(en_loader *loader, const en_entry *entry, en_text path, en_problem *problem);
EN_FORMAT(3, 4)
void en_loader_hint(en_loader *loader, en_problem *problem, const char *format, ...);
/* "a" + "b[1].c" is "a.b[1].c". */
en_text en_path_join(en_arena *arena, en_text path, en_text rest);
/* The same with one name, which is written ["b c"] if it needs to be. */
en_text en_path_name(en_arena *arena, en_text path, en_text name);
en_text en_path_index(en_arena *arena, en_text path, size_t index);
/* The nearest of the names, or empty; gives up when it was asked too often. */
en_text en_loader_nearest(en_loader *loader, en_text word, const en_text *names, size_t count);

/* A whole number, or one written as text. */
EN_WARN_UNUSED bool en_read_id(en_value value, int64_t *id);

/* Reads `modules` (found at `path`) into entries; false when there is nothing to go on with. */
EN_WARN_UNUSED bool en_entries_read(en_loader *loader, en_value modules, en_text path);
/* NULL: no entry has that id. */
en_entry *en_entry_find(const en_loader *loader, int64_t id);
void en_routes_read(en_loader *loader, en_entry *entry);
/* Lines and columns of all entries in one pass over the text. */
void en_entries_place(en_loader *loader, en_text container);

/* --- the graph --- */

typedef enum en_node_kind {
    EN_NODE_STEP,
    EN_NODE_ROUTER,
    EN_NODE_ROUTE,
    EN_NODE_COLLECT, /* in front of its flush; does nothing unless the aggregator closes a loop */
    EN_NODE_FLUSH,
    EN_NODE_EACH /* an implicit loop */
} en_node_kind;

typedef struct en_node {
    en_node_kind kind;
    uint32_t entry;
    uint32_t route; /* EN_NODE_ROUTE: which one, and of which router */
    uint32_t router;
    uint64_t rank;        /* place in the file: decides between nodes that might come next */
    en_links from;        /* edges into it */
    en_links level;       /* routers behind whose branches it stands (lists) */
    uint32_t branch;      /* innermost route around it, in graph.branches */
    uint32_t loop;        /* innermost loop around it, in graph.loops: explicit ones only */
    uint32_t opens;       /* the loop of which it is the head */
    uint32_t closes;      /* collect, flush: the loop that it closes */
    uint32_t closes_each; /* the same of implicit loops */
    uint32_t each;        /* innermost implicit loop around it, in graph.eaches */
    uint32_t home;        /* innermost loop of both kinds, in graph.homes */
    uint32_t list;        /* EN_NODE_EACH: the node whose result it walks through */
    bool is_always;       /* EN_NODE_EACH: a node that nothing stands before is in it */
    en_links when;        /* `from`, with edges out of loops moved to their heads */
    uint32_t step;        /* in the plan */
} en_node;

/* Edges the other way round, or any other sorting of nodes under nodes. */
typedef struct en_index {
    uint32_t *starts; /* the items of node n are items[starts[n]] to items[starts[n + 1]] */
    uint32_t *items;
} en_index;

typedef struct en_graph {
    en_loader *loader;
    bool is_object;
    en_node *nodes;
    uint32_t count;
    uint32_t capacity;
    en_tree branches; /* items are the route's nodes */
    en_tree loops;    /* items are the heads */
    en_tree eaches;   /* items are EN_NODE_EACH */
    en_tree homes;    /* items are the heads of both kinds */
    uint32_t *order;  /* topological */
    uint32_t *place;  /* of each node in that order */
    uint32_t order_count;
} en_graph;

/* A graph of the entries of one kind (G1). */
EN_WARN_UNUSED bool en_graph_make(en_graph *graph, en_loader *loader, bool handles_errors);
uint32_t en_graph_add(en_graph *graph, en_node_kind kind, uint32_t entry);
const en_module *en_node_module(const en_graph *graph, uint32_t node);
static inline const en_entry *en_node_entry(const en_graph *graph, uint32_t node)
{
    uint32_t entry = graph->nodes[node].entry;
    return entry != EN_NO_INDEX ? &graph->loader->entries[entry] : NULL;
}

/* G2, G3; false when problems make going on senseless. */
EN_WARN_UNUSED bool en_edges_of_list(en_graph *graph);
EN_WARN_UNUSED bool en_edges_of_object(en_graph *graph, en_value connections);
/* One step behind the other, whatever the file says: to check the steps of a file whose edges are
 * wrong. */
void en_edges_of_chain(en_graph *graph);
/* Chains several targets on one route, and finds every node's branch. */
void en_branches_settle(en_graph *graph);

/* `lists[n]` says what stands under n. */
EN_WARN_UNUSED bool en_index_reverse(en_loader *loader, const en_links *lists, size_t stride,
                                     uint32_t count, en_index *index);
/* Stable topological order (G7): false on circles, whose nodes are then the unplaced ones. `order`
 * has room for all nodes. */
EN_WARN_UNUSED bool en_order_sort(en_graph *graph, const en_links *lists, size_t stride,
                                  uint32_t *order, uint32_t *order_count);
/* The order of the plain graph; circles are problems. */
EN_WARN_UNUSED bool en_order_make(en_graph *graph);

enum { EN_MOST_LOOPS = 256 }; /* inside each other */
/* Tells it once. */
void en_loops_too_deep(en_loader *loader, const en_entry *entry);
void en_loops_settle(en_graph *graph);                /* G4, G5 */
EN_WARN_UNUSED bool en_items_settle(en_graph *graph); /* G6 */
/* Whether a list is what this module gives; of unknown modules their names say it. */
bool en_module_may_list(const en_entry *entry);
/* The step that sourceModule names; NULL: none. */
const en_entry *en_aggregator_source(const en_graph *graph, const en_entry *entry);

/* What a node's templates mention: `item` or `iterator`, and other nodes. */
typedef struct en_mentions {
    bool *item;
    en_links *reads;
} en_mentions;
EN_WARN_UNUSED bool en_mentions_find(en_graph *graph, en_mentions *mentions);

/* G7: the flat order, loops as units. */
typedef struct en_layout {
    uint32_t *nodes; /* in the order of the plan, without what makes no step */
    uint32_t count;
} en_layout;
EN_WARN_UNUSED bool en_layout_make(en_graph *graph, en_layout *layout);

/* Whether an aggregator has to collect even without a loop: it groups, or evaluates something. */
bool en_collects_apart(const en_entry *entry);

/* Handlers of all entries: errorHandler, retry, error_handler, and the document's errorHandlers. */
void en_handlers_read(en_loader *loader);
/* How many steps lie behind a step as its error route. */
uint32_t en_handler_steps(const en_handler *handler);

#endif
