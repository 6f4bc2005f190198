/* names - what first names in templates lead to, at each place of a plan.
 *
 * Shape:    a resolver with a scope. Steps are visited in the order of the plan: a step's templates
 *           are compiled, then its output is declared. Entering a loop opens a scope that leaving
 *           closes, so what was declared in it is no longer seen.
 * Units:    steps and slots by number in the plan.
 * Lifetime: lives in the loader's scratch arena; what goes into templates in the plan's.
 * Errors:   unknown references become nothing and, while a mapping is compiled through
 *           en_names_compile, warnings.
 * Threads:  one thread.
 */
#ifndef EN_SCENARIO_NAMES_H
#define EN_SCENARIO_NAMES_H

#include "scenario/loader.h"

typedef struct en_undo {
    uint32_t *place;
    uint32_t old;
} en_undo;

/* Where the templates at hand stand, for problems. */
typedef struct en_spot {
    const en_entry *where;
    en_text path;
} en_spot;

typedef struct en_missed {
    struct en_missed *next;
    en_text name;
    size_t at;
    en_text message;
    en_text hint;
} en_missed;

typedef struct en_names {
    en_resolver resolver; /* first: the resolver is the names */
    en_loader *loader;
    const en_graph *graph;
    const en_plan *plan;
    uint32_t step_count;
    uint32_t current;     /* the step whose templates are compiled; EN_NO_INDEX: the file's */
    uint32_t first;       /* the step that starts the scenario */
    uint32_t *step_of;    /* by entry: the step that gives its output; EN_NO_INDEX: none yet */
    uint32_t *is_visible; /* by entry */
    uint32_t *present;    /* by entry: the slot of the loop over its result; EN_NO_INDEX: none */
    en_links loops;       /* steps that `item` may mean, innermost last */
    en_text *families;    /* sorted */
    uint32_t family_count;
    uint32_t *family_of; /* by entry */
    uint32_t *last;      /* by chain: the latest visible step; chains are families, then two more */
    uint32_t *before[3]; /* by step: the one before it in its family's chain, ai's, everybody's */
    en_tree always;      /* by step + 1: the nearest step that surely ran before it */
    en_undo *undo;
    size_t undo_count;
    size_t undo_capacity;
    size_t listed;  /* slots put into lists so far */
    en_text *known; /* names that the file itself gives a meaning, sorted */
    size_t known_count;
    en_missed *missed; /* of the mapping being compiled, latest first */
    bool is_quiet;
} en_names;

EN_WARN_UNUSED bool en_names_init(en_names *names, en_loader *loader, en_plan *plan,
                                  uint32_t step_count);
/* Opens a scope; give the result to en_names_leave. */
size_t en_names_enter(const en_names *names);
void en_names_leave(en_names *names, size_t mark);
/* Step `number` stands in the plan behind `when`. Every step in its order. */
void en_names_place(en_names *names, uint32_t number, const uint32_t *when, size_t when_count);
/* From here on the step's output is seen. */
void en_names_declare(en_names *names, uint32_t number, uint32_t entry);
/* From here on `item` means this step's, and in a loop over the result of `list` (an entry;
 * EN_NO_INDEX: none) its fields are the present record's. */
void en_names_open_loop(en_names *names, uint32_t number, uint32_t list);

/* Compile, with problems and warnings at the spot. */
const en_mapping *en_names_compile(en_names *names, en_value value, en_spot spot);
const en_conditions *en_names_compile_conditions(en_names *names, en_value value,
                                                 en_operand operand, en_spot spot);
/* Without any. */
const en_mapping *en_names_compile_quietly(en_names *names, en_value value);

#endif
