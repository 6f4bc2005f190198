/* Everything that is wrong with a file, with its place. */

#include "plan_dump.h"
#include "test.h"

static void ids_are_whole_numbers_and_unique(void **state)
{
    (void)state;
    en_assert_problems("[{'id':1,'module':'flow.commit'},\n"
                       " {'id':1,'module':'flow.commit'},{'id':'x','module':'flow.commit'},{'id':-"
                       "2,'module':'flow.commit'},{'id':1.5,'module':'flow.commit'}]",
                       "f:2:8: error, step 1, id: expected an id of its own but 1 is also the id "
                       "of [0] (every step has one id, which templates name it by)\n"
                       "f:2:40: error, id: expected a whole number as id but got text\n"
                       "f:2:74: error, id: expected a whole number as id but got number\n"
                       "f:2:107: error, id: expected a whole number as id but got number\n");
}

static void routes_must_exist(void **state)
{
    (void)state;
    en_assert_problems(
        "[{'id':1,'module':'flow.commit','route':2},{'id':2,'module':'flow.router','parameters':{'"
        "routes':[{'id':7},{'id':7},3]}},\n"
        "{'id':3,'module':'flow.commit','route':2},{'id':4,'module':'flow.commit','route':'a'}]",
        "f:1:41: error, step 1, route: no router before this step has a route 2\n"
        "f:1:108: error, step 2, parameters.routes[1]: route id 7 is used twice\n"
        "f:1:117: error, step 2, parameters.routes[2]: expected a route but got number\n"
        "f:2:40: error, step 3, route: no router before this step has a route 2 (routes so far: "
        "7)\n"
        "f:2:82: error, step 4, route: expected the number of a route but got text\n");
}

static void connections_must_lead_from_step_to_step(void **state)
{
    (void)state;
    en_assert_problems(
        "{'modules':[{'id':1,'module':'flow.router','routes':[{}]},{'id':2,'module':'flow.commit'}]"
        ",\n"
        "'connections':[{'source':1,'target':9},{'source':8,'target':2},{'source':1,'target':2,'"
        "route':4},{'source':{'moduleId':1,'route':1},'target':{'moduleId':2}},7,{'target':2}]}",
        "f:2:16: error, connections[0]: connection 1 to 9: there is no step 9 (ids: 1, 2)\n"
        "f:2:40: error, connections[1]: connection 8 to 2: there is no step 8 (ids: 1, 2)\n"
        "f:2:64: error, connections[2]: connection 1 to 2: router 1 has no route 4 (its routes are "
        "1)\n"
        "f:2:98: error, connections[3]: connection 1 to 2: router 1 has no route 1 (its routes are "
        "0)\n"
        "f:2:158: error, connections[4]: expected a connection but got number\n"
        "f:2:160: error, connections[5].source: expected the id of a step but got nothing\n");
}

static void circles_name_their_steps(void **state)
{
    (void)state;
    en_assert_problems("{'modules':[{'id':1,'module':'flow.commit'},{'id':2,'module':'flow.commit'}"
                       ",{'id':3,'module':'flow.commit'},{'id':4,'module':'flow.commit'}],\n"
                       "'connections':[{'source':1,'target':2},{'source':2,'target':3},{'source':3,"
                       "'target':2},{'source':4,'target':4}]}",
                       "f:1:45: error, step 2: connections run in a circle: 2 → 3 → 2 (to repeat "
                       "steps use flow.iterator or flow.repeater)\n"
                       "f:1:109: error, step 4: connections run in a circle: 4 → 4 (to repeat "
                       "steps use flow.iterator or flow.repeater)\n");
}

