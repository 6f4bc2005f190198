/* place - the path of a value within a document, as en_document_place reads it.
 *
 * Shape:    "modules[3].parameters.data"; names that hold other than letters, digits, _ and - are
 *           written ["like this"].
 * Units:    none.
 * Lifetime: made in the arena given.
 * Errors:   without memory the text is empty.
 * Threads:  free.
 */
#ifndef EN_VALUE_PLACE_H
#define EN_VALUE_PLACE_H

#include "base/text.h"

/* The path of a member or element of what stands at `path`. */
en_text en_place_member(en_arena *arena, en_text path, en_text name);
en_text en_place_element(en_arena *arena, en_text path, size_t index);

/* One step of a path: a name, or the number of an element. */
typedef struct en_place_step {
    en_text name;
    size_t index;
    bool is_index;
} en_place_step;

/* The next step; false at the path's end (*at is its length), or where it is no path. */
EN_WARN_UNUSED bool en_place_next(en_arena *arena, en_text path, size_t *at, en_place_step *step);

#endif
