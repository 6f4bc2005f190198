/* patch - a scenario changed in some places, for a test.
 *
 * Shape:    {"modules[2].parameters.limit": value}; "$missing" removes. One behind the end of an
 *           array appends. The members that lead to a place are made if they are missing.
 * Units:    none.
 * Lifetime: the result shares what was not changed.
 * Errors:   a path that cannot be followed is an error that names it.
 * Threads:  free.
 */
#ifndef EN_TESTING_PATCH_H
#define EN_TESTING_PATCH_H

#include "base/error.h"
#include "value/value.h"

EN_WARN_UNUSED bool en_patch_apply(en_arena *arena, en_value patch, en_value *value,
                                   en_error *error);

#endif
