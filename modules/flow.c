/* flow - routers, loops, joins, pauses and ends. Sources: toolkit-dialect.md 2.3, Q4-Q11, Q28-Q32,
 * Q61. */
#include "module/module.h"

#include <ctype.h>
#include <string.h>

/* --- router: its routes become gates of the plan --- */

static const en_param route_fields[] = {
    { "id", EN_T_COUNT, EN_LITERAL,
      .doc = "What `route` of a step names; else its position from 1." },
    { "label", EN_T_TEXT, EN_LITERAL, .doc = "A name for people; `name` is taken as well." },
    { "filter", EN_T_ANY, 0, .doc = "Conditions; none: the route is always taken." },
    { "fallback", EN_T_BOOLEAN, EN_LITERAL, .doc = "Taken only if no route with conditions was." },
    { 0 },
};
static const en_param router_takes[] = {
    { "routes", EN_T_ARRAY, EN_LITERAL, .fields = route_fields,
      .doc = "The routes, tried in order." },
    { 0 },
};

/* --- iterator and repeater: loops --- */

enum { ITERATOR_ARRAY };
static const en_param iterator_takes[] = {
    [ITERATOR_ARRAY] = { "array", EN_T_ARRAY | EN_T_NULL, EN_REQUIRED | EN_MAY_BE_EMPTY,
                         .doc = "The elements; one value alone is a list of one, none is empty." },
    { 0 },
};
static const en_param iterator_gives[] = {
    { "item", EN_T_ANY, 0, .doc = "The element; its fields are readable directly as well." },
    { "index", EN_T_COUNT, 0, .doc = "Position from 1." },
    { "length", EN_T_COUNT, 0, .doc = "Number of elements." },
    { 0 },
};

static bool iterator_run(en_call *call)
{
    en_value array = en_call_value(call, ITERATOR_ARRAY);
    return en_call_emit_items(call, array.tag == EN_ARRAY ? array : en_array(NULL, 0));
}

enum { REPEATER_START, REPEATER_REPEATS, REPEATER_STEP };
static const en_param repeater_takes[] = {
    [REPEATER_START] = { "start", EN_T_NUMBER, 0, .fallback = "1", .doc = "The first value of i." },
    [REPEATER_REPEATS] = { "repeats", EN_T_COUNT, 0, .fallback = "1", .least = 0, .most = 10000,
                           .doc = "How many bundles." },
    [REPEATER_STEP] = { "step", EN_T_NUMBER, 0, .fallback = "1", .doc = "Added to i each time." },
    { 0 },
};
static const en_param repeater_gives[] = {
    { "i", EN_T_NUMBER, EN_REQUIRED, .doc = "start, start + step, …" },
    { 0 },
};

static bool repeater_run(en_call *call)
{
    en_array_builder bundles;
    en_array_builder_init(&bundles, en_call_arena(call));
    double i = en_call_number(call, REPEATER_START);
    for (uint64_t n = en_call_count(call, REPEATER_REPEATS); n > 0; n--) {
        en_collection_builder bundle;
        en_collection_builder_init(&bundle, en_call_arena(call));
        en_collection_builder_add(&bundle, EN_TEXT("i"), en_number(i));
        en_array_builder_add(&bundles, en_collection_builder_take(&bundle));
        i += en_call_number(call, REPEATER_STEP);
    }
    return en_call_emit_items(call, en_array_builder_take(&bundles));
}

/* --- converger: the branches of a join as one bundle --- */

static const en_param converger_gives[] = {
    { "routes", EN_T_COLLECTION, EN_REQUIRED,
      .doc = "Last output of each taken branch, by label or id." },
    { "array", EN_T_ARRAY, EN_REQUIRED,
      .doc = "The same outputs as a list, in the order of the routes." },
    { 0 },
};

