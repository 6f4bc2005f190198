#include "replay/compare.h"

const char *const en_compared_parts[EN_COMPARED_PARTS] = { "status", "route", "response", "error",
                                                           "output" };

typedef struct comparing {
    const en_compare_options *options;
    en_arena *arena;
    en_player *players[2];
    en_compared *result;
} comparing;

static bool open_side(comparing *all, size_t side, en_error *error)
{
    const en_replay_options *options = &all->options->sides[side];
    return en_player_open(all->arena, &options->player, &all->players[side], error) &&
           en_replay_fill(options, all->players[side], all->arena, error);
}

/* Of an error only what a caller sees: the place in the file differs anyway. */
static en_value part_of(en_arena *arena, en_value outcome, const char *part)
{
    en_value value = en_collection_find(outcome, en_text_from(part));
    if (!en_text_equal(en_text_from(part), EN_TEXT("error")) || en_is_missing(value)) {
        return value;
    }
    static const char *const seen[] = { "type", "message", "statusCode" };
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        en_collection_builder_add(&object, en_text_from(seen[i]),
                                  en_collection_find(value, en_text_from(seen[i])));
    }
    return en_collection_builder_take(&object);
}

static void keep(comparing *all, const en_parting *found)
{
    en_compared *result = all->result;
    if (++result->different > all->options->most) {
        return;
    }
    en_parting *kept = EN_NEW(all->arena, en_parting);
    *kept = *found;
    for (size_t i = 0; i < EN_COMPARED_PARTS; i++) {
        for (size_t side = 0; side < 2; side++) {
            kept->values[i][side] = en_value_copy(all->arena, found->values[i][side]);
        }
    }
    *(result->last != NULL ? &result->last->next : &result->first) = kept;
    result->last = kept;
}

static bool play_both(void *owner, const en_event *event, en_arena *arena, en_error *error)
{
    comparing *all = owner;
    en_outcome outcomes[2];
    en_value values[2];
    for (size_t side = 0; side < 2; side++) {
        if (!en_player_play(all->players[side], event, arena, &outcomes[side], error)) {
            return false;
        }
        values[side] = en_outcome_value(arena, &outcomes[side]);
    }
    en_parting found = { .line = event->line, .at_ms = outcomes[0].at_ms };
    bool differs = false;
    for (size_t i = 0; i < EN_COMPARED_PARTS; i++) {
        en_value a = part_of(arena, values[0], en_compared_parts[i]);
        en_value b = part_of(arena, values[1], en_compared_parts[i]);
        if (!en_value_equal(a, b)) {
            found.values[i][0] = a;
            found.values[i][1] = b;
            all->result->parts[i]++;
            differs = true;
        }
    }
    all->result->events++;
    if (differs) {
        keep(all, &found);
    }
    return true;
}

static void leave_out(void *owner, const en_error *error)
{
    comparing *all = owner;
    all->result->unread++;
    if (all->options->unread != NULL) {
        all->options->unread(all->options->owner, error);
    }
}

static uint64_t changes_of(en_value store, const char *kind)
{
    en_value change = en_collection_find(store, en_text_from(kind));
    return (uint64_t)en_value_number(en_collection_find(change, EN_TEXT("count")));
}

static bool compare_stores(comparing *all, en_error *error)
{
    static const en_difference_words words = { "a", "b" };
    en_stores_look looks[2];
    for (size_t side = 0; side < 2; side++) {
        if (!en_player_settle(all->players[side], error) ||
            !en_stores_contents(all->players[side], all->arena, &looks[side], error)) {
            return false;
        }
    }
    en_value every =
        en_stores_difference(all->arena, &looks[0], &looks[1], all->options->most, &words);
    en_collection_builder different;
    en_collection_builder_init(&different, all->arena);
    for (uint32_t i = 0; i < en_collection_count(every); i++) {
        const en_member *store = &en_collection_members(every)[i];
        bool only_one = en_is_missing(en_collection_find(store->value, EN_TEXT("a"))) ||
                        en_is_missing(en_collection_find(store->value, EN_TEXT("b")));
        if (only_one || changes_of(store->value, "added") != 0 ||
            changes_of(store->value, "changed") != 0 || changes_of(store->value, "removed") != 0) {
            en_collection_builder_add(&different, store->name, store->value);
        }
    }
    all->result->stores = en_collection_builder_take(&different);
    return true;
}

bool en_compare_run(en_arena *arena, const en_compare_options *options, en_event_queue *queue,
                    en_compared *compared, en_error *error)
{
    comparing all = { .options = options, .arena = arena, .result = compared };
    *compared = (en_compared){ .stores = en_null() };
    const en_event_visitor visitor = { play_both, leave_out, &all };
    return open_side(&all, 0, error) && open_side(&all, 1, error) &&
           en_events_visit(queue, &visitor, error) && compare_stores(&all, error);
}

static en_value parting_value(const en_parting *from, en_arena *arena)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, EN_TEXT("line"), en_number(from->line));
    en_collection_builder_add(&object, EN_TEXT("at"), en_date(from->at_ms));
    for (size_t i = 0; i < EN_COMPARED_PARTS; i++) {
        const en_value *sides = from->values[i];
        if (sides[0].tag == EN_NOTHING && sides[1].tag == EN_NOTHING) {
            continue;
        }
        en_collection_builder part;
        en_collection_builder_init(&part, arena);
        en_collection_builder_add(&part, EN_TEXT("a"), sides[0]);
        en_collection_builder_add(&part, EN_TEXT("b"), sides[1]);
        en_collection_builder_add(&object, en_text_from(en_compared_parts[i]),
                                  en_collection_builder_take(&part));
    }
    return en_collection_builder_take(&object);
}

en_value en_compared_value(const en_compared *compared, en_arena *arena)
{
    en_collection_builder parts;
    en_collection_builder_init(&parts, arena);
    for (size_t i = 0; i < EN_COMPARED_PARTS; i++) {
        en_collection_builder_add(&parts, en_text_from(en_compared_parts[i]),
                                  en_number((double)compared->parts[i]));
    }
    en_array_builder events;
    en_array_builder_init(&events, arena);
    for (const en_parting *at = compared->first; at != NULL; at = at->next) {
        en_array_builder_add(&events, parting_value(at, arena));
    }
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, EN_TEXT("events"), en_number((double)compared->events));
    en_collection_builder_add(&object, EN_TEXT("unread"), en_number((double)compared->unread));
    en_collection_builder_add(&object, EN_TEXT("different"),
                              en_number((double)compared->different));
    en_collection_builder_add(&object, EN_TEXT("parts"), en_collection_builder_take(&parts));
    en_collection_builder_add(&object, EN_TEXT("differences"), en_array_builder_take(&events));
    en_collection_builder_add(&object, EN_TEXT("stores"), compared->stores);
    return en_collection_builder_take(&object);
}
