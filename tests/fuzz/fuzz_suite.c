/* Any file of tests is read or refused, with every problem at a place within it. */
#include "testing/suite.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_problems problems;
    en_problems_init(&problems, &arena);
    en_text content = { size != 0 ? (const char *)data : "", size };
    const en_suite *suite = en_suite_read_text(&arena, EN_TEXT("f"), content, &problems);
    check((suite == NULL) == (problems.errors != 0));
    for (const en_problem *at = problems.first; at != NULL; at = at->next) {
        check(at->line != 0 && at->line <= size + 1 && at->message.length != 0);
    }
    for (size_t i = 0; suite != NULL && i < suite->count; i++) {
        const en_test *test = &suite->tests[i];
        en_text bytes;
        check(test->name.length != 0 && test->run_count != 0);
        check(en_document_extent(suite->document, test->path, &bytes) && bytes.data[0] == '{');
        for (size_t j = 0; j < test->run_count; j++) {
            check(en_document_extent(suite->document, test->runs[j].path, &bytes));
        }
    }
    en_arena_done(&arena);
    return 0;
}
