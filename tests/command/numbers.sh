#!/usr/bin/env bash
# Numbers print and read as in JavaScript: random bit patterns, decimals, middles between doubles.
set -euo pipefail
command -v node >/dev/null || exit 77
seed=${EN_SEED:-1}
echo "seed $seed"
node "$EN_ROOT/tests/command/numbers.js" "$seed" "${EN_COUNT:-100000}" \
    "$EN_ROOT/engine/value/number_powers.c" | "$EN_BUILD/tests/number_check" | head -50
