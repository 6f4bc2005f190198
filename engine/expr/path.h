/* path - from a value along `.name[2].other` to another.
 *
 * Shape:    parts are compiled once. A step that leads nowhere gives nothing, never an error.
 * Units:    indexes as the dialect counts them; negative ones from the end.
 * Lifetime: results share the value walked; arrays that `[]` makes live in the scope's arena.
 * Errors:   only a computed index and memory can fail.
 * Threads:  free.
 */
#ifndef EN_EXPR_PATH_H
#define EN_EXPR_PATH_H

#include "expr/node.h"

/* The longest path; a projection inside a projection goes one level down the stack. */
enum { EN_PATH_MOST_PARTS = 100 };

EN_WARN_UNUSED bool en_path_walk(en_eval *eval, en_value value, en_path path, en_value *result);
/* From a reference's own value, where lists and iterators have rules of their own. */
EN_WARN_UNUSED bool en_path_walk_root(en_eval *eval, const en_ref *ref, en_value root, en_path path,
                                      en_value *result);
/* Element number `index` as the dialect counts, or nothing. */
en_value en_array_at(en_value array, int64_t index, unsigned index_base);
/* What a path in a text argument leads to: a member of that whole name first, else step by step
 * along its dots; digits are places in arrays. */
en_value en_path_read(en_value value, en_text dotted, const en_rules *rules);
/* A part for a name, with everything that can be known about it now. */
en_part en_part_of_name(en_text name, const en_rules *rules);

#endif
