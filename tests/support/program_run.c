#include "program.h"

#include "base/text.h"

#include <string.h>

enum { MOST_NUMBERS = MOST_ITEMS * MOST_ROUTES + 1 };

/* What is known of a bundle on its way. */
typedef struct bundle_state {
    en_value values[MOST_ITEMS + 1]; /* by item */
    bool live[MOST_ITEMS + 1];
    bool taken[MOST_NUMBERS]; /* routes, by number */
} bundle_state;

typedef struct group {
    struct group *next;
    en_value key; /* nothing: without groupBy */
    en_array_builder elements;
} group;

typedef struct collection {
    bool open;
    group *first;
    group *last;
} collection;

typedef struct machine {
    en_arena *arena;
    observation *seen;
    en_array_builder order;
    en_array_builder outputs[MOST_ITEMS + 1];
    unsigned calls[MOST_ITEMS + 1];
    collection collections[MOST_ITEMS + 1]; /* by aggregator */
    bundle_state now;
    en_value record; /* of the implicit loop */
    unsigned bundle; /* number of the innermost loop's; 0: no loop */
} machine;

static outcome run_range(machine *m, const block *steps, unsigned from, unsigned to, bool *alive);

/* --- values --- */

static en_value pair(machine *m, const char *name, en_value value, const char *second,
                     en_value other)
{
    en_collection_builder made;
    en_collection_builder_init(&made, m->arena);
    en_collection_builder_add(&made, en_text_from(name), value);
    if (other.tag != EN_NOTHING) {
        en_collection_builder_add(&made, en_text_from(second), other);
    }
    return en_collection_builder_take(&made);
}

static en_value member(en_value of, const char *name)
{
    return en_collection_find(of, en_text_from(name));
}

static en_value length_of(en_value array)
{
    return array.tag == EN_ARRAY ? en_number(array.length) : en_nothing();
}

static en_value input_of(const machine *m, const char *name)
{
    return member(m->now.values[0], name);
}

static en_value read_value(const machine *m, reference ref)
{
    if (ref.is_item) {
        return member(m->record, "n");
    }
    if (ref.of == NULL) {
        return input_of(m, "n");
    }
    en_value value = m->now.values[ref.of->id];
    switch (ref.of->kind) {
    case ITEM_SET:
        return member(value, "value");
    case ITEM_CALL:
        return member(value, "x");
    case ITEM_ITERATOR:
        return member(member(value, "item"), "n");
    case ITEM_REPEATER:
        return member(member(value, "item"), "i");
    default:
        return length_of(member(value, "array"));
    }
}

static bool passes(const machine *m, const route *way)
{
    en_value value = read_value(m, way->tested);
    if (way->test == TEST_LESS) {
        return value.tag == EN_NUMBER && value.as.number < way->bound;
    }
    return way->test == TEST_NONE || !en_is_empty(value);
}

/* --- what is seen --- */

static void operate(machine *m, const item *it)
{
    en_array_builder_add(&m->order, en_number(it->id));
    m->seen->operations++;
}

static void emit(machine *m, const item *it, en_value value)
{
    en_array_builder_add(&m->outputs[it->id], value);
    m->seen->last = value;
}

static void succeed(machine *m, const item *it, en_value value)
{
    emit(m, it, value);
    m->now.values[it->id] = value;
    m->now.live[it->id] = true;
}

static outcome fail_at(machine *m, const item *it, en_text message)
{
    m->seen->error = en_text_terminate(m->arena, message);
    m->seen->failed = it->id;
    m->seen->bundle = m->bundle;
    return FAILED;
}

/* --- routers and joins --- */

static bool is_live(const machine *m, const edge *end)
{
    if (end->left != NULL) {
        return m->now.live[end->left->id];
    }
    return end->gate != NULL ? m->now.taken[end->gate->number] : m->now.live[end->from->id];
}

typedef struct joined {
    const route *branch; /* NULL: not from a join */
    en_value bundle;
} joined;

