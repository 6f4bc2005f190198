/* Random files of both dialects: what loads holds all promises of the plan. */
#include "plan_check.h"
#include "plan_dump.h"
#include "test.h"

#include "base/random.h"

#include <stdio.h>

enum { FILES = 4000, MOST_MODULES = 14 };

typedef struct maker {
    en_random random;
    en_builder out;
    unsigned count;
    unsigned routes[MOST_MODULES + 1]; /* of routers, by id; 0: no router */
} maker;

static unsigned pick(maker *make, unsigned below)
{
    return (unsigned)(en_random_next(&make->random) % below);
}

static void add_value(maker *make, unsigned id)
{
    static const char *const names[] = { "item.x",    "iterator.index", "previousModule.a",
                                         "http.data", "webhook.a",      "datastore.id" };
    if (pick(make, 2) == 0) {
        en_builder_format(&make->out, "'{{%u.a}} {{%s}}'", 1 + pick(make, id),
                          names[pick(make, sizeof names / sizeof *names)]);
    } else {
        en_builder_format(&make->out, "'{{%u.a}}'", 1 + pick(make, make->count));
    }
}

static void add_module(maker *make, unsigned id)
{
    en_builder *out = &make->out;
    switch (pick(make, 9)) {
    case 0:
        make->routes[id] = 1 + pick(make, 3);
        en_builder_add(out, EN_TEXT("'module': 'flow.router', 'parameters': {'routes': ["));
        for (unsigned i = 0; i < make->routes[id]; i++) {
            en_builder_add(out, i == 0 ? EN_TEXT("") : EN_TEXT(", "));
            if (pick(make, 3) == 0) {
                en_builder_add(out, EN_TEXT("{'filter': [[{'o': 'exist', 'a': "));
                add_value(make, id);
                en_builder_add(out, EN_TEXT("}]]}"));
            } else {
                en_builder_add(out, EN_TEXT("{}"));
            }
        }
        en_builder_add(out, EN_TEXT("]}"));
        return;
    case 1:
        en_builder_add(out, EN_TEXT("'module': 'flow.iterator', 'parameters': {'array': "));
        break;
    case 2:
        en_builder_add(out, EN_TEXT("'module': 'flow.aggregator', 'parameters': {"));
        if (pick(make, 4) == 0) {
            en_builder_format(out, "'sourceModule': %u, ", 1 + pick(make, make->count));
        }
        en_builder_add(out,
                       pick(make, 3) == 0 ? EN_TEXT("'groupBy': ") : EN_TEXT("'outputEmpty': "));
        break;
    case 3:
        en_builder_add(out, EN_TEXT("'module': 'flow.converger'"));
        return;
    case 4:
        en_builder_add(out, EN_TEXT("'module': 'datastore.searchRecords', 'parameters': "
                                    "{'dataStore': "));
        break;
    case 5:
        en_builder_add(out, EN_TEXT("'module': 'http.makeRequest', 'errorHandler': {'type': "
                                    "'ignore'}, 'parameters': {'url': "));
        break;
    case 6:
        en_builder_add(out, EN_TEXT("'module': 'flow.break'"));
        return;
    default:
        en_builder_add(out, EN_TEXT("'module': 'util.setVariable', 'parameters': {'name': 'x', "
                                    "'value': "));
        break;
    }
    add_value(make, id);
    en_builder_add(out, EN_TEXT("}"));
}

/* A route that a router before has, for lists. */
static unsigned route_for(maker *make, unsigned id)
{
    unsigned most = 0;
    for (unsigned i = 1; i < id; i++) {
        most = make->routes[i] > most ? make->routes[i] : most;
    }
    return most != 0 && pick(make, 3) != 0 ? 1 + pick(make, most) : 0;
}

static void add_connections(maker *make)
{
    en_builder_add(&make->out, EN_TEXT("], 'connections': [{'source': 1, 'target': 2}"));
    for (unsigned id = 2; id <= make->count; id++) {
        for (unsigned k = 1 + pick(make, 2); k > 0; k--) {
            unsigned from = pick(make, 3) == 0 ? 1 + pick(make, id - 1) : id - 1;
            en_builder_format(&make->out, ",\n{'source': %u, 'target': %u", from, id);
            if (make->routes[from] != 0 && pick(make, 4) != 0) {
                en_builder_format(&make->out, ", 'route': %u", 1 + pick(make, make->routes[from]));
            }
            en_builder_add(&make->out, EN_TEXT("}"));
        }
    }
    en_builder_add(&make->out, EN_TEXT("]}"));
}

static const char *make_file(maker *make, en_arena *arena, bool is_object)
{
    en_builder_init(&make->out, arena);
    make->count = 2 + pick(make, MOST_MODULES - 1);
    memset(make->routes, 0, sizeof make->routes);
    en_builder_add(&make->out, is_object ? EN_TEXT("{'modules': [") : EN_TEXT("["));
    for (unsigned id = 1; id <= make->count; id++) {
        en_builder_format(&make->out, "%s{'id': %u, ", id == 1 ? "" : ",\n", id);
        unsigned route = is_object ? 0 : route_for(make, id);
        add_module(make, id);
        if (route != 0) {
            en_builder_format(&make->out, ", 'route': %u", route);
        }
        en_builder_add(&make->out, EN_TEXT("}"));
    }
    if (is_object) {
        add_connections(make);
    } else {
        en_builder_add(&make->out, EN_TEXT("]"));
    }
    return en_text_terminate(arena, en_builder_take(&make->out));
}

static unsigned check_files(bool is_object)
{
    unsigned loaded = 0;
    maker make = { .count = 0 };
    en_random_init_seed(&make.random, is_object ? 11 : 12);
    for (unsigned n = 0; n < FILES; n++) {
        en_arena arena;
        en_arena_init(&arena, NULL);
        const char *text = make_file(&make, &arena, is_object);
        en_problems problems;
        const en_plan *plan = en_plan_of(&arena, text, NULL, &problems);
        assert_int_equal(plan == NULL, problems.errors != 0);
        uint32_t at = 0;
        const char *broken = plan != NULL ? en_plan_broken(plan, &at) : NULL;
        if (broken != NULL) {
            en_text dump = en_plan_dump(&arena, plan);
            fprintf(stderr, "step %u: %s\n%s\n%.*s", at, broken, text, EN_TEXT_ARG(dump));
            fail();
        }
        loaded += plan != NULL;
        en_arena_done(&arena);
    }
    return loaded;
}

static void random_lists_keep_the_promises(void **state)
{
    (void)state;
    assert_true(check_files(false) > FILES / 2);
}

static void random_objects_keep_the_promises(void **state)
{
    (void)state;
    assert_true(check_files(true) > FILES / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_lists_keep_the_promises),
        cmocka_unit_test(random_objects_keep_the_promises),
    };
    return EN_RUN(tests);
}
