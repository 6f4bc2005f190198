/* order - sorting, and the sets that functions on arrays compare elements with.
 *
 * Shape:    an en_keyed is an element's key and its place. Sorting is stable and in n log n steps
 *           whatever the data; sets are sorted lists, so that no data makes them slow.
 * Units:    places count from 0.
 * Lifetime: lists and keys live in the scope's arena or share the array.
 * Errors:   false with the call's error set: out of memory or time.
 * Threads:  free.
 */
#ifndef EN_EXPR_ORDER_H
#define EN_EXPR_ORDER_H

#include "expr/fn.h"

typedef struct en_keyed {
    en_value key;
    uint32_t place;
} en_keyed;

/* Below, at or above 0 as `a` stands before, at or behind `b`; total. */
typedef int en_key_order(en_value a, en_value b);

typedef struct en_keyed_list {
    en_keyed *items;
    size_t count;
} en_keyed_list;

/* What two elements must share to be equal for distinct, arrayDiff and the like: the text of single
 * values, so that 1 equals "1"; the content of arrays and collections, whatever the order of
 * members. Missing values equal each other only. */
en_value en_key_of(const en_fn_call *call, en_value element);
/* The keys of an array's elements; with a path, of what stands there. */
EN_WARN_UNUSED bool en_keyed_make(en_fn_call *call, en_value array, en_text path,
                                  en_keyed_list *list);
/* Stable: elements with equal keys stay in their order. */
EN_WARN_UNUSED bool en_keyed_sort(en_fn_call *call, en_keyed_list list, en_key_order *order);
/* Whether a list that is sorted by en_value_order has the key. */
EN_WARN_UNUSED bool en_keyed_has(en_keyed_list list, en_value key);
/* Texts by UTF-16 units, as JavaScript sorts them; everything else as en_value_order. */
int en_order_of_units(en_value a, en_value b);

#endif
