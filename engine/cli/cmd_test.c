/* test - runs tests of scenarios and tells what differs. */
#include "cli/output.h"
#include "cli/test_text.h"
#include "testing/find.h"

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

static void print_problems(testing *all, const en_session *session)
{
    for (size_t i = 0; i < session->suite_count; i++) {
        if (session->suites[i].suite == NULL) {
            en_out_problems(all->context, &session->suites[i].problems);
        }
    }
}

/* Invalid files are worse than failures: nobody knows what their tests would say. */
static int exit_code(const en_session *session)
{
    return session->invalid_files != 0 || session->outcomes[EN_TEST_INVALID] != 0 ? EN_EXIT_INVALID
           : session->outcomes[EN_TEST_FAILED] != 0 ? EN_EXIT_TEST_FAILED
                                                    : EN_EXIT_DONE;
}

static int run_once(testing *all, en_arena *arena, const en_found_files *files)
{
    en_context *context = all->context;
    en_session session = { .arena = arena,
                           .options = { .coverage = en_context_switch(context, "coverage"),
                                        .interrupted = context->interrupted },
                           .filter = all->filter,
                           .jobs = all->jobs,
                           .told = tell,
                           .context = all };
    all->text = (en_test_text){ .context = context };
    en_session_run(&session, files->paths, files->count);
    print_problems(all, &session);
    if (session.options.coverage) {
        en_test_text_coverage(&all->text, session.coverage);
    }
    en_test_text_summary(&all->text, &session);
    int code = exit_code(&session);
    en_session_done(&session);
    return *context->interrupted != 0 ? EN_EXIT_INTERRUPTED : code;
}

static int run_test(en_context *context)
{
    static const char *const here[] = { "." };
    testing *all = EN_NEW(context->arena, testing);
    all->context = context;
    en_found_files files;
    en_error error;
    en_error_clear(&error);
    bool named = context->argument_count != 0;
    if (!read_jobs(context, &all->jobs, &error) || !read_filter(context, &all->filter, &error) ||
        !en_tests_find(context->arena, named ? context->arguments : here,
                       named ? context->argument_count : 1, &files, &error)) {
        return en_context_fail(context, &error);
    }
    if (files.count == 0) {
        return en_context_usage(context, "there is no *.test.json here");
    }
    en_context_watch_signals(context);
    return run_once(all, context->arena, &files);
}

static const en_flag flags[] = {
    { "jobs", EN_FLAG_COUNT, "N",
      "Tests that run at the same time; one a processor if not given." },
    { "filter", EN_FLAG_TEXT, "REGEX", "Only tests whose name or file it finds." },
    { "coverage", EN_FLAG_SWITCH, NULL, "Count steps, routes, filters and error routes reached." },
    { 0 },
};

static const char *const examples[] = {
    "enact test",
    "enact test scenarios/rate-limit --filter 'second call'",
    "enact test . --jobs 4 --coverage --report-junit junit.xml",
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