static void parameters_are_held_against_the_row(void **state)
{
    (void)state;
    en_assert_problems(
        "[{'id':1,'module':'flow.sleep','parameters':{'delay':301}},\n"
        "{'id':2,'module':'http.makeRequest','parameters':{'method':'GETT','timeOut':3,'headers':5}"
        "},\n"
        "{'id':3,'module':'datastore.searchRecords','parameters':{'dataStore':'S','filter':{'"
        "conditions':[[{'a':'x','o':'gretaer','b':'{{1 + "
        "}}'}]]},'sort':[{'field':'a','direction':'up'},{'direction':'asc'}]}},\n"
        "{'id':4,'module':'util.setVariable','parameters':{'name':'x','value':{'a':['{{uper(1)}}','"
        "{{now']}}},\n"
        "{'id':5,'module':'flow.throw','parameters':{'message':'x','statusCode':'abc'}},\n"
        "{'id':6,'module':'flow.iterator','parameters':{}},\n"
        "{'id':7,'module':'datastore.addRecord','parameters':{'dataStore':null,'data':[1]}}]",
        "f:1:54: error, step 1, parameters.delay: expected a number from 0 to 300 but got 301\n"
        "f:2:50: error, step 2, parameters: missing parameter \"url\" (Absolute address, http or "
        "https. Spaces and letters beyond ASCII in path and query are encoded.)\n"
        "f:2:60: error, step 2, parameters.method: expected GET, POST, PUT, DELETE, PATCH, HEAD or "
        "OPTIONS but got \"GETT\" (did you mean \"GET\"?)\n"
        "f:2:77: warning, step 2, parameters.timeOut: http.makeRequest has no parameter "
        "\"timeOut\" (did you mean \"timeout\"?)\n"
        "f:3:112: error, step 3, parameters.filter.conditions[0][0].o: There is no operator "
        "gretaer (did you mean greater?)\n"
        "f:3:126: error, step 3, parameters.filter.conditions[0][0].b: Operator on end of an "
        "expression. [{{1 + }}^6]\n"
        "f:3:174: error, step 3, parameters.sort[0].direction: expected asc or desc but got "
        "\"up\"\n"
        "f:3:180: error, step 3, parameters.sort[1]: missing field \"field\"\n"
        "f:4:76: error, step 4, parameters.value.a[0]: Function 'uper' not found! [{{uper(1)}}^2] "
        "(did you mean upper?)\n"
        "f:4:90: error, step 4, parameters.value.a[1]: The {{ that begins here has no closing }} "
        "[{{now^0]\n"
        "f:5:72: error, step 5, parameters.statusCode: expected a whole number from 0 to "
        "9007199254740992 but got text \"abc\"\n"
        "f:6:47: error, step 6, parameters: missing parameter \"array\" (The elements; one value "
        "alone is a list of one, none is empty.)\n"
        "f:7:66: error, step 7, parameters.dataStore: expected text but got null\n"
        "f:7:78: error, step 7, parameters.data: expected a collection but got an array of 1\n");
}

static void a_file_with_wrong_edges_still_has_its_steps_checked(void **state)
{
    (void)state;
    en_assert_problems(
        "{'modules': [{'id': 1, 'module': 'flow.sleep', 'parameters': {'delay': 301}}],\n"
        "'connections': [{'source': 1, 'target': 1}]}",
        "f:1:14: error, step 1: connections run in a circle: 1 → 1 (to repeat steps use "
        "flow.iterator or flow.repeater)\n"
        "f:1:72: error, step 1, parameters.delay: expected a number from 0 to 300 but got 301\n");
}

