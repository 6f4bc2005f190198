/* show - a piece of data made fit for a message: one line, no control characters.
 *
 * Shape:    one function fills a buffer of the caller with a beginning, one adds a whole text.
 * Units:    EN_SHOW_CHARACTERS of a beginning are shown at most, then "…".
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
/* The whole text, for a line of its own. */
void en_show_line(en_builder *out, en_text text);
/* The same between the tags or in a quoted attribute of HTML and XML. */
void en_show_markup(en_builder *out, en_text text);

#endif
