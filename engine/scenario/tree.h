/* tree - a tree that grows by leaves and knows common ancestors in logarithmic time.
 *
 * Shape:    node 0 is the root. Routes inside routes, loops inside loops and "always runs before"
 *           are such trees; a hostile file nests them a hundred thousand deep, so nothing here
 *           recurses.
 * Units:    nodes by number; `item` is the owner's.
 * Lifetime: lives in the arena given.
 * Errors:   without memory `failed` is set and new nodes are the root.
 * Threads:  one thread.
 */
#ifndef EN_SCENARIO_TREE_H
#define EN_SCENARIO_TREE_H

#include "base/arena.h"

#include <stdint.h>

typedef struct en_tree_node {
    uint32_t parent;
    uint32_t jump; /* an ancestor far above, so that climbing takes few steps */
    uint32_t depth;
    uint32_t item;
} en_tree_node;

typedef struct en_tree {
    en_arena *arena;
    en_tree_node *nodes;
    uint32_t count;
    uint32_t capacity;
    bool failed;
} en_tree;

/* Makes the root. */
void en_tree_init(en_tree *tree, en_arena *arena, uint32_t root_item);
uint32_t en_tree_add(en_tree *tree, uint32_t parent, uint32_t item);
/* The deepest node that is above both, or one of them. */
uint32_t en_tree_join(const en_tree *tree, uint32_t a, uint32_t b);
/* True also for the node itself. */
bool en_tree_is_above(const en_tree *tree, uint32_t above, uint32_t below);
/* The child of `above` on the way down to `below`, which must be further down. */
uint32_t en_tree_toward(const en_tree *tree, uint32_t above, uint32_t below);

#endif