static bool converger_run(en_call *call)
{
    en_arena *arena = en_call_arena(call);
    en_collection_builder routes;
    en_array_builder array;
    en_collection_builder_init(&routes, arena);
    en_array_builder_init(&array, arena);
    for (size_t i = 0; i < en_call_input_count(call); i++) {
        en_input input = en_call_input(call, i);
        en_text name = input.route.length != 0 ? input.route : en_text_format(arena, "%zu", i + 1);
        en_collection_builder_add(&routes, name, input.bundle);
        en_array_builder_add(&array, input.bundle);
    }
    en_collection_builder output;
    en_collection_builder_init(&output, arena);
    en_collection_builder_add(&output, EN_TEXT("routes"), en_collection_builder_take(&routes));
    en_collection_builder_add(&output, EN_TEXT("array"), en_array_builder_take(&array));
    return en_call_emit(call, en_collection_builder_take(&output));
}

/* --- aggregator: rule set of toolkit-dialect.md Q5 --- */

enum { AGGREGATOR_TARGET, AGGREGATOR_GROUP, AGGREGATOR_STOP, AGGREGATOR_EMPTY, AGGREGATOR_SOURCE };
static const en_param target_fields[] = {
    { "name", EN_T_TEXT, EN_REQUIRED | EN_LITERAL, .doc = "Name of the field." },
    { "type", EN_T_TEXT, EN_LITERAL,
      .doc = "text, number, boolean, date, array, collection or any." },
    { "required", EN_T_BOOLEAN, EN_LITERAL, .doc = "Nothing found for it is a DataError." },
    { "value", EN_T_ANY, EN_PER_BUNDLE, .doc = "Where its value comes from, for every bundle." },
    { "spec", EN_T_ARRAY, EN_LITERAL, .doc = "Shape of the elements, for people." },
    { 0 },
};
static const en_param aggregator_takes[] = {
    [AGGREGATOR_TARGET] = { "targetStructure", EN_T_ARRAY, EN_LITERAL, .fallback = "[]",
                            .fields = target_fields, .doc = "The fields to make." },
    [AGGREGATOR_GROUP] = { "groupBy", EN_T_ANY | EN_T_NULL, EN_PER_BUNDLE,
                           .doc = "One output for each distinct value, in first-seen order." },
    [AGGREGATOR_STOP] = { "stopProcessing", EN_T_BOOLEAN, EN_LITERAL, .fallback = "false",
                          .doc = "The path ends behind the aggregator." },
    [AGGREGATOR_EMPTY] = { "outputEmpty", EN_T_BOOLEAN, 0, .fallback = "false",
                           .doc = "Emit an empty list and zero counts when nothing arrived." },
    [AGGREGATOR_SOURCE] = { "sourceModule", EN_T_COUNT | EN_T_NULL, EN_LITERAL,
                            .doc = "Id of the loop to close; else the innermost open one." },
    { 0 },
};
static const en_param aggregator_gives[] = {
    { "array", EN_T_ARRAY, EN_REQUIRED, .doc = "What was collected." },
    { "key", EN_T_ANY, 0, .doc = "With groupBy: the group's value." },
    { 0 },
};

typedef struct aggregate {
    en_call *call;
    en_arena *arena;
    en_value targets;
    en_value elements; /* every input as the array shows it before names are picked */
    bool joined;
} aggregate;

static en_text target_name(en_value target)
{
    return en_value_text(en_collection_find(target, EN_TEXT("name")));
}

/* The field of one input: an expression of the target's own wins over a field of that name. */
static en_value input_field(const aggregate *all, size_t index, en_text name)
{
    en_input input = en_call_input(all->call, index);
    if (en_collection_has(input.values, name)) {
        return en_collection_find(input.values, name);
    }
    return en_collection_find(all->elements.as.items[index], name);
}

static en_value list_of(const aggregate *all, en_text name)
{
    en_array_builder list;
    en_array_builder_init(&list, all->arena);
    for (size_t i = 0; i < all->elements.length; i++) {
        en_value value = input_field(all, i, name);
        if (value.tag != EN_NOTHING) {
            en_array_builder_add(&list, value);
        }
    }
    return en_array_builder_take(&list);
}

