# command.sh - for scripts that run the built command and compare what it does, to the letter.
#
#   . "$EN_ROOT/tests/support/command.sh" || exit 1
#   run eval '{{1 + 2}}'          # runs enact in an empty folder of the script's own
#   expect_exit 0
#   expect_stdout '3'             # exactly, without the last line end; several arguments: lines
#   expect_stderr ''
#   done_testing
#
# Standard input of `run` is empty; `run_with TEXT …` gives it some.

set -u
: "${ENACT:?the command}" "${EN_ROOT:?the source}"
command_folder=$(mktemp -d "${TMPDIR:-/tmp}/enact-command-XXXXXX")
trap 'cd / && rm -rf "$command_folder"' EXIT
cd "$command_folder" || exit 1
command_checks=0
command_failures=0
last_command=''

# Nothing of the machine decides how a test ends.
for variable in $(env | sed -n 's/^\(ENACT_[A-Z_]*\)=.*/\1/p'); do unset "$variable"; done
unset NO_COLOR CLICOLOR CLICOLOR_FORCE
export TZ=UTC LC_ALL=C

run_with() {
    local input=$1
    shift
    last_command="enact $*"
    printf '%s' "$input" | "$ENACT" "$@" >"$command_folder/.out" 2>"$command_folder/.err"
    last_exit=$?
}

run() {
    run_with '' "$@"
}

# Lines, joined; without arguments nothing.
command_lines() {
    [ $# -eq 0 ] || printf '%s\n' "$@"
}

command_fail() {
    command_failures=$((command_failures + 1))
    echo "FAILED: $last_command"
    echo "  $1"
}

# What came, and what should have come: the arguments as lines. One empty argument: nothing at all.
command_compare() {
    local name=$1 file=$2
    shift 2
    command_checks=$((command_checks + 1))
    if [ $# -eq 1 ] && [ -z "$1" ]; then shift; fi
    command_lines "$@" >"$command_folder/.expected"
    if ! diff -u "$command_folder/.expected" "$file" >"$command_folder/.diff"; then
        command_fail "$name is not as expected:"
        sed -n '3,40p' "$command_folder/.diff"
    fi
}

expect_exit() {
    command_checks=$((command_checks + 1))
    if [ "$last_exit" -ne "$1" ]; then
        command_fail "expected exit code $1, but it was $last_exit; stderr:"
        cat "$command_folder/.err"
    fi
}

expect_stdout() { command_compare stdout "$command_folder/.out" "$@"; }
expect_stderr() { command_compare stderr "$command_folder/.err" "$@"; }

command_contains() {
    command_checks=$((command_checks + 1))
    if ! grep -qF -e "$3" "$2"; then
        command_fail "$1 does not hold '$3':"
        cat "$2"
    fi
}

expect_stdout_has() { command_contains stdout "$command_folder/.out" "$1"; }
expect_stderr_has() { command_contains stderr "$command_folder/.err" "$1"; }

# A file's content, as lines.
expect_file() {
    local file=$1
    shift
    command_compare "$file" "$file" "$@"
}

# Everything of one command: exit code, stdout, stderr (each one text, perhaps of several lines).
expect() {
    expect_exit "$1"
    expect_stdout "$2"
    expect_stderr "$3"
}

expect_no_file() {
    command_checks=$((command_checks + 1))
    if [ -e "$1" ]; then command_fail "$1 should not exist"; fi
}

# What is only measured, such as durations, made equal: "1.25 ms" becomes "N ms".
without_times() {
    sed -i -E 's/[0-9]+\.[0-9]{2} (ms|s)/N \1/g; s/"(durationMs|ms)":[0-9.]+/"\1":0/g' \
        "$command_folder/.out" "$command_folder/.err"
}

# Standard output of the last command.
stdout() { cat "$command_folder/.out"; }

done_testing() {
    if [ "$command_checks" -eq 0 ]; then
        echo "nothing was checked"
        exit 1
    fi
    echo "$command_checks checks, $command_failures failed"
    [ "$command_failures" -eq 0 ]
    exit
}
