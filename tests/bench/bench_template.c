/* bench_template - templates a second, one line of JSON for each kind. */
#include "../support/context.h"
#include "base/clock.h"
#include "value/json.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *name;
    const char *template;
} kinds[] = {
    { "reference", "{{1.name}}" },
    { "nested", "{{1.address.city}}" },
    { "text", "Order {{1.id}} for {{1.name}}" },
    { "arithmetic", "{{1.totalPurchases + 1}}" },
    { "three",
      "{{upper(1.name)}}: {{formatDate(1.createdAt; \"YYYY-MM-DD\")}} {{1.totalPurchases + 1}}" },
    { "date text",
      "{{upper(1.name)}}: {{formatDate(1.created; \"YYYY-MM-DD\")}} {{1.totalPurchases + 1}}" },
    { "list", "{{join(map(1.items; \"name\"); \", \")}}" },
};

/* Slots, as the executor has them. */
static bool resolve(en_resolver *resolver, en_text name, bool is_id, en_text field, size_t at,
                    en_ref *ref)
{
    (void)resolver;
    (void)name;
    (void)is_id;
    (void)field;
    (void)at;
    *ref = (en_ref){ .kind = EN_REF_SLOT, .present = EN_NO_SLOT };
    return true;
}

static double measure(const en_template *made, en_scope *scope, long count)
{
    en_error error;
    en_error_clear(&error);
    int64_t began_us = en_clock_ticks_us();
    for (long i = 0; i < count; i++) {
        en_value result;
        if (!en_template_eval(made, scope, &result, &error)) {
            fprintf(stderr, "%s\n", error.message);
            exit(1);
        }
        if ((i & 63) == 0) { /* as a loop's arena is emptied after a bundle */
            en_arena_reset(scope->arena);
        }
    }
    return (double)(en_clock_ticks_us() - began_us) / 1e6;
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 2000000;
    en_arena arena;
    en_arena scratch;
    en_error error;
    en_random random;
    en_value slot;
    en_arena_init(&arena, NULL);
    en_arena_init(&scratch, NULL);
    en_error_clear(&error);
    en_random_init_seed(&random, 1);
    if (!en_json_read(&arena,
                      EN_TEXT("{\"id\": 4711, \"name\": \"Ada Lovelace\", \"totalPurchases\": 12,"
                              " \"address\": {\"street\": \"Main\", \"city\": \"Brno\"},"
                              " \"createdAt\": {\"$date\": \"2026-01-02T03:04:05.678Z\"},"
                              " \"created\": \"2026-01-02T03:04:05.678Z\","
                              " \"items\": [{\"name\": \"one\"}, {\"name\": \"two\"}, {\"name\":"
                              " \"three\"}, {\"name\": \"four\"}, {\"name\": \"five\"}, {\"name\":"
                              " \"six\"}, {\"name\": \"seven\"}, {\"name\": \"eight\"}, {\"name\":"
                              " \"nine\"}, {\"name\": \"ten\"}]}"),
                      EN_JSON_TYPED, EN_JSON_DEPTH, &slot, &error)) {
        return 1;
    }
    en_resolver resolver = { .resolve = resolve, .rules = &en_rules_blueprint, .arena = &arena };
    en_scope scope = { .slots = &slot, .arena = &scratch, .random = &random };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        en_template *made;
        if (!en_template_compile(&resolver, en_text_from(kinds[i].template), &made, &error)) {
            fprintf(stderr, "%s\n", error.message);
            return 1;
        }
        double seconds = measure(made, &scope, count);
        printf("{\"bench\":\"template\",\"kind\":\"%s\",\"per_second\":%.0f,\"ns\":%.1f}\n",
               kinds[i].name, (double)count / seconds, seconds / (double)count * 1e9);
    }
    en_arena_done(&scratch);
    en_arena_done(&arena);
    return 0;
}
