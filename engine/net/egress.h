/* egress - what the policy says beyond yes and no: for the transfer and its messages.
 *
 * Shape:    the policy itself is declared in http.h; here are the parts only `net` needs.
 * Units:    addresses are 4 or 16 bytes as on the wire, ports plain numbers.
 * Lifetime: nothing is kept.
 * Errors:   none.
 * Threads:  free.
 */
#ifndef EN_NET_EGRESS_H
#define EN_NET_EGRESS_H

#include "net/http.h"

/* Room for any address as text. */
enum { EN_ADDRESS_ROOM = 64 };

/* What kind of address this is ("loopback", "link-local" …); NULL: a public one. */
const char *en_egress_range(const unsigned char *address, size_t address_bytes);
/* False when no address that this name could have would be allowed, so that nobody need look it up.
 */
EN_WARN_UNUSED bool en_egress_may_resolve(const en_egress *egress, en_text host, uint16_t port);
/* What the policy allows, in words that end a sentence: "only public addresses are allowed". */
const char *en_egress_says(const en_egress *egress);

#endif
