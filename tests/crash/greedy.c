/* Two processes that come back at once: neither waits long for the other. */
#include "crash.h"

#include "base/clock.h"

#include <stdlib.h>

enum { WORKING_MS = 2000, WRITES = 60, LONGEST_WAIT_MS = 1000, NOW_MS = 1700000000 };

static const char plan[] = "[{\"id\":1,\"module\":\"flow.commit\"}]";

static bool write_much(en_segment *segment, en_arena *arena, en_error *error)
{
    en_collection_builder data;
    en_collection_builder_init(&data, arena);
    en_collection_builder_add(&data, EN_TEXT("a"), en_text_value(EN_TEXT("some text")));
    en_value value = en_collection_builder_take(&data);
    for (int i = 0; i < WRITES; i++) {
        if (!en_store_add(segment, EN_TEXT("S"), EN_TEXT(""), value, false, arena, NULL, error)) {
            return false;
        }
    }
    return true;
}

/* greedy DATABASE: prints the longest wait in ms and the number of segments. */
int greedy_child(int count, char **arguments)
{
    static const char *const schemas[] = {
        "{\"name\":\"S\",\"maxRecords\":null,\"sizeLimit\":null}", NULL
    };
    if (count < 1) {
        die("greedy DATABASE");
    }
    rig r;
    rig_open(&r, arguments[0], plan, schemas);
    en_database *database = &rig_database(&r)->base;
    en_random random;
    en_random_init_system(&random);
    en_store_run run = { .now_ms = (int64_t)NOW_MS * 1000, .random = &random };
    int64_t until_us = en_clock_ticks_us() + (int64_t)WORKING_MS * 1000;
    int64_t longest_us = 0;
    int segments = 0;
    for (int64_t now_us = 0; (now_us = en_clock_ticks_us()) < until_us; segments++) {
        en_arena arena;
        en_error error;
        en_segment *segment = NULL;
        en_arena_init(&arena, NULL);
        en_error_clear(&error);
        bool entered = en_segment_enter(database, EN_SEGMENT_WRITE, &run, &segment, &error);
        int64_t waited_us = en_clock_ticks_us() - now_us;
        longest_us = waited_us > longest_us ? waited_us : longest_us;
        if (!entered || !write_much(segment, &arena, &error) ||
            !en_segment_commit(segment, &error)) {
            die("%s", error.message);
        }
        en_arena_done(&arena);
    }
    printf("%lld %d\n", (long long)(longest_us / 1000), segments);
    rig_close(&r);
    return 0;
}

int greedy_main(void)
{
    enum { PROCESSES = 2 };
    char folder[256];
    char path[300];
    child children[PROCESSES];
    bool fair = true;
    folder_make(folder, sizeof folder);
    snprintf(path, sizeof path, "%s/enact.db", folder);
    for (int i = 0; i < PROCESSES; i++) {
        const char *arguments[] = { "greedy", path, NULL };
        children[i] = child_start(arguments);
    }
    for (int i = 0; i < PROCESSES; i++) {
        long long longest_ms = 0;
        int segments = 0;
        int read = fscanf(children[i].lines, "%lld %d", &longest_ms, &segments);
        int code = child_wait(&children[i]);
        printf("process %d: %d segments, the longest wait %lld ms\n", i + 1, segments, longest_ms);
        fair = fair && read == 2 && code == 0 && segments > 0 && longest_ms < LONGEST_WAIT_MS;
    }
    folder_remove(folder);
    return fair ? 0 : EXIT_BROKEN;
}
