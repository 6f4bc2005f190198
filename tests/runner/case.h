/* case - one case: its workspace, its runs, and what they must give.
 *
 * Shape:    a collection with `id` and `why`, and
 *             scenario, or file (path of a part), or text (of the scenario's file)
 *             patch: [{path: [name or position…], value}]
 *             schemas: {name: definition}   config: enact.json   files: {name: content}
 *             env: {NAME: text}   http: [script line…]
 *             command: "run" (default), "validate" …
 *             runs: [run…], or the members of one: args, input, events, stores, mocks,
 *               exit (0), expect, stdout, stderr, dump
 *           `expect` is a subset (flow/expect.h) of the one line of JSON, or an array: of each
 *           line. `stdout` and `stderr` are texts that must occur. `dump` is compared with the
 *           stores afterwards, `requests` (of the case) with what the server got, in order: its
 *           method, path, query, headers, body, and `json` if the body is JSON. Runs of one case
 *           share a database. Time stands at 2026-01-02T03:04:05.678Z, and sleeping takes none.
 * Units:    none.
 * Lifetime: the folder of a case is gone afterwards, unless it is to be kept.
 * Errors:   a case that is written wrongly fails.
 * Threads:  one.
 */
#ifndef EN_RUNNER_CASE_H
#define EN_RUNNER_CASE_H

#include "value/json.h"

typedef struct case_setting {
    const char *program; /* enact */
    const char *server;  /* fake_http */
    const char *shared;
    bool keeps; /* folders stay, and their names are printed */
} case_setting;

typedef enum case_outcome { CASE_PASSED, CASE_FAILED, CASE_SKIPPED } case_outcome;

/* Prints what is wrong. */
case_outcome run_case(const case_setting *setting, en_value written);

#endif
