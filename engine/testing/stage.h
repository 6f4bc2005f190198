/* stage - what a test runs on: its scenario, loaded, and a world that holds nothing else. Inside
 * testing/ only.
 *
 * Shape:    the scenario from its file or from the test itself, perhaps patched; the schemas of
 *           test, scenario and workspace; an empty database in memory; no network and no
 *           environment but what the test names.
 * Units:    none.
 * Lifetime: a stage lives in the arena passed and ends with en_stage_done.
 * Errors:   problems at their place, in the test's file or the scenario's.
 * Threads:  one thread.
 */
#ifndef EN_TESTING_STAGE_H
#define EN_TESTING_STAGE_H

#include "flow/run.h"
#include "scenario/workspace.h"
#include "testing/suite.h"

typedef struct en_stage {
    const en_test *test;
    en_arena *arena;
    en_problems *problems;
    en_workspace workspace;
    const en_plan *plan;
    en_world world;
    en_cassette *cassette; /* of the test or its file, when a run has first asked for it */
    bool has_file;         /* the scenario is a file, as it stands */
} en_stage;

/* False: there are problems. In both cases en_stage_done comes after. */
EN_WARN_UNUSED bool en_stage_open(en_stage *stage, const en_test *test, en_arena *arena,
                                  en_problems *problems);
void en_stage_done(en_stage *stage);

/* A setting that is a path or the value itself; missing: nothing. *file is empty if it stands in
 * the test. `typed`: dates and buffers in their typed form are read. */
EN_WARN_UNUSED bool en_stage_read(en_stage *stage, en_value setting, en_text path, bool typed,
                                  en_value *value);
/* A problem with a setting at `path`. Always false. */
bool en_stage_refuse(en_stage *stage, en_text path, const en_error *error);

#endif
