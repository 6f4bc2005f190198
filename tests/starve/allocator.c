/* Every allocation of the program, and those that must fail. Pieces come from the C library, or from
 * the sanitizer where there is one, which then also looks for leaks behind a failure. */
#include "starve.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif

/* A sanitizer's own work at the start of a thread cannot do without. */
#ifdef SANITIZED
#define BELOW(name) __interceptor_##name
#define MAY_FAIL    (gettid() == getpid())
#else
#define BELOW(name) __libc_##name
#define MAY_FAIL    true
#endif

extern void *BELOW(malloc)(size_t size);
extern void *BELOW(calloc)(size_t count, size_t size);
extern void *BELOW(realloc)(void *piece, size_t size);
extern void *BELOW(memalign)(size_t alignment, size_t size);

static _Atomic(allocations *) watched;

void starve_watch(allocations *where)
{
    atomic_store(&watched, where);
}

static bool fails(void)
{
    allocations *w = atomic_load(&watched);
    if (w == NULL) {
        return false;
    }
    unsigned long number = atomic_fetch_add(&w->made, 1) + 1;
    bool failing = w->fails_at != 0 && MAY_FAIL &&
                   (number == w->fails_at || (w->lasting && number > w->fails_at));
    if (failing) {
        errno = ENOMEM;
    }
    return failing;
}

void *malloc(size_t size)
{
    return fails() ? NULL : BELOW(malloc)(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : BELOW(calloc)(count, size);
}

void *realloc(void *piece, size_t size)
{
    return fails() ? NULL : BELOW(realloc)(piece, size);
}

void *reallocarray(void *piece, size_t count, size_t size)
{
    size_t whole;
    if (__builtin_mul_overflow(count, size, &whole)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(piece, whole);
}

void *memalign(size_t alignment, size_t size)
{
    return fails() ? NULL : BELOW(memalign)(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **piece, size_t alignment, size_t size)
{
    void *made = memalign(alignment, size);
    if (made == NULL) {
        return ENOMEM;
    }
    *piece = made;
    return 0;
}
