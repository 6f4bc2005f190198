#include "testing/session.h"

#include <pthread.h>

/* --- what is to be run --- */

static bool is_wanted(const en_session *session, const en_test *test, en_arena *scratch)
{
    const en_text texts[] = { test->name, test->suite->name };
    for (size_t i = 0; session->filter != NULL && i < sizeof texts / sizeof texts[0]; i++) {
        bool found;
        en_error error;
        en_error_clear(&error);
        en_regex_span *spans =
            EN_TRY_ARRAY(scratch, en_regex_span, en_regex_groups(session->filter) + 1);
        if (spans != NULL &&
            en_regex_search(session->filter, texts[i], 0, &found, spans, scratch, &error) &&
            found) {
            return true;
        }
    }
    return session->filter == NULL;
}

static void read_suites(en_session *session, const char *const *paths, size_t count)
{
    session->suites = en_arena_zero(session->arena, (count + 1) * sizeof *session->suites);
    session->suite_count = count;
    for (size_t i = 0; i < count; i++) {
        en_session_suite *suite = &session->suites[i];
        suite->path = paths[i];
        en_problems_init(&suite->problems, session->arena);
        suite->suite = en_suite_read(session->arena, paths[i], &suite->problems);
        session->invalid_files += suite->suite == NULL;
    }
}

static void choose_tests(en_session *session)
{
    size_t most = 0;
    for (size_t i = 0; i < session->suite_count; i++) {
        const en_suite *suite = session->suites[i].suite;
        most += suite != NULL ? suite->count : 0;
    }
    session->results = en_arena_zero(session->arena, (most + 1) * sizeof *session->results);
    session->arenas = en_arena_zero(session->arena, (most + 1) * sizeof *session->arenas);
    for (size_t i = 0; i < session->suite_count; i++) {
        en_session_suite *suite = &session->suites[i];
        suite->results = &session->results[session->result_count];
        for (size_t j = 0; suite->suite != NULL && j < suite->suite->count; j++) {
            const en_test *test = &suite->suite->tests[j];
            en_arena_mark mark = en_arena_get_mark(session->arena);
            if (is_wanted(session, test, session->arena)) {
                session->results[session->result_count++].test = test;
                suite->count++;
            }
            en_arena_rewind(session->arena, mark);
        }
    }
}

/* --- threads --- */

typedef struct crew {
    en_session *session;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t next; /* test that nobody runs yet */
    bool *done;
} crew;

static void run_one(en_session *session, size_t at)
{
    en_arena_init(&session->arenas[at], NULL);
    en_test_execute(session->results[at].test, &session->options, &session->arenas[at],
                    &session->results[at]);
}

static void *work(void *context)
{
    crew *all = context;
    pthread_mutex_lock(&all->lock);
    while (all->next < all->session->result_count) {
        size_t at = all->next++;
        pthread_mutex_unlock(&all->lock);
        run_one(all->session, at);
        pthread_mutex_lock(&all->lock);
        all->done[at] = true;
        pthread_cond_signal(&all->changed);
    }
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

static void tell(en_session *session, const en_session_suite *suite, const en_test_result *result)
{
    session->outcomes[result->outcome]++;
    if (result->coverage != NULL) {
        en_coverage_add(session->arena, &session->coverage, result->coverage);
    }
    if (session->told != NULL) {
        session->told(session->context, suite, result);
    }
}

/* Waits for each result in turn, or makes it if nobody else does. */
static void tell_all(en_session *session, crew *all)
{
    const en_session_suite *suite = session->suites;
    for (size_t i = 0; i < session->result_count; i++) {
        while (&session->results[i] >= suite->results + suite->count) {
            suite++;
        }
        if (all == NULL) {
            run_one(session, i);
        } else {
            pthread_mutex_lock(&all->lock);
            while (!all->done[i]) {
                pthread_cond_wait(&all->changed, &all->lock);
            }
            pthread_mutex_unlock(&all->lock);
        }
        tell(session, suite, &session->results[i]);
    }
}

static void run_together(en_session *session)
{
    size_t jobs = session->jobs < session->result_count ? session->jobs : session->result_count;
    pthread_t *threads = en_arena_alloc(session->arena, (jobs + 1) * sizeof *threads);
    crew all = { .session = session,
                 .done = en_arena_zero(session->arena, session->result_count + 1) };
    pthread_mutex_init(&all.lock, NULL);
    pthread_cond_init(&all.changed, NULL);
    size_t started = 0;
    while (started < jobs && pthread_create(&threads[started], NULL, work, &all) == 0) {
        started++;
    }
    tell_all(session, started != 0 ? &all : NULL);
    for (size_t i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_cond_destroy(&all.changed);
    pthread_mutex_destroy(&all.lock);
}

void en_session_run(en_session *session, const char *const *paths, size_t count)
{
    int64_t began_us = en_clock_ticks_us();
    read_suites(session, paths, count);
    choose_tests(session);
    if (session->jobs > 1 && session->result_count > 1) {
        run_together(session);
    } else {
        tell_all(session, NULL);
    }
    session->duration_us = en_clock_ticks_us() - began_us;
}

void en_session_done(en_session *session)
{
    for (size_t i = 0; i < session->result_count; i++) {
        en_arena_done(&session->arenas[i]);
    }
}
