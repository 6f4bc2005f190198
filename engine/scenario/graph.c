#include "scenario/graph.h"

#include "base/show.h"
#include "base/utf8.h"

enum { LONGEST_LABEL = 120 };

typedef struct drawing {
    en_builder *out;
    const en_plan *plan;
    en_graph_format format;
    en_arena *arena;
} drawing;

/* --- texts --- */

/* What would end or change a quoted text in the format; NULL: nothing special. */
static const char *escape_of(en_graph_format format, uint32_t rune)
{
    static const struct {
        uint32_t rune;
        const char *mermaid;
        const char *dot;
    } escapes[] = {
        { '"', "#quot;", "\\\"" }, { '\\', "#92;", "\\\\" }, { '#', "#35;", "#" },
        { '<', "#lt;", "<" },      { '>', "#gt;", ">" },     { '&', "#amp;", "&" },
        { '`', "#96;", "`" },
    };
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
        if (escapes[i].rune == rune) {
            return format == EN_GRAPH_MERMAID ? escapes[i].mermaid : escapes[i].dot;
        }
    }
    return NULL;
}

/* Cut to a readable length; what could steer a terminal or turn the text around is shown as code.
 */
static void add_text(const drawing *draw, en_text text)
{
    size_t end = text.length;
    if (end > LONGEST_LABEL) {
        for (end = LONGEST_LABEL; end > 0 && ((unsigned char)text.data[end] & 0xC0) == 0x80;) {
            end--;
        }
    }
    en_builder plain;
    en_builder_init(&plain, draw->arena);
    en_show_line(&plain, en_text_slice(text, 0, end));
    en_text shown = en_builder_take(&plain);
    for (size_t at = 0; at < shown.length;) {
        uint32_t rune = en_utf8_next(shown, &at);
        const char *escape = escape_of(draw->format, rune);
        if (escape != NULL) {
            en_builder_add(draw->out, en_text_from(escape));
        } else {
            en_builder_add_rune(draw->out, rune);
        }
    }
    if (end < text.length) {
        en_builder_add(draw->out, EN_TEXT("…"));
    }
}

static void indent(const drawing *draw, unsigned depth)
{
    for (unsigned i = 0; i <= depth; i++) {
        en_builder_add(draw->out, EN_TEXT("  "));
    }
}

/* --- nodes --- */

static bool is_route(const en_step *step)
{
    return step->kind == EN_STEP_GATE && step->id == EN_NO_STEP;
}

/* Routes are labels of edges; what an aggregator does inside and behind its loop is one node. */
static bool is_drawn(const en_step *step)
{
    return !is_route(step) && step->kind != EN_STEP_COLLECT;
}

static void add_label(const drawing *draw, const en_step *step)
{
    if (step->id != EN_NO_STEP) {
        en_builder_format(draw->out, "%lld ", (long long)step->id);
    }
    if (step->kind == EN_STEP_EACH) {
        en_builder_add(draw->out, EN_TEXT("for each record"));
        return;
    }
    bool has_name = step->module_name.length != 0;
    add_text(draw, has_name ? step->module_name : step->label);
    if (has_name && step->label.length != 0 && !en_text_equal(step->label, step->module_name)) {
        en_builder_add(draw->out,
                       draw->format == EN_GRAPH_MERMAID ? EN_TEXT("<br>") : EN_TEXT("\\n"));
        add_text(draw, step->label);
    }
}

typedef struct shape {
    const char *open; /* Mermaid */
    const char *close;
    const char *name; /* DOT */
} shape;

static shape shape_of(const en_step *step)
{
    static const shape shapes[] = {
        [EN_STEP_CALL] = { "[\"", "\"]", "box" },
        [EN_STEP_EACH] = { "{{\"", "\"}}", "hexagon" },
        [EN_STEP_GATE] = { "{\"", "\"}", "diamond" },
        [EN_STEP_COLLECT] = { "[\"", "\"]", "box" },
        [EN_STEP_FLUSH] = { "[/\"", "\"\\]", "invtrapezium" },
        [EN_STEP_DIRECTIVE] = { "([\"", "\"])", "oval" },
    };
    static const shape iterates = { "{{\"", "\"}}", "hexagon" };
    bool opens = step->kind == EN_STEP_CALL && step->loop_start != EN_NO_INDEX;
    return opens ? iterates : shapes[step->kind];
}

