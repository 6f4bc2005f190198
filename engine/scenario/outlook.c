#include "scenario/outlook.h"

#include "base/clock.h"
#include "scenario/sketch.h"

#include <string.h>
#include <sys/stat.h>

enum { LARGE_STORE = 1000, NEARLY_FULL_PERCENT = 90 };

typedef struct stock {
    struct stock *next;
    en_text name;
    bool is_there; /* in the database */
    bool is_told;  /* that it is nearly full */
    bool expires;  /* what has expired makes room */
    uint64_t records;
    uint64_t bytes;
    uint64_t most_records; /* 0: no limit */
    uint64_t most_bytes;
    en_value structure;
} stock;

typedef struct outlook {
    en_arena *arena;
    const en_plan *plan;
    const en_outlook_options *options;
    en_problems *problems;
    en_segment *segment; /* NULL: there is no database */
    stock *stocks;
    en_scope scope; /* of what is evaluated: only the payload is there */
} outlook;

static en_problem *warn(outlook *look, const en_step *step, const char *path, const char *message)
{
    en_problem *problem = en_problems_add(look->problems, EN_SEVERITY_WARNING, "%s", message);
    problem->file = look->plan->file;
    problem->line = step->line;
    problem->column = step->column;
    problem->step_id = step->id;
    problem->path = en_text_from(path);
    return problem;
}

static const char *format_number(outlook *look, uint64_t number)
{
    return en_text_terminate(look->arena,
                             en_text_format(look->arena, "%llu", (unsigned long long)number));
}

/* --- stores --- */

static const en_schema *declared_in(const en_schema *const *schemas, size_t count, en_text name)
{
    for (size_t i = 0; i < count; i++) {
        if (en_text_equal(schemas[i]->name, name)) {
            return schemas[i];
        }
    }
    return NULL;
}

static const en_schema *find_declared(const outlook *look, en_text name)
{
    const en_workspace *workspace = look->options->workspace;
    const en_schema *own = declared_in(look->plan->schemas, look->plan->schema_count, name);
    return own != NULL ? own : declared_in(workspace->schemas, workspace->schema_count, name);
}

static void read_stored(outlook *look, stock *s)
{
    en_store_info info;
    bool found = false;
    if (look->segment == NULL ||
        !en_store_describe(look->segment, s->name, look->arena, &info, &found, NULL) || !found) {
        return;
    }
    s->is_there = true;
    s->records = info.records;
    s->bytes = info.bytes;
    s->most_records = info.max_records;
    s->most_bytes = info.max_bytes;
    s->structure = info.structure;
    s->expires = en_collection_has(info.structure, EN_TEXT("ttl"));
}

static stock *find_stock(outlook *look, en_text name)
{
    stock *s = look->stocks;
    while (s != NULL && !en_text_equal(s->name, name)) {
        s = s->next;
    }
    if (s != NULL) {
        return s;
    }
    s = EN_NEW(look->arena, stock);
    *s = (stock){ .next = look->stocks,
                  .name = name,
                  .most_records = EN_DEFAULT_MAX_RECORDS,
                  .most_bytes = EN_DEFAULT_MAX_BYTES,
                  .structure = en_null() };
    look->stocks = s;
    read_stored(look, s);
    const en_schema *declared = find_declared(look, name);
    if (declared != NULL) { /* is in force as soon as it is used */
        s->most_records = declared->max_records;
        s->most_bytes = declared->max_bytes;
        s->structure = en_schema_write(look->arena, declared);
        s->expires = declared->ttl_ms != 0 || declared->ttl_field.length != 0;
    }
    return s;
}

/* --- searches --- */

static const char *advice(outlook *look, const stock *s, const en_filter *filter)
{
    en_value fields = en_collection_find(s->structure, EN_TEXT("structure"));
    for (size_t i = 0; i < filter->count; i++) {
        for (size_t k = 0; k < filter->groups[i].count; k++) {
            const en_condition *condition = &filter->groups[i].conditions[k];
            if (condition->a_is_field && !en_collection_has(fields, condition->field)) {
                return en_text_terminate(
                    look->arena,
                    en_text_format(look->arena,
                                   "declare the field \"%.*s\" in the structure of \"%.*s\": only "
                                   "declared fields have indexes",
                                   EN_TEXT_ARG(condition->field), EN_TEXT_ARG(s->name)));
            }
        }
    }
    return "give the store an index (\"indexes\") of fields that are compared by equal, in, "
           "greater, less or startwith; `enact store explain` shows what serves";
}

