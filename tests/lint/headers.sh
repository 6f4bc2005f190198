#!/usr/bin/env bash
# Every header compiles alone and opens with its contract: purpose, Shape, Units, Lifetime, Errors, Threads.
set -euo pipefail
cd "${EN_ROOT:-$(dirname "$0")/../..}"
bad=0
while IFS= read -r header; do
    if ! echo "#include \"${header#engine/}\"" |
        ${CC:-cc} -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -Iengine -fsyntax-only -x c -; then
        echo "$header does not compile alone"
        bad=1
    fi
    for word in Shape Units Lifetime Errors Threads; do
        head -40 "$header" | grep -q "$word" || { echo "$header does not state: $word"; bad=1; }
    done
done < <(find engine -name '*.h' | sort)
[[ $bad == 0 ]] && echo "every header stands alone and states its contract"
exit $bad
