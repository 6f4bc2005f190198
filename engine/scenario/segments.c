#include "scenario/segments.h"

#include <string.h>

/* What is known of a step: each says that a write can follow while the segment is open, once the
 * flow is … */
enum {
    BEFORE = 1,      /* before the step, which may be skipped */
    CALLED = 2,      /* at the step, which is called */
    ROUND_ENDED = 4, /* at the end of its loop's range */
    ROUTE_ENDED = 8, /* at the end of its error route */
    RESUMED = 16     /* at a directive of its error route that resumes */
};

typedef struct range {
    uint32_t owner; /* EN_NO_INDEX: the flow itself */
    uint32_t end;
    bool is_loop;
} range;

typedef struct settling {
    const en_step *steps;
    range *inside; /* by step: the innermost range it is in */
    uint8_t *writes;
    bool changed;
} settling;

/* --- ranges --- */

/* Inner ranges lie behind the heads of outer ones, so the later head wins. */
static void mark_range(settling *s, uint32_t owner, uint32_t start, uint32_t end, bool is_loop)
{
    for (uint32_t i = start; start != EN_NO_INDEX && i < end; i++) {
        s->inside[i] = (range){ owner, end, is_loop };
    }
}

/* --- ways through the plan --- */

/* Whether a write can follow from position `to`, coming from inside the range of step `from`. */
static bool at(const settling *s, uint32_t from, uint32_t to)
{
    const range *in = &s->inside[from];
    if (to < in->end) {
        return (s->writes[to] & BEFORE) != 0;
    }
    return in->owner != EN_NO_INDEX &&
           (s->writes[in->owner] & (in->is_loop ? ROUND_ENDED : ROUTE_ENDED)) != 0;
}

static bool after_loop(const settling *s, uint32_t i)
{
    const en_step *step = &s->steps[i];
    return (step->loop_start < step->loop_end && (s->writes[step->loop_start] & BEFORE) != 0) ||
           at(s, i, step->loop_end);
}

/* Executor: succeed(). */
static bool after_success(const settling *s, uint32_t i)
{
    const en_step *step = &s->steps[i];
    if (step->loop_start != EN_NO_INDEX) {
        return after_loop(s, i);
    }
    uint32_t next = step->handler_start != EN_NO_INDEX ? step->handler_end : i + 1;
    return at(s, i, next) || at(s, i, step->dead);
}

/* Executor: ignore_failure(). */
static bool after_ignoring(const settling *s, uint32_t i)
{
    const en_step *step = &s->steps[i];
    return at(s, i, step->kind == EN_STEP_COLLECT ? i + 1 : step->dead);
}

static bool after_error(const settling *s, uint32_t i)
{
    const en_step *step = &s->steps[i];
    if (step->handler_start == EN_NO_INDEX) {
        return false; /* the run ends */
    }
    return step->handler_start < step->handler_end ? (s->writes[step->handler_start] & BEFORE) != 0
                                                   : after_ignoring(s, i);
}

/* Executor: direct(). Inside an error route the loop to go on with depends on who failed. */
static bool after_next(const settling *s, uint32_t i)
{
    const range *in = &s->inside[i];
    return in->owner != EN_NO_INDEX && (!in->is_loop || (s->writes[in->owner] & ROUND_ENDED) != 0);
}

static bool after_directive(const settling *s, uint32_t i)
{
    const range *in = &s->inside[i];
    while (in->owner != EN_NO_INDEX && in->is_loop) {
        in = &s->inside[in->owner];
    }
    switch (s->steps[i].directive) {
    case EN_DIRECTIVE_NEXT:
        return after_next(s, i);
    case EN_DIRECTIVE_COMMIT: /* the run ends */
    case EN_DIRECTIVE_ROLLBACK:
    case EN_DIRECTIVE_BREAK:
        return false;
    case EN_DIRECTIVE_RESUME:
        return in->owner != EN_NO_INDEX && (s->writes[in->owner] & RESUMED) != 0;
    default:
        return in->owner != EN_NO_INDEX && (s->writes[in->owner] & ROUTE_ENDED) != 0;
    }
}