static void references_that_lead_nowhere_are_warnings(void **state)
{
    (void)state;
    en_assert_problems(
        "[{'id':1,'module':'webhook.customWebhook','parameters':{'name':'x','dataStructure':{'spec'"
        ":[{'name':'userId','type':'text'},{'name':'b','type':'txt'}]}}},\n"
        "{'id':2,'module':'datastor.addRecord'},\n"
        "{'id':3,'module':'util.setVariable','parameters':{'name':'total','value':{'x':'{{9.a}} "
        "{{userIds}} {{webhok.x}} {{totl}} {{something}} {{5.x}}'}}},\n"
        "{'id':4,'module':'flow.iterator','parameters':{'array':'{{item}}'}},\n"
        "{'id':5,'module':'flow.aggregator'},\n"
        "{'id':6,'module':'util.setVariable','parameters':{'name':'y','value':['{{4.a}}','{{http."
        "data}}','{{3.x}}{{previousModule.array}}{{datastore.x}}']}}]",
        "f:1:144: warning, step 1, parameters.dataStructure.spec[1].type: unknown type \"txt\": "
        "taken as any (did you mean \"text\"?)\n"
        "f:2:18: warning, step 2, module: unknown module \"datastor.addRecord\": it can only run "
        "with a mock (did you mean \"datastore.addRecord\"?)\n"
        "f:3:79: warning, step 3, parameters.value.x: there is no step 9 (ids: 1, 2, 3, 4, 5, 6)\n"
        "f:3:79: warning, step 3, parameters.value.x: nothing in this file is called \"userIds\" "
        "(did you mean \"userId\"?)\n"
        "f:3:79: warning, step 3, parameters.value.x: nothing in this file is called \"webhok\" "
        "(did you mean \"webhook\"?)\n"
        "f:3:79: warning, step 3, parameters.value.x: nothing in this file is called \"totl\" (did "
        "you mean \"total\"?)\n"
        "f:3:79: warning, step 3, parameters.value.x: step 5 does not run before this one\n"
        "f:4:56: warning, step 4, parameters.array: there is no loop around this step and no list "
        "before it\n"
        "f:6:71: warning, step 6, parameters.value[0]: step 4 runs in a loop that has ended here\n"
        "f:6:81: warning, step 6, parameters.value[1]: no http step runs before this one\n"
        "f:6:97: warning, step 6, parameters.value[2]: no datastore step runs before this one\n");
}

static void stores_that_are_not_declared_are_warnings(void **state)
{
    (void)state;
    en_assert_problems(
        "{'dataStores':[{'name':'Customers','structure':{'a':{'type':'text'}}},{'name':'X','"
        "structure':{'a':{'type':'foo'}}}],\n"
        "'modules':[{'id':1,'module':'datastore.addRecord','parameters':{'dataStore':'Custmers','"
        "data':{'a':1}}},\n"
        "{'id':2,'module':'datastore.addRecord','parameters':{'dataStore':'Customers','data':{'a':"
        "1},'overwrite':true}}]}",
        "f:1:108: error, dataStores[1].structure.a.type: unknown type \"foo\" (types: text, "
        "number, boolean, date, email, url, array, collection, buffer, any)\n"
        "f:2:77: warning, step 1, parameters.dataStore: the data store \"Custmers\" is not "
        "declared (did you mean \"Customers\"?)\n"
        "f:3:105: warning, step 2, parameters.overwrite: nothing here can be the key: every call "
        "adds a record (give a key, or make a field of \"Customers\" unique)\n");
}

static void settings_are_checked(void **state)
{
    (void)state;
    en_assert_problems(
        "{'modules':[{'id':1,'module':'flow.commit','position':'eror'}],'settings':{'scheduling':{'"
        "interval':'x'},'sequential':3,'maxErrors':-1},'inputs':[{}],'outputs':3,'variables':[{'"
        "value':1}],'scheduling':{'interval':-1}}",
        "f:1:55: warning, step 1, position: unknown position \"eror\" (error)\n"
        "f:1:101: error, settings.scheduling.interval: expected an interval of at most a year but "
        "got text\n"
        "f:1:119: error, settings.sequential: expected true or false but got number\n"
        "f:1:133: error, settings.maxErrors: expected a whole number but got number\n"
        "f:1:147: error, inputs[0]: expected a field with a name but got collection\n"
        "f:1:161: error, outputs: expected a list but got number\n"
        "f:1:176: error, variables[0]: expected a variable with a name\n"
        "f:1:214: error, scheduling.interval: expected an interval of at most a year but got "
        "another number\n");
}

static void elements_must_be_modules(void **state)
{
    (void)state;
    en_assert_problems(" [{'module':'flow.commit'},3,{'module':7},{}]",
                       "f:1:28: error: expected a module but got number\n"
                       "f:1:40: error, module: expected the name of a module but got number\n"
                       "f:1:43: error, module: expected the name of a module but got none\n");
}

static void connections_must_be_a_list(void **state)
{
    (void)state;
    en_assert_problems("{'modules':[{'module':'flow.commit'}],'connections':3}",
                       "f:1:53: error, connections: expected a list but got number\n");
}

