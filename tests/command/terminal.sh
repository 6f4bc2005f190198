# What differs on a terminal: colour, pretty JSON, questions, escaped control characters.
. "$EN_ROOT/tests/support/command.sh" || exit 1
command -v script >/dev/null || exit 77

# Runs the command on a terminal of its own; both streams arrive on stdout.
on_terminal() {
    last_command="(terminal) $*"
    TERM=xterm script -qec "$*" /dev/null </dev/null | tr -d '\r' >.out
    last_exit=${PIPESTATUS[0]}
}
escape=$(printf '\033')

on_terminal "'$ENACT' evla"
expect_exit 2
expect_stdout_has "${escape}[1;31menact:${escape}[0m there is no command 'evla'"
on_terminal "NO_COLOR=1 '$ENACT' evla"
expect_stdout_has "enact: there is no command 'evla'"
on_terminal "CLICOLOR=0 '$ENACT' evla"
expect_stdout_has "enact: there is no command 'evla'"
CLICOLOR_FORCE=1 run evla
expect_stderr_has "${escape}[1;31menact:${escape}[0m there is no command 'evla'"
NO_COLOR=1 CLICOLOR_FORCE=1 run evla
expect_stderr_has "enact: there is no command 'evla'"

on_terminal "'$ENACT' eval --json '{{1.a}}' --context '{\"1\": {\"a\": [1]}}'"
expect_exit 0
expect_stdout '{' '  "value": [' '    1' '  ]' '}'

# Text is itself, but for what steers the terminal; a file gets the bytes.
printf '{"1": {"a": "x\\u001b[2J\\u202ey\\tz\\nw"}}' >context.json
on_terminal "'$ENACT' eval '{{1.a}}' --context @context.json"
expect_stdout 'x\u001b[2J\u202ey	z' 'w'
on_terminal "'$ENACT' eval '{{1.a}}' --json --context @context.json"
expect_stdout_has '"value": "x\u001b[2J\u202ey\tz\nw"'
run eval '{{1.a}}' --context @context.json
expect_stdout "$(printf 'x\033[2J\342\200\256y\tz\nw')"

# Questions.
"$ENACT" store set Things a '{"n": 1}' --quiet || command_fail 'no record to delete'
on_terminal "'$ENACT' store clear Things"
expect_exit 1
expect_stdout_has "Delete all records of data store 'Things'? [y/N] "
expect_stdout_has 'Nothing was changed.'
on_terminal "'$ENACT' store get Things a"
expect_exit 0
last_command='store clear, answered with yes'
printf 'y\n' | TERM=xterm script -qec "'$ENACT' store clear Things" /dev/null >.out
expect_stdout_has '1 records deleted.'
on_terminal "'$ENACT' store get Things a"
expect_exit 1

# A replay counts while it runs, and says how fast it was.
limit=$EN_ROOT/scenarios/rate-limit
on_terminal "'$ENACT' replay '$limit/scenario.json' '$limit/stream.jsonl' --db :memory:"
expect_exit 0
expect_stdout_has 'not as expected'
expect_stdout_has '10000 events in '
on_terminal "'$ENACT' replay '$limit/scenario.json' '$limit/events.jsonl' --quiet"
command_checks=$((command_checks + 1))
grep -q 'events in' .out && command_fail 'it speaks although it should be quiet'

done_testing
