#include "program.h"

/* Programs are made with ever new restrictions known: what is open, what may be read. */
typedef struct maker {
    program *p;
    en_arena *arena;
    en_random random;
    const item *visible[MOST_ITEMS]; /* items whose bundles the next one may read */
    unsigned visible_count;
    unsigned loops; /* open around the next item */
    bool has_list;
    unsigned depth;
} maker;

enum { DEEPEST = 3, MOST_LOOPS = 4, MOST_IN_BLOCK = 9 };

static unsigned pick(maker *make, unsigned below)
{
    return (unsigned)(en_random_next(&make->random) % below);
}

static bool chance(maker *make, unsigned percent)
{
    return pick(make, 100) < percent;
}

bool program_is_head(const item *it)
{
    return it->kind == ITEM_ITERATOR || it->kind == ITEM_REPEATER || it->kind == ITEM_EACH ||
           (it->kind == ITEM_AGGREGATOR && it->is_grouped);
}

static item *add(maker *make, block *into, item_kind kind)
{
    program *p = make->p;
    item *made = EN_NEW(make->arena, item);
    made->kind = kind;
    made->id = ++p->count;
    p->items[made->id] = made;
    into->items[into->count++] = made;
    return made;
}

static bool has_room(const maker *make, unsigned items)
{
    return make->p->count + items <= MOST_ITEMS;
}

/* Something readable, mostly; of the long texts at most one, or they would grow without end. */
static void add_refs(maker *make, item *it)
{
    bool has_text = false;
    unsigned count = pick(make, MOST_REFS + 1);
    for (unsigned i = 0; i < count; i++) {
        const item *of = NULL;
        if (make->visible_count != 0 && chance(make, 85)) {
            of = make->visible[pick(make, make->visible_count)];
        }
        bool is_text = of != NULL && of->kind == ITEM_SET;
        if (!(is_text && has_text)) {
            it->refs[it->ref_count++] = (reference){ .of = of };
        }
        has_text = has_text || is_text;
    }
}

static void show(maker *make, const item *it)
{
    make->visible[make->visible_count++] = it;
}

/* --- routers --- */

static block *make_block(maker *make, bool is_main);

static bool ends_for_good(const block *steps)
{
    if (steps->count == 0) {
        return false;
    }
    const item *last = steps->items[steps->count - 1];
    return last->kind == ITEM_BREAK || last->kind == ITEM_THROW;
}

static bool all_end_for_good(const item *router)
{
    for (unsigned k = 0; k < router->route_count; k++) {
        if (!ends_for_good(router->routes[k].steps)) {
            return false;
        }
    }
    return true;
}

static void add_end(edge *edges, unsigned *count, unsigned most, edge made)
{
    if (*count < most) {
        edges[(*count)++] = made;
    }
}

static void find_ends(const item *router, const item *left, const route *branch, edge *edges,
                      unsigned *count, unsigned most)
{
    if (all_end_for_good(router)) {
        add_end(edges, count, most, (edge){ router, NULL, left, branch });
        return;
    }
    for (unsigned k = 0; k < router->route_count; k++) {
        const route *way = &router->routes[k];
        const route *under = branch != NULL ? branch : way;
        const item *outermost = left;
        if (ends_for_good(way->steps)) {
            continue;
        }
        if (way->steps->count == 0) {
            add_end(edges, count, most, (edge){ router, way, left, under });
            continue;
        }
        for (unsigned i = 0; i < way->steps->count && outermost == NULL; i++) {
            const item *it = way->steps->items[i];
            if (program_is_head(it) && it->end == way->steps->count) {
                outermost = it;
            }
        }
        const item *last = way->steps->items[way->steps->count - 1];
        if (last->kind == ITEM_ROUTER) {
            find_ends(last, outermost, under, edges, count, most);
        } else {
            add_end(edges, count, most, (edge){ last, NULL, outermost, under });
        }
    }
}

unsigned program_ends(const item *router, edge *edges, unsigned most)
{
    unsigned count = 0;
    find_ends(router, NULL, NULL, edges, &count, most);
    return count;
}

