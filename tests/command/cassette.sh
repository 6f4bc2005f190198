# enact run --record, --cassette and --offline: the network once, then from a file.
. "$EN_ROOT/tests/support/command.sh" || exit 1

"$EN_BUILD/tests/fake_http" --seconds 240 --log requests.log \
    --line 'path /prices' --line 'header Content-Type: application/json' --line 'header Set-Cookie: sid=11223344' \
    --line 'body {"EUR":1.08,"token":"abcdefghijklmnopqrstuvwxyz"}' \
    --line 'path /flaky' --line 'fail 1 503' --line 'body {"spaced": "as it came", "big": 12345678901234567890}' \
    --line 'path /moved' --line 'redirect 302 /plain' --line 'path /plain' --line 'body plain text' \
    --line 'path /bytes' --line 'zeros 5' --line 'path /slow' --line 'delay 5000' --line 'path /cut' --line 'close' \
    --line 'path /missing' --line 'status 404' --line 'body nothing here' \
    >.port & server=$!
for _ in $(seq 100); do [ ! -s .port ] || break; sleep 0.1; done
http=http://127.0.0.1:$(awk '{print $2}' .port)
stop_server() { kill $server 2>/dev/null; wait $server 2>/dev/null; }
trap 'stop_server; cd / && rm -rf "$command_folder"' EXIT
world=(--clock virtual --now 2026-03-02T09:00:00Z --json --trace)

cat >plain.json <<JSON
[
  {"id": 1, "module": "http.makeRequest", "parameters": {"url": "$http/echo?a=1&b=%20", "method": "POST", "headers": {"X-Day": "1"}, "body": {"n": [1, 2]}}},
  {"id": 2, "module": "http.makeRequest", "parameters": {"url": "$http/flaky"}, "retry": {"attempts": 2, "interval": 7}},
  {"id": 3, "module": "http.makeRequest", "parameters": {"url": "$http/moved"}},
  {"id": 4, "module": "http.makeRequest", "parameters": {"url": "$http/bytes"}},
  {"id": 5, "module": "http.makeRequest", "parameters": {"url": "$http/echo", "method": "POST", "bodyType": "multipart/form-data", "body": {"note": "hello"}}},
  {"id": 6, "module": "http.makeRequest", "parameters": {"url": "$http/missing", "handleErrors": false}},
  {"id": 7, "module": "util.setVariable", "parameters": {"name": "v", "value": "{{2.data.spaced}} {{uuid}} {{now}}"}}
]
JSON
for fault in slow cut missing; do
    echo "[{\"id\": 1, \"module\": \"http.makeRequest\", \"parameters\": {\"url\": \"$http/$fault\", \"timeout\": 0.2}}]" >$fault.json
done
cat >secrets.json <<JSON
[
  {"id": 1, "module": "http.makeRequest", "parameters": {"url": "$http/prices?day=1&api_key=k1234567",
     "headers": {"Authorization": "Bearer b1234567", "X-Session": "s-1", "X-Day": "1", "X-Region": "in {{env.REGION}}"}}},
  {"id": 2, "module": "http.makeRequest", "parameters": {"url": "$http/plain?ref={{1.data.token}}", "method": "POST",
     "body": {"password": "p1", "region": "{{env.REGION}}"}, "authType": "basic", "username": "ada", "password": "w1234567"}},
  {"id": 3, "module": "http.makeRequest", "parameters": {"url": "$http/plain", "method": "POST", "bodyType": "application/x-www-form-urlencoded",
     "body": {"client_secret": "c1", "grant": "all"}}},
  {"id": 4, "module": "http.makeRequest", "parameters": {"url": "$http/plain", "method": "POST", "bodyType": "multipart/form-data",
     "body": {"token": "t1", "note": "hello"}}}
]
JSON
echo '{"env": ["REGION"], "redact": ["X-Session"]}' >enact.json

# --- recording ---

for name in plain slow cut missing; do
    run run $name.json "${world[@]}" --allow-net private --record $name.cassette.json
    cp .out $name.recorded
