/* encoding - bytes as text and text as bytes, as JavaScript's Buffer does it.
 *
 * Shape:    five encodings; text that does not fit one is taken as far as it goes: hex ends at the
 *           first pair that is none, base64 passes over what is no digit, ASCII and Latin-1 keep
 *           the low byte of each UTF-16 unit.
 * Units:    bytes.
 * Lifetime: results live in the arena or share the input.
 * Errors:   only the arena's; reading is then false, a builder fails.
 * Threads:  free.
 */
#ifndef EN_VALUE_ENCODING_H
#define EN_VALUE_ENCODING_H

#include "base/text.h"

typedef enum en_encoding {
    EN_ENCODING_UTF8,
    EN_ENCODING_ASCII,
    EN_ENCODING_LATIN1, /* also called binary */
    EN_ENCODING_HEX,
    EN_ENCODING_BASE64
} en_encoding;

/* By name, in upper or lower case. */
EN_WARN_UNUSED bool en_encoding_find(en_text name, en_encoding *encoding);
/* The bytes that the text stands for. */
EN_WARN_UNUSED bool en_encoding_read(en_arena *arena, en_encoding encoding, en_text text,
                                     en_text *bytes);
/* The text that stands for the bytes. */
void en_encoding_write(en_builder *out, en_encoding encoding, en_text bytes);

/* UTF-8 as it is; anything else is read as Latin-1, HTTP's old alphabet for headers. */
en_text en_encoding_header(en_arena *arena, en_text bytes);

#endif
