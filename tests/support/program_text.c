#include "program.h"

#include <stdio.h>

typedef struct writer {
    en_arena *arena;
    en_builder out;
    en_builder edges;
    bool is_object;
    bool is_first;
    bool is_first_edge;
} writer;

en_text program_route_name(en_arena *arena, const route *way)
{
    return en_text_format(arena, way->has_label ? "label %u" : "%u", way->number);
}

/* {{4.value}} */
static void write_reference(en_builder *out, reference ref)
{
    static const char *const paths[] = {
        [ITEM_SET] = "value",
        [ITEM_CALL] = "x",
        [ITEM_ITERATOR] = "item.n",
        [ITEM_REPEATER] = "i",
        [ITEM_AGGREGATOR] = "array.length",
        [ITEM_CONVERGER] = "array.length",
    };
    if (ref.is_item) {
        en_builder_add(out, EN_TEXT("{{item.n}}"));
    } else if (ref.of == NULL) {
        en_builder_add(out, EN_TEXT("{{input.n}}"));
    } else {
        en_builder_format(out, "{{%u.%s}}", ref.of->id, paths[ref.of->kind]);
    }
}

static void write_condition(en_builder *out, const route *way)
{
    if (way->test == TEST_FALLBACK) {
        en_builder_add(out, EN_TEXT(",\"fallback\":true"));
    } else if (way->test != TEST_NONE) {
        en_builder_add(out, EN_TEXT(",\"filter\":{\"conditions\":[[{\"a\":\""));
        write_reference(out, way->tested);
        if (way->test == TEST_LESS) {
            en_builder_format(out, "\",\"o\":\"less\",\"b\":%u}]]}", way->bound);
        } else {
            en_builder_add(out, EN_TEXT("\",\"o\":\"exist\"}]]}"));
        }
    }
}

static void write_routes(writer *w, const item *router)
{
    en_builder_add(&w->out, EN_TEXT("\"flow.router\",\"parameters\":{\"routes\":["));
    for (unsigned k = 0; k < router->route_count; k++) {
        const route *way = &router->routes[k];
        en_builder_format(&w->out, "%s{\"id\":%u", k == 0 ? "" : ",", way->number);
        if (way->has_label) {
            en_builder_format(&w->out, ",\"label\":\"%.*s\"",
                              EN_TEXT_ARG(program_route_name(w->arena, way)));
        }
        write_condition(&w->out, way);
        en_builder_add(&w->out, EN_TEXT("}"));
    }
    en_builder_add(&w->out, EN_TEXT("]}"));
}

static void write_iterator(writer *w, const item *it)
{
    en_builder_add(&w->out, EN_TEXT("\"flow.iterator\",\"parameters\":{\"array\":\"{{"));
    if (it->refs[0].of == NULL) {
        en_builder_add(&w->out, EN_TEXT("input.list"));
    } else {
        en_builder_format(&w->out, "%u.item.list", it->refs[0].of->id);
    }
    en_builder_add(&w->out, EN_TEXT("}}\"}"));
}

static void write_aggregator(writer *w, const item *it)
{
    static const char *const flags[] = { "false", "true" };
    en_builder_format(
        &w->out, "\"flow.aggregator\",\"parameters\":{\"outputEmpty\":%s,\"stopProcessing\":%s",
        flags[it->emits_empty], flags[it->ends_path]);
    if (it->names_source) {
        en_builder_format(&w->out, ",\"sourceModule\":%u", it->source->id);
    }
    if (it->is_grouped) {
        en_builder_add(&w->out, EN_TEXT(",\"groupBy\":\""));
        write_reference(&w->out, it->ref_count != 0 ? it->refs[0] : (reference){ 0 });
        en_builder_add(&w->out, EN_TEXT("\""));
    }
    en_builder_add(&w->out, EN_TEXT("}"));
}

static void write_call(writer *w, const item *it)
{
    static const char *const handlers[] = {
        [HANDLER_IGNORE] = "\"type\":\"ignore\"",
        [HANDLER_RESUME] = "\"type\":\"resume\",\"bundle\":{\"x\":\"resumed\"}",
        [HANDLER_FALLBACK] = "\"type\":\"retry\",\"fallback\":{\"module\":\"util.setVariable\","
                             "\"parameters\":{\"name\":\"f\",\"value\":\"{{error.message}}\"}}",
        [HANDLER_COMMIT] = "\"type\":\"commit\"",
        [HANDLER_ROLLBACK] = "\"type\":\"rollback\"",
    };
    en_builder_add(&w->out, EN_TEXT("\"http.makeRequest\",\"parameters\":{\"url\":\"http://h/\"}"));
    if (it->handler != HANDLER_NONE) {
        en_builder_format(&w->out, ",\"errorHandler\":{%s,\"maxRetries\":%u}",
                          handlers[it->handler], it->retries);
    } else if (it->retries != 0) {
        en_builder_format(&w->out, ",\"errorHandler\":{\"type\":\"retry\",\"maxRetries\":%u}",
                          it->retries);
    }
}

static void write_set(writer *w, const item *it)
{
    en_builder_format(
        &w->out, "\"util.setVariable\",\"parameters\":{\"name\":\"v\",\"value\":\"%u:", it->id);
    for (unsigned i = 0; i < it->ref_count; i++) {
        en_builder_add(&w->out, EN_TEXT("/"));
        write_reference(&w->out, it->refs[i]);
    }
    en_builder_add(&w->out, EN_TEXT("\"}"));
}

