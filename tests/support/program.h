/* program - random scenarios as a tree, their text as a list and as an object, and an interpreter
 * of the tree that knows nothing of plans: what the executor does must agree with it.
 *
 * Shape:    a *block* is a sequence of items; a router's routes have blocks. A *head* (iterator,
 *           repeater, list, aggregator with groupBy) runs the items behind it up to `end` once for
 *           every bundle.
 * Units:    items by serial number, which is also their id; NO_ITEM: none.
 * Lifetime: everything lives in the arena passed.
 * Errors:   none: programs load.
 * Threads:  free.
 */
#ifndef EN_TEST_PROGRAM_H
#define EN_TEST_PROGRAM_H

#include "base/random.h"
#include "value/value.h"

enum { MOST_ITEMS = 40, MOST_REFS = 3, MOST_ANSWERS = 4, MOST_ROUTES = 3, NO_ITEM = 0 };

typedef enum item_kind {
    ITEM_SET, /* util.setVariable: a text made of references */
    ITEM_CALL,
    ITEM_ITERATOR,
    ITEM_REPEATER,
    ITEM_LIST, /* a mocked search; not a loop itself */
    ITEM_EACH, /* the implicit loop over the list in front of it */
    ITEM_ROUTER,
    ITEM_AGGREGATOR,
    ITEM_CONVERGER,
    ITEM_BREAK,
    ITEM_THROW
} item_kind;

typedef struct item item;
typedef struct block block;

/* What a template reads; NULL: input.n. */
typedef struct reference {
    const item *of;
    bool is_item; /* {{item.n}} */
} reference;

typedef enum answer_kind {
    ANSWER_BUNDLE,
    ANSWER_NOTHING,
    ANSWER_PASSING,
    ANSWER_LASTING
} answer_kind;

typedef enum handler_kind {
    HANDLER_NONE,
    HANDLER_IGNORE,
    HANDLER_RESUME,
    HANDLER_FALLBACK,
    HANDLER_COMMIT,
    HANDLER_ROLLBACK,
    HANDLER_KINDS
} handler_kind;

typedef enum test_kind { TEST_NONE, TEST_LESS, TEST_EXISTS, TEST_FALLBACK } test_kind;

typedef struct route {
    unsigned number;
    bool has_label;
    test_kind test;
    reference tested;
    unsigned bound;
    block *steps;
} route;

struct item {
    item_kind kind;
    unsigned id;
    reference refs[MOST_REFS];
    unsigned ref_count;
    /* heads */
    unsigned end; /* index in the block where its range ends */
    unsigned repeats;
    /* aggregator */
    const item *source;    /* the head that it closes; NULL: none */
    const item *collector; /* the innermost head at whose end it collects */
    bool names_source;
    bool is_grouped;
    bool ends_path;
    bool emits_empty;
    /* call */
    answer_kind answers[MOST_ANSWERS];
    unsigned answer_count;
    handler_kind handler;
    unsigned retries;
    /* router */
    route routes[MOST_ROUTES];
    unsigned route_count;
};

struct block {
    item **items;
    unsigned count;
};

typedef struct program {
    uint64_t seed;
    block *main;
    item *items[MOST_ITEMS + 2]; /* by id */
    unsigned count;
    unsigned next_route;
    bool is_list_only; /* an object cannot say it */
} program;

void program_make(program *made, en_arena *arena, uint64_t seed);
en_text program_list(const program *p, en_arena *arena);
en_text program_object(const program *p, en_arena *arena);
en_text program_mocks(const program *p, en_arena *arena);
en_value program_payload(en_arena *arena);

/* An edge into a step: from an item, or from a route without items (`gate`, with its router). */
typedef struct edge {
    const item *from;
    const route *gate;
    const item *left;    /* the outermost loop that it comes out of; NULL: none */
    const route *branch; /* of the router whose ends were asked for */
} edge;
/* Where the branches of a router end, in their order. */
unsigned program_ends(const item *router, edge *edges, unsigned most);
bool program_is_head(const item *it);
/* Label or number. */
en_text program_route_name(en_arena *arena, const route *way);

/* NEXT: a bundle was dropped; the loop goes on. */
typedef enum outcome { DONE, NEXT, ENDED, FAILED } outcome;

typedef struct observation {
    outcome outcome;
    en_value order;   /* ids */
    en_value outputs; /* {id: [bundle…]} */
    en_value last;
    unsigned operations;
    const char *error; /* its message */
    unsigned failed;   /* id of the step */
    unsigned bundle;
} observation;

void program_interpret(const program *p, en_arena *arena, observation *seen);

#endif
