#!/usr/bin/env bash
# Processes are killed between the commits of their cycles: opening the database takes those back.
# Longer: EN_CYCLES=2000 bash tests/crash/undo.sh (with EN_BUILD)
set -euo pipefail
tools=$EN_BUILD/tests
told=$("$tools/crash" undo "${EN_CYCLES:-40}") || { echo "$told"; exit 1; }
echo "$told"
if [[ $told == *" 0 cycles undone"* ]]; then
    echo "no kill has met a cycle"
    exit 1
fi
if EN_MUTANT=late-undo "$tools/crash_mutants" undo 200; then
    echo "a journal that is written after the commit of its change went unnoticed"
    exit 1
elif [ $? != 1 ]; then
    echo "the mutant did not fail as expected"
    exit 1
fi
