/* Variables of a run, found by hash. Small values are copied for whoever reads them; large ones are
 * lent: their memory then lasts, even if the variable is set again, until the arena of the outermost
 * bundle that reads them is emptied. */
#include "flow/state.h"

#include <string.h>

enum { FIRST_BUCKETS = 16, SMALL_PIECES = 16, SMALL_BYTES = 256, FIRST_BLOCK = 256 };

/* The memory of one value. It lies in its own arena. */
struct en_loan {
    en_arena arena;
    en_arena_mark start; /* behind the loan itself */
    size_t depth;        /* of the outermost frames that share it; SIZE_MAX: nobody does */
    en_loan *next;       /* in run->loans, if it was ever lent */
    en_loan **link;
};

struct en_variable {
    en_variable *collision; /* in its bucket */
    en_text name;
    en_value value;
    en_loan *loan;
};

static en_variable **bucket_of(const en_variables *all, en_text name)
{
    return &all->buckets[en_text_hash(name, all->seed) & (all->bucket_count - 1)];
}

static en_variable *find(const en_variables *all, en_text name)
{
    en_variable *variable = all->count != 0 ? *bucket_of(all, name) : NULL;
    while (variable != NULL && !en_text_equal(variable->name, name)) {
        variable = variable->collision;
    }
    return variable;
}

static void grow(en_run *run)
{
    en_variables *all = &run->variables;
    en_variables larger = { .count = all->count, .seed = run->random.state[0] };
    larger.bucket_count = all->bucket_count != 0 ? all->bucket_count * 4 : FIRST_BUCKETS;
    larger.buckets = en_arena_zero(&run->arena, larger.bucket_count * sizeof *larger.buckets);
    for (size_t i = 0; i < all->bucket_count; i++) {
        while (all->buckets[i] != NULL) {
            en_variable *variable = all->buckets[i];
            en_variable **bucket = bucket_of(&larger, variable->name);
            all->buckets[i] = variable->collision;
            variable->collision = *bucket;
            *bucket = variable;
        }
    }
    *all = larger;
}

static en_variable *add(en_run *run, en_text name)
{
    en_variables *all = &run->variables;
    if (all->count >= all->bucket_count) {
        grow(run);
    }
    en_variable *variable = EN_NEW(&run->arena, en_variable);
    variable->name = en_text_copy(&run->arena, name);
    en_variable **bucket = bucket_of(all, name);
    variable->collision = *bucket;
    *bucket = variable;
    all->count++;
    return variable;
}

/* --- loans --- */

static en_loan *open_loan(en_run *run)
{
    en_arena arena;
    en_arena_init(&arena, &run->budget);
    arena.block_bytes = FIRST_BLOCK; /* there may be many, and most values are small */
    en_loan *loan = EN_NEW(&arena, en_loan);
    loan->start = en_arena_get_mark(&arena);
    loan->arena = arena;
    loan->depth = SIZE_MAX;
    return loan;
}

static void close_loan(void *handle)
{
    en_loan *loan = handle;
    if (loan->link != NULL) {
        *loan->link = loan->next;
        if (loan->next != NULL) {
            loan->next->link = loan->link;
        }
    }
    en_arena arena = loan->arena; /* the loan lies in it */
    en_arena_done(&arena);
}

static void lend(en_run *run, en_loan *loan)
{
    size_t depth = en_run_loop_depth(run);
    if (loan->link == NULL) {
        loan->next = run->loans;
        loan->link = &run->loans;
        if (loan->next != NULL) {
            loan->next->link = &loan->next;
        }
        run->loans = loan;
    }
    loan->depth = depth < loan->depth ? depth : loan->depth;
}

/* Its readers end with the bundle of their frame; that of a frame that is gone ended with it. The
 * last output may share it, too, and counts as made now: en_twin_renew then keeps what holds it. */
static void retire(en_run *run, en_loan *loan)
{
    size_t depth = en_run_loop_depth(run);
    depth = loan->depth < depth ? loan->depth : depth;
    en_arena *arena = depth != 0 ? en_twin_arena(&run->frames[depth - 1]->arenas) : &run->arena;
    en_arena_defer(arena, close_loan, loan);
    run->outputs++;
}

size_t en_run_loans(const en_run *run, size_t depth, const en_arena **arenas)
{
    size_t count = 0;
    for (const en_loan *loan = run->loans; loan != NULL; loan = loan->next) {
        if (loan->depth > depth) {
            if (arenas != NULL) {
                arenas[count] = &loan->arena;
            }
            count++;
        }
    }
    return count;
}

/* --- reading and setting --- */

/* Takes what the value is made of from both counts, while they last. */
static bool is_small(en_value value, size_t *pieces, size_t *bytes)
{
    if (*pieces == 0) {
        return false;
    }
    --*pieces;
    switch (value.tag) {
    case EN_TEXT_VALUE:
    case EN_BUFFER:
        *bytes -= value.length < *bytes ? value.length : *bytes;
        return *bytes != 0;
    case EN_ARRAY:
        for (uint32_t i = 0; i < value.length; i++) {
            if (!is_small(value.as.items[i], pieces, bytes)) {
                return false;
            }
        }
        return true;
    case EN_COLLECTION:
        for (uint32_t i = 0; i < en_collection_count(value); i++) {
            if (!is_small(en_collection_members(value)[i].value, pieces, bytes)) {
                return false;
            }
        }
        return true;
    default:
        return true;
    }
}

void en_run_set_variable(en_run *run, en_text name, en_value value)
{
    en_variable *variable = find(&run->variables, name);
    if (variable == NULL) {
        variable = add(run, name);
    }
    en_loan *before = variable->loan;
    if (before != NULL && before->depth == SIZE_MAX) {
        en_arena_rewind(&before->arena, before->start);
    } else {
        variable->loan = open_loan(run);
    }
    variable->value = en_value_copy(&variable->loan->arena, value); /* may share what was lent */
    if (before != variable->loan && before != NULL) {
        retire(run, before);
    }
}

en_value en_run_variable(en_run *run, en_text name)
{
    en_variable *variable = find(&run->variables, name);
    size_t pieces = SMALL_PIECES;
    size_t bytes = SMALL_BYTES;
    if (variable == NULL) {
        return en_nothing();
    }
    if (is_small(variable->value, &pieces, &bytes)) {
        return en_value_copy(en_run_arena(run), variable->value);
    }
    lend(run, variable->loan);
    return variable->value;
}

void en_run_close_variables(en_run *run)
{
    for (size_t i = 0; i < run->variables.bucket_count; i++) {
        for (en_variable *at = run->variables.buckets[i]; at != NULL; at = at->collision) {
            close_loan(at->loan);
        }
    }
}