static bool sum_of(const aggregate *all, en_text name, en_value values, en_value *sum)
{
    double total = 0;
    for (size_t i = 0; i < values.length; i++) {
        en_value number;
        if (en_is_empty(values.as.items[i])) {
            continue;
        }
        if (!en_coerce(all->arena, EN_T_NUMBER, values.as.items[i], NULL, &number,
                       en_call_error(all->call))) {
            en_error_prefix_path(en_call_error(all->call), name);
            return false;
        }
        total += en_value_number(number);
    }
    *sum = en_number(total);
    return true;
}

/* "totalAmount" and "sumAmount" sum the field "amount"; empty: the name says nothing of the kind.
 */
static en_text summed_field(en_arena *arena, en_text name)
{
    static const en_text prefixes[] = { { "total", 5 }, { "sum", 3 } };
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (name.length > prefixes[i].length && en_text_starts(name, prefixes[i])) {
            en_text rest =
                en_text_copy(arena, en_text_slice(name, prefixes[i].length, name.length));
            char *first = (char *)rest.data;
            *first = (char)tolower((unsigned char)*first);
            return rest;
        }
    }
    return EN_TEXT("");
}

static bool make_number(const aggregate *all, en_text name, en_value *value)
{
    en_value values = list_of(all, name);
    en_text summed = name;
    if (values.length == 0) {
        summed = summed_field(all->arena, name);
        values = list_of(all, summed);
    }
    if (values.length == 0) {
        *value = en_number((double)all->elements.length);
        return true;
    }
    return sum_of(all, summed, values, value);
}

static bool make_array(const aggregate *all, en_text name, en_value *value)
{
    en_value values = list_of(all, name);
    *value = values.length != 0 ? values : all->elements;
    return true;
}

static bool make_scalar(const aggregate *all, en_text name, en_value *value)
{
    en_text group = en_call_group_name(all->call);
    if (group.length != 0 && en_text_equal(group, name)) {
        *value = en_call_group_key(all->call);
        return true;
    }
    en_value values = list_of(all, name);
    *value = values.length != 0 ? values.as.items[0] : en_nothing();
    return true;
}

static bool make_collection(const aggregate *all, en_text name, en_value *value)
{
    if (!all->joined) {
        return make_scalar(all, name, value);
    }
    en_collection_builder routes;
    en_collection_builder_init(&routes, all->arena);
    for (size_t i = 0; i < en_call_input_count(all->call); i++) {
        en_input input = en_call_input(all->call, i);
        en_collection_builder_add(&routes, input.route, input.bundle);
    }
    *value = en_collection_builder_take(&routes);
    return true;
}

static const struct {
    en_types type;
    bool (*make)(const aggregate *all, en_text name, en_value *value);
} makers[] = {
    { EN_T_NUMBER, make_number }, { EN_T_COUNT, make_number },
    { EN_T_TEXT, make_scalar },   { EN_T_BOOLEAN, make_scalar },
    { EN_T_DATE, make_scalar },   { EN_T_EMAIL, make_scalar },
    { EN_T_URL, make_scalar },    { EN_T_COLLECTION, make_collection },
};

static bool make_field(const aggregate *all, en_value target, en_collection_builder *output)
{
    en_text name = target_name(target);
    en_types type = en_types_find(en_value_text(en_collection_find(target, EN_TEXT("type"))));
    bool (*make)(const aggregate *, en_text, en_value *) = make_array; /* array, any, none */
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        if (makers[i].type == type) {
            make = makers[i].make;
        }
    }
    en_value value = en_nothing();
    if (!make(all, name, &value)) {
        return false;
    }
    en_value required = en_collection_find(target, EN_TEXT("required"));
    if (en_is_missing(value) && required.tag == EN_BOOLEAN && required.as.boolean) {
        en_error_set(en_call_error(all->call), EN_DataError,
                     "the required field \"%.*s\" was in none of the %u bundles collected",
                     EN_TEXT_ARG(name), (unsigned)all->elements.length);
        en_error_prefix_path(en_call_error(all->call), name);
        return false;
    }
    en_collection_builder_set(output, name, value.tag == EN_NOTHING ? en_null() : value);
    return true;
}

