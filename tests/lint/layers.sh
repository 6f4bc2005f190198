#!/usr/bin/env bash
# The rooms of DESIGN 2: a file includes its own folder or a lower layer, expr, store and net do not know each other,
# modules see module/module.h, value/ and base/ only, and every third-party header has one user.
set -euo pipefail
cd "${EN_ROOT:-$(dirname "$0")/../..}"
bad=0
complain() { echo "$1"; bad=1; }

layer() {
    case "$1" in
    base) echo 0 ;; value) echo 1 ;; expr | store | net) echo 2 ;; module) echo 3 ;;
    scenario) echo 4 ;; flow) echo 5 ;; server | batch | replay | testing) echo 6 ;; cli) echo 7 ;; *) echo 9 ;;
    esac
}

while IFS=: read -r file _ include; do
    header=$(sed -E 's/.*#include "([^"]+)".*/\1/' <<<"$include")
    to=${header%%/*}
    case "$file" in
    engine/*)
        from=$(cut -d/ -f2 <<<"$file")
        if [[ $header == modules/* ]]; then
            complain "$file includes $header: engine/ never includes modules/"
        elif [[ $header == base/errors.def || $to == "$header" ]]; then
            continue
        elif [[ $(layer "$to") == 9 ]]; then
            complain "$file includes $header: there is no such room"
        elif [[ $from != "$to" && $(layer "$to") -ge $(layer "$from") ]]; then
            complain "$file includes $header: layer $(layer "$from") may not look at layer $(layer "$to")"
        fi
        ;;
    modules/*)
        if [[ $header != module/module.h && $to != value && $to != base && ! -e $(dirname "$file")/$header ]]; then
            complain "$file includes $header: a module sees module/module.h, value/ and base/ only"
        fi
        ;;
    esac
done < <(grep -rnE '^#include "' engine modules --include=*.c --include=*.h)

declare -A owner=(
    [jansson.h]=engine/value/document.c [pcre2.h]=engine/value/regex.c [csv.h]=engine/value/csv.c
    [sqlite3.h]=engine/store/db.c [curl/curl.h]=engine/net/transfer.c
    [libsmartcols/libsmartcols.h]=engine/cli/table.c [histedit.h]=engine/cli/line.c
    [editline/readline.h]=engine/cli/line.c [openssl/]=engine/base/crypto.c
    [expat.h]=engine/value/xml.c [zlib.h]=engine/value/zip.c [cmark.h]=engine/value/markdown.c
    [microhttpd.h]=engine/server/listener.c [hiredis/]=engine/store/backend_redis.c
)
for header in "${!owner[@]}"; do
    while IFS= read -r file; do
        [[ $file == "${owner[$header]}" ]] || complain "$file includes <$header>: only ${owner[$header]} may"
    done < <(grep -rlE "^#include <$header" engine modules --include=*.c --include=*.h || true)
done
while IFS= read -r file; do
    [[ $file == engine/value/unicode.c ]] || complain "$file includes libunistring: only engine/value/unicode.c may"
done < <(grep -rlE '^#include <uni(case|norm|width|str|ctype|name)\.h>' engine modules || true)
[[ $bad == 0 ]] && echo "every include points to its own room or below"
exit $bad
