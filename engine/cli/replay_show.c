#include "cli/replay_show.h"

#include "base/clock.h"
#include "cli/output.h"
#include "cli/table.h"

#include <inttypes.h>

enum { MOST_TOLD = 20, BETWEEN_US = 100 * 1000 };

/* 12,345 */
static en_text count_text(en_arena *arena, uint64_t count)
{
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, count);
    en_builder out;
    en_builder_init(&out, arena);
    for (int i = 0; i < length; i++) {
        if (i != 0 && (length - i) % 3 == 0) {
            en_builder_add_char(&out, ',');
        }
        en_builder_add_char(&out, digits[i]);
    }
    return en_builder_take(&out);
}

/* --- while it runs --- */

static void take_line_away(en_replay_show *show)
{
    if (show->has_line) {
        fputs("\r\033[K", show->context->err);
        show->has_line = false;
    }
}

static void count_on_terminal(en_replay_show *show, int64_t at_ms, bool failed)
{
    show->played++;
    show->failed += failed;
    en_context *context = show->context;
    int64_t now_us = en_clock_ticks_us();
    if (!context->err_is_terminal || context->quiet || now_us - show->shown_us < BETWEEN_US) {
        return;
    }
    char at[EN_ISO_ROOM];
    size_t length = en_date_print_iso(at_ms, at);
    fprintf(context->err,
            "\r\033[K%.*s  %" PRIu64 " events, %" PRIu64 " failed, %" PRIu64 " not as expected",
            (int)length, at, show->played, show->failed, show->violated);
    fflush(context->err);
    show->shown_us = now_us;
    show->has_line = true;
}

static void add_place(en_builder *out, const en_replay_show *show, const en_violation *violation)
{
    if (violation->line != 0) {
        en_builder_format(out, "%s:%u: ", show->events, violation->line);
    } else {
        en_builder_add(out, EN_TEXT("the summary: "));
    }
}

static void tell_violation(en_replay_show *show, const en_violation *violation)
{
    en_context *context = show->context;
    if (++show->violated > MOST_TOLD || context->json) {
        return;
    }
    take_line_away(show);
    en_arena_mark mark = en_arena_get_mark(context->arena);
    en_builder out;
    en_builder_init(&out, context->arena);
    for (size_t i = 0; i < violation->count; i++) {
        add_place(&out, show, violation);
        en_out_visible(&out, violation->lines[i], EN_ONE_LINE);
        en_builder_add_char(&out, '\n');
    }
    if (violation->more != 0) {
        add_place(&out, show, violation);
        en_builder_format(&out, "… and %zu more\n", violation->more);
    }
    en_out_write(context->err, en_builder_take(&out));
    en_arena_rewind(context->arena, mark);
}

static bool played(en_replay_listener *listener, const en_event *event, const en_outcome *outcome,
                   const en_violation *violation, en_arena *arena, en_error *error)
{
    en_replay_show *show = (en_replay_show *)listener;
    count_on_terminal(show, outcome->at_ms, outcome->report.status == EN_RUN_ERROR);
    if (violation != NULL) {
        tell_violation(show, violation);
    }
    return show->page == NULL ||
           en_page_add(show->page, show->replay->player, event, outcome, violation, arena, error);
}

static void unread(en_replay_listener *listener, const en_error *error)
{
    en_replay_show *show = (en_replay_show *)listener;
    if (++show->unread <= MOST_TOLD) {
        take_line_away(show);
        en_out_error(show->context, error);
    }
}

en_replay_show *en_replay_show_new(en_context *context, const char *events, const en_replay *replay)
{
    en_replay_show *show = EN_NEW(context->arena, en_replay_show);
    show->listener = (en_replay_listener){ .played = played, .unread = unread };
    show->context = context;
    show->events = events;
    show->replay = replay;
    show->began_us = en_clock_ticks_us();
    show->shown_us = show->began_us;
    return show;
}

void en_replay_show_end(en_replay_show *show)
{
    take_line_away(show);
}

/* --- the summary --- */

static const en_column count_columns[] = {
    { "COUNTED", false, false },
    { "NAME", false, false },
    { "EVENTS", true, false },
};

static void add_counts(en_listing *table, en_arena *arena, const char *what, const en_tally *tally)
{
    en_value counts = en_tally_value(tally, arena);
    for (uint32_t i = 0; i < en_collection_count(counts); i++) {
        const en_member *member = &en_collection_members(counts)[i];
        const en_text cells[] = { en_text_from(i == 0 ? what : ""), member->name,
                                  count_text(arena, (uint64_t)en_value_number(member->value)) };
        en_listing_add(table, cells);
    }
}

static const en_column store_columns[] = {
    { "STORE", false, false },        { "RECORDS BEFORE", true, false },
    { "RECORDS AFTER", true, false }, { "BYTES BEFORE", true, false },
    { "BYTES AFTER", true, false },
};

static en_text size_text(en_arena *arena, en_value store, const char *when, const char *what)
{
    en_value size = en_collection_find(store, en_text_from(when));
    return en_is_missing(size) ? EN_TEXT("-")
                               : count_text(arena, (uint64_t)en_value_number(en_collection_find(
                                                       size, en_text_from(what))));
}

static void print_stores(en_context *context, en_value stores)
{
    en_arena *arena = context->arena;
    en_listing *table = en_listing_new(context, store_columns, 5);
    for (uint32_t i = 0; i < en_collection_count(stores); i++) {
        const en_member *store = &en_collection_members(stores)[i];
        const en_text cells[] = { store->name, size_text(arena, store->value, "before", "records"),
                                  size_text(arena, store->value, "after", "records"),
                                  size_text(arena, store->value, "before", "bytes"),
                                  size_text(arena, store->value, "after", "bytes") };
        en_listing_add(table, cells);
    }
    if (en_collection_count(stores) != 0) {
        en_out_write(context->out, EN_TEXT("\n"));
    }
    en_listing_print(table);
}

