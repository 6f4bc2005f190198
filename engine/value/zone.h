/* zone - what the files of datetime.h share about time zones.
 *
 * Shape:    a zone made from the bytes of a TZif file (RFC 9636), and what it says about an
 * instant. Units:    seconds; instants are seconds since 1970-01-01T00:00:00Z. Lifetime: a zone
 * lives as long as its arena; abbreviations as long as their zone. Errors:   NULL for bytes that
 * are not a usable zone. Threads:  zones are immutable.
 */
#ifndef EN_VALUE_ZONE_H
#define EN_VALUE_ZONE_H

#include "value/datetime.h"

/* NULL: malformed, or with leap seconds, which a clock of days of 86,400 seconds cannot follow. */
const en_zone *en_zone_read_tzif(en_arena *arena, en_text bytes);
/* "CEST", "+03"; "UTC" for NULL. */
en_text en_zone_abbreviation(const en_zone *zone, int64_t at_ms);

#endif
