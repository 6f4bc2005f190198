/* graph - a plan drawn for people.
 *
 * Shape:    Mermaid (renders where Markdown does) and DOT. A node a step with id, module and label;
 *           gates are the labels of edges; loops are subgraphs.
 * Units:    none.
 * Lifetime: the text lives in the builder's arena.
 * Errors:   none.
 * Threads:  free.
 */
#ifndef EN_SCENARIO_GRAPH_H
#define EN_SCENARIO_GRAPH_H

#include "scenario/plan.h"

typedef enum en_graph_format { EN_GRAPH_MERMAID, EN_GRAPH_DOT } en_graph_format;

void en_plan_draw(en_builder *out, const en_plan *plan, en_graph_format format);

#endif