static unsigned join(const machine *m, const item *router, joined *inputs, bool *alive)
{
    edge edges[MOST_ITEMS];
    unsigned count = program_ends(router, edges, MOST_ITEMS);
    unsigned found = 0;
    *alive = false;
    for (unsigned i = 0; i < count; i++) {
        const edge *end = &edges[i];
        bool live = is_live(m, end);
        *alive = *alive || live;
        if (live && end->gate == NULL && end->left == NULL && end->from->kind != ITEM_ROUTER) {
            inputs[found++] = (joined){ end->branch, m->now.values[end->from->id] };
        }
    }
    return found;
}

static outcome run_router(machine *m, const item *router, bool *alive)
{
    bool any = false;
    m->now.live[router->id] = true;
    for (unsigned k = 0; k < router->route_count; k++) {
        const route *way = &router->routes[k];
        m->now.taken[way->number] = way->test != TEST_FALLBACK && passes(m, way);
        any = any || (m->now.taken[way->number] && way->test != TEST_NONE);
    }
    for (unsigned k = 0; k < router->route_count; k++) {
        const route *way = &router->routes[k];
        if (way->test == TEST_FALLBACK) {
            m->now.taken[way->number] = !any;
        }
    }
    for (unsigned k = 0; k < router->route_count; k++) {
        const route *way = &router->routes[k];
        bool on_route = m->now.taken[way->number];
        outcome out = on_route ? run_range(m, way->steps, 0, way->steps->count, &on_route) : DONE;
        if (out != DONE) {
            return out;
        }
    }
    joined inputs[MOST_ITEMS];
    join(m, router, inputs, alive);
    return DONE;
}

static en_value converge(machine *m, const item *router)
{
    joined inputs[MOST_ITEMS];
    bool alive;
    en_array_builder array;
    en_collection_builder routes;
    en_array_builder_init(&array, m->arena);
    en_collection_builder_init(&routes, m->arena);
    unsigned count = join(m, router, inputs, &alive);
    for (unsigned i = 0; i < count; i++) {
        en_array_builder_add(&array, inputs[i].bundle);
        en_collection_builder_add(&routes, program_route_name(m->arena, inputs[i].branch),
                                  inputs[i].bundle);
    }
    return pair(m, "routes", en_collection_builder_take(&routes), "array",
                en_array_builder_take(&array));
}

/* --- collections --- */

/* What an aggregator reads: the join in front of it, or the bundle before. */
static unsigned find_inputs(const machine *m, const block *steps, unsigned at, joined *inputs)
{
    const item *before = steps->items[at - 1];
    bool alive;
    if (before->kind == ITEM_CONVERGER) {
        before = steps->items[at - 2];
    }
    if (before->kind == ITEM_ROUTER) {
        return join(m, before, inputs, &alive);
    }
    if (before->kind == ITEM_EACH) {
        inputs[0] = (joined){ NULL, m->record };
        return 1;
    }
    en_value value = m->now.values[before->id];
    bool has_item = program_is_head(before) && before->kind != ITEM_AGGREGATOR;
    inputs[0] = (joined){ NULL, has_item ? member(value, "item") : value };
    return 1;
}

static group *group_of(machine *m, collection *into, en_value key)
{
    for (group *each = into->first; each != NULL; each = each->next) {
        if (en_value_equal(each->key, key)) {
            return each;
        }
    }
    group *made = EN_NEW(m->arena, group);
    made->key = key;
    en_array_builder_init(&made->elements, m->arena);
    if (into->last != NULL) {
        into->last->next = made;
    } else {
        into->first = made;
    }
    into->last = made;
    return made;
}

