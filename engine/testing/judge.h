/* judge - what a run gave, compared with what its test expects, noted in the result. Inside
 * testing/ only.
 *
 * Shape:    a *verdict* is about one execution, or about a run behind its last one.
 * Units:    none.
 * Lifetime: comparing uses a scratch arena; what is noted is copied to the result's.
 * Errors:   differences.
 * Threads:  one thread.
 */
#ifndef EN_TESTING_JUDGE_H
#define EN_TESTING_JUDGE_H

#include "testing/result.h"
#include "testing/stage.h"

typedef struct en_judge {
    const en_stage *stage;
    en_arena *arena; /* the result's */
    en_test_result *result;
} en_judge;

/* What is expected, and where it stands. */
typedef struct en_expected {
    en_value value; /* a collection, or missing: only that it does not fail */
    en_text path;   /* "tests[2].runs[0].expect" */
    en_text file;   /* not the suite's: an event's; else empty */
    unsigned line;  /* in that file */
    en_text where;  /* "run 2, event 7" */
} en_expected;

/* `actual` is what en_report_value gives, perhaps with more members. `payload` is what templates
 * call input. */
void en_judge_compare(const en_judge *judge, const en_expected *expected, en_value actual,
                      en_value payload, int64_t now_ms, en_arena *scratch);
/* Whether the expectation says how an execution ends, so that an error is no surprise. */
bool en_judge_speaks_of_error(en_value expected);
/* Notes an error that nobody expected, or one for readers of a test that failed anyway. */
void en_judge_note_error(const en_judge *judge, const en_expected *expected, const en_error *error,
                         bool is_surprise);

#endif
