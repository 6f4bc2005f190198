/* reports - a session told to other programs: JUnit's XML, TAP, JSON, a page for people.
 *
 * Shape:    one function a format, all from the same results. A suite of JUnit is a file; a test
 *           that differs is a failure, one that could not be run an error. The page holds no script
 *           and loads nothing; its policy allows its own style only.
 * Units:    durations as each format wants them: seconds in JUnit and on the page, else
 *           milliseconds.
 * Lifetime: made with the builder's arena.
 * Errors:   without memory the builder fails.
 * Threads:  one thread, behind the session's run.
 */
#ifndef EN_TESTING_REPORTS_H
#define EN_TESTING_REPORTS_H

#include "testing/session.h"

void en_tests_write_junit(en_builder *out, const en_session *session);
void en_tests_write_tap(en_builder *out, const en_session *session);
void en_tests_write_html(en_builder *out, const en_session *session);
en_value en_tests_value(en_arena *arena, const en_session *session);

#endif
