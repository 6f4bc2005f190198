/* Tries every allocation of every case. */
#include "starve.h"

#include "cli/command.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    EXIT_BROKEN = 1,
    EXIT_SETUP = 2,
    EXIT_SANITIZER = 99,
    LONGEST_S = 60,
    ROOM = 1 << 20,
    PATH_ROOM = 512,
    MOST_COMPLAINTS = 400
};

typedef struct content {
    bool there;
    size_t size;
    char *bytes;
} content;

typedef struct trial {
    const starve_case *about;
    unsigned long fails_at; /* 0: nothing fails */
    bool lasting;
    int code; /* 128 and more: a signal */
    unsigned long made;
    content out;
    content err;
    content written; /* the file that the command was to write */
} trial;

static struct {
    char folder[PATH_ROOM];
    allocations *shared; /* with the child */
    content filled;
    unsigned stride;
    unsigned long runs;
    unsigned long failures;
    unsigned long complaints;
} lab;

/* A report of a sanitizer must not look like an error of the command. */
const char *__asan_default_options(void);
const char *__lsan_default_suppressions(void);
const char *__asan_default_options(void)
{
    return "exitcode=99:allocator_may_return_null=1:print_suppressions=0";
}

/* The C library forgets the name of a character set when it cannot keep it. */
const char *__lsan_default_suppressions(void)
{
    return "leak:_nl_normalize_codeset\n";
}

_Noreturn static void die(const char *what)
{
    perror(what);
    exit(EXIT_SETUP);
}

/* --- files --- */

static const char *place(char *path, const char *name)
{
    snprintf(path, PATH_ROOM, "%.400s/%s", lab.folder, name);
    return path;
}

static content read_content(const char *name)
{
    char path[PATH_ROOM];
    struct stat about;
    int file = open(place(path, name), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return (content){ 0 };
    }
    if (fstat(file, &about) != 0) {
        die(name);
    }
    content c = { true, (size_t)about.st_size, malloc((size_t)about.st_size + 1) };
    if (c.bytes == NULL || read(file, c.bytes, c.size) != (ssize_t)c.size) {
        die(name);
    }
    c.bytes[c.size] = '\0';
    close(file);
    return c;
}

