#!/usr/bin/env bash
# Exactly N under threads and processes; and each seeded fault is noticed.
# Longer: EN_TRIALS=20 bash tests/crash/exact.sh (with EN_BUILD)
set -euo pipefail
tools=$EN_BUILD/tests
"$tools/crash" exact "${EN_TRIALS:-1}"
for mutant in no-segment no-unique deferred; do
    if EN_MUTANT=$mutant "$tools/crash_mutants" exact 5 2>/dev/null; then
        echo "the mutant $mutant went unnoticed"
        exit 1
    elif [ $? != 1 ]; then
        echo "the mutant $mutant did not fail as expected"
        exit 1
    fi
done