/* An element shows the target's names when it has any of them, else all of itself. */
static bool pick_names(const aggregate *all, size_t index, en_value *shown)
{
    en_collection_builder picked;
    en_collection_builder_init(&picked, all->arena);
    for (size_t t = 0; t < all->targets.length; t++) {
        en_text name = target_name(all->targets.as.items[t]);
        en_value value = input_field(all, index, name);
        if (value.tag != EN_NOTHING) {
            en_collection_builder_set(&picked, name, value);
        }
    }
    bool any = picked.count != 0;
    *shown = any ? en_collection_builder_take(&picked) : all->elements.as.items[index];
    return any;
}

/* Often nothing is picked at all: then the list of the elements is what is shown. */
static en_value shown_elements(const aggregate *all)
{
    en_value *shown = NULL;
    for (size_t i = 0; i < all->elements.length; i++) {
        en_value element;
        bool picked = pick_names(all, i, &element);
        if (shown == NULL && picked) {
            shown = EN_TRY_ARRAY(all->arena, en_value, all->elements.length);
            if (shown == NULL) {
                return en_array(NULL, 0);
            }
            memcpy(shown, all->elements.as.items, i * sizeof *shown);
        }
        if (shown != NULL) {
            shown[i] = element;
        }
    }
    return shown != NULL ? en_array(shown, all->elements.length) : all->elements;
}

static en_value input_element(en_arena *arena, en_input input)
{
    if (input.route.length == 0) {
        return input.bundle;
    }
    en_collection_builder element;
    en_collection_builder_init(&element, arena);
    en_collection_builder_add(&element, EN_TEXT("route"), en_text_value(input.route));
    en_collection_builder_add(&element, EN_TEXT("result"), input.bundle);
    return en_collection_builder_take(&element);
}

static bool aggregator_run(en_call *call)
{
    aggregate all = { .call = call,
                      .arena = en_call_arena(call),
                      .targets = en_call_value(call, AGGREGATOR_TARGET) };
    size_t count = en_call_input_count(call);
    en_value *elements = EN_TRY_ARRAY(all.arena, en_value, count);
    for (size_t i = 0; elements != NULL && i < count; i++) {
        en_input input = en_call_input(call, i);
        all.joined = all.joined || input.route.length != 0;
        elements[i] = input_element(all.arena, input);
    }
    all.elements = en_array(elements, elements != NULL ? count : 0);
    en_collection_builder output;
    en_collection_builder_init(&output, all.arena);
    en_collection_builder_add(&output, EN_TEXT("array"), shown_elements(&all));
    if (en_call_group_key(call).tag != EN_NOTHING) {
        en_collection_builder_add(&output, EN_TEXT("key"), en_call_group_key(call));
    }
    for (size_t t = 0; t < all.targets.length; t++) {
        if (!make_field(&all, all.targets.as.items[t], &output)) {
            return false;
        }
    }
    return en_call_emit(call, en_collection_builder_take(&output));
}

/* --- sleep, throw, commit, rollback --- */

enum { SLEEP_DELAY };
static const en_param sleep_takes[] = {
    [SLEEP_DELAY] = { "delay", EN_T_NUMBER, EN_REQUIRED, .least = 0, .most = 300,
                      .doc = "Seconds; fractions count." },
    { 0 },
};

static const en_param nothing_gives[] = { { 0 } };

static bool emit_empty(en_call *call)
{
    en_collection_builder empty;
    en_collection_builder_init(&empty, en_call_arena(call));
    return en_call_emit(call, en_collection_builder_take(&empty));
}

