#include "test.h"

#include "base/arena.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Lets a huge malloc fail under the sanitizers as it does without them. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1:max_allocation_size_mb=64";
}

enum { MEGABYTE = 1 << 20 };

static bool is_aligned(const void *piece)
{
    return (uintptr_t)piece % 16 == 0;
}

static void pieces_are_aligned_apart_and_writable(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    unsigned char *pieces[300];
    for (size_t i = 0; i < 300; i++) {
        pieces[i] = en_arena_alloc(&arena, i);
        assert_true(is_aligned(pieces[i]));
        memset(pieces[i], (int)(i & 0xFF), i);
    }
    for (size_t i = 0; i < 300; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_int_equal(pieces[i][j], i & 0xFF);
        }
    }
    en_arena_done(&arena);
}

static void a_piece_larger_than_any_block_fits(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    char *piece = en_arena_zero(&arena, 3 * MEGABYTE + 1);
    assert_int_equal(piece[3 * MEGABYTE], 0);
    en_arena_done(&arena);
}

static void nothing_is_counted_before_the_first_piece(void **state)
{
    (void)state;
    en_budget budget = { .limit_bytes = 1 };
    en_arena arena;
    en_arena_init(&arena, &budget);
    en_arena_reset(&arena);
    en_arena_done(&arena);
    assert_int_equal(budget.peak_bytes, 0);
    assert_false(budget.exceeded);
}

static void arenas_of_a_budget_count_together(void **state)
{
    (void)state;
    en_budget budget = { 0 };
    en_arena first;
    en_arena second;
    en_arena_init(&first, &budget);
    en_arena_init(&second, &budget);
    en_arena_alloc(&first, 100);
    size_t one = budget.used_bytes;
    assert_true(one >= 100);
    en_arena_alloc(&second, 100);
    assert_int_equal(budget.used_bytes, 2 * one);
    en_arena_done(&first);
    assert_int_equal(budget.used_bytes, one);
    en_arena_done(&second);
    assert_int_equal(budget.used_bytes, 0);
    assert_int_equal(budget.peak_bytes, 2 * one);
}

static void the_mark_of_a_passed_limit_stays(void **state)
{
    (void)state;
    en_budget budget = { .limit_bytes = 10000 };
    en_arena arena;
    en_arena_init(&arena, &budget);
    en_arena_alloc(&arena, 100);
    assert_false(budget.exceeded);
    char *piece = en_arena_alloc(&arena, 20000); /* never fails, but is remembered */
    memset(piece, 1, 20000);
    assert_true(budget.exceeded);
    en_arena_done(&arena);
    assert_int_equal(budget.used_bytes, 0);
    assert_true(budget.exceeded);
}

static void a_try_past_the_limit_gives_nothing_and_marks(void **state)
{
    (void)state;
    en_budget budget = { .limit_bytes = 10000 };
    en_arena arena;
    en_arena_init(&arena, &budget);
    assert_non_null(en_arena_try(&arena, 10, 100));
    size_t used = budget.used_bytes;
    assert_null(en_arena_try(&arena, 100, 100));
    assert_int_equal(budget.used_bytes, used);
    assert_true(budget.exceeded);
    assert_non_null(en_arena_try(&arena, 10, 100)); /* what fits still comes */
    en_arena_done(&arena);
}

static void sizes_that_overflow_give_nothing(void **state)
{
    (void)state;
    static const struct {
        size_t count;
        size_t size;
    } sizes[] = {
        { SIZE_MAX, 2 },     { SIZE_MAX / 2 + 1, 2 }, { SIZE_MAX, 1 },
        { SIZE_MAX / 2, 3 }, { SIZE_MAX - 15, 1 },    { (size_t)1 << 63, 1 },
    };
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_null(en_arena_try(&arena, sizes[i].count, sizes[i].size));
    }
    assert_non_null(en_arena_try(&arena, 0, SIZE_MAX));
    assert_non_null(EN_TRY_ARRAY(&arena, uint64_t, 3));
    en_arena_done(&arena);
}

static void a_size_the_system_does_not_have_gives_nothing(void **state)
{
    (void)state;
    en_budget budget = { 0 };
    en_arena arena;
    en_arena_init(&arena, &budget);
    assert_null(en_arena_try(&arena, (size_t)1 << 46, 1));
    assert_true(budget.exceeded);
    assert_int_equal(budget.used_bytes, 0);
    en_arena_done(&arena);
}

/* Runs `work` in a child whose larger allocations fail; its exit code. */
static int exit_code_without_memory(void (*work)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDERR_FILENO);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        struct rlimit limit = { 64 * MEGABYTE, 64 * MEGABYTE };
        setrlimit(RLIMIT_AS, &limit);
#endif
        work();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void need_more_than_there_is(void)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_arena_alloc(&arena, (size_t)1 << 46);
}

