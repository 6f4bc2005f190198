# Long lists that a loop walks over: the records behind the first 10,000 lie in a file.
. "$EN_ROOT/tests/support/command.sh" || exit 1

mkdir schemas
cat >schemas/big.json <<'JSON'
{"name": "Big", "structure": {"n": "number", "text": "text"}, "maxRecords": null, "sizeLimit": null}
JSON
cat >fill.json <<'JSON'
[{"id": 1, "module": "flow.repeater", "parameters": {"repeats": 10000}},
 {"id": 2, "module": "datastore.addRecord",
  "parameters": {"dataStore": "Big", "data": {"n": "{{base + 1.i}}", "text": "{{text}}"}}}]
JSON
text=$(printf '%01000d' 0)
run run fill.json --set base:=0 --set "text=$text" --quiet
expect_exit 0
run run fill.json --set base:=10000 --set "text=$text" --quiet
expect_exit 0

# All come, in order, and the last is known to be the last: with an iterator, and without.
cat >walk.json <<'JSON'
[{"id": 1, "module": "datastore.searchRecords", "parameters": {"dataStore": "Big",
  "filter": [[{"a": "n", "o": "greater", "b": 3}]], "sort": [{"field": "n", "direction": "desc"}]}},
 {"id": 2, "module": "flow.iterator", "parameters": {"array": "{{1}}"}},
 {"id": 3, "module": "flow.aggregator", "parameters": {"targetStructure":
  [{"name": "n", "type": "number", "value": "{{2.n}}"}, {"name": "at", "value": "{{2.index}}/{{2.length}}"}]}},
 {"id": 4, "module": "util.setVariable", "parameters": {"name": "ends", "value":
  "{{3.array.length}}: {{3.array[0].n}} {{3.array[9999].at}} {{3.array[10000].n}} {{3.array[19996].at}} {{3.array[19996].n}}"}}]
JSON
run run walk.json --quiet
expect 0 '{"name":"ends","value":"19997: 20000 10000/19997 10000 19997/19997 4"}' ''
run run walk.json --json
expect_stdout_has '"2":{"module":"flow.iterator","operations":1,"bundles":19997,'
cat >each.json <<'JSON'
[{"id": 1, "module": "datastore.searchRecords", "parameters": {"dataStore": "Big"}},
 {"id": 2, "module": "util.setVariable", "parameters": {"name": "last", "value": "{{item.n}} {{1.n}}"}}]
JSON
run run each.json --quiet
expect 0 '{"name":"last","value":"20000 20000"}' ''

# In memory that holds the first 10,000, but not 20,000 as a trace wants them.
run run each.json --quiet --max-memory 20MB
expect 0 '{"name":"last","value":"20000 20000"}' ''
sed 's/{{item.n}} {{1.n}}/{{1.length}} {{item.n}}/' each.json >whole.json
run run whole.json --quiet --max-memory 20MB
expect_exit 5

# Where no bundle comes through, the list is the output after all, and whole.
cat >filtered.json <<'JSON'
[{"id": 1, "module": "datastore.searchRecords", "parameters": {"dataStore": "Big"}},
 {"id": 2, "module": "flow.router", "parameters": {"routes": [{"id": 1,
  "filter": {"conditions": [[{"a": "{{item.n}}", "o": "equal", "b": 0}]]}}]}},
 {"id": 3, "module": "util.setVariable", "route": 1, "parameters": {"name": "n", "value": "{{item.n}}"}}]
JSON
run run filtered.json --json
expect_exit 0
expect_stdout_has '"output":[{"n":1,'
expect_stdout_has '{"n":20000,'
[ "$(stdout | grep -o '"recordId"' | wc -l)" -eq 20000 ] || command_fail 'the output is cut off'
run run filtered.json --quiet --max-memory 20MB
expect_exit 5

# An iterator alone: its last bundle is the output.
sed '/"id": 3/,$d; s/{{1}}"}},/{{1}}"}}]/' walk.json >alone.json
run run alone.json --quiet
expect_exit 0
expect_stdout_has '"index":19997,"length":19997}'

# A list that is walked over once for each bundle of another loop.
cat >twice.json <<'JSON'
[{"id": 1, "module": "datastore.searchRecords", "parameters": {"dataStore": "Big"}},
 {"id": 2, "module": "flow.repeater", "parameters": {"repeats": 2}},
 {"id": 3, "module": "flow.iterator", "parameters": {"array": "{{1}}"}},
 {"id": 4, "module": "flow.aggregator", "parameters": {"targetStructure":
  [{"name": "n", "type": "number", "value": "{{3.n}}"}]}},
 {"id": 5, "module": "util.setVariable", "parameters": {"name": "ends", "value":
  "{{2.i}} {{4.array.length}} {{4.array[19999].n}}"}}]
JSON
run run twice.json --quiet
expect 0 '{"name":"ends","value":"2 20000 20000"}' ''

done_testing
