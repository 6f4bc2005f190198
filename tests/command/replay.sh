# enact replay: counts, expectations, times, copies of databases, answers from outside, exit codes.
. "$EN_ROOT/tests/support/command.sh" || exit 1
unset TZ

limit=$EN_ROOT/scenarios/rate-limit/scenario.json
recorded=$EN_ROOT/scenarios/rate-limit/events.jsonl

# --- what comes of the events, counted ---
run replay "$limit" "$recorded"
expect 0 'scenario: 150 events, 2026-03-02T09:00:00.000Z to 2026-03-02T09:24:50.000Z

COUNTED  NAME         EVENTS
status   success         100
         error            50
route    Within Limit    100
         Rate Limited     50
response 429              50
error    ThrowError       50

STORE      RECORDS BEFORE RECORDS AFTER BYTES BEFORE BYTES AFTER
RateLimits              -           100            -      10,200' ''

# Twice the same bytes, generated keys and all; another seed makes other keys.
run replay "$limit" "$recorded" --json --changes 100
stdout >first.json
run replay "$limit" "$recorded" --json --changes 100
expect_exit 0
expect_stdout "$(cat first.json)"
run replay "$limit" "$recorded" --json --changes 100 --seed 7
command_checks=$((command_checks + 1))
cmp -s first.json .out && command_fail 'another seed made the same keys'

# Each event has its own time: an hour later the user is free again.
cat >two.jsonl <<'JSON'
{"data": {"userId": "a"}, "at": "2026-03-02T09:00:00Z", "expect": {"route": "Within Limit", "output": {"windowStart": "2026-03-02T09:00:00.000Z"}}}
{"data": {"userId": "a"}, "at": "2026-03-02T10:00:00Z", "expect": {"status": "success", "response": null}}
{"data": {"userId": "a"}, "at": "2026-03-02T09:30:00Z"}
JSON
run replay "$limit" two.jsonl
expect_exit 0
expect_stdout_has '2 events say what must come out, all expectations were met'
expect_stderr '1 events stand behind later ones; each ran at its own time.'

# --- expectations ---
cat >wrong.jsonl <<'JSON'
{"data": {"userId": "a"}, "at": "2026-03-02T09:00:00Z", "expect": {"route": "Rate Limited", "response": {"status": 429}}}

{"data": {"userId": "a"}, "at": "2026-03-02T09:00:01Z", "expect": {"operations": 3}}
{"data": {"userId": "a"}, "at": "2026-03-02T09:00:02Z", "expect": {"outcome": "Within Limit"}}
JSON
run replay "$limit" wrong.jsonl
expect_exit 4
expect_stderr 'wrong.jsonl:1: route: expected "Rate Limited" but found "Within Limit"
wrong.jsonl:1: response: expected {"status":429} but found null
wrong.jsonl:3: operations: expected 3 but found 2'
expect_stdout_has '3 events say what must come out, 2 expectations were not met'
run replay "$limit" wrong.jsonl --json
expect_exit 4
expect_stdout_has '"checked":3,"violated":2,"violations":[{"line":1,"differences":["route: expected'
expect_stdout_has '{"line":3,"differences":["operations: expected 3 but found 2"]}'

# Of the whole: what --json prints.
echo '{"events": 150, "routes": {"Within Limit": 100}, "stores": {"RateLimits": {"after": {"records": 100}}}}' >counts.json
run replay "$limit" "$recorded" --expect counts.json --quiet
expect_exit 0
echo '{"routes": {"Within Limit": 101}}' >counts.json
run replay "$limit" "$recorded" --expect counts.json --quiet
expect_exit 4
expect_stderr 'the summary: routes["Within Limit"]: expected 101 but found 100'

# A scenario that admits one more, or looks at another window, is found out by the recorded answers.
"$ENACT" replay "$limit" "$recorded" --json >counts.json
sed 's/"b": 100/"b": 101/' "$limit" >broken.json
run replay broken.json "$recorded" --expect counts.json --quiet
expect_exit 4
expect_stderr_has 'expected 100 but found 101'

# --- events that cannot be read ---
printf '{"dta": 1}\n{"data": {"userId": "a"}, "at": "2026-03-02T09:00:00Z"}\n' >unread.jsonl
run replay "$limit" unread.jsonl --json
expect_exit 1
expect_stdout_has '"events":1,"unread":1'
expect_stderr_has 'unread.jsonl:1:1: BundleValidationError: an event is'
run replay "$limit" missing.jsonl
expect_exit 2
expect_stderr_has 'missing.jsonl cannot be read: No such file or directory'