static void without_memory_and_reserve_the_process_ends_with_5(void **state)
{
    (void)state;
    assert_int_equal(exit_code_without_memory(need_more_than_there_is), 5);
}

static _Alignas(16) char set_aside[100 * MEGABYTE];

static void need_the_reserve(void)
{
    /* The reserve is lent from static memory: it must be larger than what malloc refuses. */
    en_budget budget = { .reserve = set_aside, .reserve_left = sizeof set_aside };
    en_arena arena;
    en_arena_init(&arena, &budget);
    char *piece = en_arena_alloc(&arena, 80 * MEGABYTE);
    bool lent = piece >= set_aside && piece < set_aside + sizeof set_aside && is_aligned(piece);
    piece[0] = 1;
    piece[80 * MEGABYTE - 1] = 1;
    bool marked = budget.exceeded;
    en_arena_reset(&arena); /* a lent block is not kept */
    bool returned = arena.block == NULL && budget.used_bytes == 0;
    _exit(lent && marked && returned ? 77 : 1);
}

static void the_reserve_carries_on_when_the_system_has_nothing(void **state)
{
    (void)state;
    assert_int_equal(exit_code_without_memory(need_the_reserve), 77);
}

static void a_reserve_is_set_aside_once_and_given_back(void **state)
{
    (void)state;
    en_budget budget = { .limit_bytes = 5 };
    assert_true(en_budget_reserve(&budget, 1000));
    char *reserve = budget.reserve;
    assert_true(en_budget_reserve(&budget, 9000));
    assert_ptr_equal(budget.reserve, reserve);
    assert_int_equal(budget.reserve_left, 1000);
    assert_false(budget.exceeded);
    en_budget_done(&budget);
    assert_null(budget.reserve);
    assert_int_equal(budget.limit_bytes, 0);
}

/* --- marks, resets, defers --- */

static char order[16];

static void note(void *handle)
{
    strncat(order, handle, sizeof order - strlen(order) - 1);
}

static void a_reset_closes_the_newest_first_and_keeps_one_block(void **state)
{
    (void)state;
    static char a[] = "a";
    static char b[] = "b";
    static char c[] = "c";
    en_budget budget = { 0 };
    en_arena arena;
    en_arena_init(&arena, &budget);
    order[0] = '\0';
    en_arena_defer(&arena, note, a);
    en_arena_alloc(&arena, 5000);
    en_arena_defer(&arena, note, b);
    en_arena_alloc(&arena, 50000);
    en_arena_defer(&arena, note, c);
    size_t full = budget.used_bytes;
    en_arena_reset(&arena);
    assert_string_equal(order, "cba");
    assert_true(budget.used_bytes > 0);
    assert_true(budget.used_bytes < full);
    size_t kept = budget.used_bytes;
    en_arena_alloc(&arena, 100);
    assert_int_equal(budget.used_bytes, kept);
    en_arena_reset(&arena);
    assert_string_equal(order, "cba"); /* closed once */
    en_arena_done(&arena);
}

static void an_outsize_block_does_not_outlive_a_reset(void **state)
{
    (void)state;
    en_budget budget = { 0 };
    en_arena arena;
    en_arena_init(&arena, &budget);
    en_arena_alloc(&arena, 2 * MEGABYTE);
    en_arena_reset(&arena);
    assert_int_equal(budget.used_bytes, 0);
    en_arena_done(&arena);
}

static void a_rewind_gives_back_what_came_behind_the_mark(void **state)
{
    (void)state;
    static char kept[] = "k";
    static char first[] = "1";
    static char second[] = "2";
    en_budget budget = { 0 };
    en_arena arena;
    en_arena_init(&arena, &budget);
    order[0] = '\0';
    char *piece = en_arena_alloc(&arena, 32);
    memset(piece, 'x', 32);
    en_arena_defer(&arena, note, kept);
    size_t used = budget.used_bytes;
    en_arena_mark mark = en_arena_get_mark(&arena);
    char *behind = en_arena_alloc(&arena, 64);
    en_arena_defer(&arena, note, first);
    for (size_t i = 0; i < 100; i++) {
        en_arena_alloc(&arena, 1000);
    }
    en_arena_defer(&arena, note, second);
    en_arena_rewind(&arena, mark);
    assert_string_equal(order, "21");
    assert_int_equal(budget.used_bytes, used);
    assert_int_equal(piece[31], 'x');
    assert_ptr_equal(en_arena_alloc(&arena, 64), behind);
    en_arena_done(&arena);
    assert_string_equal(order, "21k");
}

