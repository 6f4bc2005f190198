/* mutant - seeded faults, to show that tests notice them.
 *
 * Shape:    en_mutant("name") stands where a fault can be switched on. In what is shipped it is the
 *           constant false; only objects compiled with EN_MUTANTS, for tests/crash, look at the
 *           environment variable EN_MUTANT.
 * Units:    none.
 * Lifetime: none.
 * Errors:   none.
 * Threads:  free.
 */
#ifndef EN_BASE_MUTANT_H
#define EN_BASE_MUTANT_H

#include <stdbool.h>

#ifdef EN_MUTANTS

#include <stdlib.h>
#include <string.h>

static inline bool en_mutant(const char *name)
{
    const char *chosen = getenv("EN_MUTANT");
    return chosen != NULL && strcmp(chosen, name) == 0;
}

#else

#define en_mutant(name) false

#endif

#endif