static void make_test(maker *make, route *way)
{
    way->bound = pick(make, 6);
    way->test = chance(make, 55) ? TEST_LESS : TEST_NONE;
    const item *of = make->visible_count != 0 && chance(make, 80)
                         ? make->visible[pick(make, make->visible_count)]
                         : NULL;
    if (of != NULL && chance(make, 20)) {
        way->test = TEST_EXISTS;
    } else if (of != NULL && of->kind != ITEM_ITERATOR && of->kind != ITEM_REPEATER) {
        of = NULL; /* only of loops it is a number */
    }
    way->tested = (reference){ .of = of };
}

static item *add_router(maker *make, block *into)
{
    item *router = add(make, into, ITEM_ROUTER);
    router->route_count = 1 + pick(make, MOST_ROUTES);
    for (unsigned k = 0; k < router->route_count; k++) {
        route *way = &router->routes[k];
        way->number = ++make->p->next_route;
        way->has_label = chance(make, 30);
        make_test(make, way);
    }
    if (chance(make, 25)) {
        router->routes[pick(make, router->route_count)].test = TEST_FALLBACK;
    }
    make->depth++;
    for (unsigned k = 0; k < router->route_count; k++) {
        router->routes[k].steps = make_block(make, false);
    }
    make->depth--;
    return router;
}

/* Whether an aggregator or converger may read its ends. */
static bool can_join(maker *make, const item *router)
{
    edge edges[MOST_ITEMS];
    unsigned count = program_ends(router, edges, MOST_ITEMS);
    bool has_item = false;
    for (unsigned i = 0; i < count; i++) {
        has_item = has_item || (edges[i].gate == NULL && edges[i].from != router);
        if (edges[i].left != NULL) {
            return false;
        }
    }
    if (count == 1) {
        make->p->is_list_only = true; /* there, it is a join all the same */
    }
    return has_item;
}

/* --- loops --- */

typedef struct open_head {
    item *head;
    unsigned visible_count; /* in front of it */
} open_head;

typedef struct opened {
    open_head heads[MOST_IN_BLOCK + 2];
    unsigned count;
} opened;

static void open_loop(maker *make, opened *open, item *head, unsigned visible_count)
{
    open->heads[open->count++] = (open_head){ head, visible_count };
    make->loops++;
}

static void close_loops(maker *make, opened *open, unsigned left, unsigned end)
{
    while (open->count > left) {
        open_head *top = &open->heads[--open->count];
        top->head->end = end;
        make->visible_count = top->visible_count;
        make->loops--;
    }
}

static void add_aggregator(maker *make, block *into, opened *open)
{
    item *made = add(make, into, ITEM_AGGREGATOR);
    made->is_grouped = chance(make, 30);
    made->emits_empty = chance(make, 20);
    made->ends_path = chance(make, 6);
    if (made->is_grouped) {
        add_refs(make, made);
        made->ref_count = made->ref_count != 0;
    }
    if (open->count != 0) {
        unsigned closed = chance(make, 75) ? open->count - 1 : pick(make, open->count);
        made->collector = open->heads[open->count - 1].head;
        made->names_source = closed + 1 != open->count || chance(make, 30);
        made->source = open->heads[closed].head;
        close_loops(make, open, closed, into->count - 1);
    }
    unsigned visible_count = make->visible_count;
    show(make, made);
    if (made->is_grouped) {
        open_loop(make, open, made, visible_count);
    }
}

/* A list and the steps that say `item`. */
static void add_list(maker *make, block *into)
{
    item *list = add(make, into, ITEM_LIST);
    make->has_list = true;
    list->repeats = pick(make, 4);
    item *each = add(make, into, ITEM_EACH);
    unsigned visible_count = make->visible_count;
    bool is_closed = chance(make, 50);
    make->loops++;
    for (unsigned i = is_closed ? pick(make, 3) : 1 + pick(make, 2); i > 0; i--) {
        item *step = add(make, into, ITEM_SET);
        add_refs(make, step);
        step->ref_count -= step->ref_count == MOST_REFS;
        step->refs[step->ref_count++] = (reference){ .is_item = true };
        show(make, step);
    }
    each->end = into->count;
    make->visible_count = visible_count;
    make->loops--;
    if (is_closed) {
        item *made = add(make, into, ITEM_AGGREGATOR);
        made->source = made->collector = each;
        made->emits_empty = chance(make, 30);
        show(make, made);
    }
}

/* --- steps --- */