# --- CSV ---
printf 'when;who;note\n2026-03-02T09:00:00Z;u-1;x\n2026-03-02T09:00:01Z;u-2;y\n' >events.csv
run replay "$limit" events.csv --map at=when --map data.userId=who --delimiter ';' --json
expect_exit 0
expect_stdout_has '"events":2'
expect_stdout_has '"data":{"userId":"u-2","windowStart":"2026-03-02T09:00:01.000Z"}'
run replay "$limit" events.csv --map at=time
expect_exit 1
expect_stderr_has 'events.csv:1:1: DataError: there is no column "time"'

# --- the page: one file, in which data cannot end its script (tests/browser uses it) ---
printf '{"data": {"userId": "</script><!--&<script>alert(1)</script>"}, "at": "2026-03-02T09:00:00Z"}\n' >evil.jsonl
run replay "$limit" evil.jsonl --html page.html --quiet
expect_exit 0
last_command='the page'
command_checks=$((command_checks + 2))
[ "$(grep -o '<script' page.html | wc -l) $(grep -o '</script' page.html | wc -l) $(grep -c '<!--' page.html)" = '3 3 0' ] ||
    command_fail 'data stands in it as it came'
grep -qE ' (src|href)=|url\(|@import|https?://' page.html && command_fail 'it needs other files'
grep -q "default-src 'none'; base-uri 'none'; form-action 'none'; script-src 'sha256-[A-Za-z0-9+/]*='; style-src 'sha256-" page.html ||
    command_fail 'it has no policy'
run replay "$limit" "$recorded" --html one.html --quiet
run replay "$limit" "$recorded" --html two.html --quiet
command_checks=$((command_checks + 1))
cmp one.html two.html || command_fail 'two pages of the same differ'

# --- stores that are there before ---
session=$EN_ROOT/scenarios/session
cat >visits.jsonl <<'JSON'
{"headers": {"Authorization": "tok-valid"}, "at": "2026-03-02T09:10:00Z", "expect": {"status": "success"}}
{"headers": {"Authorization": "tok-old"}, "at": "2026-03-02T09:11:00Z", "expect": {"response": {"status": 404}}}
JSON
run replay "$session/scenario.json" visits.jsonl --stores "$session/stores.json" --json
expect_exit 0
expect_stdout_has '"before":{"records":2,'
expect_stdout_has '"added":{"count":0,"records":[]},"changed":{"count":1,"records":[{"key":"tok-valid","before":{'

