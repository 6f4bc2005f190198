# enact run: payloads, variables, time, stores, events, limits, mocks, errors and exit codes.
. "$EN_ROOT/tests/support/command.sh" || exit 1

cat >hello.json <<'JSON'
[
  {"id": 1, "module": "webhook.customWebhook", "parameters": {"name": "hello"}},
  {"id": 2, "module": "util.setVariable",
   "parameters": {"name": "greeting", "value": "Hello {{1.name}} {{suffix}}"}},
  {"id": 3, "module": "webhook.respond", "parameters": {"status": 201, "body": {"text": "{{greeting}}"}}}
]
JSON

# The answer on stdout, the trace on stderr.
run run hello.json --input '{"name": "Ada"}' --set suffix=x
without_times
expect_exit 0
expect_stdout '{"text":"Hello Ada x"}'
expect_stderr \
    '     1  webhook.customWebhook  1 bundle    N ms' \
    '     2  util.setVariable       1 bundle    N ms' \
    '     3  webhook.respond        1 bundle    N ms' \
    'hello: success, 3 operations, N ms'
run run hello.json --input '{"name": "Ada"}' --set 'suffix:=[1,2]' --quiet
expect 0 '{"text":"Hello Ada 1, 2"}' ''
echo '{"name": "File"}' >input.json
run run hello.json --input @input.json --quiet
expect 0 '{"text":"Hello File "}' ''
run_with '{"name": "Pipe"}' run hello.json --input - --quiet --set=suffix='a=b'
expect 0 '{"text":"Hello Pipe a=b"}' ''

# One object a line for machines.
run run hello.json --input '{"name": "Ada"}' --json --now 2026-01-02T03:04:05Z --set suffix=x
without_times
expect 0 '{"scenario":"hello","status":"success","startedAt":"2026-01-02T03:04:05.000Z","durationMs":0,"cycles":1,"operations":3,"modules":{"1":{"module":"webhook.customWebhook","operations":1,"bundles":1,"ms":0},"2":{"module":"util.setVariable","operations":1,"bundles":1,"ms":0},"3":{"module":"webhook.respond","operations":1,"bundles":1,"ms":0}},"output":{"status":201,"body":{"text":"Hello Ada x"}},"response":{"status":201,"headers":[],"body":{"text":"Hello Ada x"}},"responses":[{"status":201,"headers":[],"body":{"text":"Hello Ada x"}}],"error":null,"incomplete":0,"active":true,"warnings":[]}' ''
run run hello.json --input '{"name": "Ada"}' --json --trace --set suffix=
expect_exit 0
expect_stdout_has '"order":[1,2,3],"outputs":{"1":[{"name":"Ada"}],"2":[{"name":"greeting","value":"Hello Ada "}],'

# Time, zone, seed, headers, environment.
cat >facts.json <<'JSON'
[
  {"id": 1, "module": "webhook.customWebhook", "parameters": {"name": "facts"}},
  {"id": 2, "module": "util.setVariable", "parameters": {"name": "facts", "value":
    "{{formatDate(now; \"HH:mm\")}} {{webhook.headers.x-key}} {{env.SHOWN}}{{env.HIDDEN}} {{uuid}}"}}
]
JSON
echo '{"env": ["SHOWN"], "timezone": "Asia/Tokyo"}' >enact.json
export SHOWN=seen HIDDEN=secret
run run facts.json --input '{}' --header X-Key=k --now 2026-01-02T00:00:00Z --seed 7 --quiet
expect_exit 0
expect_stdout_has '"value":"09:00 k seen '
first=$(stdout)
run run facts.json --input '{}' --header X-Key=k --now 2026-01-02T00:00:00Z --seed 7 --quiet
expect_stdout "$first"
run run facts.json --input '{}' --header X-Key=k --now 2026-01-02T00:00:00Z --seed 8 --quiet
[ "$(stdout)" != "$first" ] || command_fail 'another seed gives the same uuid'
ENACT_TZ=UTC run run facts.json --input '{}' --now 2026-01-02T00:00:00Z --seed 8 --quiet
expect_stdout_has '"value":"00:00  seen '
rm enact.json

# A virtual clock does not wait.
cat >sleep.json <<'JSON'
[
  {"id": 1, "module": "flow.sleep", "parameters": {"delay": 300}},
  {"id": 2, "module": "util.setVariable", "parameters": {"name": "t", "value": "{{formatDate(now; \"HH:mm\")}}"}}
]
JSON
SECONDS=0
run run sleep.json --now 2026-01-02T00:00:00Z --clock virtual --quiet
expect_exit 0
[ $SECONDS -lt 30 ] || command_fail 'a virtual clock waited'
run run sleep.json --clock fast
expect 2 '' "enact: --clock is real or virtual, not 'fast'
See 'enact run --help'."