static void collect(machine *m, const block *steps, unsigned at)
{
    const item *aggregator = steps->items[at];
    joined inputs[MOST_ITEMS];
    unsigned count = find_inputs(m, steps, at, inputs);
    en_value key = en_nothing();
    if (aggregator->is_grouped) {
        key = read_value(m, aggregator->ref_count != 0 ? aggregator->refs[0] : (reference){ 0 });
        key = key.tag == EN_NOTHING ? en_null() : key;
    }
    for (unsigned i = 0; i < count; i++) {
        en_value element = inputs[i].bundle;
        if (inputs[i].branch != NULL) {
            en_text name = program_route_name(m->arena, inputs[i].branch);
            element = pair(m, "route", en_text_value(name), "result", element);
        }
        group *into = group_of(m, &m->collections[aggregator->id], key);
        en_array_builder_add(&into->elements, element);
    }
}

static en_value flush(machine *m, const item *aggregator, bool emits_empty)
{
    en_array_builder bundles;
    en_array_builder_init(&bundles, m->arena);
    collection *from = &m->collections[aggregator->id];
    for (group *each = from->first; each != NULL; each = each->next) {
        en_value array = en_array_builder_take(&each->elements);
        en_array_builder_add(&bundles, pair(m, "array", array, "key", each->key));
    }
    if (from->first == NULL && emits_empty) {
        en_array_builder_add(&bundles, pair(m, "array", en_array(NULL, 0), "key", en_nothing()));
    }
    *from = (collection){ .open = false };
    return en_array_builder_take(&bundles);
}

/* --- loops --- */

static outcome run_loop(machine *m, const block *steps, unsigned at, en_value bundles, bool *alive)
{
    const item *head = steps->items[at];
    const item *behind = head->end < steps->count ? steps->items[head->end] : NULL;
    const bundle_state before = m->now;
    en_value outer_last = m->seen->last;
    unsigned outer = m->bundle;
    if (bundles.length != 0 && head->kind != ITEM_EACH) {
        outer_last = bundles.as.items[bundles.length - 1];
    }
    m->seen->last = outer_last;
    for (uint32_t k = 0; k < bundles.length; k++) {
        bool inside = true;
        m->now = before;
        m->bundle = k + 1;
        m->record = bundles.as.items[k];
        m->now.values[head->id] = bundles.as.items[k];
        if (head->kind != ITEM_EACH) {
            en_array_builder_add(&m->outputs[head->id], bundles.as.items[k]);
        }
        outcome out = run_range(m, steps, at + 1, head->end, &inside);
        if (out == DONE && inside && behind != NULL && behind->kind == ITEM_AGGREGATOR &&
            behind->collector == head) {
            collect(m, steps, head->end);
        }
        if (out == ENDED || out == FAILED) {
            return out;
        }
    }
    m->now = before;
    m->now.live[head->id] = true;
    m->bundle = outer;
    *alive = true;
    return DONE;
}

static en_value items_of(machine *m, en_value list)
{
    en_array_builder bundles;
    en_array_builder_init(&bundles, m->arena);
    for (uint32_t i = 0; list.tag == EN_ARRAY && i < list.length; i++) {
        en_collection_builder bundle;
        en_collection_builder_init(&bundle, m->arena);
        en_collection_builder_add(&bundle, EN_TEXT("item"), list.as.items[i]);
        en_collection_builder_add(&bundle, EN_TEXT("index"), en_number(i + 1.0));
        en_collection_builder_add(&bundle, EN_TEXT("length"), en_number(list.length));
        en_array_builder_add(&bundles, en_collection_builder_take(&bundle));
    }
    return en_array_builder_take(&bundles);
}

static en_value records(machine *m, const item *it, const char *name, unsigned first)
{
    en_array_builder list;
    en_array_builder_init(&list, m->arena);
    for (unsigned i = 0; i < it->repeats; i++) {
        en_array_builder_add(&list, pair(m, name, en_number(first + i), "", en_nothing()));
    }
    return en_array_builder_take(&list);
}

static en_value list_of(const machine *m, const item *iterator)
{
    const item *of = iterator->refs[0].of;
    return of == NULL ? input_of(m, "list") : member(member(m->now.values[of->id], "item"), "list");
}