static void check_search(outlook *look, const en_step *step, const stock *s)
{
    en_query query;
    en_explanation about;
    bool guessed;
    if (!s->is_there || s->records < LARGE_STORE ||
        !en_step_sketch(look->arena, step, s->structure, &query, &guessed, NULL) ||
        query.filter.count == 0 ||
        !en_store_explain(look->segment, s->name, &query, look->arena, &about, NULL) ||
        !about.found || !about.scans || about.waits) {
        return;
    }
    en_problem *problem = warn(
        look, step, "parameters.filter",
        en_text_terminate(look->arena,
                          en_text_format(look->arena,
                                         "every call looks at all %s records of data store "
                                         "\"%.*s\": no index serves this",
                                         format_number(look, s->records), EN_TEXT_ARG(s->name))));
    problem->hint =
        en_text_copy(look->problems->arena, en_text_from(advice(look, s, &query.filter)));
}

/* --- how much is added --- */

static en_value scope_payload(en_scope *scope, const en_ref *ref)
{
    const outlook *look =
        (const outlook *)(const void *)((const char *)scope - offsetof(outlook, scope));
    if (ref->code == EN_LOOKUP_NAME) {
        return en_collection_find(look->options->payload, ref->name);
    }
    return ref->code == EN_LOOKUP_PAYLOAD ? look->options->payload : en_nothing();
}

static void prepare_scope(outlook *look, en_random *random)
{
    en_value *slots = en_arena_zero(look->arena, (look->plan->slot_count + 1) * sizeof *slots);
    en_clock clock;
    en_clock_init_real(&clock);
    en_random_init_seed(random, 1);
    for (uint32_t i = 0; i < look->plan->count; i++) {
        const en_step *step = &look->plan->steps[i];
        if (step->module != NULL && step->module->kind == EN_KIND_TRIGGER &&
            step->slot != EN_NO_INDEX) {
            slots[step->slot] = look->options->payload;
        }
    }
    look->scope = (en_scope){ .slots = slots,
                              .lookup = scope_payload,
                              .arena = look->arena,
                              .now_ms = en_clock_now_ms(&clock),
                              .random = random,
                              .zones = look->options->zones,
                              .patterns = en_regex_cache_new(look->arena) };
}

/* What is written there, if it needs no more than the payload. */
static bool evaluate(outlook *look, const en_step *step, const char *name, en_value *value)
{
    size_t index = en_module_param_find(step->module, en_text_from(name));
    const en_argument *argument = index != SIZE_MAX ? &step->arguments[index] : NULL;
    if (argument == NULL || argument->kind == EN_ARGUMENT_CONSTANT) {
        *value = argument != NULL ? argument->constant : en_nothing();
        return argument != NULL;
    }
    return argument->kind == EN_ARGUMENT_MAPPING &&
           en_mapping_eval(argument->mapping, &look->scope, value, NULL);
}

/* How many rounds the loop of a step has. */
static bool count_rounds(outlook *look, const en_step *step, uint64_t *rounds)
{
    en_value value;
    if (step->kind != EN_STEP_CALL || step->module == NULL || step->arguments == NULL) {
        return false;
    }
    if (evaluate(look, step, "array", &value) && value.tag == EN_ARRAY) {
        *rounds = value.length;
        return true;
    }
    double repeats = 0;
    bool known = evaluate(look, step, "repeats", &value) && value.tag == EN_NUMBER;
    if (known) {
        repeats = en_value_number(value);
        *rounds = repeats >= 1 && repeats <= EN_EXACT_LIMIT ? (uint64_t)repeats : 0;
    }
    return known;
}

/* How often a run calls a step at most. */
static bool count_calls(outlook *look, uint32_t at, uint64_t *calls)
{
    *calls = 1;
    for (uint32_t i = 0; i < at; i++) {
        const en_step *step = &look->plan->steps[i];
        uint64_t rounds;
        if (step->loop_start == EN_NO_INDEX || at < step->loop_start || at >= step->loop_end) {
            continue;
        }
        if (!count_rounds(look, step, &rounds) || __builtin_mul_overflow(*calls, rounds, calls)) {
            return false;
        }
    }
    return true;
}

static bool is_full(uint64_t used, uint64_t most)
{
    return most != 0 && used >= most - most / 100 * (100 - NEARLY_FULL_PERCENT);
}

