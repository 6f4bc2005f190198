/* Runs one or two commands in turn and prints wall time, processor time, memory and the ratios of
 * the fastest runs; on a busy machine that of processor time says more.
 *
 *     bench_pair TIMES [--before COMMAND] -- COMMAND [ARGUMENT…] [-- COMMAND [ARGUMENT…]]
 *
 * `--before` is a shell command run before each, outside of the time. Standard output of the
 * commands goes nowhere; a command that fails ends the benchmark. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_RUNS = 1000 };

typedef struct timed {
    char **command;
    double ms[MOST_RUNS];
    double processor_ms[MOST_RUNS];
    long peak_kb;
} timed;

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

static double milliseconds(struct timeval time)
{
    return (double)time.tv_sec * 1000 + (double)time.tv_usec / 1e3;
}

static void run_once(timed *about, int run, const char *before)
{
    if (before != NULL && system(before) != 0) {
        fprintf(stderr, "bench_pair: %s failed\n", before);
        exit(1);
    }
    double start = now_ms();
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, STDOUT_FILENO);
        execvp(about->command[0], about->command);
        _exit(127);
    }
    int status = 0;
    struct rusage used;
    if (child < 0 || wait4(child, &status, 0, &used) < 0 || status != 0) {
        fprintf(stderr, "bench_pair: %s failed (status %d)\n", about->command[0], status);
        exit(1);
    }
    about->ms[run] = now_ms() - start;
    about->processor_ms[run] = milliseconds(used.ru_utime) + milliseconds(used.ru_stime);
    about->peak_kb = used.ru_maxrss > about->peak_kb ? used.ru_maxrss : about->peak_kb;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print(timed *about, int runs)
{
    const char *name = strrchr(about->command[0], '/');
    qsort(about->ms, (size_t)runs, sizeof *about->ms, compare);
    qsort(about->processor_ms, (size_t)runs, sizeof *about->processor_ms, compare);
    printf("%-20.20s min %9.2f ms  median %9.2f ms  processor %9.2f ms  peak %7.1f MB\n",
           name != NULL ? name + 1 : about->command[0], about->ms[0], about->ms[runs / 2],
           about->processor_ms[0], (double)about->peak_kb / 1024);
}

int main(int argc, char **argv)
{
    static timed commands[2];
    int count = 0;
    int runs = argc > 1 ? atoi(argv[1]) : 0;
    const char *before = NULL;
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--before") == 0 && i + 1 < argc && count == 0) {
            before = argv[++i];
        } else if (strcmp(argv[i], "--") == 0 && count < 2) {
            argv[i] = NULL;
            commands[count++].command = &argv[i + 1];
        }
    }
    if (runs < 1 || runs > MOST_RUNS || count == 0 || commands[count - 1].command[0] == NULL) {
        fprintf(stderr, "usage: bench_pair TIMES [--before COMMAND] -- COMMAND… [-- COMMAND…]\n");
        return 2;
    }
    for (int run = 0; run < runs; run++) {
        for (int i = 0; i < count; i++) {
            run_once(&commands[i], run, before);
        }
    }
    for (int i = 0; i < count; i++) {
        print(&commands[i], runs);
    }
    if (count == 2) {
        printf("ratio of the fastest runs: %.2f, of their processor time: %.2f\n",
               commands[0].ms[0] / commands[1].ms[0],
               commands[0].processor_ms[0] / commands[1].processor_ms[0]);
    }
    return 0;
}
