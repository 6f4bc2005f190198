/* rows - tables of test cases: one row a line, columns between tabs, comments behind "#".
 *
 * Shape:    the caller reads lines; a line is cut in place.
 * Units:    none.
 * Lifetime: columns point into the line.
 * Errors:   the caller compares the number of columns.
 * Threads:  free.
 */
#ifndef EN_TEST_ROWS_H
#define EN_TEST_ROWS_H

#include "base/text.h"

/* Cuts a line into at most `most` columns and returns how many there are; the line end belongs to
 * none. */
size_t en_row_split(char *line, en_text *columns, size_t most);

#endif
