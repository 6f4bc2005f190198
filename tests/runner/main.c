/* run_cases - runs cases that are written as data against the command.
 *
 *   run_cases --program enact --server fake_http --shared FOLDER [--only TEXT] [--keep] FILE...
 *
 * A file is an array of cases; case.h says what a case holds. Prints the failing ones and the
 * difference, then "N passed, N failed, N skipped"; exit code 1 when one failed. With --only, cases
 * whose id contains the text; with --keep, their folders stay. */
#include "case.h"
#include "process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_FILE = 64 << 20, MOST_CASES = 10000 };

typedef struct runner {
    en_arena arena;
    case_setting setting;
    const char *only; /* may be NULL */
    en_text ids[MOST_CASES];
    size_t id_count;
    size_t outcomes[3];
} runner;

static void check_id(runner *self, en_value written, const char *file)
{
    en_text id = en_value_text(en_collection_find(written, EN_TEXT("id")));
    en_text why = en_value_text(en_collection_find(written, EN_TEXT("why")));
    if (id.length == 0 || why.length == 0) {
        give_up("%s: every case has an id and says why", file);
    }
    for (size_t i = 0; i < self->id_count; i++) {
        if (en_text_equal(self->ids[i], id)) {
            give_up("%s: %.*s stands twice", file, EN_TEXT_ARG(id));
        }
    }
    if (self->id_count == MOST_CASES) {
        give_up("more than %d cases", MOST_CASES);
    }
    self->ids[self->id_count++] = id;
}

static void run_file(runner *self, const char *file)
{
    en_document *document;
    en_error error;
    en_error_clear(&error);
    if (!en_document_read_file(&self->arena, file, 0, &document, &error)) {
        give_up("%s:%u:%u: %s", file, error.line, error.column, error.message);
    }
    en_value cases = en_document_root(document);
    if (cases.tag != EN_ARRAY) {
        give_up("%s: expected an array of cases", file);
    }
    for (uint32_t i = 0; i < cases.length; i++) {
        en_value written = cases.as.items[i];
        check_id(self, written, file);
        en_text id = en_value_text(en_collection_find(written, EN_TEXT("id")));
        if (self->only == NULL || en_text_find(id, en_text_from(self->only), 0) != SIZE_MAX) {
            self->outcomes[run_case(&self->setting, written)]++;
            fflush(stdout);
        }
    }
}

static const char *absolute(runner *self, const char *path)
{
    char *whole = realpath(path, NULL);
    const char *copy = en_text_copy(&self->arena, en_text_from(whole != NULL ? whole : path)).data;
    free(whole);
    return copy;
}

/* Takes one argument; how many words it had, 0: it is a file. */
static int read_argument(runner *self, char **words)
{
    struct {
        const char *name;
        const char **value;
    } flags[] = {
        { "--program", &self->setting.program },
        { "--server", &self->setting.server },
        { "--shared", &self->setting.shared },
        { "--only", &self->only },
    };
    if (strcmp(words[0], "--keep") == 0) {
        self->setting.keeps = true;
        return 1;
    }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(words[0], flags[i].name) == 0 && words[1] != NULL) {
            *flags[i].value = i < 3 ? absolute(self, words[1]) : words[1];
            return 2;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    runner *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return 2;
    }
    en_arena_init(&self->arena, NULL);
    int first = 1;
    for (int taken; first < argc && (taken = read_argument(self, argv + first)) != 0;) {
        first += taken;
    }
    if (self->setting.program == NULL || self->setting.server == NULL ||
        self->setting.shared == NULL) {
        give_up("needs --program, --server and --shared");
    }
    for (int i = first; i < argc; i++) {
        run_file(self, argv[i]);
    }
    size_t failed = self->outcomes[CASE_FAILED];
    printf("%zu passed, %zu failed, %zu skipped\n", self->outcomes[CASE_PASSED], failed,
           self->outcomes[CASE_SKIPPED]);
    en_arena_done(&self->arena);
    free(self);
    return failed != 0;
}