done
REGION=region-of-secrets run run secrets.json "${world[@]}" --allow-net private --record secrets.cassette.json
expect_exit 0
for secret in k1234567 b1234567 s-1 11223344 abcdefghijklmnopqrstuvwxyz region-of-secrets w1234567 YWRh p1 c1 t1; do
    command_checks=$((command_checks + 1))
    ! grep -qE -e "\"[^\"]*\b$secret\b" secrets.cassette.json || command_fail "the cassette holds $secret"
done
command_contains 'the cassette' secrets.cassette.json "\"url\": \"$http/prices?day=1&api_key=REDACTED\""
command_contains 'the cassette' secrets.cassette.json '"X-Region": "in REDACTED"'
command_contains 'the cassette' secrets.cassette.json '"body": "client_secret=REDACTED&grant=all"'
command_contains 'the cassette' plain.cassette.json '"body": "{\"spaced\": \"as it came\", \"big\": 12345678901234567890}"'
requests=$(wc -l <requests.log)

# --- playing: no server, the same bytes ---

stop_server
for name in plain slow cut missing; do
    run run $name.json "${world[@]}" --cassette $name.cassette.json
    command_compare "$name, played" .out "$(cat $name.recorded)"
done
command_contains 'what plays' slow.recorded '"type":"ModuleTimeoutError"'
command_contains 'what plays' cut.recorded '"type":"ConnectionError"'
run run secrets.json "${world[@]}" --cassette secrets.cassette.json
expect_exit 0
expect_stdout_has '"cassette":{"exchanges":4,"unused":0}'
[ "$(wc -l <requests.log)" -eq "$requests" ] || command_fail 'a cassette asked the server'

# A real clock does not wait for what took its time.
SECONDS=0
sed 's/"durationMs": [0-9]*/"durationMs": 3600000/' missing.cassette.json >long.cassette.json
run run missing.json --quiet --cassette long.cassette.json
expect_exit 1
[ $SECONDS -lt 60 ] || command_fail 'playing waited'
run run missing.json "${world[@]}" --cassette long.cassette.json
expect_stdout_has '"durationMs":3600000,'

# --- what does not fit ---

# Another order, other content, too much, too little.
cat >two.json <<JSON
[
  {"id": 1, "module": "http.makeRequest", "parameters": {"url": "http://a.test/1"}},
  {"id": 2, "module": "http.makeRequest", "parameters": {"url": "http://a.test/2", "method": "POST", "headers": {"X-A": "1"}, "body": {"a": 1}},
   "errorHandler": {"type": "ignore"}}
]
JSON
exchange() { echo "{\"request\": {\"method\": \"$1\", \"url\": \"http://a.test/$2\"${3-}}, \"response\": {\"body\": {\"json\": {\"n\": $2}}}}"; }
run_tape() {
    printf '{"exchanges": [\n%s\n]}\n' "$1" >tape.json
    shift
    run run two.json --quiet --db :memory: --cassette tape.json "$@"
}
first=$(exchange GET 1)
second=$(exchange POST 2)
run_tape "$first,
$second"
expect 0 '{"data":{"n":2},"statusCode":200,"headers":{"content-type":"application/json"}}' ''
run_tape "$second,
$first"
expect_exit 1
expect_stderr_has 'step 1 (http.makeRequest): CassetteError: GET http://a.test/1 is not what comes next in the cassette tape.json: exchange 1 of 2 (line 2) is POST http://a.test/2 (its method differs) (exchange 2 of 2 (line 3) fits; --cassette-match loose plays in any order)'
run_tape "$second,
$first" --cassette-match loose
expect_exit 0
run_tape "$first,
$(exchange POST 2 ', "headers": {"X-A": "2", "Content-Type": "application/json"}')"
expect_stderr_has 'its header X-A is not "2"'
run_tape "$first,
$(exchange POST 2 ', "headers": {"Content-Type": "application/json"}')"
expect_stderr_has 'its header X-A: 1 is not there'
run_tape "$first,
$(exchange POST 2 ', "body": {"json": {"a": 2}}')"
expect_stderr_has 'its body differs'
run_tape "$first"
expect_stderr_has 'step 2 (http.makeRequest): CassetteError: POST http://a.test/2 was asked for, but all exchanges of the cassette tape.json (1) have been played'
run_tape "$first" --cassette-match loose
expect_stderr_has 'the cassette tape.json has no exchange for POST http://a.test/2'
printf '[%s, %s, %s]' "$first" "$second" "$(exchange GET 3)" >tape.json
run run two.json --cassette tape.json --json
expect_exit 0
expect_stdout_has '"cassette":{"exchanges":2,"unused":1}'
expect_stderr 'warning: nobody asked for 1 exchange of the cassette tape.json; the first is exchange 3 of 3 (line 1), GET http://a.test/3'

