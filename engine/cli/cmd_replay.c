/* replay - plays recorded events against a scenario, each at its own time. */
#include "cli/output.h"
#include "cli/replay_setup.h"
#include "cli/replay_show.h"
#include "cli/run_options.h"

static int exit_code(const en_replay *replay)
{
    if (replay->summary.violated != 0) {
        return EN_EXIT_TEST_FAILED;
    }
    if (replay->limit_code != 0) {
        return replay->limit_code;
    }
    return replay->summary.unread != 0 ? EN_EXIT_FAILED : EN_EXIT_DONE;
}

static bool open_page(en_context *context, const en_replay_side *side, en_replay_show *show,
                      en_error *error)
{
    const char *path = en_context_text(context, "html");
    const char *key = en_context_text(context, "key");
    return path == NULL || en_page_open(context->arena, path, side->plan->name,
                                        en_text_from(key != NULL ? key : ""), &show->page, error);
}

static bool play(en_context *context, en_replay_side *side, const en_event_source *source,
                 int *code, en_error *error)
{
    en_replay *replay = EN_NEW(context->arena, en_replay);
    en_replay_show *show = en_replay_show_new(context, source->name, replay);
    side->options.listener = &show->listener;
    bool done = open_page(context, side, show, error) &&
                en_replay_run(context->arena, &side->options,
                              en_events_open(context->arena, source), replay, error) &&
                (show->page == NULL || en_page_finish(show->page, &replay->summary, error));
    en_replay_show_end(show);
    if (!done) {
        return false;
    }
    if (context->json) {
        en_context_print_json(context, en_summary_value(&replay->summary, context->arena));
    } else {
        en_replay_show_summary(context, replay);
    }
    en_replay_show_rest(show);
    *code = exit_code(replay);
    return true;
}

static void tell_unread(void *context, const en_error *error)
{
    en_out_error(context, error);
}

static bool compare(en_context *context, const en_replay_side *sides, const en_event_source *source,
                    int *code, en_error *error)
{
    en_compared compared;
    en_compare_options options = { .sides = { sides[0].options, sides[1].options },
                                   .most = sides[0].options.most_changes,
                                   .unread = tell_unread,
                                   .owner = context };
    if (!en_compare_run(context->arena, &options, en_events_open(context->arena, source), &compared,
                        error)) {
        return false;
    }
    if (context->json) {
        en_context_print_json(context, en_compared_value(&compared, context->arena));
    } else {
        en_replay_show_compared(context, source->name, &compared);
    }
    bool same = compared.different == 0 && en_collection_count(compared.stores) == 0;
    *code = !same ? EN_EXIT_TEST_FAILED : compared.unread != 0 ? EN_EXIT_FAILED : EN_EXIT_DONE;
    return true;
}

/* What is said of one replay makes no sense of two. */
static bool check_flags(const en_context *context, en_error *error)
{
    static const char *const alone[] = { "html", "key", "expect" };
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++) {
        if (en_context_text(context, "compare") != NULL &&
            en_context_text(context, alone[i]) != NULL) {
            return en_error_set(error, EN_UsageError, "either --compare or --%s", alone[i]);
        }
    }
    return true;
}

/* --compare A B EVENTS: the flag takes A, so that B stands first among the arguments. */
static int run_replay(en_context *context)
{
    const char *other = en_context_text(context, "compare");
    const char *const files[] = { other != NULL ? other : context->arguments[0],
                                  context->arguments[0] };
    size_t count = other != NULL ? 2 : 1;
    en_replay_side *sides = en_arena_zero(context->arena, 2 * sizeof *sides);
    int code = EN_EXIT_DONE;
    en_error error;
    en_error_clear(&error);
    if (!check_flags(context, &error)) {
        return en_context_fail(context, &error);
    }
    for (size_t i = 0; i < count; i++) {
        if (!en_replay_side_load(context, files[i], &sides[i], &code)) {
            return code;
        }
    }
    en_event_source source;
    en_context_watch_signals(context);
    bool done = true;
    for (size_t i = 0; i < count; i++) {
        en_world_init(&sides[i].world);
        done = done && en_replay_side_read(context, &sides[i], &error);
    }
    done = done &&
           en_replay_source(context, context->arguments[1], sides[0].options.player.run.zone,
                            &source, &error) &&
           (count == 2 ? compare(context, sides, &source, &code, &error)
                       : play(context, sides, &source, &code, &error));
    for (size_t i = 0; i < count; i++) {
        en_world_done(&sides[i].world);
    }
    if (*context->interrupted != 0) {
        return EN_EXIT_INTERRUPTED;
    }
    return done ? code : en_context_fail(context, &error);
}

static const en_flag flags[] = {
    { "html", EN_FLAG_TEXT, "FILE", "Write a page with a picture of the replay." },
    { "key", EN_FLAG_TEXT, "PATH", "What has a lane in the picture: data.userId." },
    { "compare", EN_FLAG_TEXT, "SCENARIO", "Play to this one, too, and say where they differ." },
    { "expect", EN_FLAG_TEXT, "FILE", "What the summary (--json) must hold." },
    { "db", EN_FLAG_TEXT, "PATH", "Begin with a copy of this database; it stays as it is." },
    { "stores", EN_FLAG_TEXT, "FILE", "Begin with these data stores." },
    { "map", EN_FLAG_MANY, "PATH=COLUMN", "Where a column of CSV belongs; PATH:=COLUMN is JSON." },
    { "delimiter", EN_FLAG_TEXT, "CHAR", "Of CSV; a comma if not given." },
    { "changes", EN_FLAG_COUNT, "N", "Records and differences of a kind that are shown (20)." },
    { "now", EN_FLAG_TEXT, "ISO", "The time of events before the first that has one." },
    { "tz", EN_FLAG_TEXT, "ZONE", "The scenario's time zone." },
    { "seed", EN_FLAG_COUNT, "N", "Other random values and generated keys." },
    { "set", EN_FLAG_MANY, "NAME=TEXT", "Set a variable; NAME:=JSON for other than text." },
    EN_RUN_FLAGS_MOCKS,
    { "cassette", EN_FLAG_TEXT, "FILE", "Answer requests from a recording." },
    { "cassette-match", EN_FLAG_TEXT, "HOW", "strict (default), or loose: in any order." },
    { "allow-net", EN_FLAG_MANY, "HOST", "HOST[:PORT] or private; nothing if not given." },
    EN_RUN_FLAGS_LIMITS,
    { "lenient", EN_FLAG_SWITCH, NULL, "Allow comments and placeholders in the file." },
    { 0 },
};

static const char *const examples[] = {
    "enact replay limit.json monday.jsonl",
    "enact replay limit.json access.csv --map data.userId=user --map at=time",
    "enact replay limit.json monday.jsonl --html monday.html",
    "enact replay --compare old.json new.json monday.jsonl",
    "enact replay session.json monday.jsonl --db shop.db --expect counts.json --json",
    NULL,
};

const en_command en_cmd_replay = {
    .name = "replay",
    .summary = "Play recorded events against a scenario, each at its own time.",
    .arguments = "SCENARIO EVENTS",
    .least = 2,
    .most = 2,
    .flags = flags,
    .examples = examples,
    .run = run_replay,
};
