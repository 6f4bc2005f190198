/* base64 - bytes as text of 64 characters (RFC 4648, section 4), and back.
 *
 * Shape:    one function each way.
 * Units:    bytes.
 * Lifetime: results live in the arena.
 * Errors:   decoding gives false for anything but whole groups of the standard alphabet; only the
 *           padding may be missing. Gathering takes any text. Without memory the builder fails or
 *           the result is false.
 * Threads:  free.
 */
#ifndef EN_BASE_BASE64_H
#define EN_BASE_BASE64_H

#include "base/text.h"

void en_base64_encode(en_builder *out, en_text bytes);
EN_WARN_UNUSED bool en_base64_decode(en_arena *arena, en_text text, en_text *bytes);
/* As JavaScript's Buffer.from: both alphabets (+/ and -_), whatever is neither is passed over, and
 * the first = ends it. */
EN_WARN_UNUSED bool en_base64_gather(en_arena *arena, en_text text, en_text *bytes);

#endif
