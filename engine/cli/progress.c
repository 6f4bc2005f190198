#include "cli/progress.h"

#include "base/clock.h"
#include "cli/output.h"

#include <inttypes.h>
#include <string.h>

enum { SECOND_US = 1000 * 1000, BAR_EVERY_US = SECOND_US / 10, BAR_CELLS = 24, LINE_ROOM = 256 };

typedef enum progress_kind { PROGRESS_NONE, PROGRESS_BAR, PROGRESS_JSON } progress_kind;

struct en_progress {
    en_context *context;
    progress_kind kind;
    int64_t began_us;
    int64_t shown_us; /* when something was written last */
    bool is_drawn;    /* there is a bar on the line */
};

bool en_progress_new(en_context *context, const char *kind, en_progress **progress, en_error *error)
{
    static const char *const names[] = { "none", "bar", "json" };
    en_progress *made = EN_NEW(context->arena, en_progress);
    made->context = context;
    made->began_us = en_clock_ticks_us();
    made->shown_us = made->began_us - SECOND_US; /* the first commit is told at once */
    made->kind = context->err_is_terminal && !context->quiet ? PROGRESS_BAR : PROGRESS_NONE;
    *progress = made;
    for (size_t i = 0; kind != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(kind, names[i]) == 0) {
            made->kind = (progress_kind)i;
            return true;
        }
    }
    return kind == NULL ||
           en_error_set(error, EN_UsageError, "--progress is bar, json or none, not '%s'", kind);
}

/* --- numbers --- */

/* Digits in groups of three. */
static void add_count(en_builder *out, uint64_t count)
{
    char digits[32];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, count);
    for (size_t i = 0; i < length; i++) {
        if (i != 0 && (length - i) % 3 == 0) {
            en_builder_add_char(out, ',');
        }
        en_builder_add_char(out, digits[i]);
    }
}

static uint64_t per_second(const en_progress_counts *counts, int64_t elapsed_us)
{
    uint64_t own = counts->records - counts->resumed;
    double rate = (double)own * SECOND_US / (double)(elapsed_us > 0 ? elapsed_us : 1);
    return rate < 1e15 ? (uint64_t)(rate + 0.5) : 0;
}

/* "0.42 s", "59 s", "3 min 5 s" */
static void add_time(en_builder *out, int64_t elapsed_us)
{
    int64_t seconds = elapsed_us / SECOND_US;
    if (seconds < 10) {
        en_builder_format(out, "%" PRId64 ".%02" PRId64 " s", seconds,
                          elapsed_us % SECOND_US / (SECOND_US / 100));
    } else if (seconds < 60) {
        en_builder_format(out, "%" PRId64 " s", seconds);
    } else {
        en_builder_format(out, "%" PRId64 " min %" PRId64 " s", seconds / 60, seconds % 60);
    }
}

/* --- the bar --- */

static double part_of(const en_progress_counts *counts)
{
    return counts->total_bytes == 0 ? 0 : (double)counts->read_bytes / (double)counts->total_bytes;
}

static void add_bar(en_builder *out, double part)
{
    int full = (int)(part * BAR_CELLS);
    en_builder_format(out, "%3d%% ", (int)(part * 100));
    for (int i = 0; i < BAR_CELLS; i++) {
        en_builder_add(out, i < full ? EN_TEXT("█") : EN_TEXT("░"));
    }
    en_builder_add(out, EN_TEXT("  "));
}

