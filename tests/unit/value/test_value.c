#include "test.h"

#include "base/random.h"
#include "value/value.h"

#include <math.h>
#include <stdio.h>

static en_arena arena;

static int set_up(void **state)
{
    (void)state;
    en_arena_init(&arena, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    en_arena_done(&arena);
    return 0;
}

static en_value text(const char *bytes)
{
    return en_text_value(en_text_from(bytes));
}

static en_value pair(const char *name, en_value value)
{
    en_collection_builder builder;
    en_collection_builder_init(&builder, &arena);
    en_collection_builder_add(&builder, en_text_from(name), value);
    return en_collection_builder_take(&builder);
}

static en_value list_of(const en_value *items, size_t count)
{
    en_array_builder builder;
    en_array_builder_init(&builder, &arena);
    for (size_t i = 0; i < count; i++) {
        en_array_builder_add(&builder, items[i]);
    }
    return en_array_builder_take(&builder);
}

/* --- scalars --- */

static void integers_stay_exact(void **state)
{
    (void)state;
    static const int64_t integers[] = { 0,         -1,        9007199254740992, -9007199254740992,
                                        INT64_MIN, INT64_MAX, 9007199254740993, -9007199254740993 };
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++) {
        int64_t back = 1;
        en_value value = en_integer(integers[i]);
        assert_true(en_value_integer(value, &back));
        assert_true(back == integers[i]);
        assert_true(en_value_number(value) == (double)integers[i]);
    }
    int64_t back = 7;
    en_value largest = en_integer_unsigned(UINT64_MAX);
    assert_false(en_value_integer(largest, &back));
    assert_int_equal(back, 7);
    assert_true(en_value_number(largest) == 18446744073709551615.0);
    assert_true(en_value_integer(en_integer_unsigned(5), &back));
    assert_int_equal(back, 5);
}

static void numbers_that_are_no_integers_say_so(void **state)
{
    (void)state;
    static const double numbers[] = { 0.5, 0x1p63, -0x1.0000000000001p63, 1e300, INFINITY, NAN };
    int64_t back;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        assert_false(en_value_integer(en_number(numbers[i]), &back));
    }
    assert_true(en_value_integer(en_number(-0x1p63), &back));
    assert_true(back == INT64_MIN);
    assert_true(en_value_integer(en_number(-0.0), &back));
    assert_int_equal(back, 0);
    assert_false(en_value_integer(text("5"), &back));
    assert_true(en_value_number(text("5")) == 0);
}

static void empty_is_nothing_null_or_empty_text(void **state)
{
    (void)state;
    assert_true(en_is_empty(en_nothing()));
    assert_true(en_is_empty(en_null()));
    assert_true(en_is_empty(text("")));
    assert_false(en_is_empty(text(" ")));
    assert_false(en_is_empty(en_number(0)));
    assert_false(en_is_empty(en_boolean(false)));
    assert_false(en_is_empty(en_array(NULL, 0)));
    assert_true(en_is_missing(en_null()));
    assert_false(en_is_missing(text("")));
}

static void every_tag_has_a_name(void **state)
{
    (void)state;
    for (int tag = 0; tag < EN_TAGS; tag++) {
        assert_non_null(en_tag_name((en_tag)tag));
    }
    assert_string_equal(en_tag_name(EN_TEXT_VALUE), "text");
}

static void only_texts_and_buffers_have_bytes(void **state)
{
    (void)state;
    assert_text(en_value_text(text("ab")), "ab");
    assert_text(en_value_text(en_buffer(EN_TEXT("ab"))), "ab");
    assert_text(en_value_text(en_number(3)), "");
    assert_non_null(en_value_text(en_text_value((en_text){ 0 })).data);
}

/* --- collections --- */

static en_value many(size_t count)
{
    en_collection_builder builder;
    en_collection_builder_init(&builder, &arena);
    for (size_t i = 0; i < count; i++) {
        size_t mixed = (i * 7919) % count; /* not in the order of the names */
        en_collection_builder_add(&builder, en_text_format(&arena, "name%zu", mixed),
                                  en_number((double)mixed));
    }
    return en_collection_builder_take(&builder);
}

static void members_are_found_in_small_and_large_collections(void **state)
{
    (void)state;
    static const size_t counts[] = { 1, 2, 11, 12, 13, 14, 100, 10007 };
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        en_value collection = many(counts[i]);
        assert_int_equal(en_collection_count(collection), counts[i]);
        for (size_t j = 0; j < counts[i]; j++) {
            en_value member = en_collection_find(collection, en_text_format(&arena, "name%zu", j));
            assert_true(en_value_number(member) == (double)j);
        }
        assert_false(en_collection_has(collection, EN_TEXT("name")));
        assert_false(en_collection_has(collection, EN_TEXT("zzz")));
        assert_true(en_is(en_collection_find(collection, EN_TEXT("NAME0")), EN_NOTHING));
        assert_true(en_is(en_collection_find_nocase(collection, EN_TEXT("NAME0")), EN_NUMBER));
        const en_member *members = en_collection_members(collection);
        assert_true(en_value_number(members[counts[i] - 1].value) ==
                    (double)(((counts[i] - 1) * 7919) % counts[i]));
    }
}