static void check_stock(outlook *look, const en_step *step, stock *s)
{
    bool by_records = is_full(s->records, s->most_records);
    if (s->is_told || s->expires || (!by_records && !is_full(s->bytes, s->most_bytes))) {
        return;
    }
    s->is_told = true;
    en_text message = en_text_format(
        look->arena, "data store \"%.*s\" is nearly full: it holds %s of %s %s (%s)",
        EN_TEXT_ARG(s->name), format_number(look, by_records ? s->records : s->bytes),
        format_number(look, by_records ? s->most_records : s->most_bytes),
        by_records ? "records" : "bytes", by_records ? "maxRecords" : "sizeLimit");
    en_problem *problem =
        warn(look, step, "parameters.dataStore", en_text_terminate(look->arena, message));
    problem->hint = EN_TEXT("raise the limit in its definition, or delete what is not needed");
}

/* A record that may overwrite another need not be one more. */
static void check_addition(outlook *look, uint32_t at, stock *s)
{
    const en_step *step = &look->plan->steps[at];
    en_value overwrite;
    uint64_t calls;
    bool adds = evaluate(look, step, "overwrite", &overwrite) &&
                !(overwrite.tag == EN_BOOLEAN && overwrite.as.boolean);
    if (!adds || s->most_records == 0 || !count_calls(look, at, &calls) || calls <= 1 ||
        calls <= s->most_records - (s->records < s->most_records ? s->records : s->most_records)) {
        check_stock(look, step, s);
        return;
    }
    s->is_told = true;
    en_text message = en_text_format(
        look->arena,
        "a run adds up to %s records, but data store \"%.*s\" takes %s (maxRecords) and holds %s",
        format_number(look, calls), EN_TEXT_ARG(s->name), format_number(look, s->most_records),
        format_number(look, s->records));
    en_problem *problem =
        warn(look, step, "parameters.dataStore", en_text_terminate(look->arena, message));
    problem->hint = EN_TEXT("raise \"maxRecords\" in its definition, or set it to null");
}

/* --- the whole --- */

static void look_at(outlook *look, uint32_t at)
{
    const en_step *step = &look->plan->steps[at];
    unsigned flags = step->module != NULL ? step->module->flags : 0;
    en_text name = en_step_store(step);
    if (step->kind != EN_STEP_CALL || name.length == 0 || (flags & (EN_READS | EN_WRITES)) == 0) {
        return;
    }
    stock *s = find_stock(look, name);
    if ((flags & EN_READS) != 0) {
        check_search(look, step, s);
    }
    if ((flags & EN_WRITES) != 0 &&
        en_module_param_find(step->module, EN_TEXT("overwrite")) != SIZE_MAX) {
        check_addition(look, at, s);
    }
}

static bool uses_stores(const en_plan *plan)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        const en_module *module = plan->steps[i].module;
        if (module != NULL && (module->flags & (EN_READS | EN_WRITES)) != 0) {
            return true;
        }
    }
    return false;
}

static en_database *open_database(const outlook *look)
{
    const en_workspace *workspace = look->options->workspace;
    const en_database_options options = { .path = look->options->database,
                                          .read_only = true,
                                          .no_auto_index = workspace->no_auto_index };
    struct stat about;
    en_database *database = NULL;
    if (strstr(options.path, "://") != NULL || stat(options.path, &about) != 0 ||
        !S_ISREG(about.st_mode) || !en_database_open(&options, &database, NULL)) {
        return NULL;
    }
    for (size_t i = 0; i < workspace->schema_count; i++) {
        if (!en_database_declare(database, workspace->schemas[i], NULL)) {
            en_database_close(database);
            return NULL;
        }
    }
    return database;
}

void en_outlook_check(en_arena *arena, const en_plan *plan, const en_outlook_options *options,
                      en_problems *problems)
{
    en_random random;
    outlook look = { .arena = arena, .plan = plan, .options = options, .problems = problems };
    if (!uses_stores(plan)) {
        return;
    }
    prepare_scope(&look, &random);
    en_database *database = open_database(&look);
    const en_store_run run = { .now_ms = look.scope.now_ms,
                               .random = &random,
                               .patterns = look.scope.patterns };
    if (database != NULL &&
        !en_segment_enter(database, EN_SEGMENT_READ, &run, &look.segment, NULL)) {
        look.segment = NULL;
    }
    for (uint32_t i = 0; i < plan->count; i++) {
        look_at(&look, i);
    }
    if (look.segment != NULL) {
        en_segment_rollback(look.segment);
    }
    en_database_close(database);
}
