# enact eval without arguments: lines in, values and errors out, through a pipe and on a terminal.
. "$EN_ROOT/tests/support/command.sh" || exit 1

# An expression, a template, a text; no prompt, and empty lines are nothing.
run_with '1 + 2

upper("a")
a {{1 + 2}} {{lower("B")}}
  split("a,b"; ",")
1.name' eval
expect 0 '3
"A"
"a 3 b"
["a","b"]
null' ''
run eval
expect 0 '' ''
run_with '1 + 1
uper(1)' eval --json
expect 0 '{"value":2}
{"error":{"type":"SyntaxError","message":"Function '"'uper'"' not found!"}}' ''

# A failure is shown with its caret, and the next line is read; the exit code stays 0.
run_with 'uper("a")
é {{upper(}}
1' eval
expect_exit 0
expect_stdout '1'
expect_stderr_has "enact: SyntaxError: Function 'uper' not found! (did you mean upper?)
    {{uper(\"a\")}}
      ^"
expect_stderr_has '    é {{upper(}}
             ^'

# Commands change what the following lines see; flags say what the first ones see.
echo '{"2": {"n": 20}}' >context.json
run_with '1.a
.context {"1": {"a": [10, 20]}}
1.a[1]
.dialect list
1.a[1]
.dialect
.context @context.json
2.n + 1
.context
now
.now 2026-01-31T09:00:00
now
formatDate(now; "HH:mm")' eval --context '{"1": {"a": "flag"}}' --now 2000-01-01T00:00:00Z \
    --tz Europe/Prague
expect 0 '"flag"
10
20
list
21
{"2":{"n":20}}
{"$date":"2000-01-01T00:00:00.000Z"}
{"$date":"2026-01-31T08:00:00.000Z"}
"09:00"' ''

# .now alone gives the clock back: any moment but the fixed one.
run_with '.now
formatDate(now; "YYYY") = "2000"' eval --now 2000-01-01T00:00:00Z
expect 0 'false' ''

# What a command refuses changes nothing.
run_with '.context {"1": {"a": 1}}
.context [1]
.context {x}
.context @missing.json
.context -
1.a
.dialect lsit
.now yesterday
.hlep
.quite
.something' eval
expect_exit 0
expect_stdout 1
expect_stderr 'enact: .context takes a collection, not array' \
    "$(sed -n 2p .err)" '    {x}' '     ^' \
    'enact: missing.json cannot be read: No such file or directory' \
    "enact: .context: standard input is the prompt's own" \
    "enact: there is no dialect 'lsit' (did you mean list?)" \
    "enact: .now: 'yesterday' is no date (write it as 2026-01-31T09:00:00Z)" \
    "enact: there is no command '.hlep' (did you mean .help?)" \
    "enact: there is no command '.quite' (did you mean .quit?)" \
    "enact: there is no command '.something' (.help lists them)"
expect_stderr_has 'enact: .context: '

run_with '1
.quit
2' eval
expect 0 '1' ''
run_with '.help' eval
expect_exit 0
expect_stdout_has '.context   [JSON|@file]  Bundles by module id or name; alone: shows them.'
run_with '.functions' eval
expect_exit 0
stdout >listed
run functions
expect_file listed "$(stdout)"
run_with '.functions upper' eval
expect_stdout_has 'upper(text) → text'

# A long line arrives whole.
long=$(printf 'a%.0s' $(seq 10000))
run_with "length(\"$long\")" eval
expect 0 '10000' ''

# On a terminal there is a prompt, and pretty JSON.
if command -v script >/dev/null; then
    last_command='(terminal) enact eval'
    printf '1 + 2\n{{split("a,b"; ",")}}\n.quit\n' |
        TERM=dumb script -qec "'$ENACT' eval" /dev/null | tr -d '\r' >.out
    last_exit=${PIPESTATUS[1]}
    expect_exit 0
    expect_stdout_has '.help says what can be typed, .quit ends.'
    expect_stdout_has '> '
    expect_stdout_has '3'
    expect_stdout_has '  "a",'
fi

done_testing
