/* test - runs tests of scenarios and tells what differs. */
#include "cli/output.h"
#include "cli/test_text.h"
#include "testing/find.h"
#include "testing/reports.h"
#include "testing/snapshots.h"
#include "testing/watch.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { MOST_JOBS = 256 };

typedef struct testing {
    en_context *context;
    en_test_text text;
    size_t jobs;
    const en_regex *filter;
} testing;

static void tell(void *context, const en_session_suite *suite, const en_test_result *result)
{
    testing *all = context;
    en_test_text_result(&all->text, suite, result);
}

static bool read_jobs(en_context *context, size_t *jobs, en_error *error)
{
    uint64_t given;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    *jobs = processors > 0 ? (size_t)processors : 1;
    if (en_context_count(context, "jobs", &given)) {
        if (given < 1 || given > MOST_JOBS) {
            return en_error_set(error, EN_UsageError, "--jobs takes a number from 1 to %d",
                                MOST_JOBS);
        }
        *jobs = (size_t)given;
    }
    return true;
}

static bool read_filter(en_context *context, const en_regex **filter, en_error *error)
{
    const char *pattern = en_context_text(context, "filter");
    en_regex *regex = NULL;
    if (pattern != NULL && !en_regex_compile(context->arena, en_text_from(pattern),
                                             EN_REGEX_IGNORE_CASE, &regex, error)) {
        en_error_hint(error, "--filter takes a regular expression");
        error->type = EN_UsageError;
        return false;
    }
    *filter = regex;
    return true;
}

/* Invalid files are worse than failures: nobody knows what their tests would say. */
static int exit_code(const en_session *session)
{
    return session->invalid_files != 0 || session->outcomes[EN_TEST_INVALID] != 0 ? EN_EXIT_INVALID
           : session->outcomes[EN_TEST_FAILED] != 0 ? EN_EXIT_TEST_FAILED
                                                    : EN_EXIT_DONE;
}

/* --- reports --- */

static void write_json(en_builder *out, const en_session *session)
{
    en_json_write(out, en_tests_value(out->arena, session), EN_JSON_PRETTY);
    en_builder_add_char(out, '\n');
}

static const struct {
    const char *flag;
    void (*write)(en_builder *out, const en_session *session);
} reports[] = {
    { "report-junit", en_tests_write_junit },
    { "report-tap", en_tests_write_tap },
    { "report-json", write_json },
    { "report-html", en_tests_write_html },
};

static bool write_report(const char *path, en_text text, en_error *error)
{
    FILE *file = fopen(path, "we");
    bool written = file != NULL && fwrite(text.data, 1, text.length, file) == text.length;
    int reason = errno;
    if (file != NULL && fclose(file) != 0) {
        reason = errno;
        written = false;
    }
    return written ||
           en_error_set(error, EN_UsageError, "%s cannot be written: %s", path, strerror(reason));
}

static bool write_reports(testing *all, const en_session *session, en_error *error)
{
    for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++) {
        const char *path = en_context_text(all->context, reports[i].flag);
        en_builder out;
        en_builder_init(&out, session->arena);
        if (path == NULL) {
            continue;
        }
        reports[i].write(&out, session);
        if (!write_report(path, en_builder_take(&out), error)) {
            return false;
        }
    }
    return true;
}

static void print_end(testing *all, const en_session *session)
{
    if (all->context->json) {
        en_context_print_json(all->context, en_tests_value(session->arena, session));
        return;
    }
    for (size_t i = 0; i < session->suite_count; i++) {
        if (session->suites[i].suite == NULL) {
            en_out_problems(all->context, &session->suites[i].problems);
        }
    }
    if (session->options.coverage) {
        en_test_text_coverage(&all->text, session->coverage);
    }
    en_test_text_summary(&all->text, session);
}

/* --- once --- */

static en_session new_session(testing *all, en_arena *arena)
{
    return (en_session){ .arena = arena,
                         .options = { .coverage = en_context_switch(all->context, "coverage"),
                                      .interrupted = all->context->interrupted },
                         .filter = all->filter,
                         .jobs = all->jobs,
                         .context = all };
}

/* Runs the tests unheard and takes the snapshots that differ. */
static bool update(testing *all, const en_found_files *files, en_error *error)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_session session = new_session(all, &arena);
    en_session_run(&session, files->paths, files->count);
    bool done = true;
    for (size_t i = 0; i < session.suite_count && done; i++) {
        size_t taken;
        done = en_snapshots_update(&session.suites[i], &arena, &taken, error);
        if (done && taken != 0) {
            en_context_say(all->context, "%s: %zu snapshot%s taken", session.suites[i].path, taken,
                           taken == 1 ? "" : "s");
        }
    }
    en_session_done(&session);
    en_arena_done(&arena);
    return done;
}

