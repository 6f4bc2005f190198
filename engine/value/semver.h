/* semver - the order of versions (semver.org 2.0.0, section 11).
 *
 * Shape:    one function. "v1.2" is taken for 1.2.0.
 * Units:    none.
 * Lifetime: nothing is kept.
 * Errors:   false when one of the texts is no version.
 * Threads:  free.
 */
#ifndef EN_VALUE_SEMVER_H
#define EN_VALUE_SEMVER_H

#include "base/text.h"

/* <0, 0, >0 in *order; what stands behind a + does not count. */
EN_WARN_UNUSED bool en_semver_compare(en_text a, en_text b, int *order);

#endif