static void comments_and_remarks_need_lenience(void **state)
{
    (void)state;
    const en_load_options options = { .lenient = true };
    en_assert_problems_with("[{'id':1,'module':'util.setVariable', // x\n"
                            "'parameters':{'name':'x','value':'{{what it is, really}}'}}]",
                            &options,
                            "f:2:34: warning, step 1, parameters.value: An operator is missing "
                            "before it [{{what it is, really}}^7]\n");
}

static void a_remark_in_braces_is_a_syntax_error(void **state)
{
    (void)state;
    en_assert_problems("[{'id':1,'module':'util.setVariable', \n"
                       "'parameters':{'name':'x','value':'{{what it is, really}}'}}]",
                       "f:2:34: error, step 1, parameters.value: An operator is missing before it "
                       "[{{what it is, really}}^7]\n");
}

static void an_unknown_position_is_a_warning(void **state)
{
    (void)state;
    en_assert_problems("[{'id': 1, 'module': 'flow.commit', 'position': 'eror'}]",
                       "f:1:49: warning, step 1, position: unknown position \"eror\" (error)\n");
}

static void respond_as_the_first_module_is_a_warning(void **state)
{
    (void)state;
    en_assert_problems("[{'id': 1, 'module': 'webhook.respond', 'parameters': {'body': 'x'}},\n"
                       "{'id': 2, 'module': 'flow.commit'}]",
                       "f:1:22: warning, step 1, module: the answer is sent before anything else "
                       "has run (start with webhook.customWebhook)\n");
}

static void a_write_of_what_was_read_before_an_outside_call_is_a_warning(void **state)
{
    (void)state;
    en_assert_problems(
        "[{'id': 1, 'module': 'datastore.getRecord', 'parameters': {'dataStore': 'S', 'recordId': "
        "'a'}},\n"
        "{'id': 2, 'module': 'datastore.updateRecord', 'parameters': {'dataStore': 'S', "
        "'recordId': 'a', 'data': {'n': '{{1.n + 1}}'}}},\n"
        "{'id': 3, 'module': 'http.makeRequest', 'parameters': {'url': 'http://a/'}},\n"
        "{'id': 4, 'module': 'datastore.updateRecord', 'parameters': {'dataStore': 'T', "
        "'recordId': '{{1.id}}', 'data': {'n': '{{1.n}}'}}},\n"
        "{'id': 5, 'module': 'datastore.updateRecord', 'parameters': {'dataStore': 'S', "
        "'recordId': '{{1.id}}', 'data': {'n': '{{3.data}}'}}},\n"
        "{'id': 6, 'module': 'datastore.updateRecord', 'parameters': {'dataStore': 'S', "
        "'recordId': 'a', 'data': {'n': '{{1.n + 1}}'}}}]",
        "f:6:105: warning, step 6, parameters.data: step 1 read this before step 3 reached "
        "outside: other runs may have changed it (read it again behind step 3, or use "
        "datastore.incrementField or datastore.compareAndSet)\n");
}

/* A read, a route for what was found with `hit` in it, one for what was not: a call, then `write`. */
#define LOOKED_UP(hit, write)                                                                      \
    "[{'id': 1, 'module': 'datastore.searchRecords', 'parameters': {'dataStore': 'S'}},\n"         \
    "{'id': 2, 'module': 'flow.router', 'parameters': {'routes': [{'id': 1, 'filter': "            \
    "{'conditions': [[{'a': '{{1.length}}', 'o': 'number:greater', 'b': 0}]]}}, "                  \
    "{'id': 2, 'fallback': true}]}},\n" hit                                                        \
    "{'id': 4, 'module': 'util.setVariable', 'route': 2, 'parameters': {'name': 'x', 'value': "    \
    "1}},\n" write "]"
#define CALL(id, route)                                                                            \
    "{'id': " #id ", 'module': 'http.makeRequest', 'route': " #route                               \
    ", 'parameters': {'url': 'http://a/'}},\n"
#define ADD(more)                                                                                  \
    "{'id': 6, 'module': 'datastore.addRecord', 'route': 2, 'parameters': {'dataStore': 'S', "     \
    "'data': {'id': '{{4.value}}'}" more "}}"