# Stores: no operation, no file; with --stores in memory; given out at the end.
expect_no_file enact.db
cat >count.json <<'JSON'
[
  {"id": 1, "module": "datastore.addRecord",
   "parameters": {"dataStore": "Visits", "key": "{{input.who}}", "data": {"n": 1}}}
]
JSON
echo '{"Visits": {"records": [{"key": "a", "data": {"n": 9}}]}}' >stores.json
run run count.json --input '{"who": "b"}' --stores stores.json --dump-stores out.json --quiet
expect_exit 0
expect_stderr ''
expect_no_file enact.db
expect_file out.json '{' '  "Visits": {' '    "records": [' '      {' '        "key": "a",' \
    '        "data": {' '          "n": 9' '        }' '      },' '      {' '        "key": "b",' \
    '        "data": {' '          "n": 1' '        }' '      }' '    ]' '  }' '}'
run run hello.json --input '{"name": "x"}' --dump-stores - --quiet
expect 0 '{"text":"Hello x "}
{}' ''
run run count.json --input '{"who": "b"}' --db visits.db --quiet
expect_exit 0
run run count.json --input '{"who": "b"}' --db visits.db --quiet
expect_exit 1
expect_stderr_has 'enact: count.json:2:'
expect_stderr_has 'step 1 (datastore.addRecord)'
expect_stderr_has 'DuplicateDataError: '
run run count.json --input '{"who": "c"}' --db visits.db --stores stores.json
expect 2 '' 'enact: --stores: data store "Visits" is not empty'"
See 'enact run --help'."
run run count.json --input '{"who": "c"}' --stores missing.json
expect_exit 2

# Events: one execution each; a failed one does not stop the rest; "at" is the time of its run.
cat >events.jsonl <<'JSON'
{"data": {"who": "x"}, "at": "2026-01-01T00:00:00Z"}

{"input": {"who": "x"}}
{"data": {"who": "y"}, "headers": [{"name": "A", "value": "b"}], "method": "PUT"}
JSON
run run count.json --events events.jsonl --db :memory: --json
expect_exit 1
stdout | sed -E 's/.*"status":"([a-z]*)","startedAt":"([0-9]{4}-[0-9]{2}-[0-9]{2}).*/\1 \2/' |
    sed '2,$s/ .*//' >statuses
expect_file statuses 'success 2026-01-01' error success
run run count.json --events events.jsonl --db :memory:
without_times
expect_exit 1
expect_stderr_has 'event 2 (events.jsonl:3)'
echo '{"data": {"who": "z"}}
{"what": 1}
{"data" 5}
{"data": {"who": "w"}}' >bad.jsonl
run run count.json --events bad.jsonl --db :memory: --quiet
expect_exit 1
expect_stderr_has 'enact: bad.jsonl:2:1: BundleValidationError: an event is {"data" or "input"'
expect_stderr_has 'enact: bad.jsonl:3:9: SyntaxError: '
expect_stdout_has '"id":"z"'
expect_stdout_has '"id":"w"'
run run count.json --events bad.jsonl --db :memory: --json
[ "$(stdout | wc -l)" -eq 4 ] || command_fail 'not one object for each event'
run run count.json --events missing.jsonl
expect_exit 2
run run count.json --events events.jsonl --input '{}'
expect 2 '' "enact: either --events or --input
See 'enact run --help'."

# Several runs, until the scenario switches itself off.
run run count.json --input '{"who": "r"}' --runs 2 --db :memory: --json
expect_exit 1
[ "$(stdout | wc -l)" -eq 2 ] || command_fail 'not two runs'

# Payloads that the trigger refuses: the caller gets 400, the command ends with 1.
cat >typed.json <<'JSON'
[
  {"id": 1, "module": "webhook.customWebhook", "parameters": {"name": "t",
   "dataStructure": {"type": "collection", "spec": [{"name": "n", "type": "number", "required": true}]}}}
]
JSON
run run typed.json --input '{"n": "many"}' --json
expect_exit 1
expect_stdout_has '"response":{"status":400,"headers":[],"body":{"error":{"type":"BundleValidationError","message":'
run run typed.json --input '{"n": "5"}' --quiet
expect 0 '{"n":5}' ''

