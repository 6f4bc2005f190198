#include "replay/summary.h"

#include <stdio.h>

void en_summary_init(en_summary *summary, en_arena *arena, const en_plan *plan)
{
    *summary = (en_summary){ .arena = arena, .plan = plan, .stores = en_null() };
    en_tally *const tallies[] = { &summary->statuses, &summary->routes, &summary->responses,
                                  &summary->errors, &summary->outcomes };
    for (size_t i = 0; i < sizeof tallies / sizeof tallies[0]; i++) {
        en_tally_init(tallies[i], arena);
    }
}

const en_violation *en_summary_violate(en_summary *summary, unsigned line,
                                       const en_differences *differences)
{
    if (differences->count == 0) {
        return NULL;
    }
    en_violation *made = EN_NEW(summary->arena, en_violation);
    size_t kept = 0;
    for (const en_difference *at = differences->first; at != NULL; at = at->next) {
        kept++;
    }
    made->line = line;
    made->more = differences->count - kept;
    made->lines = en_arena_zero(summary->arena, (kept + 1) * sizeof *made->lines);
    for (const en_difference *at = differences->first; at != NULL; at = at->next) {
        made->lines[made->count++] = en_difference_line(summary->arena, at);
    }
    *(summary->last != NULL ? &summary->last->next : &summary->first) = made;
    summary->last = made;
    summary->violated++;
    return made;
}

const en_violation *en_summary_add(en_summary *summary, const en_event *event,
                                   const en_outcome *outcome)
{
    const en_report *report = &outcome->report;
    bool is_first = summary->events++ == 0;
    summary->from_ms =
        is_first || outcome->at_ms < summary->from_ms ? outcome->at_ms : summary->from_ms;
    summary->to_ms = is_first || outcome->at_ms > summary->to_ms ? outcome->at_ms : summary->to_ms;
    summary->late += outcome->is_late;
    summary->operations += report->operations;
    summary->checked += outcome->expected;
    (void)en_tally_add(&summary->statuses, en_text_from(en_run_status_name(report->status)));
    (void)en_tally_add(&summary->outcomes, outcome->name);
    if (outcome->route.length != 0) {
        (void)en_tally_add(&summary->routes, outcome->route);
    }
    if (outcome->status != 0) {
        char status[16];
        int length = snprintf(status, sizeof status, "%d", outcome->status);
        (void)en_tally_add(&summary->responses, (en_text){ status, (size_t)length });
    }
    if (en_error_is_set(&report->error)) {
        (void)en_tally_add(&summary->errors, en_text_from(en_error_name(report->error.type)));
    }
    return en_summary_violate(summary, event->line, &outcome->differences);
}

static en_value violations_value(const en_summary *summary, en_arena *arena)
{
    en_array_builder all;
    en_array_builder_init(&all, arena);
    for (const en_violation *at = summary->first; at != NULL; at = at->next) {
        en_array_builder lines;
        en_array_builder_init(&lines, arena);
        for (size_t i = 0; i < at->count; i++) {
            en_array_builder_add(&lines, en_text_value(at->lines[i]));
        }
        en_collection_builder object;
        en_collection_builder_init(&object, arena);
        en_collection_builder_add(&object, EN_TEXT("line"),
                                  at->line != 0 ? en_number(at->line) : en_null());
        en_collection_builder_add(&object, EN_TEXT("differences"), en_array_builder_take(&lines));
        en_array_builder_add(&all, en_collection_builder_take(&object));
    }
    return en_array_builder_take(&all);
}

en_value en_summary_value(const en_summary *summary, en_arena *arena)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    bool any = summary->events != 0;
    const struct {
        en_text name;
        en_value value;
    } members[] = {
        { EN_TEXT("scenario"), en_text_value(summary->plan->name) },
        { EN_TEXT("events"), en_number((double)summary->events) },
        { EN_TEXT("unread"), en_number((double)summary->unread) },
        { EN_TEXT("late"), en_number((double)summary->late) },
        { EN_TEXT("from"), any ? en_date(summary->from_ms) : en_null() },
        { EN_TEXT("to"), any ? en_date(summary->to_ms) : en_null() },
        { EN_TEXT("operations"), en_number((double)summary->operations) },
        { EN_TEXT("status"), en_tally_value(&summary->statuses, arena) },
        { EN_TEXT("routes"), en_tally_value(&summary->routes, arena) },
        { EN_TEXT("responses"), en_tally_value(&summary->responses, arena) },
        { EN_TEXT("errors"), en_tally_value(&summary->errors, arena) },
        { EN_TEXT("outcomes"), en_tally_value(&summary->outcomes, arena) },
        { EN_TEXT("checked"), en_number((double)summary->checked) },
        { EN_TEXT("violated"), en_number((double)summary->violated) },
        { EN_TEXT("violations"), violations_value(summary, arena) },
        { EN_TEXT("stores"), summary->stores },
    };
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        en_collection_builder_add(&object, members[i].name, members[i].value);
    }
    return en_collection_builder_take(&object);
}
