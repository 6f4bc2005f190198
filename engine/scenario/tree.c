#include "scenario/tree.h"

#include <string.h>

static bool grow(en_tree *tree)
{
    uint32_t capacity = tree->capacity != 0 ? tree->capacity * 2 : 64;
    en_tree_node *nodes = EN_TRY_ARRAY(tree->arena, en_tree_node, capacity);
    if (nodes == NULL || capacity < tree->capacity) {
        tree->failed = true;
        return false;
    }
    if (tree->count != 0) {
        memcpy(nodes, tree->nodes, tree->count * sizeof *nodes);
    }
    tree->nodes = nodes;
    tree->capacity = capacity;
    return true;
}

void en_tree_init(en_tree *tree, en_arena *arena, uint32_t root_item)
{
    *tree = (en_tree){ .arena = arena };
    tree->nodes = en_arena_alloc(arena, sizeof *tree->nodes);
    tree->nodes[0] = (en_tree_node){ .item = root_item };
    tree->count = tree->capacity = 1;
}

uint32_t en_tree_add(en_tree *tree, uint32_t parent, uint32_t item)
{
    if (tree->count == tree->capacity && !grow(tree)) {
        return 0;
    }
    const en_tree_node *nodes = tree->nodes;
    uint32_t jump = nodes[parent].jump;
    /* Two equal jumps in a row become one of double length, as the digits of a skew-binary number.
     */
    bool doubles = nodes[parent].depth - nodes[jump].depth ==
                   nodes[jump].depth - nodes[nodes[jump].jump].depth;
    tree->nodes[tree->count] = (en_tree_node){ .parent = parent,
                                               .jump = doubles ? nodes[jump].jump : parent,
                                               .depth = nodes[parent].depth + 1,
                                               .item = item };
    return tree->count++;
}

static uint32_t climb(const en_tree *tree, uint32_t node, uint32_t depth)
{
    const en_tree_node *nodes = tree->nodes;
    while (nodes[node].depth > depth) {
        node = nodes[nodes[node].jump].depth >= depth ? nodes[node].jump : nodes[node].parent;
    }
    return node;
}

uint32_t en_tree_join(const en_tree *tree, uint32_t a, uint32_t b)
{
    const en_tree_node *nodes = tree->nodes;
    a = climb(tree, a, nodes[b].depth);
    b = climb(tree, b, nodes[a].depth);
    while (a != b) {
        bool apart = nodes[a].jump != nodes[b].jump;
        a = apart ? nodes[a].jump : nodes[a].parent;
        b = apart ? nodes[b].jump : nodes[b].parent;
    }
    return a;
}

bool en_tree_is_above(const en_tree *tree, uint32_t above, uint32_t below)
{
    return climb(tree, below, tree->nodes[above].depth) == above;
}

uint32_t en_tree_toward(const en_tree *tree, uint32_t above, uint32_t below)
{
    return climb(tree, below, tree->nodes[above].depth + 1);
}
