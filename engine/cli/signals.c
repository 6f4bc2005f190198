/* Signals are taken by a thread of their own, which sets the flag that runs look at: no handler
 * that does anything, and so no variable that a handler must reach. */
#include "cli/command.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

struct en_watch {
    pthread_t main_thread;
    pthread_t thread;
    volatile int interrupted;
    volatile int stopping;
};

/* Only there so that a waiting call of the main thread returns with EINTR. */
static void wake(int signal)
{
    (void)signal;
}

static void watched_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
}

/* A kick that comes just before the main thread begins to wait would be lost: so it is repeated. */
static void *watch(void *argument)
{
    struct en_watch *shared = argument;
    sigset_t set;
    watched_signals(&set);
    int taken;
    if (sigwait(&set, &taken) != 0 || shared->stopping != 0) {
        return NULL;
    }
    shared->interrupted = taken;
    const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
    for (;;) {
        pthread_kill(shared->main_thread, SIGURG);
        if (sigtimedwait(&set, NULL, &pause) > 0) {
            if (shared->stopping != 0) {
                return NULL;
            }
            _exit(EN_EXIT_INTERRUPTED);
        }
    }
}

static void stop_watching(void *handle)
{
    struct en_watch *shared = handle;
    shared->stopping = 1;
    pthread_kill(shared->thread, SIGTERM);
    pthread_join(shared->thread, NULL);
}

void en_context_watch_signals(en_context *context)
{
    if (context->watch != NULL) {
        return;
    }
    struct en_watch *shared = EN_NEW(context->arena, struct en_watch);
    shared->main_thread = pthread_self();
    sigset_t set;
    sigset_t before;
    watched_signals(&set);
    /* Restarting: writes go on; waiting (poll, nanosleep) ends all the same. */
    struct sigaction action = { .sa_handler = wake, .sa_flags = SA_RESTART };
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGURG, &action, NULL) != 0 || pthread_sigmask(SIG_BLOCK, &set, &before) != 0) {
        return;
    }
    if (pthread_create(&shared->thread, NULL, watch, shared) != 0) {
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL); /* signals end the process, as usual */
        return;
    }
    en_arena_defer(context->arena, stop_watching, shared);
    context->watch = shared;
    context->interrupted = &shared->interrupted;
}
