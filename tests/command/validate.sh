# enact validate and enact graph: files, folders, warnings, machines.
. "$EN_ROOT/tests/support/command.sh" || exit 1

mkdir -p all/schemas all/node_modules all/.hidden all/deep
cat >all/good.json <<'JSON'
[
  {"id": 1, "module": "webhook.customWebhook", "parameters": {"name": "w"}},
  {"id": 2, "module": "datastore.addRecord",
   "parameters": {"dataStore": "Kept", "key": "{{1.id}}", "data": {"n": "{{1.n}}"}}}
]
JSON
cat >all/deep/bad.json <<'JSON'
[
  {"id": 1, "module": "util.setVariable",
   "parameters": {"name": "x", "value": "{{uper(1)}}"}}
]
JSON
echo '{"name": "Kept", "structure": {}}' >all/schemas/kept.json
echo '{' >all/node_modules/x.json
echo '{' >all/.hidden/x.json
echo 'no JSON' >all/notes.txt

run validate all/good.json
expect 0 'all/good.json: ok' ''
run validate all/good.json --json
expect 0 '{"file":"all/good.json","ok":true,"problems":[]}' ''
run validate all/good.json --quiet
expect 0 '' ''

# A folder: every *.json but schemas, packages and hidden ones, sorted.
run validate all
expect_exit 3
expect_stdout 'all/deep/bad.json: invalid, 1 error' 'all/good.json: ok'
expect_stderr_has "all/deep/bad.json:3:"
expect_stderr_has "error: step 1, parameters.value: "
expect_stderr_has "    {{uper(1)}}
      ^"
run validate all --json
expect_exit 3
expect_stderr ''
expect_stdout_has '{"file":"all/deep/bad.json","ok":false,"problems":[{"file":"all/deep/bad.json","line":3,'
expect_stdout_has '"step":1,"path":"parameters.value","severity":"error","message":'
[ "$(stdout | wc -l)" -eq 2 ] || command_fail 'not a line a file'

# In a folder, what is no scenario is passed over; named, it is refused.
echo '{"id": 7}' >all/deep/input.json
run validate all/deep
expect_exit 3
expect_stdout 'all/deep/bad.json: invalid, 1 error' 'all/deep/input.json: skipped, no scenario'
run validate all/deep --json
expect_stdout_has '{"file":"all/deep/input.json","ok":true,"problems":[],"skipped":true}'
run validate all/deep/input.json
expect_exit 3
echo '{"id": ' >all/deep/input.json
run validate all/deep --quiet
expect_stdout 'all/deep/bad.json: invalid, 1 error' 'all/deep/input.json: invalid, 1 error'
rm all/deep/input.json

# Warnings: no failure, unless --strict.
sed 's/"Kept"/"Ketp"/' all/good.json >all/warned.json
run validate all/warned.json
expect_exit 0
expect_stdout 'all/warned.json: ok, 1 warning'
expect_stderr_has 'warning: step 2'
expect_stderr_has 'Kept'
run validate all/warned.json --strict
expect_exit 3
expect_stdout 'all/warned.json: invalid, 1 error'
run validate all/warned.json --strict --json
expect_exit 3
expect_stdout_has '"severity":"error"'
run validate all/warned.json --quiet
expect 0 '' ''

# The workspace's own problems are told once, by their file.
echo '{"databse": "x"}' >all/enact.json
run validate all/good.json all/good.json
expect 0 'all/enact.json: ok, 1 warning
all/good.json: ok
all/good.json: ok' 'all/enact.json:1:13: warning: databse: there is no setting "databse"
    hint: did you mean "database"?'
echo '{"durability": "some"}' >all/enact.json
run validate all/good.json
expect_exit 3
expect_stdout 'all/enact.json: invalid, 1 error' 'all/good.json: ok'
rm all/enact.json

# Comments are for --lenient.
printf '// remark\n%s\n' "$(cat all/good.json)" >all/remark.json
run validate all/remark.json
expect_exit 3
run validate all/remark.json --lenient
expect 0 'all/remark.json: ok' ''

# Misuse.
run validate missing.json
expect 2 '' "enact: missing.json cannot be read: No such file or directory
See 'enact validate --help'."
mkdir empty
run validate empty
expect 2 '' "enact: there is no scenario in empty
See 'enact validate --help'."
run validate
expect 2 '' "enact: 'validate' needs PATH…
See 'enact validate --help'."

