#include "starve.h"

#define DB      "--db", "@/enact.db"
#define AT      "--now", "2026-03-02T09:00:00Z", "--seed", "1"
#define EXAMPLE "scenarios/"
#define TEMPLATES                                                                                  \
    "{{upper(\"straße\")}} {{formatDate(parseDate(\"2026-03-02\"; \"YYYY-MM-DD\"); "              \
    "\"dddd D MMMM YYYY\"; \"Europe/Prague\")}} {{replace(\"a1b22\"; \"/[0-9]+/g\"; \"#\")}} "     \
    "{{sha256(\"x\")}} {{join(map(split(\"c,b,a\"; \",\"); \"\"); \"-\")}} {{1 / 3}} "             \
    "{{base64(\"x\")}} {{md5(\"x\")}} {{parseNumber(\"1 234,5\"; \",\")}}"

const starve_case starve_cases[] = {
    { .name = "rate limit",
      .arguments = { "run", EXAMPLE "rate-limit/scenario.json", "--input",
                     "{\"userId\":\"u\",\"action\":\"a\"}", "--runs", "3", AT, DB } },
    { .name = "rate limit, traced",
      .arguments = { "run", EXAMPLE "rate-limit/scenario.json", "--input",
                     "{\"userId\":\"u\",\"action\":\"a\"}", "--json", "--trace", AT, DB },
      .varies = true },
    { .name = "session",
      .arguments = { "run", EXAMPLE "session/scenario.json", "--stores",
                     EXAMPLE "session/stores.json", "--header", "Authorization=tok-valid", AT,
                     DB } },
    { .name = "archive",
      .arguments = { "run", EXAMPLE "archive/scenario.json", "--stores",
                     EXAMPLE "archive/stores.json", "--dump-stores", "@/written.json", AT } },
    { .name = "batch import",
      .arguments = { "run", EXAMPLE "batch-import/scenario.json", "--input",
                     "@@" EXAMPLE "batch-import/input.json", AT, DB } },
    { .name = "customer upsert",
      .arguments = { "run", EXAMPLE "customer-upsert/scenario.json", "--events",
                     EXAMPLE "customer-upsert/events.jsonl", AT, DB },
      .exit_code = 1 },
    { .name = "order processing",
      .arguments = { "run", EXAMPLE "order-processing/scenario.json", "--events",
                     EXAMPLE "order-processing/events.jsonl", "--stores",
                     EXAMPLE "order-processing/stores.json", "--mock-auto", AT },
      .exit_code = 1 },
    { .name = "a request that nobody takes",
      .arguments = { "run", EXAMPLE "api-cache/scenario.json", "--set",
                     "requestEndpoint=http://127.0.0.1:1/", "--allow-net", "private", AT, DB },
      .exit_code = 1 },
    { .name = "validate",
      .arguments = { "validate", EXAMPLE "order-processing/scenario.json",
                     EXAMPLE "rate-limit/scenario.json", "--json" },
      .varies = true },
    { .name = "validate, not a scenario", .arguments = { "validate", "schemas" }, .exit_code = 2 },
    { .name = "eval", .arguments = { "eval", TEMPLATES } },
    { .name = "eval lines",
      .arguments = { "eval", "--jsonl" },
      .input = "{\"template\":\"{{1.a + 1}}\",\"context\":{\"1\":{\"a\":41}}}\n"
               "{\"template\":\"{{lower(1.b)}}\",\"context\":{\"1\":{\"b\":\"XÄ\"}}}\n"
               "{\"template\":\"{{nothing(1)}}\"}\n" },
    { .name = "graph", .arguments = { "graph", EXAMPLE "order-processing/scenario.json" } },
    { .name = "functions", .arguments = { "functions" }, .varies = true },
    { .name = "a function", .arguments = { "functions", "formatDate" }, .varies = true },
    { .name = "modules", .arguments = { "modules", "--json" } },
    { .name = "store list",
      .arguments = { "store", "list", DB },
      .has_stores = true,
      .varies = true },
    { .name = "store show",
      .arguments = { "store", "show", "S", DB },
      .has_stores = true,
      .varies = true },
    { .name = "store search",
      .arguments = { "store", "search", "S", "--where", "n greater 1", "--sort", "-n", DB },
      .has_stores = true,
      .varies = true },
    { .name = "store set",
      .arguments = { "store", "set", "S", "k9", "{\"n\":9,\"t\":\"nine\"}", DB },
      .has_stores = true },
    { .name = "store import",
      .arguments = { "store", "import", "S", "-", DB },
      .input = "{\"key\":\"a\",\"data\":{\"n\":1}}\n{\"key\":\"b\",\"data\":{\"n\":2}}\n",
      .has_stores = true },
    { .name = "store export", .arguments = { "store", "export", "S", DB }, .has_stores = true },
    { .name = "store rename",
      .arguments = { "store", "rename", "S", "R", "--yes", DB },
      .has_stores = true },
    { .name = "store create",
      .arguments = { "store", "create", "schemas/RateLimits.json", DB },
      .has_stores = true },
    { .name = "help", .arguments = { "help", "exit-codes" } },
};
const size_t starve_case_count = sizeof starve_cases / sizeof *starve_cases;

const starve_case starve_filling[] = {
    { .name = "create S",
      .arguments = { "store", "create", "-", DB },
      .input = "{\"name\":\"S\",\"structure\":{\"n\":\"number\",\"t\":\"text\"},"
               "\"indexes\":[\"n\"]}" },
    { .name = "fill S",
      .arguments = { "store", "import", "S", "-", DB },
      .input = "{\"key\":\"k1\",\"data\":{\"n\":1,\"t\":\"one\"}}\n"
               "{\"key\":\"k2\",\"data\":{\"n\":2,\"t\":\"two\",\"more\":[1,{}]}}\n"
               "{\"key\":\"k3\",\"data\":{\"n\":3,\"t\":\"three\"}}\n" },
};
const size_t starve_filling_count = sizeof starve_filling / sizeof *starve_filling;
