# enact run --each: a scenario for each record of a file, with commits by group and checkpoints.
. "$EN_ROOT/tests/support/command.sh" || exit 1

mkdir schemas
cat >schemas/People.json <<'JSON'
{"name": "People", "structure": {"id": {"type": "text", "unique": true, "required": true},
 "age": {"type": "number"}}}
JSON
cat >add.json <<'JSON'
[{"id": 1, "module": "datastore.addRecord", "parameters": {"dataStore": "People",
  "data": {"id": "{{webhook.id}}", "age": "{{webhook.age}}"}}}]
JSON
printf '{"id":"a","age":1}\n{"id":"b","age":"old"}\n\n{"id":"c","age":3}\n{"id":"d" 4}\n{"id":"e","age":5}\n' >people.jsonl
printf 'id,age\na,1\nb,2\nc,3\n' >people.csv
printf '[{"id":"a","age":1},\n {"id":"b","age":2}]' | gzip -c >people.json.gz

# Times and rates are of the machine.
without_rates() {
    sed -i -E 's/ in [0-9]+\.[0-9]+ s \([0-9,]+\/s\)/ in N s (N\/s)/' "$command_folder/.err"
}
keys() {
    run store search People --json --db "$1"
    stdout | grep -oE '"key":"[a-z]"' | cut -d'"' -f4 | tr -d '\n'
}
expect_keys() { # DATABASE KEYS
    local found
    found=$(keys "$1")
    [ "$found" = "$2" ] || command_fail "$1 holds '$found', not '$2'"
    command_checks=$((command_checks + 1))
}

# Formats; nothing on stdout.
run run add.json --each people.csv --db csv.db
without_rates
expect 0 '' '3 records in N s (N/s)'
expect_keys csv.db abc
run run add.json --each people.json.gz --db gzip.db --quiet
expect 0 '' ''
expect_keys gzip.db ab
run_with "$(cat people.csv)" run add.json --each - --format csv --db pipe.db --quiet
expect 0 '' ''
expect_keys pipe.db abc

# The first record that fails stops; those before it are kept, and --resume tries it again.
run run add.json --each people.jsonl --db stop.db
without_rates
expect_exit 1
expect_stdout ''
expect_stderr \
    'people.jsonl:2:1: step 1 (datastore.addRecord), age: BundleValidationError: expected a number but got text "old"' \
    '1 record in N s (N/s)' \
    '1 record is done; go on with --resume.'
expect_keys stop.db a
run run add.json --each people.jsonl --db stop.db --resume --on-error skip --rejects bad.jsonl
without_rates
expect_exit 1
expect_stdout ''
expect_stderr \
    'people.jsonl:2:1: step 1 (datastore.addRecord), age: BundleValidationError: expected a number but got text "old"' \
    'people.jsonl:5:11: SyntaxError: expected '"',' or '}' but found '4'" \
    '4 records in N s (N/s), 2 failed, behind 1 done before'
expect_keys stop.db ace
expect_file bad.jsonl \
    '{"record":2,"line":2,"field":"age","reason":"step 1 (datastore.addRecord): BundleValidationError: expected a number but got text \"old\"","original":"{\"id\":\"b\",\"age\":\"old\"}"}' \
    '{"record":4,"line":5,"column":11,"reason":"SyntaxError: expected '"',' or '}' but found '4'"'","original":"{\"id\":\"d\" 4}"}'
run run add.json --each people.jsonl --db stop.db --resume
without_rates
expect 0 '' '0 records in N s (N/s), 2 failed, behind 5 done before'

# So many may fail.
run run add.json --each people.jsonl --db some.db --on-error 1 --rejects bad.jsonl
expect_exit 1
expect_stderr_has '3 records are done; go on with --resume.'
[ "$(wc -l <bad.jsonl)" = 1 ] || command_fail 'the record that stopped is not done, and so no reject'

