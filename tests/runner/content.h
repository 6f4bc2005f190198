/* content - what a case writes down, made into the values and files that a run reads.
 *
 * Shape:    values are taken as they stand, but for a few forms that make the large and the
 *           generated: {"$part": "path"} the JSON of a file below conformance/toolkit, {"$repeat":
 *           [text, n]} a long text, {"$fill": [value, n]} and {"$each": [from, to, value]} an array
 *           (inside an array: its elements), {"$nest": n} arrays in arrays. In the value of $each
 *           the text "$#" is the number, in longer texts it is replaced. "$HTTP" and "$HOST" in
 *           texts are the address of the case's server. A file may also be {"$raw": [piece…]}:
 *           texts, {"$repeat": …} and {"$hex": digits}, one after the other.
 * Units:    none.
 * Lifetime: the maker's arena.
 * Errors:   `failed` says what is wrong with the case; `absent` that a part is not on this machine.
 * Threads:  one.
 */
#ifndef EN_RUNNER_CONTENT_H
#define EN_RUNNER_CONTENT_H

#include "value/json.h"

typedef struct maker {
    en_arena *arena;
    const char *shared; /* folder of parts */
    en_text url;        /* of the server, or empty */
    en_text host;
    bool numbered; /* inside $each */
    double number;
    bool absent;
    en_text failed; /* empty: nothing */
} maker;

en_value make_value(maker *self, en_value written);
/* The bytes of a file. */
en_text make_file(maker *self, en_value written);
en_text make_text(maker *self, en_text written);
/* A template with its {{words}} filled in. */
en_text fill_text(maker *self, en_text text, en_value words);
/* A part as it stands, comments included. */
en_text read_part(maker *self, en_text path);
/* The value with `value` at a path of names and positions; nothing removes. One behind the end of
 * an array appends. */
en_value patch_value(maker *self, en_value in, en_value path, en_value value);

#endif