static int run_once(testing *all, en_arena *arena, const en_found_files *files)
{
    en_error error;
    en_error_clear(&error);
    if (en_context_switch(all->context, "update") && !update(all, files, &error)) {
        return en_context_fail(all->context, &error);
    }
    en_session session = new_session(all, arena);
    all->text = (en_test_text){ .context = all->context };
    session.told = all->context->json ? NULL : tell;
    en_session_run(&session, files->paths, files->count);
    print_end(all, &session);
    int code = *all->context->interrupted != 0 ? EN_EXIT_INTERRUPTED : exit_code(&session);
    bool written = write_reports(all, &session, &error);
    en_session_done(&session);
    return written ? code : en_context_fail(all->context, &error);
}

/* --- again and again --- */

static bool find_files(testing *all, en_arena *arena, en_found_files *files, en_error *error)
{
    static const char *const here[] = { "." };
    bool named = all->context->argument_count != 0;
    return en_tests_find(arena, named ? all->context->arguments : here,
                         named ? all->context->argument_count : 1, files, error);
}

/* Watches before it looks: what changes while the tests run is not missed. */
static int run_on_changes(testing *all)
{
    int code = EN_EXIT_DONE;
    bool goes_on = true;
    while (goes_on) {
        en_arena arena;
        en_found_files files;
        en_folder_watch *watch;
        en_error error;
        en_arena_init(&arena, NULL);
        en_error_clear(&error);
        goes_on = find_files(all, &arena, &files, &error) &&
                  en_folder_watch_open(&arena, files.folders, files.folder_count, &watch, &error);
        if (goes_on) {
            code = run_once(all, &arena, &files);
            en_context_say(all->context, "Waiting for changes; Ctrl-C ends.");
            goes_on = en_folder_watch_wait(watch, all->context->interrupted);
            code = *all->context->interrupted != 0 ? EN_EXIT_INTERRUPTED : code;
        } else {
            code = en_context_fail(all->context, &error);
        }
        en_arena_done(&arena);
    }
    return code;
}

static int run_test(en_context *context)
{
    testing *all = EN_NEW(context->arena, testing);
    all->context = context;
    en_found_files files;
    en_error error;
    en_error_clear(&error);
    if (!read_jobs(context, &all->jobs, &error) || !read_filter(context, &all->filter, &error) ||
        !find_files(all, context->arena, &files, &error)) {
        return en_context_fail(context, &error);
    }
    if (files.count == 0) {
        return en_context_usage(context, "there is no *.test.json here");
    }
    for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++) {
        if (en_context_switch(context, "watch") &&
            en_context_text(context, reports[i].flag) != NULL) { /* it might watch itself write */
            return en_context_usage(context, "either --watch or --%s", reports[i].flag);
        }
    }
    en_context_watch_signals(context);
    return en_context_switch(context, "watch") ? run_on_changes(all)
                                               : run_once(all, context->arena, &files);
}

static const en_flag flags[] = {
    { "jobs", EN_FLAG_COUNT, "N",
      "Tests that run at the same time; one a processor if not given." },
    { "filter", EN_FLAG_TEXT, "REGEX", "Only tests whose name or file it finds." },
    { "coverage", EN_FLAG_SWITCH, NULL, "Count steps, routes, filters and error routes reached." },
    { "update", EN_FLAG_SWITCH, NULL, "Take {\"$snapshot\": …} anew where they differ." },
    { "watch", EN_FLAG_SWITCH, NULL, "Run again whenever a file beside the tests changes." },
    { "report-junit", EN_FLAG_TEXT, "FILE", "Write the results as JUnit's XML." },
    { "report-tap", EN_FLAG_TEXT, "FILE", "Write them as TAP 14." },
    { "report-json", EN_FLAG_TEXT, "FILE", "Write them as JSON, as --json prints them." },
    { "report-html", EN_FLAG_TEXT, "FILE", "Write them as a page that needs nothing else." },
    { 0 },
};

static const char *const examples[] = {
    "enact test",
    "enact test scenarios/rate-limit --filter 'second call'",
    "enact test . --jobs 4 --coverage --report-junit junit.xml --report-html tests.html",
    "enact test order.test.json --update",
    NULL,
};

const en_command en_cmd_test = {
    .name = "test",
    .summary = "Run tests of scenarios.",
    .arguments = "[PATH…]",
    .least = 0,
    .most = UINT_MAX,
    .flags = flags,
    .examples = examples,
    .run = run_test,
};
