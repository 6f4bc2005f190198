#!/usr/bin/env bash
# Memory ends under commands: exit code 5 or 1 with a message, whatever library asked for it.
# Every allocation: EN_STRIDE=1 bash tests/starve/starve.sh (with EN_BUILD)
set -euo pipefail
"$EN_BUILD/tests/starve" "${EN_STRIDE:-250}"
