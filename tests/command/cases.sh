#!/usr/bin/env bash
# The cases written as data: what scenarios do. Most are tests of `enact test`; those that need a server, a process of
# their own or files that are no JSON are run by run_cases.
set -euo pipefail
shopt -s extglob
[ -x "$ENACT" ] || exit 77
shared=${EN_TEST_SHARED:-$EN_ROOT/../shared}
cd "$EN_ROOT"
"$ENACT" test tests/cases scenarios --quiet ${EN_ONLY:+--filter "$EN_ONLY"}
"$EN_BUILD/tests/run_cases" --program "$ENACT" --server "$EN_BUILD/tests/fake_http" --shared "$shared" \
    ${EN_ONLY:+--only "$EN_ONLY"} tests/cases/{toolkit,hostile}/!(*.test).json