static void write_module(writer *w, const item *it)
{
    switch (it->kind) {
    case ITEM_SET:
        write_set(w, it);
        break;
    case ITEM_CALL:
        write_call(w, it);
        break;
    case ITEM_ITERATOR:
        write_iterator(w, it);
        break;
    case ITEM_REPEATER:
        en_builder_format(&w->out, "\"flow.repeater\",\"parameters\":{\"repeats\":%u}",
                          it->repeats);
        break;
    case ITEM_LIST:
        en_builder_add(&w->out, EN_TEXT("\"app.search\",\"parameters\":{}"));
        break;
    case ITEM_ROUTER:
        write_routes(w, it);
        break;
    case ITEM_AGGREGATOR:
        write_aggregator(w, it);
        break;
    case ITEM_CONVERGER:
        en_builder_add(&w->out, EN_TEXT("\"flow.converger\",\"parameters\":{}"));
        break;
    case ITEM_BREAK:
        en_builder_add(&w->out, EN_TEXT("\"flow.break\",\"parameters\":{}"));
        break;
    default:
        en_builder_format(&w->out, "\"flow.throw\",\"parameters\":{\"message\":\"thrown by %u\"}",
                          it->id);
        break;
    }
}

static void write_edge(writer *w, const edge *from, const item *to)
{
    en_builder_format(&w->edges, "%s{\"source\":%u,\"target\":%u", w->is_first_edge ? "" : ",\n",
                      from->from->id, to->id);
    if (from->gate != NULL) {
        en_builder_format(&w->edges, ",\"route\":%u", from->gate->number);
    }
    en_builder_add(&w->edges, EN_TEXT("}"));
    w->is_first_edge = false;
}

static void write_edges(writer *w, const block *steps, unsigned at, const item *router,
                        const route *way)
{
    edge edges[MOST_ITEMS];
    unsigned count = 0;
    const item *before = at != 0 ? steps->items[at - 1] : NULL;
    if (before != NULL && before->kind == ITEM_EACH) {
        before = steps->items[at - 2];
    }
    if (before != NULL && before->kind == ITEM_ROUTER) {
        count = program_ends(before, edges, MOST_ITEMS);
    } else if (before != NULL || way != NULL) {
        edges[count++] =
            (edge){ before != NULL ? before : router, before != NULL ? NULL : way, NULL, NULL };
    }
    for (unsigned i = 0; i < count; i++) {
        write_edge(w, &edges[i], steps->items[at]);
    }
}

static void write_block(writer *w, const block *steps, const item *router, const route *way)
{
    for (unsigned i = 0; i < steps->count; i++) {
        const item *it = steps->items[i];
        if (it->kind == ITEM_EACH) {
            continue;
        }
        en_builder_format(&w->out, "%s{\"id\":%u,\"module\":", w->is_first ? "" : ",\n", it->id);
        w->is_first = false;
        write_module(w, it);
        if (way != NULL && !w->is_object) {
            en_builder_format(&w->out, ",\"route\":%u", way->number);
        }
        en_builder_add(&w->out, EN_TEXT("}"));
        write_edges(w, steps, i, router, way);
        for (unsigned k = 0; k < it->route_count; k++) {
            write_block(w, it->routes[k].steps, it, &it->routes[k]);
        }
    }
}

static void write_program(writer *w, const program *p, en_arena *arena, bool is_object)
{
    *w =
        (writer){ .arena = arena, .is_object = is_object, .is_first = true, .is_first_edge = true };
    en_builder_init(&w->out, arena);
    en_builder_init(&w->edges, arena);
    en_builder_add(&w->out, is_object ? EN_TEXT("{\"modules\":[") : EN_TEXT("["));
    write_block(w, p->main, NULL, NULL);
}

en_text program_list(const program *p, en_arena *arena)
{
    writer w;
    write_program(&w, p, arena, false);
    en_builder_add(&w.out, EN_TEXT("]"));
    return en_builder_take(&w.out);
}

en_text program_object(const program *p, en_arena *arena)
{
    writer w;
    write_program(&w, p, arena, true);
    en_builder_add(&w.out, EN_TEXT("],\n\"connections\":["));
    en_builder_add(&w.out, en_builder_take(&w.edges));
    en_builder_add(&w.out, EN_TEXT("]}"));
    return en_builder_take(&w.out);
}

static void write_answers(en_builder *out, const item *it)
{
    for (unsigned i = 0; i < it->answer_count; i++) {
        en_builder_add(out, i == 0 ? EN_TEXT("") : EN_TEXT(","));
        switch (it->answers[i]) {
        case ANSWER_BUNDLE:
            en_builder_format(out, "{\"x\":\"%u.%u\"}", it->id, i);
            break;
        case ANSWER_NOTHING:
            en_builder_add(out, EN_TEXT("{\"bundles\":[]}"));
            break;
        default:
            en_builder_format(out, "{\"error\":{\"type\":\"%s\",\"message\":\"%u.%u failed\"}}",
                              it->answers[i] == ANSWER_PASSING ? "ConnectionError" : "DataError",
                              it->id, i);
            break;
        }
    }
}

en_text program_mocks(const program *p, en_arena *arena)
{
    en_builder out;
    en_builder_init(&out, arena);
    en_builder_add(&out, EN_TEXT("{\"none\":{}"));
    for (unsigned id = 1; id <= p->count; id++) {
        const item *it = p->items[id];
        if (it->kind == ITEM_CALL) {
            en_builder_format(&out, ",\"%u\":{\"calls\":[", id);
            write_answers(&out, it);
            en_builder_add(&out, EN_TEXT("]}"));
        } else if (it->kind == ITEM_LIST) {
            en_builder_format(&out, ",\"%u\":[", id);
            for (unsigned i = 0; i < it->repeats; i++) {
                en_builder_format(&out, "%s{\"n\":%u}", i == 0 ? "" : ",", i);
            }
            en_builder_add(&out, EN_TEXT("]"));
        }
    }
    en_builder_add(&out, EN_TEXT("}"));
    return en_builder_take(&out);
}
