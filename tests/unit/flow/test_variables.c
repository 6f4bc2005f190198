#include "play.h"

#include <stdio.h>

enum { MANY = 10000, LONG = 4000, READERS = 200 };

/* A collection of many variables, v0 = "value 0" and so on. */
static en_value many_variables(play *p)
{
    en_collection_builder variables;
    en_collection_builder_init(&variables, &p->arena);
    for (int i = 0; i < MANY; i++) {
        en_collection_builder_add(&variables, en_text_format(&p->arena, "v%d", i),
                                  en_text_value(en_text_format(&p->arena, "value %d", i)));
    }
    return en_collection_builder_take(&variables);
}

static const char naming_some[] =
    "[{'id':1,'module':'util.setVariable','parameters':{'name':'v7','value':'other'}},"
    "{'id':2,'module':'util.setVariable','parameters':{'name':'all','value':"
    "'{{v0}}, {{v7}}, {{v5000}}, {{v9999}}, {{v10000}}'}}]";

static void ten_thousand_variables_are_found(void **state)
{
    (void)state;
    play p;
    play_open(&p, naming_some);
    p.options.variables = many_variables(&p);
    play_run(&p);
    play_expect(&p, "{'status':'success','output':{'value':"
                    "'value 0, other, value 5000, value 9999, '}}");
    play_close(&p);
}

/* A list long enough to be lent, as the payload {list}. */
static void give_long_list(play *p)
{
    en_array_builder list;
    en_array_builder_init(&list, &p->arena);
    for (int i = 0; i < LONG; i++) {
        en_array_builder_add(&list, en_text_value(en_text_format(&p->arena, "element %d", i)));
    }
    en_collection_builder payload;
    en_collection_builder_init(&payload, &p->arena);
    en_collection_builder_add(&payload, EN_TEXT("list"), en_array_builder_take(&list));
    p->options.payload = en_collection_builder_take(&payload);
}

static void readers_of_a_large_value_share_it(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_builder scenario;
    en_builder_init(&scenario, &arena);
    en_builder_format(&scenario, "[{'id':0,'module':'util.setVariable','parameters':"
                                 "{'name':'big','value':'{{input.list}}'}}");
    for (int i = 1; i <= READERS; i++) {
        en_builder_format(&scenario,
                          ",{'id':%d,'module':'util.getVariable','parameters':{'name':'big'}}", i);
    }
    en_builder_format(&scenario, "]%c", '\0');
    play p;
    play_open(&p, en_builder_take(&scenario).data);
    p.options.trace = false;
    p.options.max_bytes = 8 << 20; /* not enough for a copy each, of some 200 KB */
    give_long_list(&p);
    play_run(&p);
    play_expect(&p, "{'status':'success'}");
    assert_true(p.report.peak_bytes > (size_t)LONG * sizeof(en_value));
    play_close(&p);
    en_arena_done(&arena);
}

/* The variable is set again while what was read lies in a slot, a collection and the last output. */
static const char setting_again[] =
    "[{'id':1,'module':'util.setVariable','parameters':{'name':'big','value':'{{input.list}}'}},"
    "{'id':2,'module':'util.getVariable','parameters':{'name':'big'}},"
    "{'id':3,'module':'flow.iterator','parameters':{'array':['x','y','z','u','w']}},"
    "{'id':4,'module':'util.getVariable','parameters':{'name':'big'}},"
    "{'id':5,'module':'util.setVariable','parameters':"
    "{'name':'big','value':'{{add(4.value; 3.item)}}'}},"
    "{'id':6,'module':'util.setVariable','parameters':{'name':'seen','value':"
    "{'before':'{{4.value}}','length':'{{big.length}}'}}},"
    "{'id':7,'module':'flow.aggregator','parameters':{'sourceModule':3}},"
    "{'id':8,'module':'util.setVariable','parameters':{'name':'big','value':'small'}},"
    "{'id':9,'module':'util.setVariable','parameters':{'name':'end','value':"
    "'{{big}} {{2.value.length}} {{2.value[3999]}} {{7.array[1].value.before[4000]}} "
    "{{7.array[4].value.before.length}} {{7.array[0].value.length}}'}}]";

static void what_was_read_stays_as_it_was(void **state)
{
    (void)state;
    play p;
    play_open(&p, setting_again);
    give_long_list(&p);
    play_run(&p);
    play_expect(&p, "{'status':'success','output':{'value':"
                    "'small 4000 element 3999 x 4004 4001'}}");
    play_close(&p);
}

/* A run in which nothing comes behind what was lent ends with it as its output. */
static const char reading_last[] =
    "[{'id':1,'module':'util.setVariable','parameters':{'name':'big','value':'{{input.list}}'}},"
    "{'id':2,'module':'flow.iterator','parameters':{'array':[1,2,3,4,5]}},"
    "{'id':3,'module':'flow.router','parameters':{'routes':["
    "{'filter':{'conditions':[[{'a':'{{2.item}}','o':'less','b':3}]]}}]}},"
    "{'id':4,'route':1,'module':'util.getVariable','parameters':{'name':'big'}}]";

static void the_last_output_may_be_lent(void **state)
{
    (void)state;
    play p;
    play_open(&p, reading_last);
    give_long_list(&p);
    play_run(&p);
    assert_int_equal(en_collection_find(p.report.output, EN_TEXT("value")).length, LONG);
    play_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_variables_are_found),
        cmocka_unit_test(readers_of_a_large_value_share_it),
        cmocka_unit_test(what_was_read_stays_as_it_was),
        cmocka_unit_test(the_last_output_may_be_lent),
    };
    return EN_RUN(tests);
}
