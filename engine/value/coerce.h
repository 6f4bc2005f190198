/* coerce - from one type to another, in one file that modules, functions and stores share.
 *
 * Shape:    EN_T_… are bits, so that a parameter can take several types; en_coerce makes a value of the
 *           first wanted type that fits. Rules: expressions.md 4, with the list dialect's where it differs.
 * Units:    none.
 * Lifetime: results live in the arena or share the input.
 * Errors:   BundleValidationError "expected a number but got text \"abc\"".
 * Threads:  free.
 */
#ifndef EN_VALUE_COERCE_H
#define EN_VALUE_COERCE_H

#include "value/datetime.h"
#include "value/value.h"

typedef unsigned en_types;

enum {
    EN_T_TEXT = 1,
    EN_T_NUMBER = 2,
    EN_T_BOOLEAN = 4,
    EN_T_DATE = 8,
    EN_T_BUFFER = 16,
    EN_T_ARRAY = 32,
    EN_T_COLLECTION = 64,
    EN_T_NULL = 128, /* null and nothing are taken as they are */
    EN_T_ANY = 255,
    /* Refinements; the value has the type named behind the dash. */
    EN_T_COUNT = 1 << 8,  /* - number: a whole number from 0 to 2^53 */
    EN_T_EMAIL = 1 << 9,  /* - text, checked */
    EN_T_URL = 1 << 10,   /* - text, checked */
    EN_T_FILTER = 1 << 11, /* conditions; only as a module's parameter */
};

/* "text", "number or date": for messages and `enact modules`. */
en_text en_types_name(en_arena *arena, en_types types);
/* The type a schema or interface names ("text", "string", "email", "object" …); 0: unknown. */
en_types en_types_find(en_text name);

/* Missing values pass only with EN_T_NULL, and come out as null. */
EN_WARN_UNUSED bool en_coerce(en_arena *arena, en_types wanted, en_value value, const en_zone *zone,
                              en_value *result, en_error *error);

/* How text of a template or of toString comes out: number shortest, date ISO, missing empty,
 * array joined with `separator` (scalars) or JSON, collection JSON, buffer its bytes if UTF-8 else base64. */
void en_value_to_text(en_builder *out, en_value value, en_text separator);
en_text en_value_as_text(en_arena *arena, en_value value, en_text separator);
/* JavaScript's truth: false for missing, false, 0, NaN, empty text. */
EN_WARN_UNUSED bool en_value_truth(en_value value);
EN_WARN_UNUSED bool en_text_is_email(en_text text);
EN_WARN_UNUSED bool en_text_is_url(en_text text);

#endif