# What the workspace's stores let expect. Looking into the database neither makes nor changes it.
mkdir -p stocked/schemas
cat >stocked/schemas/big.json <<'JSON'
{"name": "Big", "structure": {"n": "number", "word": "text"}, "maxRecords": 1300}
JSON
cat >stocked/fill.json <<'JSON'
[{"id": 1, "module": "flow.repeater", "parameters": {"repeats": 1200}},
 {"id": 2, "module": "datastore.addRecord",
  "parameters": {"dataStore": "Big", "data": {"n": "{{1.i}}", "word": "w", "free": 1}}}]
JSON
cat >stocked/ask.json <<'JSON'
[{"id": 1, "module": "datastore.countRecords",
  "parameters": {"dataStore": "Big", "filter": [[{"a": "free", "o": "equal", "b": 1}]]}},
 {"id": 2, "module": "datastore.countRecords",
  "parameters": {"dataStore": "Big", "filter": [[{"a": "word", "o": "contain", "b": "x"}]]}},
 {"id": 3, "module": "datastore.countRecords",
  "parameters": {"dataStore": "Big", "filter": [[{"a": "n", "o": "equal", "b": "{{now}}"}]]}}]
JSON
cat >stocked/take.json <<'JSON'
[{"id": 1, "module": "webhook.customWebhook", "parameters": {"name": "w"}},
 {"id": 2, "module": "flow.iterator", "parameters": {"array": "{{1.rows}}"}},
 {"id": 3, "module": "datastore.addRecord",
  "parameters": {"dataStore": "Big", "data": {"n": "{{2.item}}"}}}]
JSON
run validate stocked
expect 0 'stocked/ask.json: ok
stocked/fill.json: ok
stocked/take.json: ok' ''
[ ! -e stocked/enact.db ] || command_fail 'validate made a database'
run run stocked/fill.json --quiet
expect_exit 0
cp stocked/enact.db before.db
run validate stocked/ask.json
expect 0 'stocked/ask.json: ok, 2 warnings' 'stocked/ask.json:1:2: warning: step 1, parameters.filter: every call looks at all 1200 records of data store "Big": no index serves this
    hint: declare the field "free" in the structure of "Big": only declared fields have indexes
stocked/ask.json:3:2: warning: step 2, parameters.filter: every call looks at all 1200 records of data store "Big": no index serves this
    hint: give the store an index ("indexes") of fields that are compared by equal, in, greater, less or startwith; `enact store explain` shows what serves'
cmp stocked/enact.db before.db || command_fail 'validate changed the database'
[ "$(cd stocked && echo enact.db*)" = 'enact.db enact.db-lock enact.db-queue' ] ||
    command_fail 'validate left files beside the database'
echo '{"autoIndex": false}' >stocked/enact.json
run validate stocked/ask.json
expect_stdout 'stocked/ask.json: ok, 3 warnings'
rm stocked/enact.json
run validate stocked/take.json
expect 0 'stocked/take.json: ok, 1 warning' 'stocked/take.json:3:2: warning: step 3, parameters.dataStore: data store "Big" is nearly full: it holds 1200 of 1300 records (maxRecords)
    hint: raise the limit in its definition, or delete what is not needed'
run validate stocked/take.json --input "{\"rows\": [$(seq -s , 101)]}"
expect 0 'stocked/take.json: ok, 1 warning' 'stocked/take.json:3:2: warning: step 3, parameters.dataStore: a run adds up to 101 records, but data store "Big" takes 1300 (maxRecords) and holds 1200
    hint: raise "maxRecords" in its definition, or set it to null'
run validate stocked/take.json --db none.db --input "{\"rows\": [$(seq -s , 101)]}"
expect 0 'stocked/take.json: ok' ''
[ ! -e none.db ] || command_fail 'validate made a database'
: >none.db
run validate stocked/ask.json --db none.db
expect 0 'stocked/ask.json: ok' ''
[ ! -s none.db ] || command_fail 'validate wrote into an empty file'
run validate stocked/take.json --input '{'
expect_exit 2

# Drawings.
run graph all/good.json
expect_exit 0
expect_stderr ''
expect_stdout_has 'flowchart'
expect_stdout_has 'datastore.addRecord'
cp .out mermaid
run graph all/good.json --format mermaid
expect_stdout "$(cat mermaid)"
run graph all/good.json --format dot
expect_exit 0
expect_stdout_has 'digraph'
run graph all/good.json --json
expect_exit 0
expect_stdout_has '{"format":"mermaid","graph":"flowchart'
run graph all/deep/bad.json
expect_exit 3
expect_stdout ''
expect_stderr_has 'all/deep/bad.json:3:'
run graph all/good.json --format svgg
expect 2 '' "enact: --format is mermaid or dot, not 'svgg'
See 'enact graph --help'."

done_testing
