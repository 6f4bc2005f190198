/* suite_check - what may stand in a file of tests, and where. Inside testing/ only.
 *
 * Shape:    a table of members: at which levels each may stand and what it holds.
 * Units:    none.
 * Lifetime: problems live in their list's arena.
 * Errors:   problems with their path; who knows the document adds the places.
 * Threads:  free.
 */
#ifndef EN_TESTING_SUITE_CHECK_H
#define EN_TESTING_SUITE_CHECK_H

#include "base/problem.h"
#include "value/value.h"

void en_suite_check(en_arena *arena, en_value root, en_problems *problems);

#endif
