#include "crash.h"

#include <stdlib.h>
#include <string.h>

static int number(int count, char **arguments, int index, int otherwise)
{
    return index < count ? (int)strtol(arguments[index], NULL, 10) : otherwise;
}

static int run_child(int count, char **arguments)
{
    static const struct {
        const char *name;
        int (*run)(int count, char **arguments);
    } kinds[] = { { "exact", exact_child },
                  { "kill", kill_child },
                  { "undo", undo_child },
                  { "greedy", greedy_child } };
    for (size_t i = 0; count > 0 && i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(arguments[0], kinds[i].name) == 0) {
            return kinds[i].run(count - 1, arguments + 1);
        }
    }
    die("no such child");
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "child") == 0) {
        return run_child(argc - 2, argv + 2);
    }
    if (strcmp(what, "exact") == 0) {
        return exact_main(number(argc, argv, 2, 1), number(argc, argv, 3, 16),
                          number(argc, argv, 4, 32));
    }
    if (strcmp(what, "kill") == 0) {
        return kill_main(number(argc, argv, 2, 100));
    }
    if (strcmp(what, "undo") == 0) {
        return undo_main(number(argc, argv, 2, 60));
    }
    if (strcmp(what, "resume") == 0 && argc > 4) {
        return resume_main(number(argc, argv, 2, 100), argv[3], argv[4]);
    }
    if (strcmp(what, "greedy") == 0) {
        return greedy_main();
    }
    if (strcmp(what, "faults") == 0) {
        return faults_main(number(argc, argv, 2, 1), argc > 3 ? argv[3] : NULL);
    }
    die("exact [TRIALS [PROCESSES [THREADS]]] | kill [CYCLES] | undo [CYCLES] | greedy | "
        "resume CYCLES PROGRAM each|import|load | faults [STRIDE [OPERATION]]");
}
