/* units - sizes and durations as people write them: "256M", "500ms", "40m".
 *
 * Shape:    a number, perhaps with a fraction, and a unit whose case is free. Sizes: K, M, G (1024
 *           each; KB and KiB are the same), none: bytes. Durations: ms, s, m, h, d, none: seconds.
 * Units:    bytes and milliseconds.
 * Lifetime: none.
 * Errors:   false for anything else and for what does not fit 53 bits.
 * Threads:  free.
 */
#ifndef EN_BASE_UNITS_H
#define EN_BASE_UNITS_H

#include "base/text.h"

EN_WARN_UNUSED bool en_units_read_bytes(en_text text, uint64_t *bytes);
EN_WARN_UNUSED bool en_units_read_ms(en_text text, int64_t *duration_ms);

#endif
