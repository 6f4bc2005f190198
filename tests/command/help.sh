# Help, version, and what a wrong command line is told.
. "$EN_ROOT/tests/support/command.sh" || exit 1

run --version
expect 0 'enact 0.1.0' ''
run -V --json
expect 0 '{"version":"0.1.0"}' ''

# Every help text fits a screen and ends with examples.
fits() {
    expect_exit 0
    expect_stderr ''
    expect_stdout_has 'Examples:'
    stdout | tail -1 | grep -q 'enact' || command_fail 'the last line is no example'
    lines=$(stdout | wc -l)
    [ "$lines" -le 40 ] || command_fail "$lines lines do not fit a screen"
    wide=$(stdout | LC_ALL=C.UTF-8 awk 'length($0) > 100')
    [ -z "$wide" ] || command_fail "too wide: $wide"
}
run --help
fits
commands=$(stdout | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
[ -n "$commands" ] || command_fail 'help lists no commands'
for name in $commands; do
    run "$name" --help
    fits
    cp .out flag
    run help "$name"
    expect_stdout "$(cat flag)"
    for verb in $(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' flag); do
        run "$name" "$verb" -h
        fits
        run help "$name" "$verb"
        fits
    done
done
for topic in each limits; do
    run help run "$topic"
    fits
    run run --help
    expect_stdout_has "enact help run $topic"
done
for topic in exit-codes environment workspace; do
    run help "$topic"
    fits
done

run help exit-codes
expect_stdout_has '  130  interrupted'
run help
cp .out help
run -h
expect 0 "$(cat help)" ''

run
expect 2 '' "enact: which command?
See 'enact --help'."
run evla '{{1}}'
expect 2 '' "enact: there is no command 'evla' (did you mean 'eval'?)
See 'enact --help'."
run --json qqqqqq
expect 2 '' "enact: there is no command 'qqqqqq'
See 'enact --help'."
echo '[]' >x.json
run x.json
expect 2 '' "enact: 'x.json' is a file, no command (did you mean 'enact run x.json'?)
See 'enact --help'."
run help exit-code
expect 2 '' "enact: there is no help on 'exit-code' (did you mean 'exit-codes'?)
See 'enact --help'."
run help evla
expect 2 '' "enact: there is no help on 'evla' (did you mean 'eval'?)
See 'enact --help'."
run functions --jsno
expect 2 '' "enact: there is no flag --jsno (did you mean --json?)
See 'enact functions --help'."
run functions a b
expect 2 '' "enact: 'functions' takes [NAME], and 'b' is too much
See 'enact functions --help'."
ENACT_QUIET=maybe run functions
expect 2 '' "enact: ENACT_QUIET is a switch: true or false, not 'maybe'
See 'enact functions --help'."

# What cannot be written is not done.
if [ -e /dev/full ]; then
    last_command='enact --version >/dev/full'
    "$ENACT" --version >/dev/full 2>.err
    last_exit=$?
    expect_exit 1
    expect_stderr 'enact: the output cannot be written: No space left on device'
fi

# Control characters of an argument do not reach a terminal.
run "$(printf 'x\033[2J\342\200\256')"
expect 2 '' "enact: there is no command 'x\\u001b[2J\\u202e'
See 'enact --help'."

done_testing