static bool sleep_run(en_call *call)
{
    double seconds = en_call_number(call, SLEEP_DELAY);
    return en_call_sleep(call, (int64_t)(seconds * 1000)) && emit_empty(call);
}

enum { THROW_MESSAGE, THROW_STATUS };
static const en_param throw_takes[] = {
    [THROW_MESSAGE] = { "message", EN_T_TEXT | EN_T_NULL, EN_REQUIRED | EN_MAY_BE_EMPTY,
                        .doc = "What the caller reads." },
    [THROW_STATUS] = { "statusCode", EN_T_COUNT | EN_T_NULL, 0, .least = 100, .most = 599,
                       .doc = "Status towards a webhook's caller; 500 when left out." },
    { 0 },
};

static bool throw_run(en_call *call)
{
    en_text message = en_call_text(call, THROW_MESSAGE);
    en_error_set(en_call_error(call), EN_ThrowError, "%.*s", EN_TEXT_ARG(message));
    en_call_error(call)->status_code = (int)en_call_count(call, THROW_STATUS);
    return false;
}

static bool commit_run(en_call *call)
{
    return en_call_commit(call) && emit_empty(call);
}

static bool rollback_run(en_call *call)
{
    return en_call_rollback(call) && emit_empty(call);
}

static const en_module modules[] = {
    { .name = "router",
      .version = 1,
      .kind = EN_KIND_ROUTER,
      .takes = router_takes,
      .gives = nothing_gives,
      .doc = "Sends the bundle down every route whose filter is true, one route after the other." },
    { .name = "iterator",
      .version = 1,
      .kind = EN_KIND_ITERATOR,
      .emits = EN_EMITS_MANY,
      .takes = iterator_takes,
      .gives = iterator_gives,
      .run = iterator_run,
      .doc = "Runs the steps behind it once for every element, until an aggregator or the end." },
    { .name = "repeater",
      .version = 1,
      .kind = EN_KIND_ITERATOR,
      .emits = EN_EMITS_MANY,
      .takes = repeater_takes,
      .gives = repeater_gives,
      .run = repeater_run,
      .doc = "Runs the steps behind it a number of times." },
    { .name = "aggregator",
      .aliases = EN_ALIASES("util.aggregator"),
      .version = 1,
      .kind = EN_KIND_AGGREGATOR,
      .takes = aggregator_takes,
      .gives = aggregator_gives,
      .run = aggregator_run,
      .doc = "Closes a loop, or gathers the branches of a router, into one bundle." },
    { .name = "converger",
      .version = 1,
      .kind = EN_KIND_CONVERGER,
      .gives = converger_gives,
      .run = converger_run,
      .doc = "Runs once behind the branches of a router that were taken." },
    { .name = "sleep",
      .aliases = EN_ALIASES("util.sleep"),
      .version = 1,
      .flags = EN_OUTSIDE,
      .takes = sleep_takes,
      .gives = nothing_gives,
      .run = sleep_run,
      .doc = "Waits." },
    { .name = "throw",
      .version = 1,
      .takes = throw_takes,
      .gives = nothing_gives,
      .run = throw_run,
      .doc = "Ends the run with an error." },
    { .name = "break",
      .version = 1,
      .kind = EN_KIND_NEXT,
      .gives = nothing_gives,
      .doc = "Drops the present bundle and goes on with the next one of the loop." },
    { .name = "commit",
      .version = 1,
      .flags = EN_WRITES,
      .gives = nothing_gives,
      .run = commit_run,
      .doc = "Makes everything written so far durable." },
    { .name = "rollback",
      .version = 1,
      .flags = EN_WRITES,
      .gives = nothing_gives,
      .run = rollback_run,
      .doc = "Undoes everything written since the last commit point." },
    { 0 },
};

const en_family en_family_flow = {
    .name = "flow",
    .modules = modules,
    .doc = "Routers, loops, joins, pauses and ends.",
};