/* Such a step leaves the segment before it does anything. */
static bool is_outside(const en_step *step)
{
    return (step->kind == EN_STEP_CALL || step->kind == EN_STEP_FLUSH) &&
           (step->module == NULL || (step->module->flags & EN_OUTSIDE) != 0);
}

static bool after_call(const settling *s, uint32_t i)
{
    const en_step *step = &s->steps[i];
    if (step->kind == EN_STEP_DIRECTIVE) {
        return after_directive(s, i);
    }
    if (is_outside(step)) {
        return false;
    }
    bool writes = step->module != NULL && (step->module->flags & EN_WRITES) != 0;
    return writes || after_success(s, i) || after_error(s, i);
}

/* The head of a loop is live as long as its range runs. */
static bool waits_for_head(const settling *s, uint32_t i)
{
    const range *in = &s->inside[i];
    bool waits = false;
    for (size_t k = 0; k < s->steps[i].when_count && in->is_loop; k++) {
        waits = waits || s->steps[i].when[k] == in->owner;
    }
    return waits;
}

static bool may_be_skipped(const settling *s, uint32_t i)
{
    const en_step *step = &s->steps[i];
    return (step->when_count != 0 && !waits_for_head(s, i)) || step->unless_count != 0 ||
           step->filter != NULL || step->kind == EN_STEP_FLUSH;
}

/* --- settling --- */

static void learn(settling *s, uint32_t i, unsigned what, bool is_so)
{
    if (is_so && (s->writes[i] & what) == 0) {
        s->writes[i] |= (uint8_t)what;
        s->changed = true;
    }
}

static void look_at(settling *s, uint32_t i)
{
    const en_step *step = &s->steps[i];
    learn(s, i, CALLED, after_call(s, i));
    learn(s, i, BEFORE,
          (s->writes[i] & CALLED) != 0 || (may_be_skipped(s, i) && at(s, i, step->dead)));
    learn(s, i, ROUND_ENDED, step->loop_start != EN_NO_INDEX && after_loop(s, i));
    if (step->handler_start != EN_NO_INDEX && step->handler_start < step->handler_end) {
        uint32_t owner = s->inside[step->handler_start].owner; /* a flush: its collect shares it */
        learn(s, owner, ROUTE_ENDED, after_ignoring(s, i));
        learn(s, owner, RESUMED, after_success(s, i));
    }
}

static void settle_range(settling *s, uint32_t start, uint32_t end)
{
    for (uint32_t i = start; i < end; i++) {
        s->inside[i] = (range){ EN_NO_INDEX, end, false };
    }
    for (uint32_t i = start; i < end; i++) {
        const en_step *step = &s->steps[i];
        mark_range(s, i, step->loop_start, step->loop_end, true);
        mark_range(s, i, step->handler_start, step->handler_end, false);
    }
    do { /* backwards, so only loops need another round */
        s->changed = false;
        for (uint32_t i = end; i > start; i--) {
            look_at(s, i - 1);
        }
    } while (s->changed);
}

bool en_segments_settle(en_loader *loader, const en_plan *plan, en_step *steps)
{
    settling s = { .steps = steps };
    s.inside = EN_LOADER_ARRAY(loader, range, plan->count);
    s.writes = EN_LOADER_ARRAY(loader, uint8_t, plan->count);
    if (s.inside == NULL || s.writes == NULL) {
        return false;
    }
    settle_range(&s, 0, plan->main_count);
    settle_range(&s, plan->main_count, plan->count);
    for (uint32_t i = 0; i < plan->count; i++) {
        steps[i].reads_only = (s.writes[i] & CALLED) == 0;
    }
    return true;
}