#define DECIDES                                                                                    \
    "f:5:21: warning, step 6, module: what step 1 read decides on this, but step 5 reached "       \
    "outside since: other runs may have changed it (read it again behind step 5, or use "          \
    "datastore.compareAndSet, or overwrite the record of a key)\n"

static void a_write_that_an_old_read_decides_is_a_warning(void **state)
{
    (void)state;
    en_assert_problems(LOOKED_UP("", CALL(5, 2) ADD("")), DECIDES);
    en_assert_problems(LOOKED_UP("", CALL(5, 2) ADD(", 'overwrite': true")), "");
    en_assert_problems(LOOKED_UP("", ADD("")), "");
}

static void a_call_in_another_route_makes_no_read_old(void **state)
{
    (void)state;
    en_assert_problems(LOOKED_UP(CALL(3, 1), ADD("")), "");
    en_assert_problems(
        "[{'id': 1, 'module': 'datastore.getRecord', 'parameters': {'dataStore': 'S', "
        "'recordId': 'a'}},\n"
        "{'id': 2, 'module': 'flow.router', 'parameters': {'routes': [{'id': 1, 'filter': "
        "{'conditions': [[{'a': '{{1.n}}', 'o': 'number:greater', 'b': 0}]]}}, {'id': 2, "
        "'fallback': true}]}},\n"
        "{'id': 3, 'module': 'webhook.respond', 'route': 1, 'parameters': {'body': 'x'}},\n"
        "{'id': 4, 'module': 'datastore.updateRecord', 'route': 2, 'parameters': {'dataStore': "
        "'S', 'recordId': 'a', 'data': {'n': '{{1.n + 1}}'}}}]",
        "");
}

static void loops_that_overlap_are_refused(void **state)
{
    (void)state;
    en_assert_problems(
        "{'modules': [\n"
        "{'id': 1, 'module': 'datastore.searchRecords', 'parameters': {'dataStore': 'S'}},\n"
        "{'id': 2, 'module': 'util.setVariable', 'parameters': {'name': 'x', 'value': "
        "'{{item.a}}'}},\n"
        "{'id': 3, 'module': 'datastore.searchRecords', 'parameters': {'dataStore': 'S'}},\n"
        "{'id': 4, 'module': 'util.setVariable', 'parameters': {'name': 'x', 'value': "
        "'{{item.a}}'}},\n"
        "{'id': 5, 'module': 'util.setVariable', 'parameters': {'name': 'x', 'value': '{{2.value}} "
        "{{4.value}}'}}],\n"
        "'connections': [{'source': 1, 'target': 2},\n"
        "{'source': 3, 'target': 4},\n"
        "{'source': 2, 'target': 5},\n"
        "{'source': 4, 'target': 5}]}",
        "f:6:1: error, step 5: this step would run for each record of step 1 and of step 3, which "
        "overlap (say which loop is meant with a flow.iterator)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_whole_numbers_and_unique),
        cmocka_unit_test(routes_must_exist),
        cmocka_unit_test(connections_must_lead_from_step_to_step),
        cmocka_unit_test(circles_name_their_steps),
        cmocka_unit_test(parameters_are_held_against_the_row),
        cmocka_unit_test(a_file_with_wrong_edges_still_has_its_steps_checked),
        cmocka_unit_test(references_that_lead_nowhere_are_warnings),
        cmocka_unit_test(stores_that_are_not_declared_are_warnings),
        cmocka_unit_test(settings_are_checked),
        cmocka_unit_test(elements_must_be_modules),
        cmocka_unit_test(connections_must_be_a_list),
        cmocka_unit_test(comments_and_remarks_need_lenience),
        cmocka_unit_test(a_remark_in_braces_is_a_syntax_error),
        cmocka_unit_test(an_unknown_position_is_a_warning),
        cmocka_unit_test(respond_as_the_first_module_is_a_warning),
        cmocka_unit_test(a_write_of_what_was_read_before_an_outside_call_is_a_warning),
        cmocka_unit_test(a_write_that_an_old_read_decides_is_a_warning),
        cmocka_unit_test(a_call_in_another_route_makes_no_read_old),
        cmocka_unit_test(loops_that_overlap_are_refused),
    };
    return EN_RUN(tests);
}
