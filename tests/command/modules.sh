# enact modules: the list, a family, one module, and unknown ones.
. "$EN_ROOT/tests/support/command.sh" || exit 1

run modules
expect_exit 0
expect_stderr ''
expect_stdout_has 'datastore.addRecord'
listed=$(stdout | tail -n +2 | wc -l)
run modules --json
expect_exit 0
counted=$(stdout | grep -o '"aliases":' | wc -l)
[ "$listed" -eq "$counted" ] || command_fail "$listed modules listed, $counted in JSON"

run modules datastore
expect_exit 0
expect_stdout_has 'datastore.getRecord'
stdout | grep -q '^flow' && command_fail 'a family lists modules of another'

run modules datastore.addRecord
expect_exit 0
expect_stdout_has 'datastore.addRecord - Adds a record, or replaces one.'
expect_stdout_has 'call, gives one bundle, writes stores'
expect_stdout_has 'overwrite boolean      default false'
run modules datastore.addRecord --json
expect_exit 0
expect_stdout_has '{"name":"datastore.addRecord","aliases":'
expect_stdout_has '{"name":"overwrite","type":"boolean","required":false,"mayBeEmpty":false,"secret":false,"literal":false,"perBundle":false,"default":false,"choices":null,"doc":'

run modules datastore.addRecrod
expect 2 '' "enact: there is no module 'datastore.addRecrod' (did you mean 'datastore.addRecord'?)
See 'enact modules --help'."
run modules zzzzzzzzzzzz
expect 2 '' "enact: there is no module 'zzzzzzzzzzzz'
See 'enact modules --help'."

done_testing
