#!/usr/bin/env bash
# Files fail under operations on data stores: a documented error, an old or new state, and the next
# operation works. Every n-th call: EN_STRIDE=1 bash tests/crash/faults.sh (with EN_BUILD)
set -euo pipefail
tools=$EN_BUILD/tests
"$tools/crash" faults "${EN_STRIDE:-23}"
notices() { # MUTANT STRIDE OPERATION
    if EN_MUTANT=$1 "$tools/crash_mutants" faults "$2" "$3" >/dev/null; then
        echo "the mutant $1 went unnoticed"
        exit 1
    fi
}
notices early-ack 11 add
notices stale-tables 11 migrate