# Errors name step, label and path, with the template and a caret.
cat >wrong.json <<'JSON'
{"metadata": {"name": "Wrong"}, "modules": [
  {"id": 7, "module": "util.setVariable", "metadata": {"designer": {"name": "Read the date"}},
   "parameters": {"name": "d", "value": {"when": ["{{parseDate(input.date; \"YYYY\")}}"]}}}
]}
JSON
run run wrong.json --input '{"date": "soon"}' --quiet
expect_exit 1
expect_stderr_has 'step 7 (util.setVariable'
expect_stderr_has 'value.when[0]: DataError: '
expect_stderr_has '    {{parseDate(input.date; "YYYY")}}'
expect_stderr_has '^'
cat >throw.json <<'JSON'
[{"id": 1, "module": "flow.throw", "parameters": {"message": "no", "statusCode": 422}}]
JSON
run run throw.json --input '{}' --json
expect_exit 1
expect_stdout_has '"error":{"type":"ThrowError","message":"no","statusCode":422,"module":1,"name":"flow.throw",'

# Limits.
cat >loop.json <<'JSON'
[
  {"id": 1, "module": "flow.repeater", "parameters": {"repeats": 50}},
  {"id": 2, "module": "util.setVariable", "parameters": {"name": "x", "value": "{{1.i}}"}}
]
JSON
run run loop.json --max-operations 10 --quiet
expect_exit 5
expect_stderr_has 'OperationsLimitExceededError'
run run sleep.json --timeout 50ms --quiet
expect_exit 5
run run loop.json --max-memory 12Q
expect 2 '' "enact: --max-memory takes a size such as 256M, not '12Q'
See 'enact run --help'."
run run loop.json --timeout soon
expect 2 '' "enact: --timeout takes a duration such as 500ms or 40m, not 'soon'
See 'enact run --help'."
run run loop.json
expect_exit 0
expect_stderr_has '     2  … further calls are only counted'
[ "$(grep -c util.setVariable .err)" -eq 10 ] || command_fail 'not ten lines for the step'

# The network: refused by the policy before a socket is opened.
cat >http.json <<'JSON'
[{"id": 1, "module": "http.makeRequest", "parameters": {"url": "http://127.0.0.1:9/"}}]
JSON
run run http.json --quiet
expect_exit 7
expect_stderr_has 'PolicyError'
run run http.json --allow-net none --quiet
expect_exit 7
run run http.json --allow-net 'bad host:x'
expect_exit 2

# Mocks.
echo '{"http.makeRequest": {"data": {"rate": 2}, "statusCode": 200}}' >mock.json
run run http.json --mock mock.json --quiet
expect 0 '{"data":{"rate":2},"statusCode":200}' ''
run run http.json --mock mock.json --json
expect_stdout_has '"mocked":{"1":[{"url":"http://127.0.0.1:9/"}]}'
run run http.json --mock-auto --quiet
expect 0 '{}' ''
echo '{"1": {"error": {"type": "NoSuchError"}}}' >mock.json
run run http.json --mock mock.json
expect_exit 3
expect_stderr_has 'enact: mock.json: '

# What does not load is not run: every problem, exit 3.
echo '[{"id": 1, "module": "datastore.addRecrod", "parameters": {}},
 {"id": 1, "module": "flow.throw", "parameters": {"message": "{{"}}]' >invalid.json
run run invalid.json
expect_exit 3
expect_stdout ''
expect_stderr_has 'invalid.json:2:'
run run invalid.json --json
expect_exit 3
expect_stderr ''
expect_stdout_has '{"file":"invalid.json","ok":false,"problems":[{"file":"invalid.json","line":'
run run missing.json
expect 2 '' "enact: missing.json cannot be read: No such file or directory
See 'enact run --help'."
run run .
expect 2 '' "enact: . is a folder, not a file
See 'enact run --help'."
run run hello.json --set suffix
expect 2 '' "enact: --set takes NAME=TEXT or NAME:=JSON, not 'suffix'
See 'enact run --help'."
run run hello.json --header nothing
expect 2 '' "enact: --header takes NAME=VALUE, not 'nothing'
See 'enact run --help'."
run run
expect 2 '' "enact: 'run' needs FILE
See 'enact run --help'."

# The database is not there to be had.
run run count.json --input '{"who": "q"}' --db "$command_folder/no/such/folder.db" --quiet
expect_exit 6

# An interrupt ends a wait and the run with 130, and waiting for events too.
last_command='enact run sleep.json (interrupted)'
"$ENACT" run sleep.json >.out 2>.err &
sleep 0.5
kill -INT $!
wait $!
last_exit=$?
expect_exit 130
expect_stderr_has 'ExecutionInterruptedError'
last_command='enact run count.json --events - (interrupted)'
mkfifo events
"$ENACT" run count.json --events - --db :memory: --quiet <events >.out 2>.err &
exec 9>events
echo '{"data": {"who": "i"}}' >&9
sleep 0.5
kill -TERM $!
wait $!
last_exit=$?
exec 9>&-
expect_exit 130
expect_stdout_has '"id":"i"'
expect_stderr ''

done_testing
