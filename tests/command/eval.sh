# enact eval: one template, lines of them, and what goes wrong.
. "$EN_ROOT/tests/support/command.sh" || exit 1

run eval 'a {{1 + 2}}'
expect 0 'a 3' ''
run eval '{{1 + 2}}'
expect 0 '3' ''
run eval '{{1.name}}' --context '{"1": {"name": "Ada"}}'
expect 0 'Ada' ''
run eval '{{1.name}}' --context '{"1": {"name": "Ada"}}' --json
expect 0 '{"value":"Ada"}' ''
run eval '{{1.nothing}}' --json
expect 0 '{"value":null}' ''
run eval '{{1.a}}' --context '{"1": {"a": [1, {"b": null}]}}'
expect 0 '[1,{"b":null}]' ''

# Files and standard input.
echo '{"2": {"n": 20}}' >context.json
run eval '{{2.n + 1}}' --context @context.json
expect 0 '21' ''
run_with '{"2": {"n": 30}}' eval '{{2.n + 1}}' --context -
expect 0 '31' ''
run eval '{{2.n}}' --context @missing.json
expect 2 '' "enact: missing.json cannot be read: No such file or directory
See 'enact eval --help'."
echo '{"2":' >broken.json
run eval '{{2.n}}' --context @broken.json
expect_exit 3
expect_stdout ''
expect_stderr_has 'enact: broken.json:2:1: SyntaxError: '
run eval '{{2.n}}' --context '[1]'
expect 2 '' "enact: --context takes a collection, not array
See 'enact eval --help'."
run eval '{{2.n}}' --context '{x}'
expect_exit 2
expect_stderr_has 'enact: --context: '
expect_stderr_has '    {x}
     ^'

# Time: now, zone, typed dates and buffers both ways.
run eval '{{formatDate(now; "YYYY-MM-DD HH:mm")}}' --now 2026-01-31T23:30:00Z --tz Europe/Prague
expect 0 '2026-02-01 00:30' ''
run eval '{{now}}' --now 2026-01-31T10:00:00 --tz Europe/Prague --json
expect 0 '{"value":{"$date":"2026-01-31T09:00:00.000Z"}}' ''
ENACT_TZ=Asia/Tokyo run eval '{{formatDate(now; "HH")}}' --now 2026-01-31T00:00:00Z
expect 0 '09' ''
run eval '{{1.d}}' --context '{"1": {"d": {"$date": "2026-01-02T03:04:05.678Z"}}}' --json
expect 0 '{"value":{"$date":"2026-01-02T03:04:05.678Z"}}' ''
run eval '{{1.b}}' --context '{"1": {"b": {"$buffer": "AP8="}}}' --json
expect 0 '{"value":{"$buffer":"AP8="}}' ''
run eval '{{now}}' --now yesterday
expect 2 '' "enact: --now: 'yesterday' is no date (write it as 2026-01-31T09:00:00Z)
See 'enact eval --help'."
run eval x --tz Mars/Olympus
expect 2 '' "enact: there is no time zone 'Mars/Olympus' (zones are called UTC, Europe/Prague, America/New_York and the like)
See 'enact eval --help'."

# Dialects: the base of indexes, and the names of a list's payload.
run eval '{{1.a[1]}}' --context '{"1": {"a": [10, 20]}}'
expect 0 '10' ''
run eval '{{1.a[1]}}' --context '{"1": {"a": [10, 20]}}' --dialect list
expect 0 '20' ''
run eval '{{input.n}} {{trigger.n}} {{n}} {{webhook.headers.x-id}}' --dialect list \
    --context '{"webhook": {"n": 7, "headers": {"X-Id": "q"}}}'
expect 0 '7 7 7 q' ''
run eval x --dialect lsit
expect 2 '' "enact: there is no dialect 'lsit' (did you mean list?)
See 'enact eval --help'."

# Errors: a caret under what is wrong; with --json an object.
run eval 'é {{upper(}}'
expect_exit 3
expect_stdout ''
expect_stderr_has 'enact: SyntaxError: '
expect_stderr_has '    é {{upper(}}
             ^'
run eval '{{uper("a")}}'
expect_exit 3
expect_stderr_has "Function 'uper' not found!"
run eval '{{uper("a")}}' --json
expect 3 "{\"error\":{\"type\":\"SyntaxError\",\"message\":\"Function 'uper' not found!\"}}" ''
run eval '{{parseDate("x"; "YYYY")}}' --json
expect_exit 1
expect_stdout_has '{"error":{"type":"DataError","message":"Function '"'parseDate'"' finished with error!'

# Misuse.
run eval x --jsonl
expect 2 '' "enact: --jsonl reads templates from stdin and takes none as an argument
See 'enact eval --help'."
run eval --context
expect 2 '' "enact: --context needs a value: --context JSON|@FILE
See 'enact eval --help'."

# Lines: one result each, failures among them; flags are the defaults of what a line leaves out.
run_with '{"template": "{{1.n + 1}}", "context": {"1": {"n": 1}}}

{"template": "{{now}}", "now": "2026-01-01T00:00:00Z"}
{"template": "{{formatDate(now; \"HH\")}}", "now": "2026-01-01T00:00:00Z", "tz": "Asia/Tokyo"}
{"template": "{{1.a[1]}}", "context": {"1": {"a": [1, 2]}}, "dialect": "list"}
{"template": "{{uper(1)}}"}
{"template": 5}
{broken
{"template": "last"}' eval --jsonl --now 2000-01-01T00:00:00Z
expect_exit 0
expect_stderr ''
stdout | sed '7d' >six
expect_file six '{"value":2}' '{"value":{"$date":"2026-01-01T00:00:00.000Z"}}' '{"value":"09"}' \
    '{"value":2}' "{\"error\":{\"type\":\"SyntaxError\",\"message\":\"Function 'uper' not found!\"}}" \
    '{"error":{"type":"BundleValidationError","message":"\"template\" is a text, not number"}}' \
    '{"value":"last"}'
stdout | sed -n '7p' | grep -q '^{"error":{"type":"SyntaxError"' || command_fail 'line 7'

done_testing
