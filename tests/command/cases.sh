#!/usr/bin/env bash
# The cases written as data: what the command makes of scenarios.
set -euo pipefail
[ -x "$ENACT" ] || exit 77
"$EN_BUILD/tests/run_cases" --program "$ENACT" --server "$EN_BUILD/tests/fake_http" \
    --shared "${EN_TEST_SHARED:-$EN_ROOT/../shared}" --examples "$EN_ROOT/scenarios" \
    ${EN_ONLY:+--only "$EN_ONLY"} "$EN_ROOT"/tests/cases/{toolkit,hostile}/*.json "$EN_ROOT"/scenarios/*/case.json
