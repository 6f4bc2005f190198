#!/usr/bin/env bash
# Regular expressions find and replace what JavaScript's do: 200 patterns, random subjects.
#   EN_COUNT=1000 … subjects for each pattern; EN_SEED=N other ones
set -euo pipefail
command -v node >/dev/null || exit 77
seed=${EN_SEED:-1}
echo "seed $seed"
node "$EN_ROOT/tests/command/regex_functions.js" "$seed" "${EN_COUNT:-100}"
