/* arena - memory that lives and dies together.
 *
 * Shape:    an arena hands out pieces of growing blocks and gives all of them back at once. Arenas
 *           that belong to one run share an en_budget, which counts their blocks.
 * Units:    sizes in bytes; every piece is aligned for any type.
 * Lifetime: a piece lives until its arena is reset, rewound past it, or done. Handles registered
 *           with en_arena_defer are closed then, the newest first.
 * Errors:   en_arena_alloc never fails: passing the budget sets the sticky mark `exceeded`, which
 *           the owner of the run turns into an error after the step. Sizes computed from data go
 *           through en_arena_try, which gives NULL instead. When the system itself has no memory,
 *           the budget's reserve carries on; behind that the process ends with exit code 5.
 * Threads:  an arena and its budget belong to one thread at a time.
 */
#ifndef EN_BASE_ARENA_H
#define EN_BASE_ARENA_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct en_arena en_arena;

/* Counts the blocks of all arenas that share it. A zeroed budget has no limit and no reserve. */
typedef struct en_budget {
    size_t limit_bytes; /* 0: no limit */
    size_t used_bytes;
    size_t peak_bytes;
    bool exceeded; /* sticky: the limit was passed or the system had no memory */
    char *reserve; /* see en_budget_reserve */
    size_t reserve_left;
} en_budget;

/* Sets memory aside for the moment when the system has none left. False: even that failed. */
EN_WARN_UNUSED bool en_budget_reserve(en_budget *budget, size_t size_bytes);
void en_budget_done(en_budget *budget);

/* Room for one arena, so that it can stand in another struct or on the stack. */
struct en_arena {
    struct en_arena_block *block;
    struct en_arena_defer *defers;
    en_budget *budget;
    size_t block_bytes;
};

/* A place in an arena to come back to. */
typedef struct en_arena_mark {
    struct en_arena_block *block;
    size_t used;
    struct en_arena_defer *defers;
} en_arena_mark;

/* `budget` may be NULL. Nothing is allocated before the first piece. */
void en_arena_init(en_arena *arena, en_budget *budget);
/* Gives everything back. A done arena may be used again. */
void en_arena_done(en_arena *arena);
/* Empties the arena and keeps one block for what comes next. */
void en_arena_reset(en_arena *arena);

en_arena_mark en_arena_get_mark(const en_arena *arena);
void en_arena_rewind(en_arena *arena, en_arena_mark mark);

/* A piece with undefined content; never NULL. For sizes that the program knows. */
EN_NEVER_NULL void *en_arena_alloc(en_arena *arena, size_t size_bytes);
/* The same, filled with zero bytes. */
EN_NEVER_NULL void *en_arena_zero(en_arena *arena, size_t size_bytes);
/* `count` elements of `size_bytes`; NULL when that overflows, passes the budget or is not there. */
void *en_arena_try(en_arena *arena, size_t count, size_t size_bytes);
/* Grows or shrinks the newest piece in place. False: it is not the newest, or the block is full. */
EN_WARN_UNUSED bool en_arena_extend(en_arena *arena, const void *piece, size_t old_bytes,
                                    size_t new_bytes);

/* Whether the piece lies in the arena. */
EN_WARN_UNUSED bool en_arena_holds(const en_arena *arena, const void *piece);

/* For what cannot go on without memory: says so and ends the process with exit code 5. */
_Noreturn void en_memory_gone(void);

/* Has `close(handle)` called when the arena is emptied. */
void en_arena_defer(en_arena *arena, void (*close)(void *handle), void *handle);

#define EN_NEW(arena, type)              ((type *)en_arena_zero((arena), sizeof(type)))
#define EN_TRY_ARRAY(arena, type, count) ((type *)en_arena_try((arena), (count), sizeof(type)))

#endif