static void a_rewind_to_an_empty_arena_gives_everything_back(void **state)
{
    (void)state;
    en_budget budget = { 0 };
    en_arena arena;
    en_arena_init(&arena, &budget);
    en_arena_mark mark = en_arena_get_mark(&arena);
    en_arena_alloc(&arena, 100);
    en_arena_rewind(&arena, mark);
    assert_int_equal(budget.used_bytes, 0);
    en_arena_done(&arena);
}

static void a_rewind_bears_that_the_piece_before_the_mark_has_shrunk(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    char *piece = en_arena_alloc(&arena, 512);
    en_arena_mark mark = en_arena_get_mark(&arena);
    assert_true(en_arena_extend(&arena, piece, 512, 16));
    en_arena_rewind(&arena, mark);
    piece[15] = 1;
    memset(en_arena_alloc(&arena, 512), 1, 512);
    en_arena_done(&arena);
}

static void a_done_arena_may_be_used_again(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (size_t i = 0; i < 3; i++) {
        memset(en_arena_alloc(&arena, 9000), 1, 9000);
        en_arena_done(&arena);
    }
}

/* --- extend --- */

static void only_the_newest_piece_grows_in_place(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    char *older = en_arena_alloc(&arena, 100);
    char *newest = en_arena_alloc(&arena, 100);
    assert_false(en_arena_extend(&arena, older, 100, 200));
    assert_true(en_arena_extend(&arena, newest, 100, 400));
    memset(newest, 1, 400);
    char *next = en_arena_alloc(&arena, 1);
    assert_true(next >= newest + 400);
    en_arena_done(&arena);
}

static void a_piece_does_not_grow_past_its_block(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    char *piece = en_arena_alloc(&arena, 100);
    assert_true(en_arena_extend(&arena, piece, 100, 4096));
    assert_false(en_arena_extend(&arena, piece, 4096, 4097));
    assert_false(en_arena_extend(&arena, piece, 4096, SIZE_MAX));
    en_arena_done(&arena);
}

static void a_shrunk_piece_leaves_its_rest_to_the_next(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    char *piece = en_arena_alloc(&arena, 1000);
    assert_true(en_arena_extend(&arena, piece, 1000, 10));
    assert_ptr_equal(en_arena_alloc(&arena, 10), piece + 16);
    en_arena empty;
    en_arena_init(&empty, NULL);
    assert_false(en_arena_extend(&empty, piece, 10, 5));
    en_arena_done(&arena);
}

static void an_arena_holds_what_was_taken_from_it(void **state)
{
    (void)state;
    en_arena arena;
    en_arena other;
    en_arena_init(&arena, NULL);
    en_arena_init(&other, NULL);
    const char *first = en_arena_alloc(&arena, 10);
    const char *large = en_arena_alloc(&arena, 1 << 16);
    const char *foreign = en_arena_alloc(&other, 10);
    assert_true(en_arena_holds(&arena, first));
    assert_true(en_arena_holds(&arena, large + 65535));
    assert_false(en_arena_holds(&arena, foreign));
    assert_false(en_arena_holds(&arena, "literal"));
    assert_false(en_arena_holds(&arena, first + 16)); /* not given out yet */
    en_arena_done(&other);
    assert_false(en_arena_holds(&other, foreign));
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_apart_and_writable),
        cmocka_unit_test(a_piece_larger_than_any_block_fits),
        cmocka_unit_test(nothing_is_counted_before_the_first_piece),
        cmocka_unit_test(arenas_of_a_budget_count_together),
        cmocka_unit_test(the_mark_of_a_passed_limit_stays),
        cmocka_unit_test(a_try_past_the_limit_gives_nothing_and_marks),
        cmocka_unit_test(sizes_that_overflow_give_nothing),
        cmocka_unit_test(a_size_the_system_does_not_have_gives_nothing),
        cmocka_unit_test(without_memory_and_reserve_the_process_ends_with_5),
        cmocka_unit_test(the_reserve_carries_on_when_the_system_has_nothing),
        cmocka_unit_test(a_reserve_is_set_aside_once_and_given_back),
        cmocka_unit_test(a_reset_closes_the_newest_first_and_keeps_one_block),
        cmocka_unit_test(an_outsize_block_does_not_outlive_a_reset),
        cmocka_unit_test(a_rewind_gives_back_what_came_behind_the_mark),
        cmocka_unit_test(a_rewind_to_an_empty_arena_gives_everything_back),
        cmocka_unit_test(a_rewind_bears_that_the_piece_before_the_mark_has_shrunk),
        cmocka_unit_test(a_done_arena_may_be_used_again),
        cmocka_unit_test(only_the_newest_piece_grows_in_place),
        cmocka_unit_test(a_piece_does_not_grow_past_its_block),
        cmocka_unit_test(a_shrunk_piece_leaves_its_rest_to_the_next),
        cmocka_unit_test(an_arena_holds_what_was_taken_from_it),
    };
    return EN_RUN(tests);
}
