# enact run --keep and enact runs: what is kept of a run, and running it again from that.
. "$EN_ROOT/tests/support/command.sh" || exit 1

"$EN_BUILD/tests/fake_http" --seconds 240 --line 'path /prices' --line 'header Content-Type: application/json' \
    --line 'body {"EUR":1.08,"token":"abcdefghijklmnopqrstuvwxyz"}' --line 'path /broken' --line 'status 503' --line 'body no' \
    >.port & server=$!
for _ in $(seq 100); do [ ! -s .port ] || break; sleep 0.1; done
http=http://127.0.0.1:$(awk '{print $2}' .port)
stop_server() { kill $server 2>/dev/null; wait $server 2>/dev/null; }
trap 'stop_server; cd / && rm -rf "$command_folder"' EXIT

cat >shop.json <<JSON
[
  {"id": 1, "module": "datastore.searchRecords", "parameters": {"dataStore": "Orders", "filter": [[{"a": "{{total}}", "o": "numeric:greater", "b": "5"}]]}},
  {"id": 2, "module": "http.makeRequest", "parameters": {"url": "$http/{{webhook.path}}"}},
  {"id": 3, "module": "datastore.addRecord", "parameters": {"dataStore": "Orders", "data": {"total": "{{1.length + 10}}", "at": "{{now}}", "tag": "{{uuid}}"}}},
  {"id": 4, "module": "util.sleep", "parameters": {"delay": 0.01}},
  {"id": 5, "module": "util.setVariable", "parameters": {"name": "v", "value": "{{3.id}} {{random}} {{now}} {{2.data.EUR}} {{webhook.password}}"}}
]
JSON

# Without being asked for, nothing is kept, and looking makes no database.
run runs list
expect 0 '' 'There is no database yet: enact.db
No runs were kept: "history": {"keep": "bundles"} in enact.json, or enact run --keep bundles.'
expect_no_file enact.db

run run shop.json --allow-net private --input '{"path": "prices", "password": "p-1234567890abcdef"}' --keep bundles --json
expect_exit 0
cp .out first
run run shop.json --allow-net private --input '{"path": "prices"}' --keep bundles --tz Europe/Prague --set extra=1
expect_exit 0
run run shop.json --allow-net private --input '{"path": "broken"}' --keep bundles
expect_exit 1
run run shop.json --allow-net private --input '{"path": "prices"}' --keep counts
run run shop.json --allow-net private --input '{"path": "prices"}' --keep nothing
run run shop.json --keep all
expect_exit 2
expect_stderr_has "--keep is nothing, counts or bundles, not 'all'"
stop_server

run runs list --json
expect_exit 0
expect_stdout_has '"id":4,"scenario":"shop"'
command_checks=$((command_checks + 1))
node -e '
const runs = JSON.parse(require("fs").readFileSync(".out"));
const seen = runs.map((run) => `${run.id} ${run.status} ${run.kept}`).join(", ");
if (seen !== "4 success counts, 3 error bundles, 2 success bundles, 1 success bundles") { console.log(seen); process.exit(1); }
' || command_fail 'runs list'
run runs list --status error
expect_stdout_has 'ConnectionError'
run runs list --scenario none
expect_stdout ''

# A secret is nowhere: not what is named like one, nor its value under another name.
run runs show 1
expect_exit 0
for secret in p-1234567890abcdef abcdefghijklmnopqrstuvwxyz; do
    command_checks=$((command_checks + 1))
    ! grep -q "$secret" .out || command_fail "the history holds $secret"
done
expect_stdout_has '"password":"REDACTED"'
run runs show 9
expect 1 '' 'enact: DataError: there is no run 9 in the history (enact runs list shows those that are there)'
run runs show first
expect_exit 2

# The same again: without the server, and without touching the stores.
run store export Orders
cp .out before
for run in 2 3; do
    run runs replay $run
    expect 0 '' "Run $run came out the same again."
done
run store export Orders
command_compare 'the store' .out "$(cat before)"
run runs replay 2 --json --trace
expect_exit 0
expect_stdout_has '"outputs":{"1":'
run runs replay 4
expect_exit 1
expect_stderr_has 'only the counts of this run were kept'
run runs show 4
command_checks=$((command_checks + 1))
! grep -qE '"(output|outputs|response|given)"' .out || command_fail 'counts hold bundles'

# What depended on a secret does not come out the same, and that is said.
run runs replay 1
expect_exit 0

# Another scenario asks for something else.
sed 's/Orders/Invoices/' shop.json >other.json
run runs replay 2 --current other.json
expect_exit 1
expect_stderr_has 'the run asks for search of data store "Invoices", but the run that was kept asked for search of data store "Orders"'
sed 's/length + 10/length + 11/' shop.json >other.json
run runs replay 2 --current other.json
expect_exit 0

# Settings, and a bundle too many.
echo '{"history": {"keep": "bundles", "maxRunBytes": "200", "maxRuns": 3, "maxAge": "1d"}}' >enact.json
echo '[{"id": 1, "module": "util.setVariable", "parameters": {"name": "v", "value": "{{webhook.text}}"}}]' >big.json
run run big.json --input "{\"text\": \"$(seq 300 | tr -d '\n')\"}"
expect_exit 0
run runs replay 5
expect_stderr_has 'only the counts of this run were kept'
echo '{"history": {"keep": "everything", "max": 1}}' >enact.json
run run big.json
expect_exit 3
expect_stderr_has 'expected "nothing", "counts" or "bundles"'
expect_stderr_has 'there is no setting "max"'
echo '{"history": {"maxRuns": 3}}' >enact.json

run runs prune --dry-run --json
expect_stdout_has '"dryRun":true,"runs":2,'
run runs prune
expect_exit 0
expect_stderr_has 'Pruned 2 runs'
run runs list --json
expect_stdout_has '"id":3'
run runs prune --keep 1 --older-than 1h
expect_stderr_has 'Pruned 2 runs'
run runs prune --max-bytes 1
expect_stderr_has 'Pruned 1 runs'
run runs list
expect_stdout ''
done_testing
