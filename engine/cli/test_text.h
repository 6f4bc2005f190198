/* test_text - results of tests told to a person.
 *
 * Shape:    a line a test as it ends, its differences below it; a table of coverage; a summary.
 * Units:    none.
 * Lifetime: the context's arena.
 * Errors:   none.
 * Threads:  main thread.
 */
#ifndef EN_CLI_TEST_TEXT_H
#define EN_CLI_TEST_TEXT_H

#include "cli/command.h"
#include "testing/session.h"

typedef struct en_test_text {
    en_context *context;
    const en_session_suite *suite; /* whose name was printed last */
} en_test_text;

void en_test_text_result(en_test_text *text, const en_session_suite *suite,
                         const en_test_result *result);
void en_test_text_coverage(en_test_text *text, const en_coverage *coverage);
void en_test_text_summary(en_test_text *text, const en_session *session);

#endif