static void the_last_of_equal_names_wins_in_the_place_of_the_first(void **state)
{
    (void)state;
    static const size_t counts[] = { 2, 6, 7, 20, 200 };
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        en_collection_builder builder;
        en_collection_builder_init(&builder, &arena);
        for (size_t round = 0; round < 3; round++) {
            for (size_t j = 0; j < counts[i]; j++) {
                en_collection_builder_add(&builder, en_text_format(&arena, "n%zu", j),
                                          en_number((double)(round * 1000 + j)));
            }
        }
        en_value collection = en_collection_builder_take(&builder);
        assert_int_equal(en_collection_count(collection), counts[i]);
        for (size_t j = 0; j < counts[i]; j++) {
            const en_member *member = &en_collection_members(collection)[j];
            assert_text(member->name, en_text_format(&arena, "n%zu", j).data);
            assert_true(en_value_number(member->value) == (double)(2000 + j));
            assert_true(en_value_number(en_collection_find(collection, member->name)) ==
                        (double)(2000 + j));
        }
    }
}

static void the_empty_name_is_a_name(void **state)
{
    (void)state;
    en_value collection = pair("", en_number(1));
    assert_true(en_collection_has(collection, EN_TEXT("")));
    assert_true(en_collection_has(collection, (en_text){ 0 }));
    assert_true(en_is(en_value_at(collection, EN_TEXT("")), EN_NUMBER));
}

static void setting_replaces_a_member_or_appends_it(void **state)
{
    (void)state;
    en_collection_builder builder;
    en_collection_builder_init(&builder, &arena);
    en_collection_builder_set(&builder, EN_TEXT("a"), en_number(1));
    en_collection_builder_set(&builder, EN_TEXT("b"), en_number(2));
    en_collection_builder_set(&builder, EN_TEXT("a"), en_number(3));
    en_value collection = en_collection_builder_take(&builder);
    assert_int_equal(en_collection_count(collection), 2);
    assert_text(en_collection_members(collection)[0].name, "a");
    assert_true(en_value_number(en_collection_members(collection)[0].value) == 3);
}

static void what_is_no_collection_has_no_members(void **state)
{
    (void)state;
    assert_int_equal(en_collection_count(text("a")), 0);
    assert_null(en_collection_members(en_array(NULL, 0)));
    assert_false(en_collection_has(en_null(), EN_TEXT("a")));
    assert_true(en_is(en_collection_find_nocase(en_number(1), EN_TEXT("a")), EN_NOTHING));
}

static void paths_lead_through_collections(void **state)
{
    (void)state;
    en_value inner = pair("c", text("deep"));
    en_value value = pair("a", pair("b", inner));
    assert_text(en_value_text(en_value_at(value, EN_TEXT("a.b.c"))), "deep");
    assert_true(en_is(en_value_at(value, EN_TEXT("a.b")), EN_COLLECTION));
    assert_true(en_is(en_value_at(value, EN_TEXT("a.x.c")), EN_NOTHING));
    assert_true(en_is(en_value_at(value, EN_TEXT("a.b.c.d")), EN_NOTHING));
    assert_true(en_is(en_value_at(value, EN_TEXT("a.")), EN_NOTHING));
    assert_true(en_is(en_value_at(value, EN_TEXT("")), EN_NOTHING));
}

/* --- copies --- */

static void a_copy_shares_nothing(void **state)
{
    (void)state;
    en_arena old;
    en_arena_init(&old, NULL);
    en_arena new_arena;
    en_arena_init(&new_arena, NULL);
    en_collection_builder builder;
    en_collection_builder_init(&builder, &old);
    for (size_t i = 0; i < 20; i++) {
        en_array_builder items;
        en_array_builder_init(&items, &old);
        en_array_builder_add(&items, en_text_value(en_text_format(&old, "text %zu", i)));
        en_array_builder_add(&items, en_buffer(en_text_format(&old, "bytes")));
        en_array_builder_add(&items, en_text_value(EN_TEXT("")));
        en_array_builder_add(&items, en_integer(INT64_MAX));
        en_array_builder_add(&items, en_date(5));
        en_collection_builder_add(&builder, en_text_format(&old, "m%zu", i),
                                  en_array_builder_take(&items));
    }
    en_value copy = en_value_copy(&new_arena, en_collection_builder_take(&builder));
    en_arena_done(&old); /* the sanitizer sees every byte that is still shared */
    assert_int_equal(en_collection_count(copy), 20);
    en_value items = en_collection_find(copy, EN_TEXT("m13"));
    assert_int_equal(items.length, 5);
    assert_text(en_value_text(items.as.items[0]), "text 13");
    assert_text(en_value_text(items.as.items[1]), "bytes");
    assert_text(en_value_text(items.as.items[2]), "");
    int64_t integer = 0;
    assert_true(en_value_integer(items.as.items[3], &integer) && integer == INT64_MAX);
    assert_true(items.as.items[4].as.date_ms == 5);
    en_arena_done(&new_arena);
}