/* The aggregator that closes the loop of this head; NULL: none. */
static const item *closer_of(const block *steps, const item *head)
{
    const item *behind = head->end < steps->count ? steps->items[head->end] : NULL;
    return behind != NULL && behind->kind == ITEM_AGGREGATOR && behind->source == head ? behind
                                                                                       : NULL;
}

static outcome run_head(machine *m, const block *steps, unsigned at, bool *alive)
{
    const item *head = steps->items[at];
    const item *closer = closer_of(steps, head);
    if (closer != NULL) {
        m->collections[closer->id] = (collection){ .open = *alive };
    }
    if (!*alive) {
        return DONE;
    }
    if (head->kind == ITEM_EACH) {
        return run_loop(m, steps, at, records(m, steps->items[at - 1], "n", 0), alive);
    }
    operate(m, head);
    return run_loop(
        m, steps, at,
        items_of(m, head->kind == ITEM_ITERATOR ? list_of(m, head) : records(m, head, "i", 1)),
        alive);
}

static outcome run_aggregator(machine *m, const block *steps, unsigned at, bool *alive)
{
    const item *it = steps->items[at];
    collection *collected = &m->collections[it->id];
    bool emits_empty = it->emits_empty;
    if (it->source == NULL) { /* what stands before it, once */
        *collected = (collection){ .open = *alive };
        emits_empty = emits_empty || !it->is_grouped;
        if (*alive) {
            collect(m, steps, at);
        }
    }
    bool runs = collected->open;
    const item *closer = it->is_grouped ? closer_of(steps, it) : NULL;
    if (closer != NULL) {
        m->collections[closer->id] = (collection){ .open = runs && !it->ends_path };
    }
    *alive = false;
    if (!runs) {
        return DONE;
    }
    operate(m, it);
    en_value bundles = flush(m, it, emits_empty);
    if (it->is_grouped && !it->ends_path) {
        return run_loop(m, steps, at, bundles, alive);
    }
    for (uint32_t i = 0; i < bundles.length; i++) {
        succeed(m, it, bundles.as.items[i]);
        *alive = true;
    }
    if (it->ends_path) {
        m->now.live[it->id] = *alive = false;
    }
    return DONE;
}

/* --- steps --- */

static en_text text_of(machine *m, en_value value)
{
    return value.tag == EN_NUMBER ? en_text_format(m->arena, "%d", (int)value.as.number)
                                  : en_value_text(value);
}

static en_value variable(machine *m, const char *name, en_text value)
{
    return pair(m, "name", en_text_value(en_text_from(name)), "value", en_text_value(value));
}

static outcome run_set(machine *m, const item *it)
{
    en_builder text;
    en_builder_init(&text, m->arena);
    en_builder_format(&text, "%u:", it->id);
    for (unsigned i = 0; i < it->ref_count; i++) {
        en_builder_add(&text, EN_TEXT("/"));
        en_builder_add(&text, text_of(m, read_value(m, it->refs[i])));
    }
    operate(m, it);
    succeed(m, it, variable(m, "v", en_builder_take(&text)));
    return DONE;
}

static outcome handle(machine *m, const item *it, unsigned answer, bool *alive)
{
    en_text message = en_text_format(m->arena, "%u.%u failed", it->id, answer);
    *alive = false;
    switch (it->handler) {
    case HANDLER_IGNORE:
        return DONE;
    case HANDLER_RESUME:
        succeed(m, it, pair(m, "x", en_text_value(EN_TEXT("resumed")), "", en_nothing()));
        *alive = true;
        return DONE;
    case HANDLER_FALLBACK:
        m->seen->operations++;
        succeed(m, it, variable(m, "f", message));
        *alive = true;
        return DONE;
    case HANDLER_COMMIT:
        return ENDED;
    default:
        return fail_at(m, it, message);
    }
}

