#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define EN_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EN_ASAN 1
#endif
#endif

#ifdef EN_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(at, size)   ASAN_POISON_MEMORY_REGION((at), (size))
#define UNPOISON(at, size) ASAN_UNPOISON_MEMORY_REGION((at), (size))
#else
#define POISON(at, size)   ((void)(at), (void)(size))
#define UNPOISON(at, size) ((void)(at), (void)(size))
#endif

enum { ALIGNMENT = 16, FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20, EXIT_LIMIT = 5 };

typedef struct en_arena_block {
    struct en_arena_block *previous;
    size_t size;
    size_t used;
    size_t from_reserve; /* bytes to hand back to nobody: the block lies in the reserve */
    _Alignas(ALIGNMENT) char bytes[];
} en_arena_block;

typedef struct en_arena_defer {
    struct en_arena_defer *previous;
    void (*close)(void *handle);
    void *handle;
} en_arena_defer_entry;

static size_t align_up(size_t size)
{
    return (size + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1);
}

bool en_budget_reserve(en_budget *budget, size_t size_bytes)
{
    if (budget->reserve == NULL) {
        budget->reserve = malloc(size_bytes);
        budget->reserve_left = budget->reserve != NULL ? size_bytes : 0;
    }
    return budget->reserve != NULL;
}

void en_budget_done(en_budget *budget)
{
    free(budget->reserve);
    *budget = (en_budget){ 0 };
}

void en_arena_init(en_arena *arena, en_budget *budget)
{
    *arena = (en_arena){ .budget = budget, .block_bytes = FIRST_BLOCK };
}

static void charge(en_arena *arena, size_t size)
{
    en_budget *budget = arena->budget;
    if (budget == NULL) {
        return;
    }
    budget->used_bytes += size;
    if (budget->used_bytes > budget->peak_bytes) {
        budget->peak_bytes = budget->used_bytes;
    }
    if (budget->limit_bytes != 0 && budget->used_bytes > budget->limit_bytes) {
        budget->exceeded = true;
    }
}

static void free_block(en_arena *arena, en_arena_block *block)
{
    size_t whole = sizeof *block + block->size;
    UNPOISON(block->bytes, block->size);
    if (arena->budget != NULL) {
        arena->budget->used_bytes -= whole;
    }
    if (block->from_reserve == 0) {
        free(block);
    }
}

static void push_block(en_arena *arena, en_arena_block *block, size_t size, size_t from_reserve)
{
    *block =
        (en_arena_block){ .previous = arena->block, .size = size, .from_reserve = from_reserve };
    POISON(block->bytes, size);
    arena->block = block;
    charge(arena, sizeof *block + size);
}

static bool passes_limit(const en_arena *arena, size_t size)
{
    const en_budget *budget = arena->budget;
    return budget != NULL && budget->limit_bytes != 0 &&
           (size > budget->limit_bytes || budget->used_bytes > budget->limit_bytes - size);
}

/* A block that holds at least `need` bytes; false when the system has none. */
static bool add_block(en_arena *arena, size_t need)
{
    size_t size = arena->block_bytes;
    if (size < need) {
        size = need;
    } else if (arena->block_bytes < LARGEST_BLOCK) {
        arena->block_bytes *= 2;
    }
    if (size > SIZE_MAX - sizeof(en_arena_block)) {
        return false;
    }
    en_arena_block *block = malloc(sizeof *block + size);
    if (block == NULL) {
        return false;
    }
    push_block(arena, block, size, 0);
    return true;
}

static bool add_block_from_reserve(en_arena *arena, size_t need)
{
    en_budget *budget = arena->budget;
    size_t whole = align_up(sizeof(en_arena_block) + need);
    if (budget == NULL || budget->reserve_left < whole) {
        return false;
    }
    budget->exceeded = true;
    budget->reserve_left -= whole;
    void *at = budget->reserve + budget->reserve_left - budget->reserve_left % ALIGNMENT;
    budget->reserve_left -= budget->reserve_left % ALIGNMENT;
    push_block(arena, at, need, whole);
    return true;
}

static void *take(en_arena *arena, size_t size)
{
    en_arena_block *block = arena->block;
    void *piece = block->bytes + block->used;
    UNPOISON(piece, size);
    block->used += size;
    return piece;
}

static bool has_room(const en_arena *arena, size_t size)
{
    return arena->block != NULL && arena->block->size - arena->block->used >= size;
}

void en_memory_gone(void)
{
    static const char message[] = "enact: the system has no memory left\n";
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0) {
        /* nobody listens; the exit code says it */
    }
    _exit(EXIT_LIMIT);
}

