/* Plans drawn for people. */
#include "scenario/graph.h"

#include "plan_dump.h"
#include "test.h"

static void assert_drawing(const char *text, en_graph_format format, const char *expected)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_problems problems;
    const en_plan *plan = en_plan_of(&arena, text, NULL, &problems);
    assert_non_null(plan);
    en_builder drawing;
    en_builder_init(&drawing, &arena);
    en_plan_draw(&drawing, plan, format);
    assert_string_equal(en_text_terminate(&arena, en_builder_take(&drawing)), expected);
    en_arena_done(&arena);
}

static void branches_are_labels_and_empty_routes_have_an_end(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id': 1, 'module': 'datastore.searchRecords', 'parameters': {'dataStore': 'S'}},\n"
        "{'id': 2, 'module': 'flow.router', 'routes': [{'name': 'Hit'}, {'name': 'Miss'}]},\n"
        "{'id': 3, 'module': 'flow.commit', 'route': 2, 'errorHandler': {'type': 'ignore'}}]";
    assert_drawing(text, EN_GRAPH_MERMAID,
                   "flowchart TD\n"
                   "  s0[\"1 datastore.searchRecords\"]\n"
                   "  s1{\"2 flow.router\"}\n"
                   "  s2(( ))\n"
                   "  s4[\"3 flow.commit\"]\n"
                   "  s5([\"ignore\"])\n"
                   "  s0 --> s1\n"
                   "  s1 -- \"Hit\" --> s2\n"
                   "  s1 -- \"Miss\" --> s4\n"
                   "  s4 -. \"error\" .-> s5\n");
    assert_drawing(text, EN_GRAPH_DOT,
                   "digraph scenario {\n"
                   "  node [fontname=\"sans-serif\"];\n"
                   "  s0 [shape=box, label=\"1 datastore.searchRecords\"];\n"
                   "  s1 [shape=diamond, label=\"2 flow.router\"];\n"
                   "  s2 [shape=point, label=\"\"];\n"
                   "  s4 [shape=box, label=\"3 flow.commit\"];\n"
                   "  s5 [shape=oval, label=\"ignore\"];\n"
                   "  s0 -> s1;\n"
                   "  s1 -> s2 [label=\"Hit\"];\n"
                   "  s1 -> s4 [label=\"Miss\"];\n"
                   "  s4 -> s5 [label=\"error\", style=dashed];\n"
                   "}\n");
}

static void loops_are_subgraphs_and_aggregators_one_node(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id': 1, 'module': 'flow.iterator', 'parameters': {'array': '{{webhook.a}}'}},\n"
        "{'id': 2, 'module': 'flow.commit', 'metadata': {'designer': {'name': 'Save it'}}},\n"
        "{'id': 3, 'module': 'flow.aggregator'},\n"
        "{'id': 4, 'module': 'datastore.searchRecords', 'parameters': {'dataStore': 'S'}},\n"
        "{'id': 5, 'module': 'datastore.deleteRecord', 'parameters': {'dataStore': 'S', "
        "'recordId': '{{item.id}}'}}]";
    assert_drawing(text, EN_GRAPH_MERMAID,
                   "flowchart TD\n"
                   "  s0{{\"1 flow.iterator\"}}\n"
                   "  subgraph l0[\"each bundle of 1\"]\n"
                   "    s1[\"2 flow.commit<br>Save it\"]\n"
                   "  end\n"
                   "  s3[/\"3 flow.aggregator\"\\]\n"
                   "  s4[\"4 datastore.searchRecords\"]\n"
                   "  s5{{\"for each record\"}}\n"
                   "  subgraph l5[\"each record\"]\n"
                   "    s6[\"5 datastore.deleteRecord\"]\n"
                   "  end\n"
                   "  s0 --> s1\n"
                   "  s1 --> s3\n"
                   "  s3 --> s4\n"
                   "  s4 --> s5\n"
                   "  s5 --> s6\n");
    assert_drawing(text, EN_GRAPH_DOT,
                   "digraph scenario {\n"
                   "  node [fontname=\"sans-serif\"];\n"
                   "  s0 [shape=hexagon, label=\"1 flow.iterator\"];\n"
                   "  subgraph cluster_l0 { label=\"each bundle of 1\";\n"
                   "    s1 [shape=box, label=\"2 flow.commit\\nSave it\"];\n"
                   "  }\n"
                   "  s3 [shape=invtrapezium, label=\"3 flow.aggregator\"];\n"
                   "  s4 [shape=box, label=\"4 datastore.searchRecords\"];\n"
                   "  s5 [shape=hexagon, label=\"for each record\"];\n"
                   "  subgraph cluster_l5 { label=\"each record\";\n"
                   "    s6 [shape=box, label=\"5 datastore.deleteRecord\"];\n"
                   "  }\n"
                   "  s0 -> s1;\n"
                   "  s1 -> s3;\n"
                   "  s3 -> s4;\n"
                   "  s4 -> s5;\n"
                   "  s5 -> s6;\n"
                   "}\n");
}

static void labels_cannot_break_out(void **state)
{
    (void)state;
    static const char text[] = "[{'id': 1, 'module': 'flow.router', 'routes': [{'name': '\\\"]; x "
                               "[<b>#\\u001b[31m\\u202e\\n`&\\\\'}]},\n"
                               "{'id': 2, 'module': 'flow.commit', 'route': 1}]";
    assert_drawing(
        text, EN_GRAPH_MERMAID,
        "flowchart TD\n"
        "  s0{\"1 flow.router\"}\n"
        "  s2[\"2 flow.commit\"]\n"
        "  s0 -- \"#quot;]; x [#lt;b#gt;#35;#92;x1b[31m#92;u202e#92;n#96;#amp;#92;\" --> s2\n");
    assert_drawing(text, EN_GRAPH_DOT,
                   "digraph scenario {\n"
                   "  node [fontname=\"sans-serif\"];\n"
                   "  s0 [shape=diamond, label=\"1 flow.router\"];\n"
                   "  s2 [shape=box, label=\"2 flow.commit\"];\n"
                   "  s0 -> s2 [label=\"\\\"]; x [<b>#\\\\x1b[31m\\\\u202e\\\\n`&\\\\\"];\n"
                   "}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(branches_are_labels_and_empty_routes_have_an_end),
        cmocka_unit_test(loops_are_subgraphs_and_aggregators_one_node),
        cmocka_unit_test(labels_cannot_break_out),
    };
    return EN_RUN(tests);
}
