/* Failing files: the n-th call of each kind fails, once or from then on, while an operation runs.
 * It says so with a documented error, leaves the old state or a new one, and the next one works. */
#include "faults.h"

#include "crash.h"
#include "fault_vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_STEPS = 3, MOST_COMPLAINTS = 20 };

typedef struct image {
    void *bytes;
    size_t size;
} image;

typedef struct laboratory {
    char folder[256];
    char path[300]; /* of the database that is tried */
    image filled;
    image crashed; /* and its log */
    image log;
    unsigned stride;
    unsigned long runs;
    unsigned long hits;
    unsigned long complaints;
} laboratory;

/* One run: which fault, and what came of it. */
typedef struct trial {
    const operation *operation;
    bool cold; /* also opening meets the fault */
    int stop;
    fault_kind kind;
    unsigned nth; /* 0: no fault */
    bool lasting;

    bool done;
    bool hit;
    int told;
    en_error error;
    uint64_t state; /* behind the operation, and behind the one that follows */
    uint64_t state_after;
} trial;

/* --- files --- */

static image read_image(const char *path)
{
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &about) != 0) {
        die("%s cannot be read", path);
    }
    image i = { malloc((size_t)about.st_size), (size_t)about.st_size };
    if (i.bytes == NULL || read(file, i.bytes, i.size) != (ssize_t)i.size) {
        die("%s cannot be read", path);
    }
    close(file);
    return i;
}

static void write_image(const char *path, const image *i)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, i->bytes, i->size) != (ssize_t)i->size || close(file) != 0) {
        die("%s cannot be written", path);
    }
}

static const char *beside(const laboratory *lab, char *name, size_t size, const char *suffix)
{
    snprintf(name, size, "%s%s", lab->path, suffix);
    return name;
}

static void lay_out(const laboratory *lab, const operation *about)
{
    static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
    char name[320];
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        unlink(beside(lab, name, sizeof name, suffixes[i]));
    }
    if (about->starts_crashed) {
        write_image(lab->path, &lab->crashed);
        write_image(beside(lab, name, sizeof name, "-wal"), &lab->log);
    } else if (!about->starts_empty) {
        write_image(lab->path, &lab->filled);
    }
}

/* --- what is in a file --- */

static void hash_bytes(uint64_t *hash, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    size_t i = 0;
    for (; i + sizeof(uint64_t) <= size; i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, at + i, sizeof word);
        *hash = (*hash ^ word) * 0x9e3779b97f4a7c15u;
        *hash ^= *hash >> 32;
    }
    for (; i < size; i++) {
        *hash = (*hash ^ at[i]) * 0x100000001b3u;
    }
}

static void must(int status, sqlite3 *db, const char *what)
{
    if (status != SQLITE_OK && status != SQLITE_ROW && status != SQLITE_DONE) {
        die("%s: %s", what, sqlite3_errmsg(db));
    }
}

/* All rows of a statement, with EN_SHOW printed for people who look for a difference. */
static void hash_rows(sqlite3 *db, const char *sql, uint64_t *hash)
{
    sqlite3_stmt *rows = NULL;
    must(sqlite3_prepare_v2(db, sql, -1, &rows, NULL), db, sql);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(rows); i++) {
            int type = sqlite3_column_type(rows, i);
            hash_bytes(hash, &type, sizeof type);
            const void *text = sqlite3_column_text(rows, i);
            hash_bytes(hash, text, (size_t)sqlite3_column_bytes(rows, i));
            if (getenv("EN_SHOW") != NULL) {
                printf("%.60s|", text != NULL ? (const char *)text : "");
            }
        }
        if (getenv("EN_SHOW") != NULL) {
            printf("\n");
        }
    }
    must(sqlite3_finalize(rows), db, sql);
}

/* A hash of all tables and their rows, found without the engine; the file must be whole. Catalogue
 * and counters are rows, too. Indexes made by themselves are nobody's data. */
