#!/usr/bin/env bash
# Every case of tests/cases/*.jsonl through `enact eval --jsonl`, as a user would run them.
set -euo pipefail
command -v node >/dev/null || exit 77
node "$EN_ROOT/tests/command/vectors.js"