static void draw(en_progress *progress, const en_progress_counts *counts, int64_t elapsed_us)
{
    en_arena arena;
    en_builder out;
    en_arena_init(&arena, NULL);
    en_builder_init(&out, &arena);
    double part = part_of(counts);
    en_builder_add(&out, EN_TEXT("\r"));
    if (counts->total_bytes != 0) {
        add_bar(&out, part < 1 ? part : 1);
    }
    add_count(&out, counts->records);
    en_builder_add(&out, EN_TEXT(" records  "));
    add_count(&out, per_second(counts, elapsed_us));
    en_builder_add(&out, EN_TEXT("/s"));
    if (part > 0.01 && part <= 1 && counts->resumed == 0) {
        en_builder_add(&out, EN_TEXT("  "));
        add_time(&out, (int64_t)((double)elapsed_us * (1 - part) / part));
        en_builder_add(&out, EN_TEXT(" left"));
    }
    if (counts->failed != 0) {
        en_builder_add(&out, EN_TEXT("  "));
        add_count(&out, counts->failed);
        en_builder_add(&out, EN_TEXT(" failed"));
    }
    en_builder_add(&out, EN_TEXT("\033[K"));
    fflush(progress->context->out);
    en_out_write(progress->context->err, en_builder_take(&out));
    fflush(progress->context->err);
    progress->is_drawn = true;
    en_arena_done(&arena);
}

void en_progress_hide(en_progress *progress)
{
    if (progress->is_drawn) {
        en_out_write(progress->context->err, EN_TEXT("\r\033[K"));
        fflush(progress->context->err);
        progress->is_drawn = false;
    }
}

/* --- JSON --- */

static void print_json(en_progress *progress, const en_progress_counts *counts, int64_t elapsed_us,
                       bool done)
{
    FILE *err = progress->context->err;
    fprintf(err, "{\"records\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"readBytes\":%" PRIu64,
            counts->records, counts->failed, counts->read_bytes);
    if (counts->total_bytes != 0) {
        fprintf(err, ",\"totalBytes\":%" PRIu64, counts->total_bytes);
    }
    fprintf(err, ",\"seconds\":%" PRId64 ".%03" PRId64 ",\"perSecond\":%" PRIu64 ",\"done\":%s}\n",
            elapsed_us / SECOND_US, elapsed_us % SECOND_US / 1000, per_second(counts, elapsed_us),
            done ? "true" : "false");
    fflush(err);
}

/* --- both --- */

void en_progress_tell(en_progress *progress, const en_progress_counts *counts)
{
    int64_t now_us = en_clock_ticks_us();
    int64_t elapsed_us = now_us - progress->began_us;
    int64_t pause_us = progress->kind == PROGRESS_BAR ? BAR_EVERY_US : SECOND_US;
    bool is_early = progress->kind == PROGRESS_BAR && elapsed_us < SECOND_US;
    if (progress->kind == PROGRESS_NONE || is_early || now_us - progress->shown_us < pause_us) {
        return;
    }
    progress->shown_us = now_us;
    if (progress->kind == PROGRESS_BAR) {
        draw(progress, counts, elapsed_us);
    } else {
        print_json(progress, counts, elapsed_us, false);
    }
}

void en_progress_end(en_progress *progress, const en_progress_counts *counts)
{
    int64_t elapsed_us = en_clock_ticks_us() - progress->began_us;
    en_context *context = progress->context;
    en_progress_hide(progress);
    if (progress->kind == PROGRESS_JSON) {
        print_json(progress, counts, elapsed_us, true);
        return;
    }
    uint64_t own = counts->records - counts->resumed;
    en_builder out;
    en_builder_init(&out, context->arena);
    add_count(&out, own);
    en_builder_add(&out, own == 1 ? EN_TEXT(" record in ") : EN_TEXT(" records in "));
    add_time(&out, elapsed_us);
    en_builder_add(&out, EN_TEXT(" ("));
    add_count(&out, per_second(counts, elapsed_us));
    en_builder_add(&out, EN_TEXT("/s)"));
    if (counts->failed != 0) {
        en_builder_add(&out, EN_TEXT(", "));
        add_count(&out, counts->failed);
        en_builder_add(&out, EN_TEXT(" failed"));
    }
    if (counts->resumed != 0) {
        en_builder_add(&out, EN_TEXT(", behind "));
        add_count(&out, counts->resumed);
        en_builder_add(&out, EN_TEXT(" done before"));
    }
    en_text line = en_builder_take(&out);
    en_context_say(context, "%.*s", EN_TEXT_ARG(line));
}