void *en_arena_alloc(en_arena *arena, size_t size_bytes)
{
    size_t size = align_up(size_bytes != 0 ? size_bytes : 1);
    if (!has_room(arena, size) && !add_block(arena, size) && !add_block_from_reserve(arena, size)) {
        en_memory_gone();
    }
    return take(arena, size);
}

void *en_arena_zero(en_arena *arena, size_t size_bytes)
{
    return memset(en_arena_alloc(arena, size_bytes), 0, size_bytes);
}

void *en_arena_try(en_arena *arena, size_t count, size_t size_bytes)
{
    size_t size;
    if (__builtin_mul_overflow(count, size_bytes, &size) || size > SIZE_MAX / 2) {
        return NULL;
    }
    size = align_up(size != 0 ? size : 1);
    if (has_room(arena, size)) {
        return take(arena, size);
    }
    if (passes_limit(arena, size) || !add_block(arena, size)) {
        if (arena->budget != NULL) {
            arena->budget->exceeded = true;
        }
        return NULL;
    }
    return take(arena, size);
}

bool en_arena_extend(en_arena *arena, const void *piece, size_t old_bytes, size_t new_bytes)
{
    en_arena_block *block = arena->block;
    size_t old_size = align_up(old_bytes != 0 ? old_bytes : 1);
    if (block == NULL || block->used < old_size ||
        (const char *)piece != block->bytes + block->used - old_size || new_bytes > SIZE_MAX / 2) {
        return false;
    }
    size_t new_size = align_up(new_bytes != 0 ? new_bytes : 1);
    size_t start = block->used - old_size;
    if (block->size - start < new_size) {
        return false;
    }
    if (new_size > old_size) {
        UNPOISON(block->bytes + block->used, new_size - old_size);
    } else {
        POISON(block->bytes + start + new_size, old_size - new_size);
    }
    block->used = start + new_size;
    return true;
}

bool en_arena_holds(const en_arena *arena, const void *piece)
{
    uintptr_t at = (uintptr_t)piece;
    const en_arena_block *block = arena->block;
    while (block != NULL && at - (uintptr_t)block->bytes >= block->used) {
        block = block->previous;
    }
    return block != NULL;
}

void en_arena_defer(en_arena *arena, void (*close)(void *handle), void *handle)
{
    en_arena_defer_entry *entry = EN_NEW(arena, en_arena_defer_entry);
    *entry = (en_arena_defer_entry){ arena->defers, close, handle };
    arena->defers = entry;
}

static void run_defers(en_arena *arena, const en_arena_defer_entry *until)
{
    while (arena->defers != until) {
        en_arena_defer_entry *entry = arena->defers;
        arena->defers = entry->previous;
        entry->close(entry->handle);
    }
}

en_arena_mark en_arena_get_mark(const en_arena *arena)
{
    return (en_arena_mark){ arena->block, arena->block != NULL ? arena->block->used : 0,
                            arena->defers };
}

void en_arena_rewind(en_arena *arena, en_arena_mark mark)
{
    run_defers(arena, mark.defers);
    while (arena->block != mark.block) {
        en_arena_block *block = arena->block;
        arena->block = block->previous;
        /* Who marks and rewinds in a loop gets blocks of one size, not ever larger ones. */
        if (arena->block_bytes > FIRST_BLOCK && block->size * 2 == arena->block_bytes) {
            arena->block_bytes /= 2;
        }
        free_block(arena, block);
    }
    if (arena->block != NULL && arena->block->used > mark.used) { /* a piece may have shrunk */
        POISON(arena->block->bytes + mark.used, arena->block->used - mark.used);
        arena->block->used = mark.used;
    }
}

void en_arena_reset(en_arena *arena)
{
    run_defers(arena, NULL);
    if (arena->block == NULL) {
        return;
    }
    /* The newest block is the largest: keep that one, unless it is an outsize or lent piece. */
    en_arena_block *kept = arena->block;
    en_arena_block *block = kept->previous;
    while (block != NULL) {
        en_arena_block *previous = block->previous;
        free_block(arena, block);
        block = previous;
    }
    kept->previous = NULL;
    kept->used = 0;
    if (kept->from_reserve != 0 || kept->size > LARGEST_BLOCK) {
        arena->block = NULL;
        free_block(arena, kept);
    } else {
        POISON(kept->bytes, kept->size);
    }
}

void en_arena_done(en_arena *arena)
{
    en_arena_rewind(arena, (en_arena_mark){ 0 });
    arena->block_bytes = FIRST_BLOCK;
}