# A run that begins again says so, and meets what is there.
run run add.json --each people.jsonl --db some.db
without_rates
expect_exit 1
expect_stderr_has 'An earlier run of people.jsonl ended behind record 3; this one begins again.'

# Reports behind their commits: one a record.
run run add.json --each people.jsonl --db json.db --on-error skip --json
without_times
expect_exit 1
[ "$(stdout | wc -l)" = 5 ] || command_fail 'not a report for each record'
expect_stdout_has '{"record":1,"line":1,"scenario":"add","status":"success",'
expect_stdout_has '{"record":4,"line":5,"scenario":"add","status":"error",'
expect_stdout_has '"message":"expected '"',' or '}' but found '4'"'"'

# A trial leaves nothing behind, and knows no checkpoint.
run run add.json --each people.csv --db trial.db --dry-run
without_rates
expect_exit 0
expect_stderr '3 records in N s (N/s)' 'A dry run: nothing was kept.'
expect_keys trial.db ''
run run add.json --each people.csv --db trial.db --dry-run --resume
expect_exit 2

# Only the same file and scenario are gone on with.
cp people.jsonl other.jsonl
run run add.json --each other.jsonl --db same.db --quiet
sed -i 's/"old"/7/' other.jsonl
run run add.json --each other.jsonl --db same.db --resume
expect_exit 2
expect_stderr_has 'enact: other.jsonl is not the file any more of which 1 records are done'
cp people.jsonl other.jsonl
echo >>add.json
run run add.json --each other.jsonl --db same.db --resume
expect_exit 2
expect_stderr_has 'what is done with the records has changed since 1 of other.jsonl were done'
run_with '{}' run add.json --each - --format jsonl --db same.db --resume
expect_exit 2
expect_stderr_has 'what comes from a pipe cannot be resumed'

# A change in the middle of the file, of the same length, is seen.
seq -f '{"id":"n%06.0f","age":1}' 1 2000 >middle.jsonl
run run add.json --each middle.jsonl --db middle.db --quiet
expect_exit 0
sed -i '1000s/"age":1/"age":2/' middle.jsonl
run run add.json --each middle.jsonl --db middle.db --resume
expect_exit 2
expect_stderr_has 'middle.jsonl is not the file any more of which 2000 records are done'

# A scenario that leaves no traces keeps none: no database, nothing to resume.
cat >greet.json <<'JSON'
[{"id": 1, "module": "util.setVariable", "parameters": {"name": "text", "value": "Hello {{person.id}} of {{webhook.person.age}}"}}]
JSON
run run greet.json --each people.csv --under person --json
expect_exit 0
expect_stdout_has '"value":"Hello a of 1"'
[ ! -e enact.db ] || command_fail 'a scenario without stores has made a database'
run run greet.json --each people.csv --resume
expect_exit 2
expect_stderr_has 'there is nothing to resume'

# --as: one run whose iterator walks the file.
cat >walk.json <<'JSON'
[{"id": 1, "module": "flow.iterator", "parameters": {"array": "{{webhook.people}}"}},
 {"id": 2, "module": "datastore.addRecord", "parameters": {"dataStore": "People",
  "data": {"id": "{{1.item.id}}", "age": "{{1.index}}"}}},
 {"id": 3, "module": "flow.aggregator", "parameters": {"targetStructure": [{"name": "count", "type": "number"}]}}]
JSON
run run walk.json --each people.csv --as webhook.people --db walk.db --json
without_times
expect_exit 0
expect_stdout_has '"modules":{"1":{"module":"flow.iterator","operations":1,"bundles":3,"ms":0},"2":{"module":"datastore.addRecord","operations":3,"bundles":3,"ms":0},'
expect_stdout_has '"count":3'
expect_keys walk.db abc
run run walk.json --each people.csv --as webhook.people --db walk.db --resume --quiet
expect 0 '' ''
run store search People --json --db walk.db --where 'id equal c'
expect_stdout_has '"age":3'