static void write_content(const char *name, const void *bytes, size_t size)
{
    char path[PATH_ROOM];
    int file = open(place(path, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size || close(file) != 0) {
        die(name);
    }
}

static bool is_same(const content *a, const content *b)
{
    return a->there == b->there && a->size == b->size &&
           (a->size == 0 || memcmp(a->bytes, b->bytes, a->size) == 0);
}

static void forget(trial *t)
{
    free(t->out.bytes);
    free(t->err.bytes);
    free(t->written.bytes);
}

static void empty_folder(void)
{
    char path[PATH_ROOM];
    DIR *open = opendir(lab.folder);
    for (struct dirent *e = open != NULL ? readdir(open) : NULL; e != NULL; e = readdir(open)) {
        if (e->d_name[0] != '.') {
            unlink(place(path, e->d_name));
        }
    }
    if (open != NULL) {
        closedir(open);
    }
}

/* --- one trial --- */

static void use_as(const char *name, int flags, int number)
{
    char path[PATH_ROOM];
    int file = open(place(path, name), flags | O_CLOEXEC, 0600);
    if (file < 0 || dup2(file, number) != number) {
        _exit(EXIT_SETUP);
    }
    close(file);
}

/* "@/x" lies in the folder of the trial; "@@x" is "@x". */
static char *fill_in(const char *argument)
{
    if (argument[0] == '@' && argument[1] == '@') {
        return strdup(argument + 1);
    }
    if (argument[0] != '@') {
        return strdup(argument);
    }
    char *path = malloc(PATH_ROOM);
    if (path != NULL) {
        snprintf(path, PATH_ROOM, "%.400s%s", lab.folder, argument + 1);
    }
    return path;
}

_Noreturn static void run_command(const trial *t)
{
    static char program[] = "enact";
    char *arguments[STARVE_ARGUMENTS + 2] = { program };
    int count = 1;
    for (; t->about->arguments[count - 1] != NULL; count++) {
        arguments[count] = fill_in(t->about->arguments[count - 1]);
    }
    use_as("in", O_RDONLY, STDIN_FILENO);
    use_as("out", O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
    use_as("err", O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
    if (chdir(EN_TEST_ROOT) != 0) {
        _exit(EXIT_SETUP);
    }
    alarm(LONGEST_S);
    starve_watch(lab.shared);
    int code = en_cli_main(count, arguments);
    fflush(NULL);
    starve_watch(NULL);
    for (int i = 1; i < count; i++) {
        free(arguments[i]);
    }
    exit(code);
}

static int wait_for(pid_t child)
{
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        die("child");
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void try(trial *t)
{
    const char *input = t->about->input != NULL ? t->about->input : "";
    write_content("in", input, strlen(input));
    atomic_store(&lab.shared->made, 0);
    lab.shared->fails_at = t->fails_at;
    lab.shared->lasting = t->lasting;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        run_command(t);
    }
    t->code = wait_for(child);
    t->made = atomic_load(&lab.shared->made);
    t->out = read_content("out");
    t->err = read_content("err");
    t->written = read_content("written.json");
    lab.runs++;
}

static void lay_out(const starve_case *about)
{
    empty_folder();
    if (about->has_stores) {
        write_content("enact.db", lab.filled.bytes, lab.filled.size);
    }
}

/* --- what must hold --- */

__attribute__((format(printf, 2, 3))) static void complain(const trial *t, const char *format, ...)
{
    va_list arguments;
    if (lab.complaints++ >= MOST_COMPLAINTS) {
        return;
    }
    printf("%s, allocation %lu%s: ", t->about->name, t->fails_at,
           t->lasting ? " and all behind it" : "");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n%.600s%.1600s\n", t->out.there && t->code != 0 ? t->out.bytes : "",
           t->err.there ? t->err.bytes : "");
}

/* In a child, so that SQLite is as untouched in the next one as in a new process. */
static bool is_whole(void)
{
    char path[PATH_ROOM];
    pid_t child = fork();
    if (child == 0) {
        sqlite3 *db = NULL;
        sqlite3_stmt *check = NULL;
        bool whole =
            access(place(path, "enact.db"), F_OK) != 0 ||
            (sqlite3_open(path, &db) == SQLITE_OK &&
             sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &check, NULL) == SQLITE_OK &&
             sqlite3_step(check) == SQLITE_ROW &&
             strcmp((const char *)sqlite3_column_text(check, 0), "ok") == 0);
        _exit(whole ? 0 : 1);
    }
    return wait_for(child) == 0;
}

/* Exit codes that are documented for a lack of memory, beside the one without any. */
static bool is_documented(int code)
{
    return code == EN_EXIT_FAILED || code == EN_EXIT_LIMIT;
}

static bool is_json(const content *c)
{
    en_arena arena;
    en_value value;
    en_arena_init(&arena, NULL);
    bool read = en_json_read(&arena, (en_text){ c->bytes, c->size }, EN_JSON_TYPED, EN_JSON_DEPTH,
                             &value, NULL);
    en_arena_done(&arena);
    return read;
}

static void check(const trial *t, const trial *good)
{
    if (t->code >= 128 || t->code == EXIT_SANITIZER) {
        complain(t, t->code == EXIT_SANITIZER ? "the sanitizer found something" : "signal %d",
                 t->code - 128);
        return;
    }
    if (t->code != good->code && !is_documented(t->code)) {
        complain(t, "exit code %d", t->code);
    }
    bool differs = !t->about->varies && !is_same(&t->out, &good->out);
    if (t->code == 0 && differs) {
        complain(t, "success, but another output");
    }
    if (t->code != 0 && t->err.size == 0 && (t->out.size == 0 || differs) &&
        strstr(t->out.bytes, "\"error\"") == NULL) {
        complain(t, "exit code %d without a message", t->code);
    }
    if (t->written.there && !is_json(&t->written)) {
        complain(t, "half a file was written");
    }
    if (!is_whole()) {
        complain(t, "the database is damaged");
    }
}

/* --- all --- */

static bool is_sampled(size_t number, unsigned long fails_at, bool lasting)
{
    uint64_t hash = ((uint64_t)number << 40) ^ ((uint64_t)fails_at << 1) ^ (uint64_t)lasting;
    hash = (hash + 1) * 0x9e3779b97f4a7c15u;
    hash = (hash ^ (hash >> 29)) * 0xbf58476d1ce4e5b9u;
    return (hash >> 32) % lab.stride == 0;
}

static void try_case(size_t number)
{
    trial good = { .about = &starve_cases[number] };
    lay_out(good.about);
    try(&good);
    if (good.code != good.about->exit_code) {
        complain(&good, "exit code %d, not %d", good.code, good.about->exit_code);
    }
    for (unsigned long i = 0; i < 2 * good.made; i++) {
        trial t = { .about = good.about, .fails_at = i / 2 + 1, .lasting = i % 2 != 0 };
        if (is_sampled(number, t.fails_at, t.lasting)) {
            lay_out(t.about);
            try(&t);
            check(&t, &good);
            lab.failures += t.code != good.code;
            forget(&t);
        }
    }
    if (getenv("EN_SHOW") != NULL) {
        printf("%s: %lu allocations\n", good.about->name, good.made);
    }
    forget(&good);
}

static void fill(void)
{
    for (size_t i = 0; i < starve_filling_count; i++) {
        trial t = { .about = &starve_filling[i] };
        try(&t);
        if (t.code != 0) {
            fprintf(stderr, "%s: %s\n", t.about->name, t.err.bytes);
            exit(EXIT_SETUP);
        }
        forget(&t);
    }
    lab.filled = read_content("enact.db");
}

/* starve [STRIDE [CASE]] */
int main(int argc, char **argv)
{
    const char *base = getenv("TMPDIR");
    snprintf(lab.folder, sizeof lab.folder, "%.300s/enact-starve-XXXXXX",
             base != NULL ? base : "/tmp");
    lab.stride = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1;
    lab.shared =
        mmap(NULL, sizeof *lab.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (lab.stride == 0 || lab.shared == MAP_FAILED || mkdtemp(lab.folder) == NULL) {
        die("starve [STRIDE [CASE]]");
    }
    fill();
    for (size_t i = 0; i < starve_case_count; i++) {
        if (argc < 3 || strcmp(argv[2], starve_cases[i].name) == 0) {
            try_case(i);
        }
    }
    empty_folder();
    rmdir(lab.folder);
    free(lab.filled.bytes);
    printf("%lu runs, %lu failed, %lu complaints\n", lab.runs, lab.failures, lab.complaints);
    return lab.complaints == 0 && lab.failures != 0 ? 0 : EXIT_BROKEN;
}
