#include "replay/tally.h"

#include <stdlib.h>

enum { BUCKETS = 1024 };

void en_tally_init(en_tally *tally, en_arena *arena)
{
    *tally = (en_tally){ .arena = arena };
    tally->buckets = en_arena_zero(arena, BUCKETS * sizeof *tally->buckets);
    tally->entries = en_arena_zero(arena, (EN_TALLY_NAMES + 1) * sizeof *tally->entries);
}

const en_tally_entry *en_tally_add(en_tally *tally, en_text name)
{
    en_tally_entry **link = &tally->buckets[en_text_hash(name, 0) % BUCKETS];
    while (*link != NULL && !en_text_equal((*link)->name, name)) {
        link = &(*link)->collision;
    }
    if (*link == NULL && tally->count == EN_TALLY_NAMES) {
        name = EN_TEXT("…");
        link = &tally->entries[EN_TALLY_NAMES];
    }
    if (*link == NULL) {
        en_tally_entry *made = EN_NEW(tally->arena, en_tally_entry);
        made->name = en_text_copy(tally->arena, name);
        made->index = (uint32_t)tally->count;
        *link = made;
        if (tally->count < EN_TALLY_NAMES) {
            tally->entries[tally->count++] = made;
        }
    }
    (*link)->count++;
    return *link;
}

static int by_count(const void *a, const void *b)
{
    const en_tally_entry *left = *(en_tally_entry *const *)a;
    const en_tally_entry *right = *(en_tally_entry *const *)b;
    if (left->count != right->count) {
        return left->count > right->count ? -1 : 1;
    }
    return en_text_compare(left->name, right->name);
}

en_value en_tally_value(const en_tally *tally, en_arena *arena)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    size_t count = tally->count + (tally->entries[EN_TALLY_NAMES] != NULL);
    const en_tally_entry **sorted = EN_TRY_ARRAY(arena, const en_tally_entry *, count);
    for (size_t i = 0; sorted != NULL && i < count; i++) {
        sorted[i] = tally->entries[i < tally->count ? i : EN_TALLY_NAMES];
    }
    if (sorted != NULL) {
        qsort(sorted, count, sizeof *sorted, by_count);
    }
    for (size_t i = 0; sorted != NULL && i < count; i++) {
        en_collection_builder_add(&object, sorted[i]->name, en_number((double)sorted[i]->count));
    }
    return en_collection_builder_take(&object);
}
