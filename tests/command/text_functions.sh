#!/usr/bin/env bash
# The text and binary functions do what JavaScript does, on random texts. A bigger count as argument: 1000000.
set -euo pipefail
command -v node >/dev/null || exit 77
seed=${EN_SEED:-1}
count=${EN_COUNT:-100000}
echo "seed $seed, $count cases"
node "$EN_ROOT/tests/command/text_functions.js" "$ENACT" "$seed" "$count"