static void add_call(maker *make, block *into)
{
    item *call = add(make, into, ITEM_CALL);
    call->answer_count = 1 + pick(make, MOST_ANSWERS);
    call->handler = (handler_kind)pick(make, HANDLER_KINDS);
    call->retries = chance(make, 40) ? 1 + pick(make, 2) : 0;
    unsigned fails = call->handler == HANDLER_NONE && call->retries == 0 ? 4 : 30;
    for (unsigned i = 0; i < call->answer_count; i++) {
        unsigned luck = pick(make, 100);
        call->answers[i] = luck < fails       ? (luck % 2 == 0 ? ANSWER_PASSING : ANSWER_LASTING)
                           : luck < fails + 8 ? ANSWER_NOTHING
                                              : ANSWER_BUNDLE;
    }
    show(make, call);
}

static void add_loop(maker *make, block *into, opened *open)
{
    unsigned visible_count = make->visible_count;
    item *head = add(make, into, chance(make, 75) ? ITEM_ITERATOR : ITEM_REPEATER);
    head->repeats = pick(make, 4);
    if (head->kind == ITEM_ITERATOR) { /* over the list of an element, or of the payload */
        const item *over = NULL;
        for (unsigned i = 0; i < make->visible_count; i++) {
            bool is_iterator = make->visible[i]->kind == ITEM_ITERATOR;
            over = is_iterator && chance(make, 80) ? make->visible[i] : over;
        }
        head->refs[0] = (reference){ .of = over };
        head->ref_count = 1;
    }
    show(make, head);
    open_loop(make, open, head, visible_count);
}

static void add_item(maker *make, block *into, opened *open, bool is_main)
{
    unsigned luck = pick(make, 100);
    const item *before = into->count != 0 ? into->items[into->count - 1] : NULL;
    bool behind_router = before != NULL && before->kind == ITEM_ROUTER;
    /* without a loop to close, an aggregator might mean an implicit one */
    bool aggregates = open->count != 0 || (is_main && make->loops == 0 && !make->has_list);
    if (luck < 14 && make->loops < MOST_LOOPS) {
        add_loop(make, into, open);
    } else if (luck < 30 && make->depth < DEEPEST && has_room(make, 12)) {
        add_router(make, into);
    } else if (luck < 50 && before != NULL && aggregates &&
               (!behind_router || can_join(make, before))) {
        add_aggregator(make, into, open);
    } else if (luck < 55 && behind_router && can_join(make, before)) {
        show(make, add(make, into, ITEM_CONVERGER));
    } else if (luck < 62 && make->loops == 0 && has_room(make, 8)) {
        add_list(make, into);
    } else if (luck < 75) {
        add_call(make, into);
    } else {
        item *set = add(make, into, ITEM_SET);
        add_refs(make, set);
        show(make, set);
    }
}

/* Routes that all end within one loop: behind them an object's step would stand in it. */
static void find_list_only(maker *make, const block *steps)
{
    for (unsigned i = 0; i + 1 < steps->count; i++) {
        const item *router = steps->items[i];
        unsigned open = 0;
        for (unsigned k = 0; router->kind == ITEM_ROUTER && k < router->route_count; k++) {
            open += !ends_for_good(router->routes[k].steps);
        }
        if (open == 1) {
            make->p->is_list_only = true;
        }
    }
}

static block *make_block(maker *make, bool is_main)
{
    block *made = EN_NEW(make->arena, block);
    made->items = en_arena_zero(make->arena, (MOST_ITEMS + 1) * sizeof *made->items);
    opened open = { .count = 0 };
    unsigned count = is_main ? 3 + pick(make, MOST_IN_BLOCK) : pick(make, 4);
    for (unsigned i = 0; i < count && has_room(make, 2); i++) {
        add_item(make, made, &open, is_main);
    }
    if (!is_main && has_room(make, 1) && chance(make, 12)) {
        add(make, made, chance(make, 80) ? ITEM_BREAK : ITEM_THROW);
    }
    close_loops(make, &open, 0, made->count);
    find_list_only(make, made);
    return made;
}

void program_make(program *made, en_arena *arena, uint64_t seed)
{
    *made = (program){ .seed = seed };
    maker make = { .p = made, .arena = arena };
    en_random_init_seed(&make.random, seed);
    made->main = make_block(&make, true);
}