void en_replay_show_summary(en_context *context, const en_replay *replay)
{
    const en_summary *summary = &replay->summary;
    en_arena *arena = context->arena;
    en_builder out;
    en_builder_init(&out, arena);
    en_out_visible(&out, summary->plan->name, EN_ONE_LINE);
    en_builder_add(&out, EN_TEXT(": "));
    en_builder_add(&out, count_text(arena, summary->events));
    en_builder_add(&out, EN_TEXT(" events"));
    if (summary->events != 0) {
        char from[EN_ISO_ROOM];
        char to[EN_ISO_ROOM];
        size_t from_length = en_date_print_iso(summary->from_ms, from);
        size_t to_length = en_date_print_iso(summary->to_ms, to);
        en_builder_format(&out, ", %.*s to %.*s", (int)from_length, from, (int)to_length, to);
    }
    en_builder_add(&out, EN_TEXT("\n\n"));
    en_out_write(context->out, en_builder_take(&out));
    en_listing *table = en_listing_new(context, count_columns, 3);
    add_counts(table, arena, "status", &summary->statuses);
    add_counts(table, arena, "route", &summary->routes);
    add_counts(table, arena, "response", &summary->responses);
    add_counts(table, arena, "error", &summary->errors);
    en_listing_print(table);
    print_stores(context, summary->stores);
    if (summary->checked != 0 || summary->violated != 0) {
        en_builder_add(&out, EN_TEXT("\n"));
        en_builder_add(&out, count_text(arena, summary->checked));
        en_builder_add(&out, EN_TEXT(" events say what must come out, "));
        en_builder_add(&out, summary->violated == 0 ? EN_TEXT("all")
                                                    : count_text(arena, summary->violated));
        en_builder_add(&out, summary->violated == 0 ? EN_TEXT(" expectations were met\n")
                                                    : EN_TEXT(" expectations were not met\n"));
        en_out_write(context->out, en_builder_take(&out));
    }
}

void en_replay_show_rest(en_replay_show *show)
{
    en_context *context = show->context;
    const en_summary *summary = &show->replay->summary;
    if (show->violated > MOST_TOLD && !context->json) {
        en_context_say(context, "… and %" PRIu64 " further events; --json lists them all.",
                       show->violated - MOST_TOLD);
    }
    if (summary->last != NULL && summary->last->line == 0) {
        show->violated = 0; /* what the summary lacks is told however much was told before */
        tell_violation(show, summary->last);
    }
    if (summary->late != 0) {
        en_context_say(context,
                       "%" PRIu64 " events stand behind later ones; each ran at its own time.",
                       summary->late);
    }
    int64_t took_us = en_clock_ticks_us() - show->began_us;
    if (context->err_is_terminal && !context->json && took_us > 0) {
        en_context_say(context, "%" PRIu64 " events in %.2f s: %.0f a second.", summary->events,
                       (double)took_us / 1e6, (double)summary->events * 1e6 / (double)took_us);
    }
}

/* --- two scenarios --- */

static void add_parting(en_builder *out, const char *events, const en_parting *at)
{
    for (size_t i = 0; i < EN_COMPARED_PARTS; i++) {
        const en_value *sides = at->values[i];
        if (sides[0].tag == EN_NOTHING && sides[1].tag == EN_NOTHING) {
            continue;
        }
        en_builder_format(out, "%s:%u: %s: ", events, at->line, en_compared_parts[i]);
        en_out_visible(out, en_json_text(out->arena, sides[0], 0), EN_ONE_LINE);
        en_builder_add(out, EN_TEXT(" became "));
        en_out_visible(out, en_json_text(out->arena, sides[1], 0), EN_ONE_LINE);
        en_builder_add_char(out, '\n');
    }
}

static void add_changes(en_builder *out, const en_member *store)
{
    static const char *const kinds[] = { "added", "changed", "removed" };
    en_builder_add(out, EN_TEXT("store "));
    en_out_visible(out, store->name, EN_ONE_LINE);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        en_value change = en_collection_find(store->value, en_text_from(kinds[i]));
        uint64_t count = (uint64_t)en_value_number(en_collection_find(change, EN_TEXT("count")));
        en_builder_add(out, i == 0 ? EN_TEXT(": ") : EN_TEXT(", "));
        en_builder_add(out, count_text(out->arena, count));
        en_builder_format(out, " %s", kinds[i]);
    }
    en_builder_add_char(out, '\n');
}

void en_replay_show_compared(en_context *context, const char *events, const en_compared *compared)
{
    en_builder out;
    en_builder_init(&out, context->arena);
    uint64_t shown = 0;
    for (const en_parting *at = compared->first; at != NULL; at = at->next, shown++) {
        add_parting(&out, events, at);
    }
    if (shown < compared->different) {
        en_builder_format(&out, "… and %" PRIu64 " further events (--changes N shows more)\n",
                          compared->different - shown);
    }
    for (uint32_t i = 0; i < en_collection_count(compared->stores); i++) {
        add_changes(&out, &en_collection_members(compared->stores)[i]);
    }
    en_builder_add(&out, count_text(context->arena, compared->events));
    en_builder_add(&out, EN_TEXT(" events: "));
    if (compared->different == 0) {
        en_builder_add(&out, EN_TEXT("both answered alike\n"));
    } else {
        en_builder_add(&out, count_text(context->arena, compared->different));
        en_builder_add(&out, EN_TEXT(" answered differently\n"));
    }
    en_out_write(context->out, en_builder_take(&out));
}