# Loose: each is played once, then the last again.
echo '[{"id": 1, "module": "flow.repeater", "parameters": {"repeats": 3}},
       {"id": 2, "module": "http.makeRequest", "parameters": {"url": "http://a.test/1"}}]' >again.json
printf '[%s, %s]' "$first" "${first/\"n\": 1/\"n\": 9}" >tape.json
run run again.json --cassette tape.json --cassette-match loose --json --trace
expect_exit 0
expect_stdout_has '"data":{"n":1},"statusCode":200,"headers":{"content-type":"application/json"}},{"data":{"n":9},"statusCode":200,"headers":{"content-type":"application/json"}},{"data":{"n":9}'

# A cassette with a mistake in it, and flags that do not go together.
printf '{"exchanges": [\n  {"request": {"url": "http://a.test/1"},\n   "response": {"staus": 200}}]}' >tape.json
run run two.json --cassette tape.json
expect 3 '' 'enact: tape.json:3:26: exchanges[0].response.staus: SyntaxError: a response has no "staus" (did you mean "status"?)'
run run two.json --cassette nowhere.json
expect 2 '' "enact: nowhere.json cannot be read: No such file or directory
See 'enact run --help'."
run run two.json --cassette tape.json --record tape.json
expect 2 '' "enact: either --record or --cassette
See 'enact run --help'."
run run two.json --cassette tape.json --cassette-match near
expect 2 '' "enact: --cassette-match is strict or loose, not 'near'
See 'enact run --help'."
run run two.json --offline --allow-net private
expect 2 '' "enact: either --offline or --allow-net
See 'enact run --help'."
run run two.json --offline --record new.json
expect_exit 2
expect_no_file new.json

# --- offline ---

sed -i 's/"errorHandler": {"type": "ignore"}/"label": "second"/; s/a.test/no.such.name.example/' two.json
run run two.json --offline --quiet
expect 7 '' 'enact: two.json:2:3: step 1 (http.makeRequest): PolicyError: no.such.name.example was not connected to: the network is switched off (--offline) (--cassette FILE or --mock FILE can answer instead; --allow-net no.such.name.example:80 would allow it)'

# --- a run that is interrupted leaves what was exchanged ---

rm .port
"$EN_BUILD/tests/fake_http" --seconds 60 --line 'path /quick' --line 'body done' --line 'path /slow' --line 'delay 50000' >.port & server=$!
for _ in $(seq 100); do [ ! -s .port ] || break; sleep 0.1; done
http=http://127.0.0.1:$(awk '{print $2}' .port)
echo "[{\"id\": 1, \"module\": \"http.makeRequest\", \"parameters\": {\"url\": \"$http/quick\"}},
       {\"id\": 2, \"module\": \"http.makeRequest\", \"parameters\": {\"url\": \"$http/slow\"}}]" >long.json
"$ENACT" run long.json --quiet --allow-net private --record cut.cassette.json & runner=$!
until [ -e cut.cassette.json ] || ls cut.cassette.json.*.tmp >/dev/null 2>&1 && grep -q /quick cut.cassette.json.*.tmp; do sleep 0.1; done
kill -INT $runner
wait $runner
[ $? -eq 130 ] || command_fail 'an interrupted run did not say so'
stop_server
command_contains 'what was exchanged' cut.cassette.json '"body": "done"'
sed -i '$!d; s/.*/]/' long.json && sed -i "1i [{\"id\": 1, \"module\": \"http.makeRequest\", \"parameters\": {\"url\": \"$http/quick\"}}" long.json
run run long.json --quiet --cassette cut.cassette.json
expect_exit 0
[ -z "$(ls ./*.tmp 2>/dev/null)" ] || command_fail 'temporary files were left'

done_testing
