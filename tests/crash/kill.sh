#!/usr/bin/env bash
# A process that acknowledges what it committed is killed at random moments: nothing is lost.
# Longer: EN_CYCLES=5000 bash tests/crash/kill.sh (with EN_BUILD)
set -euo pipefail
tools=$EN_BUILD/tests
"$tools/crash" kill "${EN_CYCLES:-500}"
if EN_MUTANT=early-ack "$tools/crash_mutants" kill 500; then
    echo "acknowledging before the commit went unnoticed"
    exit 1
fi
