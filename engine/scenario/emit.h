/* emit - steps from a graph that is laid out.
 *
 * Shape:    number first (steps, slots, loops, collections get their places), then fill, in the
 *           order of the plan, so that names see what stands before them; at last `dead`.
 * Units:    steps by number.
 * Lifetime: steps live in the plan's arena.
 * Errors:   problems of templates and parameters.
 * Threads:  one thread.
 */
#ifndef EN_SCENARIO_EMIT_H
#define EN_SCENARIO_EMIT_H

#include "scenario/arguments.h"

typedef struct en_emitter {
    en_loader *loader;
    en_graph *graph;
    const en_layout *layout;
    en_plan *plan;
    en_step *steps; /* of the whole plan */
    en_names *names;
    uint32_t start; /* where the graph's steps begin, and end */
    uint32_t end;
    uint32_t *branch_of;     /* by route's node */
    uint32_t *loop_end;      /* by home */
    uint32_t *aggregator_of; /* by node, of collects and flushes */
    en_links *opened;        /* by node, of heads */
    uint32_t *step_of_slot;  /* of the whole plan, as the next */
    uint32_t *outside;       /* by step: how many steps before it reach outside the stores */
    unsigned looks;          /* of en_check_turn */
} en_emitter;

/* How many steps the layout makes, error routes included. */
uint32_t en_emit_count(const en_graph *graph, const en_layout *layout);
/* Gives places from plan->count on, which it moves. */
EN_WARN_UNUSED bool en_emit_number(en_emitter *emit);
void en_emit_fill(en_emitter *emit);
void en_emit_dead(en_emitter *emit);
/* The error route of a step, which is numbered already (G8). */
void en_emit_handler(en_emitter *emit, const en_handler *handler, uint32_t number);
/* Sources, key and values of an aggregator's or converger's step. */
void en_emit_sources(en_emitter *emit, uint32_t node, en_step *step);
void en_emit_collected(en_emitter *emit, const en_entry *entry, en_step *step);

/* Warnings about one step whose arguments are filled in. Every step, in the order of the plan. */
void en_check_step(en_emitter *emit, const en_entry *entry, const en_step *step, bool is_first);
/* Whether step `number`, a write, goes by what was read before an outside call. */
void en_check_turn(en_emitter *emit, const en_entry *entry, uint32_t number);
/* What the above must know of every step. */
void en_check_note(en_emitter *emit, const en_step *step, uint32_t number);

#endif
