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
expect 2 '' "enact: there is no function 'uper' (did you mean upper?)
See 'enact functions --help'."

# What people write that is no function: what to write instead.
run functions and
expect 2 '' "enact: there is no function 'and' (write a & b)
See 'enact functions --help'."
run functions toUpperCase
expect 2 '' "enact: there is no function 'toUpperCase' (did you mean upper?)
See 'enact functions --help'."
run functions qqqqqqqq
expect 2 '' "enact: there is no function 'qqqqqqqq'
See 'enact functions --help'."

# The page: a section for each function that is listed, under the heading of its family.
run functions --markdown
expect_exit 0
expect_stderr ''
sections=$(stdout | grep -c '^### `')
[ "$sections" -eq "$listed" ] || command_fail "$listed functions listed, $sections on the page"
fusion=$(stdout | grep -c '^### .*\*(Fusion only)\*$')
run functions --json
marked=$(stdout | grep -o '"fusion":true' | wc -l)
[ "$fusion" -eq "$marked" ] || command_fail "$marked functions of Fusion, $fusion on the page"
[ "$marked" -ge 1 ] || command_fail 'no function of Fusion'
run functions --markdown
stdout | sed -n '/^## Text$/,/^## /p' >text
grep -qxF '### `upper(text)` → text' text || command_fail 'upper is not under Text'
stdout | sed -n '/^### `upper(text)`/,/^###* /p' | sed '1,2d' >upper
head -1 upper | grep -q '^[A-Z].*\.$' || command_fail 'upper has no meaning'
grep -q '^- `text` (text): ' upper || command_fail 'upper has no parameter'
grep -q '^`.*upper(.*` → `.*`$' upper || command_fail 'upper has no example'
run functions upper --markdown
expect 2 '' "enact: --markdown prints all functions: without NAME and --json
See 'enact functions --help'."

done_testing
