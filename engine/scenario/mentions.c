#include "scenario/loader.h"

#include "expr/mapping.h"

/* Compiles what a node says only to hear the names in it; problems are told later, by arguments.c.
 */
typedef struct listener {
    en_resolver resolver; /* first: the resolver is the listener */
    en_graph *graph;
    en_mentions *mentions;
    uint32_t node;
} listener;

static void ignore(en_mapping_sink *sink, const en_error *error)
{
    (void)sink;
    (void)error;
}

static void add_read(listener *hear, uint32_t node)
{
    if (node != EN_NO_INDEX && node != hear->node) {
        en_links_add(hear->graph->loader, &hear->mentions->reads[hear->node], node);
    }
}

/* `http.data` is most likely the nearest such step on the way up. */
static void add_family(listener *hear, en_text name)
{
    enum { FARTHEST = 1000 };
    const en_graph *graph = hear->graph;
    const en_links *from = &graph->nodes[hear->node].from;
    for (unsigned steps = 0; from->count != 0 && steps < FARTHEST; steps++) {
        uint32_t before = from->items[0];
        const en_entry *entry = en_node_entry(graph, before);
        if (en_text_equal(entry->family, name)) {
            add_read(hear, before);
            return;
        }
        from = &graph->nodes[before].from;
    }
}

static bool hear_name(en_resolver *resolver, en_text name, bool is_id, en_text field, size_t at,
                      en_ref *ref)
{
    (void)field;
    (void)at;
    listener *hear = (listener *)(void *)resolver;
    *ref = (en_ref){ .kind = EN_REF_NOTHING, .slot = EN_NO_SLOT, .present = EN_NO_SLOT };
    int64_t id;
    if (is_id) {
        bool read = en_read_id(en_text_value(name), &id);
        const en_entry *entry = read ? en_entry_find(hear->graph->loader, id) : NULL;
        if (entry != NULL) {
            add_read(hear, entry->exit_node);
        }
        return entry != NULL;
    }
    if (en_text_equal(name, EN_TEXT("item")) || en_text_equal(name, EN_TEXT("iterator"))) {
        hear->mentions->item[hear->node] = true;
    } else if (en_text_equal(name, EN_TEXT("previousModule"))) {
        const en_links *from = &hear->graph->nodes[hear->node].from;
        for (uint32_t i = 0; i < from->count; i++) {
            add_read(hear, from->items[i]);
        }
    } else {
        add_family(hear, name);
    }
    return true;
}

static void listen(listener *hear, uint32_t node, en_value value)
{
    en_mapping_sink deaf = { ignore };
    en_arena_mark mark = en_arena_get_mark(hear->resolver.arena);
    hear->node = node;
    en_mapping_compile(&hear->resolver, value, &deaf);
    en_arena_rewind(hear->resolver.arena, mark);
}

bool en_mentions_find(en_graph *graph, en_mentions *mentions)
{
    en_loader *loader = graph->loader;
    mentions->item = EN_LOADER_ARRAY(loader, bool, graph->count);
    mentions->reads = EN_LOADER_ARRAY(loader, en_links, graph->count);
    if (mentions->item == NULL || mentions->reads == NULL) {
        return false;
    }
    if (en_text_find(loader->content, EN_TEXT("item"), 0) == SIZE_MAX &&
        en_text_find(loader->content, EN_TEXT("iterator."), 0) == SIZE_MAX) {
        return true; /* the usual file: who reads whom matters to implicit loops only */
    }
    en_arena arena;
    en_arena_init(&arena, NULL);
    listener hear = {
        .resolver = { .resolve = hear_name, .rules = &en_rules_list, .arena = &arena },
        .graph = graph,
        .mentions = mentions
    };
    for (uint32_t n = 0; n < graph->count; n++) {
        const en_entry *entry = en_node_entry(graph, n);
        if (graph->nodes[n].kind == EN_NODE_ROUTE) {
            listen(&hear, n, entry->routes[graph->nodes[n].route].filter);
        } else if (n == entry->entry_node && graph->nodes[n].kind != EN_NODE_ROUTER) {
            listen(&hear, n, entry->parameters);
            listen(&hear, n, entry->mapper);
            listen(&hear, n, entry->handler != NULL ? entry->handler->value : en_null());
        }
    }
    en_arena_done(&arena);
    return !loader->failed;
}