# All or nothing: a record that cannot be read undoes the others.
run run walk.json --each people.jsonl --as people --db nothing.db --quiet
expect_exit 1
expect_stderr_has 'enact: people.jsonl:5:11: step 1 (flow.iterator): SyntaxError'
expect_keys nothing.db ''

# In groups: those before it stay, and --resume goes on behind them.
cat >loop.json <<'JSON'
[{"id": 1, "module": "flow.iterator", "parameters": {"array": "{{webhook.people}}"}},
 {"id": 2, "module": "datastore.addRecord", "parameters": {"dataStore": "People",
  "data": {"id": "{{1.id}}", "age": "{{1.age}}"}}}]
JSON
run run loop.json --each people.jsonl --as webhook.people --db groups.db --batch 1
expect_exit 1
expect_stderr_has 'It failed at record 2 (people.jsonl:2).'
expect_stderr_has '1 record is done; go on with --resume.'
expect_keys groups.db a
run store clear People --yes --db groups.db
printf '{"id":"a","age":1}\n{"id":"b","age":2}\n{"id":"c","age":"x"}\n{"id":"d","age":4}\n' >four.jsonl
run run loop.json --each four.jsonl --as webhook.people --db groups.db --batch 2 --quiet
expect_exit 1
expect_stderr_has 'step 2 (datastore.addRecord), age: BundleValidationError'
expect_keys groups.db ab
run run loop.json --each four.jsonl --as webhook.people --db groups.db --batch 2 --resume --quiet
expect_exit 1
expect_keys groups.db ab
sed -i 's/"age": "{{1.age}}"/"age": 0/' loop.json
run run loop.json --each four.jsonl --as webhook.people --db groups.db --batch 2 --resume
expect_exit 2
expect_stderr_has 'what is done with the records has changed since 2 of four.jsonl were done'

# What is longer than the memory a run may use.
seq 1 30000 | sed 's/.*/{"id":"&","text":"some forty bytes of a text that nobody needs"}/' >long.jsonl
cat >last.json <<'JSON'
[{"id": 1, "module": "flow.iterator", "parameters": {"array": "{{webhook.lines}}"}},
 {"id": 2, "module": "util.setVariable", "parameters": {"name": "last", "value": "{{1.id}}"}}]
JSON
run run last.json --each long.jsonl --as webhook.lines --max-memory 300k --json
expect_exit 0
expect_stdout_has '"output":{"name":"last","value":"30000"}'

# Scenarios that cannot take a file so: a load error names the step.
run run walk.json --each people.csv --as webhook.people --db walk.db --batch 2
expect_exit 3
expect_stderr_has 'walk.json:4:2: error: step 3: runs behind the loop, but with --batch nothing may outlive its group'
run run walk.json --each people.csv --as webhook.others --json
expect_exit 3
expect_stdout_has '"message":"no iterator walks {{webhook.others}}'
run run walk.json --each people.csv --as webhook.people --on-error skip
expect_exit 2
expect_stderr_has 'either --as or --on-error'

# Wrong flags.
run run add.json --dry-run --db dry.db
expect_exit 2
expect_stderr_has 'enact: --dry-run goes with --each'
run run add.json --each people.csv --input '{}'
expect_exit 2
expect_stderr_has 'either --each or --input'
run run add.json --each people.csv --on-error never
expect_exit 2
expect_stderr_has "--on-error is stop, skip or the number of records that may fail, not 'never'"
run run add.json --each people.csv --progress bars
expect_exit 2
expect_stderr_has "--progress is bar, json or none, not 'bars'"
run run add.json --each missing.csv
expect_exit 2
expect_stderr_has 'missing.csv cannot be read'

# Progress for machines: the last line at least.
run run add.json --each people.csv --db progress.db --progress json
expect_exit 0
expect_stderr_has '{"records":3,"failed":0,"readBytes":19,"totalBytes":19,"seconds":'
expect_stderr_has ',"done":true}'

done_testing
