/* The tree of routes, loops and dominators, against climbing parent by parent. */
#include "scenario/tree.h"
#include "test.h"

#include "base/random.h"

enum { NODES = 2000 };

static uint32_t plain_join(const en_tree *tree, uint32_t a, uint32_t b)
{
    while (a != b) {
        if (tree->nodes[a].depth >= tree->nodes[b].depth) {
            a = tree->nodes[a].parent;
        } else {
            b = tree->nodes[b].parent;
        }
    }
    return a;
}

/* `width` 1 is a path, NODES a star, between them all kinds of trees. */
static void check_shape(en_random *random, uint32_t width)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_tree tree;
    en_tree_init(&tree, &arena, 77);
    assert_int_equal(tree.nodes[0].item, 77);
    for (uint32_t i = 1; i < NODES; i++) {
        uint32_t reach = width < i ? width : i;
        uint32_t parent = i - 1 - (uint32_t)(en_random_next(random) % reach);
        assert_int_equal(en_tree_add(&tree, parent, i * 2), i);
        assert_int_equal(tree.nodes[i].item, i * 2);
    }
    for (unsigned k = 0; k < 5000; k++) {
        uint32_t a = (uint32_t)(en_random_next(random) % NODES);
        uint32_t b = (uint32_t)(en_random_next(random) % NODES);
        uint32_t joined = plain_join(&tree, a, b);
        assert_int_equal(en_tree_join(&tree, a, b), joined);
        assert_int_equal(en_tree_is_above(&tree, a, b), joined == a);
        if (joined == a && a != b) {
            uint32_t child = en_tree_toward(&tree, a, b);
            assert_int_equal(tree.nodes[child].parent, a);
            assert_true(en_tree_is_above(&tree, child, b));
        }
    }
    en_arena_done(&arena);
}

static void ancestors_are_those_that_climbing_finds(void **state)
{
    (void)state;
    en_random random;
    en_random_init_seed(&random, 7);
    const uint32_t widths[] = { 1, 2, 3, 10, 100, NODES };
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        check_shape(&random, widths[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ancestors_are_those_that_climbing_finds),
    };
    return EN_RUN(tests);
}
