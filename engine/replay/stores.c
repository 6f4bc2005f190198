#include "replay/stores.h"

#include "flow/contents.h"

#include <stdlib.h>

bool en_stores_sizes(en_player *player, en_arena *arena, en_stores_look *look, en_error *error)
{
    en_database *database;
    en_segment *segment;
    en_store_info *infos;
    en_store_run run = en_player_store_run(player);
    *look = (en_stores_look){ .contents = en_null() };
    if (!en_world_database(en_player_about(player)->world, &database, error) ||
        !en_segment_enter(database, EN_SEGMENT_READ, &run, &segment, error)) {
        return false;
    }
    bool done = en_store_list(segment, arena, &infos, &look->count, error);
    en_segment_rollback(segment);
    look->sizes = en_arena_zero(arena, (look->count + 1) * sizeof *look->sizes);
    for (size_t i = 0; done && i < look->count; i++) {
        look->sizes[i] = (en_store_size){ infos[i].name, infos[i].records, infos[i].bytes };
    }
    return done;
}

bool en_stores_contents(en_player *player, en_arena *arena, en_stores_look *look, en_error *error)
{
    en_database *database;
    en_store_run run = en_player_store_run(player);
    return en_stores_sizes(player, arena, look, error) &&
           en_world_database(en_player_about(player)->world, &database, error) &&
           en_contents_dump(database, &run, arena, &look->contents, error);
}

/* --- differences --- */

static const en_store_size *find_size(const en_stores_look *look, en_text name)
{
    for (size_t i = 0; i < look->count; i++) {
        if (en_text_equal(look->sizes[i].name, name)) {
            return &look->sizes[i];
        }
    }
    return NULL;
}

static en_value size_value(en_arena *arena, const en_store_size *size)
{
    if (size == NULL) {
        return en_null();
    }
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, EN_TEXT("records"), en_number((double)size->records));
    en_collection_builder_add(&object, EN_TEXT("bytes"), en_number((double)size->bytes));
    return en_collection_builder_take(&object);
}

typedef struct keyed {
    en_text key;
    en_value record;
} keyed;

static int by_key(const void *a, const void *b)
{
    return en_text_compare(((const keyed *)a)->key, ((const keyed *)b)->key);
}

/* The records of a store in the order of their keys. */
static keyed *sort_records(en_arena *arena, en_value contents, en_text store, size_t *count)
{
    en_value records = en_collection_find(en_collection_find(contents, store), EN_TEXT("records"));
    *count = en_is(records, EN_ARRAY) ? records.length : 0;
    keyed *sorted = EN_TRY_ARRAY(arena, keyed, *count + 1);
    for (size_t i = 0; sorted != NULL && i < *count; i++) {
        en_value record = records.as.items[i];
        sorted[i] = (keyed){ en_value_text(en_collection_find(record, EN_TEXT("key"))), record };
    }
    if (sorted == NULL) {
        *count = 0;
    } else {
        qsort(sorted, *count, sizeof *sorted, by_key);
    }
    return sorted;
}

typedef struct change_list {
    uint64_t count;
    uint64_t most;
    en_array_builder shown;
} change_list;

static void add_change(change_list *list, en_value record)
{
    if (list->count++ < list->most) {
        en_array_builder_add(&list->shown, record);
    }
}

typedef struct difference {
    en_arena *arena;
    const en_stores_look *before;
    const en_stores_look *after;
    const en_difference_words *words;
    uint64_t most;
} difference;

static en_value changed_record(const difference *of, const keyed *before, const keyed *after)
{
    en_collection_builder object;
    en_collection_builder_init(&object, of->arena);
    en_collection_builder_add(&object, EN_TEXT("key"), en_text_value(after->key));
    en_collection_builder_add(&object, en_text_from(of->words->before),
                              en_collection_find(before->record, EN_TEXT("data")));
    en_collection_builder_add(&object, en_text_from(of->words->after),
                              en_collection_find(after->record, EN_TEXT("data")));
    return en_collection_builder_take(&object);
}

enum { ADDED, CHANGED, REMOVED, CHANGES };
static const char *const change_names[CHANGES] = { "added", "changed", "removed" };

static void compare_records(const difference *of, en_text store, change_list *lists)
{
    size_t old_count;
    size_t new_count;
    const keyed *old = sort_records(of->arena, of->before->contents, store, &old_count);
    const keyed *now = sort_records(of->arena, of->after->contents, store, &new_count);
    size_t i = 0;
    size_t j = 0;
    while (i < old_count || j < new_count) {
        int order = i == old_count   ? 1
                    : j == new_count ? -1
                                     : en_text_compare(old[i].key, now[j].key);
        if (order > 0) {
            add_change(&lists[ADDED], now[j++].record);
        } else if (order < 0) {
            add_change(&lists[REMOVED], old[i++].record);
        } else {
            if (!en_value_equal(old[i].record, now[j].record)) {
                add_change(&lists[CHANGED], changed_record(of, &old[i], &now[j]));
            }
            i++;
            j++;
        }
    }
}

static void add_changes(const difference *of, en_text store, en_collection_builder *object)
{
    change_list lists[CHANGES];
    for (size_t i = 0; i < CHANGES; i++) {
        lists[i] = (change_list){ .most = of->most };
        en_array_builder_init(&lists[i].shown, of->arena);
    }
    compare_records(of, store, lists);
    for (size_t i = 0; i < CHANGES; i++) {
        en_collection_builder change;
        en_collection_builder_init(&change, of->arena);
        en_collection_builder_add(&change, EN_TEXT("count"), en_number((double)lists[i].count));
        en_collection_builder_add(&change, EN_TEXT("records"),
                                  en_array_builder_take(&lists[i].shown));
        en_collection_builder_add(object, en_text_from(change_names[i]),
                                  en_collection_builder_take(&change));
    }
}

static void add_store(const difference *of, en_text store, en_collection_builder *stores)
{
    en_collection_builder object;
    en_collection_builder_init(&object, of->arena);
    en_collection_builder_add(&object, en_text_from(of->words->before),
                              size_value(of->arena, find_size(of->before, store)));
    en_collection_builder_add(&object, en_text_from(of->words->after),
                              size_value(of->arena, find_size(of->after, store)));
    if (!en_is_missing(of->before->contents) && !en_is_missing(of->after->contents)) {
        add_changes(of, store, &object);
    }
    en_collection_builder_add(stores, store, en_collection_builder_take(&object));
}

en_value en_stores_difference(en_arena *arena, const en_stores_look *before,
                              const en_stores_look *after, uint64_t most,
                              const en_difference_words *words)
{
    const difference of = { arena, before, after, words, most };
    en_collection_builder stores;
    en_collection_builder_init(&stores, arena);
    for (size_t i = 0; i < after->count; i++) {
        add_store(&of, after->sizes[i].name, &stores);
    }
    for (size_t i = 0; i < before->count; i++) {
        if (find_size(after, before->sizes[i].name) == NULL) {
            add_store(&of, before->sizes[i].name, &stores);
        }
    }
    return en_collection_builder_take(&stores);
}