static uint64_t look(const laboratory *lab, bool *whole)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *tables = NULL;
    uint64_t hash = 0xcbf29ce484222325u;
    char sql[512];
    must(sqlite3_open_v2(lab->path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL), db,
         "open");
    must(sqlite3_prepare_v2(db,
                            "SELECT name FROM sqlite_schema WHERE type = 'table' "
                            "AND name NOT LIKE 'sqlite_%' ORDER BY name",
                            -1, &tables, NULL),
         db, "tables");
    while (sqlite3_step(tables) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(tables, 0);
        sqlite3_snprintf(sizeof sql, sql,
                         "SELECT sql FROM sqlite_schema WHERE tbl_name = %Q AND tbl_name <> "
                         "'enact_stores' AND name NOT LIKE 'enact_auto%%' ORDER BY name",
                         name);
        hash_rows(db, sql, &hash);
        bool is_journal = strcmp(name, "enact_undo") == 0; /* whose numbers are random */
        sqlite3_snprintf(sizeof sql, sql, "SELECT %s FROM \"%w\" ORDER BY 1",
                         is_journal ? "step, store, key, before, after" : "*", name);
        hash_rows(db, sql, &hash);
    }
    must(sqlite3_finalize(tables), db, "tables");
    sqlite3_stmt *check = NULL;
    must(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &check, NULL), db, "check");
    *whole = sqlite3_step(check) == SQLITE_ROW &&
             strcmp((const char *)sqlite3_column_text(check, 0), "ok") == 0;
    sqlite3_finalize(check);
    must(sqlite3_close(db), db, "close");
    return hash;
}

/* --- one trial --- */

static void bed_init(bed *b, const laboratory *lab, const trial *t)
{
    *b = (bed){ .path = lab->path,
                .stop = t->stop,
                .declares = t->operation->declares,
                .without_schemas = t->operation->without_schemas };
    en_arena_init(&b->arena, NULL);
    en_error_clear(&b->error);
    en_random_init_seed(&b->random, 1);
    b->run = (en_store_run){ .now_ms = (int64_t)FAULTS_NOW_MS * 1000, .random = &b->random };
}

EN_FORMAT(3, 4) static void complain(laboratory *lab, const trial *t, const char *format, ...)
{
    va_list arguments;
    if (lab->complaints++ >= MOST_COMPLAINTS) {
        return;
    }
    printf("%s, %s, %s call %u%s: ", t->operation->name, t->cold ? "opening" : "open",
           fault_name(t->kind), t->nth, t->lasting ? " and all behind it" : "");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
}

/* What failed is the system, and whether to come back is told, too. */
static void check_error(laboratory *lab, const trial *t)
{
    const en_error *error = &t->error;
    if (t->done) {
        return;
    }
    if (!t->hit) {
        complain(lab, t, "failed without a fault: %s", error->message);
    } else if (error->type != EN_StoreUnavailableError &&
               (error->type != EN_InconsistencyError || t->kind != FAULT_SYNC)) {
        complain(lab, t, "%s: %s", en_error_name(error->type), error->message);
    } else if (en_error_exit_code(error->type) != 6 || error->message[0] == '\0') {
        complain(lab, t, "exit code %d: %s", en_error_exit_code(error->type), error->message);
    }
}

/* The same handle, or a new one where opening failed. */
static void go_on(laboratory *lab, const trial *t, bed *b)
{
    en_error_clear(&b->error);
    if ((b->database == NULL && !bed_open(b)) || !bed_go_on(b)) {
        complain(lab, t, "the next operation failed: %s", b->error.message);
    }
}

static void look_whole(laboratory *lab, const trial *t, uint64_t *state)
{
    bool whole = false;
    *state = look(lab, &whole);
    if (!whole) {
        complain(lab, t, "the file is damaged");
    }
}

static void try(laboratory *lab, trial *t)
{
    bed b;
    lay_out(lab, t->operation);
    bed_init(&b, lab, t);
    t->cold = t->cold || t->operation->starts_empty || t->operation->starts_crashed;
    if (!t->cold && (!bed_open(&b) || !bed_warm_up(&b))) {
        die("%s", b.error.message);
    }
    if (t->nth != 0) {
        fault_arm(t->kind, t->nth, t->lasting);
    } else {
        fault_count();
    }
    t->done = (!t->cold || bed_open(&b)) && t->operation->run(&b);
    fault_disarm();
    t->hit = t->nth != 0 && fault_calls(t->kind) >= t->nth;
    t->told = b.told;
    t->error = b.error;
    check_error(lab, t);
    look_whole(lab, t, &t->state);
    go_on(lab, t, &b);
    bed_close(&b);
    look_whole(lab, t, &t->state_after);
    en_arena_done(&b.arena);
    if (fault_open_files() != 0 || sqlite3_memory_used() != 0) {
        complain(lab, t, "%d files and %lld bytes are still in use", fault_open_files(),
                 (long long)sqlite3_memory_used());
    }
    lab->runs++;
    lab->hits += t->hit;
}