static void add_node(const drawing *draw, uint32_t number, unsigned depth)
{
    const en_step *step = &draw->plan->steps[number];
    shape drawn = shape_of(step);
    indent(draw, depth);
    if (draw->format == EN_GRAPH_MERMAID) {
        en_builder_format(draw->out, "s%u%s", number, drawn.open);
        add_label(draw, step);
        en_builder_format(draw->out, "%s\n", drawn.close);
    } else {
        en_builder_format(draw->out, "s%u [shape=%s, label=\"", number, drawn.name);
        add_label(draw, step);
        en_builder_add(draw->out, EN_TEXT("\"];\n"));
    }
}

/* A route on which nothing stands. */
static void add_end(const drawing *draw, uint32_t number, unsigned depth)
{
    indent(draw, depth);
    en_builder_format(draw->out,
                      draw->format == EN_GRAPH_MERMAID ? "s%u(( ))\n"
                                                       : "s%u [shape=point, label=\"\"];\n",
                      number);
}

/* --- loops --- */

static bool holds_nodes(const en_plan *plan, uint32_t start, uint32_t end)
{
    for (uint32_t i = start; i < end; i++) {
        if (is_drawn(&plan->steps[i])) {
            return true;
        }
    }
    return false;
}

static void open_loop(const drawing *draw, uint32_t head, unsigned depth)
{
    const en_step *step = &draw->plan->steps[head];
    indent(draw, depth);
    if (draw->format == EN_GRAPH_MERMAID) {
        en_builder_format(draw->out, "subgraph l%u[\"", head);
    } else {
        en_builder_format(draw->out, "subgraph cluster_l%u { label=\"", head);
    }
    if (step->id != EN_NO_STEP) {
        en_builder_format(draw->out, "each bundle of %lld", (long long)step->id);
    } else {
        en_builder_add(draw->out, EN_TEXT("each record"));
    }
    en_builder_add(draw->out,
                   draw->format == EN_GRAPH_MERMAID ? EN_TEXT("\"]\n") : EN_TEXT("\";\n"));
}

static void close_loop(const drawing *draw, unsigned depth)
{
    indent(draw, depth);
    en_builder_add(draw->out, draw->format == EN_GRAPH_MERMAID ? EN_TEXT("end\n") : EN_TEXT("}\n"));
}

/* --- edges --- */

static void add_edge(const drawing *draw, uint32_t from, uint32_t to, en_text label, bool is_error)
{
    indent(draw, 0);
    if (draw->format == EN_GRAPH_MERMAID) {
        en_builder_format(draw->out, "s%u %s", from,
                          is_error            ? "-. \""
                          : label.length != 0 ? "-- \""
                                              : "--> ");
        add_text(draw, label);
        en_builder_add(draw->out, is_error            ? EN_TEXT("\" .-> ")
                                  : label.length != 0 ? EN_TEXT("\" --> ")
                                                      : EN_TEXT(""));
        en_builder_format(draw->out, "s%u\n", to);
        return;
    }
    en_builder_format(draw->out, "s%u -> s%u", from, to);
    if (label.length != 0) {
        en_builder_add(draw->out, EN_TEXT(" [label=\""));
        add_text(draw, label);
        en_builder_add(draw->out, is_error ? EN_TEXT("\", style=dashed]") : EN_TEXT("\"]"));
    }
    en_builder_add(draw->out, EN_TEXT(";\n"));
}

static void add_edges_into(const drawing *draw, const en_step *step, uint32_t to)
{
    for (size_t i = 0; i < step->when_count; i++) {
        const en_step *from = &draw->plan->steps[step->when[i]];
        if (is_route(from) && from->when_count != 0) {
            add_edge(draw, from->when[0], to, from->label, false);
        } else {
            add_edge(draw, step->when[i], to, EN_TEXT(""), false);
        }
    }
}

