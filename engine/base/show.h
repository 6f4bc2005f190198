/* show - a piece of data made fit for a message: short, one line, no control characters.
 *
 * Shape:    one function that fills a buffer of the caller.
 * Units:    EN_SHOW_CHARACTERS are shown at most, then "…".
 * Lifetime: the result is the caller's buffer.
 * Errors:   none; broken UTF-8 shows as \xNN.
 * Threads:  free.
 */
#ifndef EN_BASE_SHOW_H
#define EN_BASE_SHOW_H

#include "base/text.h"

enum { EN_SHOW_CHARACTERS = 40, EN_SHOW_ROOM = EN_SHOW_CHARACTERS * 6 + 8 };

/* The beginning of the text, ended by NUL. Control characters are written as \n, \t or \xNN. */
const char *en_show(en_text text, char room[EN_SHOW_ROOM]);

#endif