static void what_is_rescued_shares_only_what_lasts(void **state)
{
    (void)state;
    en_arena lasting;
    en_arena passing;
    en_arena other;
    en_arena to;
    en_arena_init(&lasting, NULL);
    en_arena_init(&passing, NULL);
    en_arena_init(&other, NULL);
    en_arena_init(&to, NULL);
    en_array_builder list;
    en_array_builder_init(&list, &lasting);
    en_array_builder_add(&list, en_text_value(en_text_format(&lasting, "stays")));
    en_value kept = en_array_builder_take(&list);
    en_collection_builder builder;
    en_collection_builder_init(&builder, &passing);
    en_text name = en_text_format(&lasting, "name");
    en_collection_builder_add(&builder, name, kept);
    en_collection_builder_add(&builder, en_text_format(&passing, "text"),
                              en_text_value(en_text_format(&other, "moves")));
    for (size_t i = 0; i < 20; i++) { /* an index of names, too */
        en_collection_builder_add(&builder, en_text_format(&passing, "m%zu", i), en_integer(5));
    }
    en_value value = en_collection_builder_take(&builder);
    const en_arena *ends[] = { &passing, &other };
    en_value rescued = en_value_rescue(&to, value, ends, 2);
    assert_true(en_value_equal(rescued, value));
    en_arena_done(&passing);
    en_arena_done(&other);
    assert_ptr_equal(en_collection_members(rescued)[0].name.data, name.data);
    assert_ptr_equal(en_collection_members(rescued)[0].value.as.items, kept.as.items);
    assert_text(en_value_text(en_collection_find(rescued, EN_TEXT("text"))), "moves");
    assert_true(en_value_number(en_collection_find(rescued, EN_TEXT("m19"))) == 5);
    assert_ptr_equal(en_value_rescue(&to, kept, ends, 2).as.items, kept.as.items);
    en_arena_done(&to);
    en_arena_done(&lasting);
}

static void a_copy_of_nothing_is_nothing(void **state)
{
    (void)state;
    assert_true(en_is(en_value_copy(&arena, en_nothing()), EN_NOTHING));
    assert_int_equal(en_value_copy(&arena, en_array(NULL, 0)).length, 0);
}

static void a_copy_over_the_budget_marks_it(void **state)
{
    (void)state;
    en_value value = many(10007);
    for (size_t limit = 1000; limit < 2000000; limit = limit * 3 / 2) {
        en_budget budget = { .limit_bytes = limit };
        en_arena small;
        en_arena_init(&small, &budget);
        en_value copy = en_value_copy(&small, value);
        assert_true(budget.exceeded || en_value_equal(copy, value));
        assert_true(en_is(copy, EN_COLLECTION));
        en_arena_done(&small);
    }
}

static en_value nest(size_t levels, en_value inner)
{
    for (size_t i = 0; i < levels; i++) {
        inner = i % 2 == 0 ? list_of(&inner, 1) : pair("a", inner);
    }
    return inner;
}

static void deep_values_are_copied_and_deeper_ones_cut(void **state)
{
    (void)state;
    en_value deep = nest(4000, text("x"));
    assert_true(en_value_equal(en_value_copy(&arena, deep), deep));
    en_value copy = en_value_copy(&arena, nest(100000, text("x")));
    assert_true(en_is(copy, EN_COLLECTION));
}

/* --- equality --- */

static void values_are_equal_by_content(void **state)
{
    (void)state;
    en_value values[] = {
        en_nothing(),
        en_null(),
        en_boolean(false),
        en_boolean(true),
        en_number(0),
        en_number(1),
        en_number(NAN),
        en_number(INFINITY),
        en_number(-INFINITY),
        en_integer(INT64_MAX),
        en_integer(INT64_MAX - 1),
        en_integer(INT64_MIN + 1),
        en_integer_unsigned(UINT64_MAX),
        en_integer_unsigned(UINT64_MAX - 1),
        text(""),
        text("a"),
        text("A"),
        text("a\n"),
        en_buffer(EN_TEXT("a")),
        en_date(0),
        en_date(1),
        en_array(NULL, 0),
        nest(1, text("a")),
        nest(1, text("b")),
        pair("a", en_null()),
        pair("b", en_null()),
        pair("a", en_nothing()),
        pair("a", pair("a", en_number(1))),
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        for (size_t j = 0; j < sizeof values / sizeof values[0]; j++) {
            en_value copy = en_value_copy(&arena, values[j]);
            assert_true(en_value_equal(values[i], copy) == (i == j));
        }
    }
}

