# enact functions: the list, one of them, and unknown ones.
. "$EN_ROOT/tests/support/command.sh" || exit 1

run functions
expect_exit 0
expect_stderr ''
expect_stdout_has 'formatDate(date; [format]; [timezone])'
listed=$(stdout | tail -n +2 | wc -l)

run functions --json
expect_exit 0
counted=$(stdout | grep -o '"signature":' | wc -l)
[ "$listed" -eq "$counted" ] || command_fail "$listed functions listed, $counted in JSON"
[ "$listed" -ge 30 ] || command_fail "only $listed functions"

run functions upper
expect_exit 0
expect_stdout_has 'upper(text) → text'
run functions upper --json
expect_exit 0
expect_stdout_has '{"name":"upper","signature":"upper(text)","parameters":[{"name":"text","type":"text","required":true,"repeats":false,'

run functions uper
expect 2 '' "enact: there is no function 'uper' (did you mean 'upper'?)
See 'enact functions --help'."

done_testing
