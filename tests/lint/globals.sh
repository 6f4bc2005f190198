#!/usr/bin/env bash
# No mutable file-scope state: nothing of ours lies in .data or .bss.
set -euo pipefail
root=${EN_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
cd "$root"
bad=0
while IFS= read -r file; do
    ${CC:-cc} -std=c17 -D_GNU_SOURCE -DEN_VERSION='""' -w -O0 -fPIE -Iengine -I/usr/include/libsmartcols -c "$file" -o "$objects/one.o"
    found=$(objdump -t "$objects/one.o" | awk '$0 ~ / O \.(bss|data|tbss|tdata|data\.rel|data\.rel\.local)\t/ || $0 ~ /\*COM\*/ { print $NF }')
    if [[ -n $found ]]; then
        echo "$file: mutable at file scope: $found"
        bad=1
    fi
done < <(find engine modules -name '*.c' | sort)
[[ $bad == 0 ]] && echo "no mutable file-scope state"
exit $bad