static void add_edges(const drawing *draw, const uint32_t *flushes, const bool *is_followed)
{
    const en_plan *plan = draw->plan;
    for (uint32_t i = 0; i < plan->count; i++) {
        const en_step *step = &plan->steps[i];
        bool collects = step->kind == EN_STEP_COLLECT;
        if (is_route(step)) {
            if (!is_followed[i] && step->when_count != 0) {
                add_edge(draw, step->when[0], i, step->label, false);
            }
            continue;
        }
        add_edges_into(draw, step, collects ? flushes[step->aggregator] : i);
        if (step->handler_start != EN_NO_INDEX && !collects) {
            add_edge(draw, i, step->handler_start, EN_TEXT("error"), true);
        }
    }
}

/* --- all of it --- */

static void add_nodes(const drawing *draw, const bool *is_followed, const uint32_t *heads,
                      uint32_t *open)
{
    const en_plan *plan = draw->plan;
    unsigned depth = 0;
    for (uint32_t i = 0; i < plan->count; i++) {
        while (depth > 0 && i >= plan->steps[open[depth - 1]].loop_end) {
            close_loop(draw, --depth);
        }
        if (heads[i] != EN_NO_INDEX && holds_nodes(plan, i, plan->steps[heads[i]].loop_end)) {
            open_loop(draw, heads[i], depth);
            open[depth++] = heads[i];
        }
        const en_step *step = &plan->steps[i];
        if (is_drawn(step)) {
            add_node(draw, i, depth);
        } else if (is_route(step) && !is_followed[i]) {
            add_end(draw, i, depth);
        }
    }
    while (depth > 0) {
        close_loop(draw, --depth);
    }
}

/* Which steps another waits for, whose loop begins at a step, and where collections are flushed. */
static void find_partners(const en_plan *plan, bool *is_followed, uint32_t *heads,
                          uint32_t *flushes)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        is_followed[i] = false;
        heads[i] = EN_NO_INDEX;
    }
    for (uint32_t i = 0; i < plan->count; i++) {
        const en_step *step = &plan->steps[i];
        for (size_t k = 0; k < step->when_count; k++) {
            is_followed[step->when[k]] = true;
        }
        if (step->loop_start != EN_NO_INDEX && step->loop_start < step->loop_end) {
            heads[step->loop_start] = i;
        }
        if (step->kind == EN_STEP_FLUSH && step->aggregator != EN_NO_INDEX) {
            flushes[step->aggregator] = i;
        }
    }
}

void en_plan_draw(en_builder *out, const en_plan *plan, en_graph_format format)
{
    en_arena arena;
    en_arena_init(&arena, out->arena->budget);
    drawing draw = { out, plan, format, &arena };
    bool *is_followed = EN_TRY_ARRAY(&arena, bool, (size_t)plan->count + 1);
    uint32_t *heads = EN_TRY_ARRAY(&arena, uint32_t, (size_t)plan->count + 1);
    uint32_t *open = EN_TRY_ARRAY(&arena, uint32_t, (size_t)plan->count + 1);
    uint32_t *flushes = EN_TRY_ARRAY(&arena, uint32_t, (size_t)plan->aggregator_count + 1);
    if (is_followed == NULL || heads == NULL || open == NULL || flushes == NULL) {
        out->failed = true;
        en_arena_done(&arena);
        return;
    }
    find_partners(plan, is_followed, heads, flushes);
    en_builder_add(out, format == EN_GRAPH_MERMAID
                            ? EN_TEXT("flowchart TD\n")
                            : EN_TEXT("digraph scenario {\n  node [fontname=\"sans-serif\"];\n"));
    add_nodes(&draw, is_followed, heads, open);
    add_edges(&draw, flushes, is_followed);
    if (format == EN_GRAPH_DOT) {
        en_builder_add(out, EN_TEXT("}\n"));
    }
    en_arena_done(&arena);
}