static outcome run_call(machine *m, const item *it, bool *alive)
{
    for (unsigned attempt = 0;; attempt++) {
        unsigned call = m->calls[it->id]++;
        unsigned answer = call < it->answer_count ? call : it->answer_count - 1;
        answer_kind kind = it->answers[answer];
        if (kind == ANSWER_BUNDLE || kind == ANSWER_NOTHING) {
            operate(m, it);
            *alive = kind == ANSWER_BUNDLE;
            if (*alive) {
                en_text x = en_text_format(m->arena, "%u.%u", it->id, answer);
                succeed(m, it, pair(m, "x", en_text_value(x), "", en_nothing()));
            }
            return DONE;
        }
        if (kind == ANSWER_LASTING || attempt >= it->retries) {
            return handle(m, it, answer, alive);
        }
    }
}

static outcome run_item(machine *m, const block *steps, unsigned at, bool *alive)
{
    const item *it = steps->items[at];
    if (it->kind == ITEM_AGGREGATOR) {
        return run_aggregator(m, steps, at, alive);
    }
    if (program_is_head(it)) {
        return run_head(m, steps, at, alive);
    }
    if (!*alive) {
        return DONE;
    }
    switch (it->kind) {
    case ITEM_SET:
        return run_set(m, it);
    case ITEM_CALL:
        return run_call(m, it, alive);
    case ITEM_LIST:
        operate(m, it);
        succeed(m, it, records(m, it, "n", 0));
        return DONE;
    case ITEM_ROUTER:
        return run_router(m, it, alive);
    case ITEM_CONVERGER:
        operate(m, it);
        succeed(m, it, converge(m, steps->items[at - 1]));
        return DONE;
    case ITEM_BREAK:
        return m->bundle != 0 ? NEXT : ENDED;
    default:
        return fail_at(m, it, en_text_format(m->arena, "thrown by %u", it->id));
    }
}

static outcome run_range(machine *m, const block *steps, unsigned from, unsigned to, bool *alive)
{
    unsigned at = from;
    while (at < to) {
        const item *it = steps->items[at];
        outcome out = run_item(m, steps, at, alive);
        if (out != DONE) {
            return out;
        }
        at = program_is_head(it) ? it->end : at + 1;
    }
    return DONE;
}

/* --- programs --- */

/* {n, list} of the same, four levels deep, with lists of different lengths. */
static en_value element(en_arena *arena, unsigned n, unsigned levels)
{
    en_array_builder list;
    en_collection_builder made;
    en_array_builder_init(&list, arena);
    for (unsigned i = 0; levels != 0 && i < (n * 2 + levels) % 4; i++) {
        en_array_builder_add(&list, element(arena, i + n, levels - 1));
    }
    en_collection_builder_init(&made, arena);
    en_collection_builder_add(&made, EN_TEXT("n"), en_number(n));
    en_collection_builder_add(&made, EN_TEXT("list"), en_array_builder_take(&list));
    return en_collection_builder_take(&made);
}

en_value program_payload(en_arena *arena)
{
    return element(arena, 3, 5);
}

void program_interpret(const program *p, en_arena *arena, observation *seen)
{
    machine *m = EN_NEW(arena, machine);
    *seen = (observation){ .last = en_null() };
    m->arena = arena;
    m->seen = seen;
    m->now.values[0] = program_payload(arena);
    en_array_builder_init(&m->order, arena);
    for (unsigned id = 0; id <= p->count; id++) {
        en_array_builder_init(&m->outputs[id], arena);
    }
    bool alive = true;
    seen->outcome = run_range(m, p->main, 0, p->main->count, &alive);
    en_collection_builder outputs;
    en_collection_builder_init(&outputs, arena);
    for (unsigned id = 1; id <= p->count; id++) {
        if (m->outputs[id].count != 0) {
            en_collection_builder_add(&outputs, en_text_format(arena, "%u", id),
                                      en_array_builder_take(&m->outputs[id]));
        }
    }
    seen->order = en_array_builder_take(&m->order);
    seen->outputs = en_collection_builder_take(&outputs);
}