static void numbers_are_equal_by_value_in_every_form(void **state)
{
    (void)state;
    assert_true(en_value_equal(en_number(0.0), en_number(-0.0)));
    assert_true(en_value_equal(en_integer(5), en_number(5)));
    assert_true(en_value_equal(en_integer_unsigned(0x8000000000000000u), en_number(0x1p63)));
    assert_true(en_value_equal(en_number(-0x1p63), en_integer(INT64_MIN)));
    assert_true(en_value_equal(en_number(0x1p60), en_integer((int64_t)1 << 60)));
    assert_false(en_value_equal(en_number(0x1p60), en_integer(((int64_t)1 << 60) + 1)));
    assert_false(en_value_equal(en_integer(INT64_MAX), en_number(0x1p63)));
    assert_false(en_value_equal(en_integer_unsigned(UINT64_MAX), en_number(0x1p64)));
    assert_false(en_value_equal(en_integer_unsigned(UINT64_MAX), en_number(NAN)));
    assert_false(en_value_equal(en_number(INFINITY), en_integer(INT64_MAX)));
}

static void the_order_of_members_does_not_matter(void **state)
{
    (void)state;
    static const char *const orders[] = { "ab", "ba" };
    en_value values[2];
    for (size_t i = 0; i < 2; i++) {
        en_collection_builder builder;
        en_collection_builder_init(&builder, &arena);
        en_collection_builder_add(&builder, (en_text){ orders[i], 1 }, text("x"));
        en_collection_builder_add(&builder, (en_text){ orders[i] + 1, 1 }, text("x"));
        values[i] = en_collection_builder_take(&builder);
    }
    assert_true(en_value_equal(values[0], values[1]));
    assert_false(en_value_equal(values[0], pair("a", text("x"))));
    assert_false(en_value_equal(pair("a", text("x")), values[0]));
}

/* --- builders --- */

static void a_long_array_keeps_its_elements(void **state)
{
    (void)state;
    en_array_builder builder;
    en_array_builder_init(&builder, &arena);
    for (size_t i = 0; i < 100000; i++) {
        en_array_builder_add(&builder, en_number((double)i));
        if (i % 5000 == 0) {
            en_arena_alloc(&arena, 1); /* so that it cannot grow in place */
        }
    }
    en_value array = en_array_builder_take(&builder);
    assert_int_equal(array.length, 100000);
    for (size_t i = 0; i < array.length; i++) {
        assert_true(array.as.items[i].as.number == (double)i);
    }
    assert_int_equal(en_array_builder_take(&builder).length, 0);
}

static void builders_that_cannot_grow_give_an_empty_value(void **state)
{
    (void)state;
    en_budget budget = { .limit_bytes = 20000 };
    en_arena small;
    en_arena_init(&small, &budget);
    en_array_builder items;
    en_collection_builder members;
    en_array_builder_init(&items, &small);
    en_collection_builder_init(&members, &small);
    for (size_t i = 0; i < 5000; i++) {
        en_array_builder_add(&items, en_number(1));
        en_collection_builder_add(&members, EN_TEXT("a"), en_number(1));
    }
    assert_true(items.failed);
    assert_true(members.failed);
    assert_true(budget.exceeded);
    assert_int_equal(en_array_builder_take(&items).length, 0);
    assert_int_equal(en_collection_count(en_collection_builder_take(&members)), 0);
    en_arena_done(&small);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(integers_stay_exact),
        test(numbers_that_are_no_integers_say_so),
        test(empty_is_nothing_null_or_empty_text),
        test(every_tag_has_a_name),
        test(only_texts_and_buffers_have_bytes),
        test(members_are_found_in_small_and_large_collections),
        test(the_last_of_equal_names_wins_in_the_place_of_the_first),
        test(the_empty_name_is_a_name),
        test(setting_replaces_a_member_or_appends_it),
        test(what_is_no_collection_has_no_members),
        test(paths_lead_through_collections),
        test(a_copy_shares_nothing),
        test(what_is_rescued_shares_only_what_lasts),
        test(a_copy_of_nothing_is_nothing),
        test(a_copy_over_the_budget_marks_it),
        test(deep_values_are_copied_and_deeper_ones_cut),
        test(values_are_equal_by_content),
        test(numbers_are_equal_by_value_in_every_form),
        test(the_order_of_members_does_not_matter),
        test(a_long_array_keeps_its_elements),
        test(builders_that_cannot_grow_give_an_empty_value),
    };
    return EN_RUN(tests);
}
