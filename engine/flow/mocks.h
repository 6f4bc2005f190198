/* mocks - answers that stand in for modules.
 *
 * Shape:    {"<module or step id>": bundle | [bundle…] | {"bundles": […]} | {"error": {type,
 * message, statusCode}} | {"calls": [one of these per call, the last repeats]}}. The id wins over
 * the module, a mock over the real module. Units:    none. Lifetime: lives in the arena it was read
 * into; immutable, calls are counted by the run. Errors:   SyntaxError that names the entry.
 * Threads:  may be shared.
 */
#ifndef EN_FLOW_MOCKS_H
#define EN_FLOW_MOCKS_H

#include "value/value.h"

typedef struct en_mocks en_mocks;

EN_WARN_UNUSED bool en_mocks_read(en_arena *arena, en_value value, const en_mocks **mocks,
                                  en_error *error);
/* The entries of both; where both have one for a step, that of `first` wins. Either may be NULL. */
const en_mocks *en_mocks_join(en_arena *arena, const en_mocks *first, const en_mocks *second);
/* What they were read from; null without mocks. */
en_value en_mocks_value(const en_mocks *mocks);
/* Whether en_mocks_auto made them. */
bool en_mocks_are_auto(const en_mocks *mocks);
/* Answers every unknown or outside module that has no mock with one empty bundle (--mock-auto). */
const en_mocks *en_mocks_auto(en_arena *arena, const en_mocks *mocks);

#endif
