#!/usr/bin/env bash
# Jobs on files of records are killed at random moments and gone on with: every record once.
# Longer: EN_CYCLES=2000 EN_BUILD=build/release bash tests/crash/resume.sh
set -euo pipefail
export ASAN_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS} # looked for elsewhere, and slow
tools=$EN_BUILD/tests
if [ -w /dev/shm ]; then export TMPDIR=/dev/shm; fi # what a killed process wrote survives without a disk
for kind in each import load; do
    "$tools/crash" resume "${EN_CYCLES:-70}" "$EN_BUILD/enact" $kind
    if EN_MUTANT=early-checkpoint "$tools/crash" resume 500 "$tools/enact_mutants" $kind; then
        echo "a checkpoint before its commit went unnoticed: $kind"
        exit 1
    elif [ $? != 1 ]; then
        echo "the mutant did not fail as expected: $kind"
        exit 1
    fi
done