/* --- all trials --- */

/* What is on disk is what was told; only after a failed sync it may be more. */
static void compare(laboratory *lab, const trial *t, const trial *states, int steps)
{
    int last = t->error.type == EN_InconsistencyError ? steps : t->told;
    for (int i = t->told; i <= last; i++) {
        if (t->state == states[i].state) {
            if (t->state_after != states[i].state_after) {
                complain(lab, t, "the next operation met another state than there was");
            }
            return;
        }
    }
    complain(lab, t, "%d of %d steps were told, but the file holds something else (%s)", t->told,
             steps, t->done ? "success" : t->error.message);
}

/* A sample that is the same every time. */
static bool is_sampled(const laboratory *lab, const trial *t)
{
    uint64_t hash = 0xcbf29ce484222325u;
    const unsigned parts[] = { t->cold, t->kind, t->nth, t->lasting };
    hash_bytes(&hash, t->operation->name, strlen(t->operation->name));
    hash_bytes(&hash, parts, sizeof parts);
    return (hash >> 20) % lab->stride == 0;
}

static void try_all(laboratory *lab, const operation *about, bool cold)
{
    trial states[MOST_STEPS + 1];
    unsigned calls[FAULT_KINDS];
    int steps = about->steps != 0 ? about->steps : 1;
    for (int i = 0; i <= steps; i++) {
        states[i] = (trial){ .operation = about, .cold = cold, .stop = i };
        try(lab, &states[i]);
        if (!states[i].done || states[i].told != i) {
            complain(lab, &states[i], "%d of %d steps were told", states[i].told, i);
        }
    }
    for (int kind = 0; kind < FAULT_KINDS; kind++) {
        calls[kind] = fault_calls((fault_kind)kind);
    }
    for (int kind = 0; kind < FAULT_KINDS; kind++) {
        for (unsigned i = 0; i < 2 * calls[kind]; i++) {
            trial t = { .operation = about,
                        .cold = cold,
                        .stop = steps,
                        .kind = (fault_kind)kind,
                        .nth = i / 2 + 1,
                        .lasting = i % 2 != 0 };
            if (is_sampled(lab, &t)) {
                try(lab, &t);
                compare(lab, &t, states, steps);
            }
        }
    }
}

/* --- the beginning --- */

static void fill_images(laboratory *lab)
{
    char name[320];
    bed b;
    const trial t = { .operation = &fault_operations[0], .stop = 1 };
    bed_init(&b, lab, &t);
    if (!bed_open(&b) || !bed_fill(&b)) {
        die("%s", b.error.message);
    }
    bed_close(&b);
    lab->filled = read_image(lab->path);
    if (!bed_open(&b) || !bed_warm_up(&b)) {
        die("%s", b.error.message);
    }
    lab->crashed = read_image(lab->path);
    lab->log = read_image(beside(lab, name, sizeof name, "-wal"));
    bed_close(&b);
    en_arena_done(&b.arena);
}

int faults_main(int stride, const char *only)
{
    laboratory lab = { .stride = stride > 0 ? (unsigned)stride : 1 };
    fault_vfs_install();
    folder_make(lab.folder, sizeof lab.folder);
    snprintf(lab.path, sizeof lab.path, "%s/enact.db", lab.folder);
    fill_images(&lab);
    size_t tried = 0;
    for (size_t i = 0; i < fault_operation_count; i++) {
        const operation *about = &fault_operations[i];
        if (only != NULL && strcmp(only, about->name) != 0) {
            continue;
        }
        tried++;
        try_all(&lab, about, true);
        if (!about->starts_empty && !about->starts_crashed) {
            try_all(&lab, about, false);
        }
    }
    printf("%zu operations, %lu runs, %lu met a fault, %lu complaints\n", tried, lab.runs, lab.hits,
           lab.complaints);
    free(lab.filled.bytes);
    free(lab.crashed.bytes);
    free(lab.log.bytes);
    folder_remove(lab.folder);
    return lab.complaints == 0 && lab.hits != 0 ? 0 : EXIT_BROKEN;
}
