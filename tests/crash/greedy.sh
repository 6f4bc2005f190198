#!/usr/bin/env bash
# Two processes that write without a pause: nobody waits for more than a second.
set -euo pipefail
"$EN_BUILD/tests/crash" greedy