# A database is copied: neither its file nor the folder around it changes.
mkdir kept
"$ENACT" run "$session/scenario.json" --db kept/shop.db --stores "$session/stores.json" --now 2026-03-02T09:09:00Z --header authorization=tok-valid --quiet >.out
sum() { (cd kept && ls -a && cat ./* | sha256sum); }
before=$(sum)
run replay "$session/scenario.json" visits.jsonl --db kept/shop.db --json
expect_exit 0
expect_stdout_has '"before":{"records":2,'
command_checks=$((command_checks + 1))
[ "$before" = "$(sum)" ] || command_fail 'the original was touched'
run replay "$session/scenario.json" visits.jsonl --db kept/none.db
expect_exit 6
expect_stderr_has 'kept/none.db cannot be copied'
expect_no_file kept/none.db
if command -v sqlite3 >/dev/null; then # what stands in the log of another process counts, too
    mkfifo held
    sqlite3 kept/shop.db <held >held.out &
    exec 8>held
    echo "UPDATE UserSessions SET userId = 'u-late'; SELECT 'done';" >&8
    for _ in $(seq 200); do grep -q done held.out && break; sleep 0.05; done
    run replay "$session/scenario.json" visits.jsonl --db kept/shop.db --json
    expect_stdout_has '"userId":"u-late"'
    exec 8>&-
    wait
fi

# --- the outside ---
cat >fetch.json <<'JSON'
[ { "id": 1, "module": "http.makeRequest", "parameters": { "url": "http://127.0.0.1:9/{{webhook.n}}", "method": "GET" } },
  { "id": 2, "module": "flow.sleep", "parameters": { "delay": 60 } },
  { "id": 3, "module": "datastore.addRecord", "parameters": { "dataStore": "Seen", "key": "{{webhook.n}}", "data": { "got": "{{1.data.v}}", "at": "{{now}}" } } } ]
JSON
cat >calls.jsonl <<'JSON'
{"data": {"n": 1}, "at": "2026-03-02T09:00:00Z", "http": {"1": {"statusCode": 200, "data": {"v": "own"}}}}
{"data": {"n": 2}, "at": "2026-03-02T09:00:01Z"}
{"data": {"n": 3}, "at": "2026-03-02T09:00:02Z", "http": {"http.makeRequest": {"error": {"type": "ConnectionError", "message": "down"}}}, "expect": {"error": {"message": "down"}}}
JSON
echo '{"http.makeRequest": {"statusCode": 200, "data": {"v": "shared"}}}' >mocks.json
run replay fetch.json calls.jsonl --mock mocks.json --json
expect_exit 0
expect_stdout_has '"key":"1","data":{"got":"own","at":"2026-03-02T09:01:00.000Z"}'
expect_stdout_has '"key":"2","data":{"got":"shared","at":"2026-03-02T09:01:01.000Z"}'
expect_stdout_has '"errors":{"ConnectionError":1}'
run replay fetch.json calls.jsonl --quiet
expect_exit 7
expect_stdout_has 'PolicyError'
echo '{"data": {"n": 1}, "http": {"1": {"error": {"type": "No"}}}, "expect": {"error": {"message": {"$matches": "no type of error"}}}}' >answer.jsonl
run replay fetch.json answer.jsonl --quiet
expect_exit 0

# Exchanges as on a cassette, found by the request.
cat >exchanges.jsonl <<'JSON'
{"data": {"n": 1}, "http": [{"request": {"url": "http://127.0.0.1:9/2"}, "response": {"body": {"json": {"v": "two"}}}}, {"request": {"url": "http://127.0.0.1:9/1"}, "response": {"body": {"json": {"v": "one"}}}}], "expect": {"output": {"got": "one"}}}
{"data": {"n": 3}, "http": [{"request": {"url": "http://127.0.0.1:9/2"}, "response": {"body": {"json": {"v": "two"}}}}], "expect": {"error": {"type": "CassetteError"}}}
{"data": {"n": 4}, "http": [{"request": {}}], "expect": {"error": {"type": "SyntaxError"}}}
JSON
run replay fetch.json exchanges.jsonl --quiet
expect_exit 0
echo '{"exchanges": [{"request": {"url": "http://127.0.0.1:9/5"}, "response": {"body": {"json": {"v": "five"}}}}]}' >whole.json
echo '{"data": {"n": 5}, "expect": {"output": {"got": "five"}}}' >whole.jsonl
run replay fetch.json whole.jsonl --cassette whole.json --quiet
expect_exit 0

# --- two scenarios ---
cp "$EN_ROOT"/schemas/RateLimits.json .
mkdir schemas && mv RateLimits.json schemas
sed 's/Within Limit/Good/' "$limit" >renamed.json
run replay --compare "$limit" "$limit" "$recorded"
expect 0 '150 events: both answered alike' ''
run replay broken.json "$recorded" --compare "$limit"
expect_exit 4
expect_stdout_has 'events.jsonl:101: status: "error" became "success"'
expect_stdout_has 'events.jsonl:101: route: "Rate Limited" became "Within Limit"'
expect_stdout_has 'store RateLimits: 1 added, 0 changed, 0 removed'
expect_stdout_has '150 events: 1 answered differently'
run replay --compare "$limit" renamed.json "$recorded" --json --changes 2
expect_exit 4
expect_stdout_has '"events":150,"unread":0,"different":100,"parts":{"status":0,"route":100,"response":0,"error":0,"output":0},"differences":[{"line":1,"at":"2026-03-02T09:00:00.000Z","route":{"a":"Within Limit","b":"Good"}},{"line":2,'
expect_stdout_has '"stores":{}}'
run replay --compare "$limit" renamed.json unread.jsonl --quiet
expect_exit 4
expect_stderr_has 'unread.jsonl:1:1: BundleValidationError'
run replay --compare "$limit" renamed.json "$recorded" --html both.html
expect_exit 2
expect_stderr_has 'either --compare or --html'
run replay --compare missing.json "$limit" "$recorded"
expect_exit 2

# --- interrupted ---
mkfifo endless
"$ENACT" replay "$limit" endless >.out 2>.err &
replaying=$!
exec 9>endless
echo '{"data": {"userId": "a"}}' >&9
sleep 0.3
kill -INT $replaying
wait $replaying
last_exit=$?
last_command='enact replay (interrupted)'
exec 9>&-
expect_exit 130

done_testing
