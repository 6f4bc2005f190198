# Files of records into data stores: types, rejects, going on, what is told and what is kept.
. "$EN_ROOT/tests/support/command.sh" || exit 1

mkdir schemas
cat >schemas/people.json <<'JSON'
{"name": "People", "structure": {"id": {"type": "text", "unique": true}, "mail": {"type": "email", "required": true},
 "age": "number", "admin": {"type": "boolean", "default": false}, "born": "date", "photo": "buffer", "tags": "array"}}
JSON

# The schema gives CSV its types; errors have line, column and field.
cat >people.csv <<'CSV'
id,mail,age,admin,born,photo,tags
ada,ada@x.org,36,yes,1815-12-10T00:00:00Z,AQI=,"[""math""]"
bob,bob@x.org,old,no,,,
ada,other@x.org,1,no,,,
"eve,nowhere
cyd,cyd@x.org,,,,,
dan,,1,no,,,
CSV
run import People people.csv
expect_exit 1
expect_stdout ''
expect_stderr_has 'enact: people.csv:3:15: age: BundleValidationError: expected a number but got text "old"'
expect_stderr_has '1 record is on disk; go on with --resume.'
run import People people.csv --resume --on-error 1
expect_exit 1
expect_stderr_has 'enact: people.csv:4:1: DuplicateDataError: a record with key "ada" exists'
run import People people.csv --resume --on-error skip --rejects bad.jsonl --json
expect_exit 1
expect_stdout '{"imported":2,"failed":4,"resumed":2,"finished":true}'
expect_file bad.jsonl \
    '{"record":3,"line":4,"column":1,"reason":"DuplicateDataError: a record with key \"ada\" exists in data store \"People\"","original":"ada,other@x.org,1,no,,,"}' \
    '{"record":4,"line":5,"column":1,"reason":"DataError: a quote that is opened in this row is never closed","original":"\"eve,nowhere"}' \
    '{"record":6,"line":7,"column":5,"field":"mail","reason":"BundleValidationError: field \"mail\" of data store \"People\" is required","original":"dan,,1,no,,,"}'
run store export People
expect 0 '{"key":"ada","data":{"id":"ada","mail":"ada@x.org","age":36,"admin":true,"born":{"$date":"1815-12-10T00:00:00.000Z"},"photo":{"$buffer":"AQI="},"tags":["math"]}}
{"key":"cyd","data":{"id":"cyd","mail":"cyd@x.org","admin":false}}' ''
run import People people.csv --resume
expect_exit 0
expect_stderr_has '0 records in'

# A file that has changed is not gone on with.
echo 'x,x@x.org,,,,,' >>people.csv
run import People people.csv --resume
expect_exit 2
expect_stderr_has 'is not the file any more'

# Modes.
echo '{"id": "ada", "mail": "new@x.org"}' >one.jsonl
run import People one.jsonl --upsert
expect_exit 0
run store get People ada
expect_stdout_has '"mail":"new@x.org","age":36,"admin":true'
run import People one.jsonl --overwrite --quiet
expect 0 '' ''
run store get People ada
expect 0 '{"key":"ada","data":{"id":"ada","mail":"new@x.org","admin":false}}' ''
run import People one.jsonl --overwrite --upsert
expect_exit 2
echo '{"id": "ada", "mail": "m@x.org", "admin": null}' >null.jsonl
run import People null.jsonl --overwrite --quiet
run store get People ada
expect 0 '{"key":"ada","data":{"id":"ada","mail":"m@x.org"}}' ''

# A dry run sees clashes within the file and keeps nothing.
printf '{"id":"z","mail":"z@x.org"}\n{"id":"z","mail":"z@x.org"}\n' >twice.jsonl
run import People twice.jsonl --dry-run --on-error skip --json
expect_exit 1
expect_stdout '{"imported":1,"failed":1,"resumed":0,"finished":true}'
run store get People z
expect_exit 1
run import People twice.jsonl --dry-run --resume
expect_exit 2

# All or none, in one commit.
run import People twice.jsonl --batch 0
expect_exit 1

# gzip, standard input, other formats; what cannot be told must be said.
gzip -k one.jsonl
run import Packed one.jsonl.gz --quiet
expect 0 '' ''
run_with 'a;b
1;2' store import Semi - --format csv --quiet
expect 0 '' ''
run store export Semi
expect_stdout_has '"data":{"a":"1","b":"2"}}'
run_with 'a,b' import Semi -
expect_exit 2
expect_stderr_has 'it cannot be told how the records are written (say so with --format csv, json or jsonl)'
run import Semi nothing.csv
expect_exit 2
run import Semi one.jsonl --on-error maybe
expect_exit 2

# Hostile lines cost themselves only.
printf '{"id":1}\n{"id":1e400}\n{"id":"\377"}\n[1]\n"text"\n{"id":2,"__proto__":3}\n{"id":"\\u0000"}\n' >hostile.jsonl
run import Hostile hostile.jsonl --on-error skip --json
expect_exit 1
expect_stdout '{"imported":3,"failed":4,"resumed":0,"finished":true}'

# Out again: in the format the name tells, all of it or nothing.
run store export People --output out.csv.gz --where 'id equal cyd'
expect 0 '' '1 record exported.'
gzip -dc out.csv.gz >out.csv
expect_file out.csv '_key,id,mail,age,admin,born,photo,tags' 'cyd,cyd,cyd@x.org,,false,,,'
run store export People --output out.csv --json
expect 0 '{"exported":3}' ''
run store export Nobody --output out.csv
expect_exit 1
expect_file out.csv '_key,id,mail,age,admin,born,photo,tags,_extra' \
    'ada,ada,m@x.org,,,,,,"{""admin"":null}"' 'cyd,cyd,cyd@x.org,,false,,,,' 'z,z,z@x.org,,false,,,,'
run store export People --format xml
expect_exit 2

# Interrupted: what was begun is kept, and it goes on. A pipe's end shows where it is.
echo '{"name": "Many", "structure": {"id": {"type": "text", "unique": true}}, "maxRecords": null, "sizeLimit": null}' >schemas/many.json
seq -f '{"id":"%06.0f","v":"some text that makes the file longer than what is soon read"}' 60000 >many.jsonl
"$ENACT" import Many many.jsonl --batch 500 --quiet 2>.err &
job=$!
for _ in $(seq 200); do
    [ "$(sqlite3 enact.db 'select records from enact_checkpoints where job like "import Many%"' 2>/dev/null || echo 0)" \> 0 ] && break
    sleep 0.02
done
kill -INT $job 2>/dev/null
wait $job
last_exit=$?
last_command='enact import, interrupted'
if [ $last_exit -ne 0 ]; then
    expect_exit 130
    run import Many many.jsonl --resume --json
    expect_exit 0
    expect_stdout_has '"finished":true'
fi
run store show Many --json
expect_stdout_has '"records":60000,'
# Many records into a store that has its indexes: what is kept to go back to outgrows memory.
echo '{"name": "Many", "structure": {"id": {"type": "text", "unique": true}, "state": "text"}, "indexes": [["state"]], "maxRecords": null, "sizeLimit": null}' >schemas/many.json
seq 25000 | awk '{ printf "{\"id\":\"c%09d\",\"state\":\"s%d\"}\n", $1 * 618033 % 999983, $1 * 7919 % 1009 }' >many.jsonl
run_with '{"id": "first", "state": "s"}' import Many - --format jsonl --db many.db --quiet
expect 0 '' ''
run import Many many.jsonl --db many.db --quiet
expect 0 '' ''
run store show Many --db many.db --json
expect_stdout_has '"records":25001'
done_testing
