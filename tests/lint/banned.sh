#!/usr/bin/env bash
# Functions that STYLE bans, and words that must not stand in the project.
set -euo pipefail
cd "${EN_ROOT:-$(dirname "$0")/../..}"
bad=0
banned='\b(sprintf|vsprintf|strcpy|strncpy|strcat|strncat|strtok|atoi|atol|atof|gets|alloca|setlocale|strtod|strtof)\s*\('
if grep -rnE "$banned" engine modules --include=*.c --include=*.h; then
    echo "banned functions, see STYLE"
    bad=1
fi
if grep -rnE '\b(time|gettimeofday|clock_gettime)\s*\(' engine modules --include=*.c | grep -v '^engine/base/clock.c:'; then
    echo "only engine/base/clock.c asks for the time"
    bad=1
fi
[[ $bad == 0 ]] && echo "no banned function"
exit $bad
