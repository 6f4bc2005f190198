#!/usr/bin/env bash
# enact test: files, folders, differences, what is invalid, exit codes.
. "$EN_ROOT/tests/support/command.sh" || exit 1

# Times are only measured.
told() { without_times; }

mkdir -p shop/schemas shop/deep/node_modules
echo '{"name": "Orders", "structure": {"id": {"type": "text", "unique": true}, "total": {"type": "number"}}}' \
    >shop/schemas/Orders.json
cat >shop/order.json <<'JSON'
[
  {"id": 1, "module": "webhook.customWebhook", "parameters": {"name": "orders"}},
  {"id": 2, "module": "flow.router", "parameters": {"routes": [
    {"label": "Big", "filter": {"conditions": [[{"a": "{{webhook.total}}", "o": "greater", "b": 100}]]}},
    {"label": "Small", "filter": {"conditions": [[{"a": "{{webhook.total}}", "o": "lessEqual", "b": 100}]]}}]}},
  {"id": 3, "module": "http.makeRequest", "route": 1, "parameters": {"url": "https://example.com/approve", "method": "POST"}},
  {"id": 4, "module": "datastore.addRecord", "route": 1,
   "parameters": {"dataStore": "Orders", "data": {"id": "{{webhook.id}}", "total": "{{webhook.total}}"}}},
  {"id": 5, "module": "webhook.respond", "route": 2, "parameters": {"status": 202, "body": {"queued": "{{webhook.id}}"}}}
]
JSON
cat >shop/order.test.json <<'JSON'
{
  "scenario": "order.json",
  "now": "2026-03-02T09:00:00Z",
  "tests": [
    {
      "name": "a big order is approved and kept",
      "input": { "id": "o-1", "total": 250 },
      "mocks": { "http.makeRequest": { "data": { "ok": true } } },
      "expect": {
        "mocked": { "3": [{ "url": "https://example.com/approve" }] },
        "outputs": { "3": [{ "$exact": { "data": { "ok": true } } }] },
        "true": ["{{3.data.ok}}", "{{input.total > 100 & operations = 3}}"],
        "stores": { "Orders": { "records": [{ "key": "o-1", "data": { "total": 250 } }] } }
      }
    },
    {
      "name": "a small order is queued",
      "input": { "id": "o-2", "total": 5 },
      "expect": { "response": { "status": 202, "body": { "queued": "o-2" } }, "stores": {} }
    }
  ]
}
JSON

run test shop
told
expect 0 'shop/order.test.json
  ok       a big order is approved and kept
  ok       a small order is queued
2 passed in N s' ''

run test shop --quiet
told
expect 0 '2 passed in N s' ''
run test shop/order.test.json shop --filter 'SMALL|nothing'
told
expect 0 'shop/order.test.json
  ok       a small order is queued
1 passed in N s' ''
run test --filter 'small' --jobs 1
told
expect 0 'shop/order.test.json
  ok       a small order is queued
1 passed in N s' ''
run test shop --filter nothing
told
expect 0 'no tests in N s' ''

run test shop --coverage
told
expect_exit 0
expect_stdout_has 'shop/order.json   5/5    2/2          2/2   2/2        -'

# What differs is told with its place in the file and the step.
cat >shop/bad.test.json <<'JSON'
{
  "scenario": "order.json",
  "mocks": { "3": {} },
  "tests": [
    { "name": "wrong in many ways", "why": "to see them all",
      "input": { "id": "o-1", "total": 250 },
      "expect": {
        "status": "error",
        "outputs": { "4": [{ "id": "o-2", "total": "$text" }] },
        "stores": { "Orders": { "records": { "$length": 2 } }, "Customers": "$any" },
        "true": ["{{4.total = 1}}"]
      } },
    { "name": "an error that nobody expects",
      "variables": { "x": 1 },
      "events": [{ "data": { "id": "a", "total": 250 } },
                 { "data": { "id": "a", "total": 250 }, "expect": { "output": { "id": "b" } } },
                 { "data": { "id": "c", "total": 5 }, "expect": { "response": { "status": 200 } } }],
      "expect": { "cycles": 2 } },
    { "name": "not now", "skip": "the price list is being changed" },
    { "name": "only with the archive", "needs": ["archive.json"] },
    { "name": "two runs", "runs": [{ "input": { "id": 1, "total": 300 } },
                                   { "input": { "id": 2, "total": 300 }, "expect": { "operations": 2 } }] }
  ]
}
JSON
run test shop/bad.test.json
told
expect 4 'shop/bad.test.json
  FAILED   wrong in many ways
      to see them all
      status  shop/bad.test.json:8:19
        expected  "error"
        found     "success"
      outputs.4[0].id of step 4 (datastore.addRecord)  shop/bad.test.json:9:36
        expected  "o-2"
        found     "o-1"
      outputs.4[0].total of step 4 (datastore.addRecord)  shop/bad.test.json:9:52
        expected  a text
        found     250
      stores.Orders.records  shop/bad.test.json:10:44
        expected  a length of 2
        found     1: [{"key":"o-1","data":{"id":"o-1","total":250}}]
      stores.Customers  shop/bad.test.json:10:77
        expected  a value
        found     nothing
      true[0]  shop/bad.test.json:11:18
        expected  {{4.total = 1}} to be true
        found     false
  FAILED   an error that nobody expects
      event 2: output.id  shop/bad.test.json:16:87
        expected  "b"
        found     nothing
      event 2: error  shop/bad.test.json:18:17
        expected  no error
        found     DuplicateDataError
      event 3: response.status  shop/bad.test.json:17:91
        expected  200
        found     202
      cycles  shop/bad.test.json:18:29
        expected  2
        found     1
      event 2 ended with shop/order.json:7:3: step 4 (datastore.addRecord): DuplicateDataError: a record with key "a" exists in data store "Orders"
  skipped  not now (the price list is being changed)
  skipped  only with the archive (archive.json is not there)
  FAILED   two runs
      run 2: operations  shop/bad.test.json:22:100
        expected  2
        found     3
3 failed, 2 skipped in N s' ''

# Files that say something wrongly are refused with all of it; the others are run all the same.
cat >shop/invalid.test.json <<'JSON'
{
  "senario": "order.json",
  "clock": "slow",
  "tests": [
    { "name": "a", "expect": { "status": 1, "output": { "$mathces": "x" } } },
    { "name": "a", "scenario": 5, "runs": [], "input": 1 },
    { "why": "it has no name", "events": [], "query": {} , "mocks": { "3": { "error": { "type": "Nope" } } } },
    7
  ]
}
JSON
run test shop/invalid.test.json shop/order.test.json --filter small
told
expect_exit 3
expect_stdout 'shop/order.test.json
  ok       a small order is queued
1 passed, 1 file is invalid in N s'
expect_stderr_has 'shop/invalid.test.json:2:14: error: senario: a file of tests has no member "senario"
    hint: did you mean "scenario"?'
expect_stderr_has 'shop/invalid.test.json:3:12: error: clock: expected "virtual", "fixed" or "real"'
expect_stderr_has 'shop/invalid.test.json:5:69: error: tests[0].expect.output["$mathces"]: there is no condition "$mathces"
    hint: did you mean "$matches"?'
expect_stderr_has 'shop/invalid.test.json:6:15: error: tests[1].name: there is another test called "a"'
expect_stderr_has 'tests[1].scenario: expected a path or a scenario, not number'
expect_stderr_has 'tests[1].runs: a test has at least one run'
expect_stderr_has 'tests[1].input: "input" stands in the runs of a test that has "runs"'
expect_stderr_has 'tests[2]: a test has a "name"'
expect_stderr_has 'tests[2]: either "events" or "query"'
expect_stderr_has 'there is no type of error called "Nope"'
expect_stderr_has 'shop/invalid.test.json:8:5: error: tests[3]: a test is a collection, not number'

run validate shop/invalid.test.json shop/order.test.json
expect_exit 3
expect_stdout 'shop/invalid.test.json: invalid, 14 errors
shop/order.test.json: ok'

# A test whose scenario does not load is invalid; the place is the scenario's.
cat >shop/broken.json <<'JSON'
[{"id": 1, "module": "util.setVariable", "parameters": {"name": "x", "value": "{{uper(1)}}"}}]
JSON
cat >shop/broken.test.json <<'JSON'
{ "tests": [
  { "name": "a file", "scenario": "broken.json" },
  { "name": "inside", "scenario":
    [{"id": 1, "module": "util.setVariable", "parameters": {"name": "x", "value": "{{uper(1)}}"}}] },
  { "name": "nowhere", "scenario": "nowhere.json" },
  { "name": "no stores", "scenario": "order.json", "stores": "nowhere.json" },
  { "name": "no such record", "scenario": "order.json", "stores": { "Orders": { "records": [{ "id": "a", "total": "b" }] } } },
  { "name": "no zone", "scenario": "order.json", "tz": "Mars/North" },
  { "name": "no place", "scenario": "order.json", "patch": { "[9].x": 1 } },
  { "name": "no event", "scenario": "order.json", "events": [{ "at": "soon" }] } ] }
JSON
run test shop/broken.test.json --jobs 1
told
expect_exit 3
expect_stdout_has '8 invalid in N s'
expect_stderr_has 'shop/broken.json:1:'
expect_stderr_has 'shop/broken.test.json:4:'
expect_stderr_has 'shop/nowhere.json:1:1: error: shop/nowhere.json cannot be read'
expect_stderr_has 'nowhere.json cannot be read'
expect_stderr_has 'shop/broken.test.json:7:115: error: tests[4].stores.Orders.records[0].total: expected a number'
expect_stderr_has 'shop/broken.test.json:8:'
expect_stderr_has 'there is no time zone "Mars/North"'
expect_stderr_has '"[9].x" leads nowhere: there is no such element'
expect_stderr_has 'shop/broken.test.json:10:'

# No network, no environment, no clock but those of the test.
cat >alone.test.json <<'JSON'
{ "tests": [
  { "name": "no network", "scenario": [{"id": 1, "module": "http.makeRequest", "parameters": {"url": "https://example.com/"}}],
    "expect": { "error": { "type": "PolicyError", "module": 1 } } },
  { "name": "no environment", "scenario": [{"id": 1, "module": "util.setVariable", "parameters": {"name": "x", "value": "{{env.HOME}}{{env.MINE}}"}}],
    "env": { "MINE": "mine" }, "expect": { "output": { "value": "mine" } } },
  { "name": "no time", "scenario": [
      {"id": 1, "module": "util.sleep", "parameters": {"delay": 300}},
      {"id": 2, "module": "util.setVariable", "parameters": {"name": "x", "value": "{{formatDate(now; \"YYYY-MM-DD HH:mm\")}} {{uuid}}"}}],
    "expect": { "output": { "value": { "$matches": "^2026-01-01 00:05 [0-9a-f-]{36}$" } } } },
  { "name": "patched", "scenario": [{"id": 1, "module": "util.setVariable", "parameters": {"name": "x", "value": 1}}],
    "patch": { "[0].parameters.value": 2, "[1]": {"id": 2, "module": "util.setVariable", "parameters": {"name": "y", "value": "{{1.value}}"}} },
    "expect": { "outputs": { "2": [{ "value": 2 }] } } }
] }
JSON
HOME=/root run test alone.test.json
told
expect_exit 0
expect_stdout_has '4 passed'

# What the outside answers stands in the test; what was asked can be expected.
cat >outside.test.json <<'JSON'
{ "scenario": [{"id": 1, "module": "http.makeRequest", "parameters": {"url": "https://example.com/orders", "method": "POST",
      "headers": [{"name": "X-Id", "value": "{{input.id}}"}], "body": {"id": "{{input.id}}"}}}],
  "http": [{ "request": { "method": "POST", "url": "https://example.com/orders" }, "response": { "status": 201, "body": { "json": { "ok": true } } } }],
  "tests": [
  { "name": "asked once", "input": { "id": 7 },
    "expect": { "output": { "statusCode": 201, "data": { "ok": true } }, "cassette": { "exchanges": 1, "unused": 0 },
      "requests": [{ "step": 1, "method": "POST", "url": "https://example.com/orders", "json": { "id": 7 } }] } },
  { "name": "never asked", "http": [{ "request": { "url": "https://example.org/" }, "response": { "status": 200 } }],
    "expect": { "error": { "type": "CassetteError", "module": 1 } } },
  { "name": "said wrongly", "http": [{ "request": { "ulr": "https://example.org/" }, "response": { "status": 200 } }] },
  { "name": "both", "http": [], "cassette": "x.json" } ] }
JSON
run test outside.test.json
expect_exit 3
expect_stderr_has 'outside.test.json:11:3: error: tests[3]: either "http" or "cassette"'
sed -i 's/"cassette": "x.json"/"skip": "later"/' outside.test.json
run test outside.test.json
told
expect_exit 3
expect_stdout 'outside.test.json
  ok       asked once
  ok       never asked
  INVALID  said wrongly
  skipped  both (later)
2 passed, 1 invalid, 1 skipped in N s'
expect_stderr_has 'outside.test.json:10:60: error: tests[2].http[0].request.ulr: '
expect_stderr_has 'did you mean "url"?'
run test outside.test.json --filter asked.once --jobs 1
expect_exit 0
sed -i 's/"id": 7 } }\]/"id": 8 } }]/' outside.test.json
run test outside.test.json --filter asked.once
expect_exit 4
expect_stdout_has 'requests[0].json.id  outside.test.json:7:'

# Snapshots are renewed where they stand; all else of the file stays as it is.
cat >snap.test.json <<'JSON'
{ // a remark
  "scenario": [{"id": 1, "module": "util.setVariable", "parameters": {"name": "x", "value": {"at": "{{now}}", "list": ["{{input.a}}", 2]}}}],
  "tests": [
    { "name": "one",   "input": {"a": "a line\nand a longer one, so that it does not fit into a single line of the file"},
      "expect": { "output": { "value": {"$snapshot": null} }, "operations": { "$snapshot" : 7 } } },
    { "name": "two", "expect": { "output": { "value": {"list": {"$snapshot": [null, 2]}} } } } ] }
JSON
cp snap.test.json before.json
run test snap.test.json
expect_exit 4
cmp -s snap.test.json before.json || command_fail 'a test must not change its file by itself'
run test snap.test.json --update
told
expect 0 'snap.test.json
  ok       one
  ok       two
2 passed in N s' 'snap.test.json: 2 snapshots taken'
expect_file snap.test.json '{ // a remark
  "scenario": [{"id": 1, "module": "util.setVariable", "parameters": {"name": "x", "value": {"at": "{{now}}", "list": ["{{input.a}}", 2]}}}],
  "tests": [
    { "name": "one",   "input": {"a": "a line\nand a longer one, so that it does not fit into a single line of the file"},
      "expect": { "output": { "value": {"$snapshot": {
        "at": "2026-01-01T00:00:00.000Z",
        "list": [
          "a line\nand a longer one, so that it does not fit into a single line of the file",
          2
        ]
      }} }, "operations": { "$snapshot" : 1 } } },
    { "name": "two", "expect": { "output": { "value": {"list": {"$snapshot": [null, 2]}} } } } ] }'
cp snap.test.json before.json
run test snap.test.json --update
expect_exit 0
expect_stderr ''
cmp -s snap.test.json before.json || command_fail 'what is as expected must stay'
chmod a-w . && [ ! -w . ] && {
    sed -i 's/: 1 }/: 2 }/' snap.test.json
    run test snap.test.json --update
    expect_exit 2
    expect_stderr_has 'snap.test.json cannot be written'
}
chmod u+w .

# Reports. What a file holds is text in each of them, whatever it looks like.
cat >evil.test.json <<'JSON'
{ "scenario": [{"id": 1, "module": "util.setVariable", "parameters": {"name": "x", "value": "<b>\u001b[31m]]></b>"}}],
  "tests": [
    { "name": "<script>alert(1)</script> # SKIP", "expect": { "output": { "value": "<i>&amp;\n</i>" } } },
    { "name": "good" },
    { "name": "\"later\"", "skip": "it's # late" },
    { "name": "no zone", "tz": "<Mars>" } ] }
JSON
mkdir broken
printf '{' >broken/bad.test.json
run test evil.test.json broken --report-junit junit.xml --report-tap tests.tap --report-json tests.json --report-html tests.html \
    --coverage --quiet
expect_exit 3
! command -v xmllint >/dev/null || xmllint --noout junit.xml || command_fail 'junit.xml is no XML'
sed -i -E 's/time="[0-9.]+"/time="N"/' junit.xml
expect_file junit.xml '<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="enact test" tests="5" failures="1" errors="2" skipped="1" time="N">
  <testsuite name="evil.test.json" tests="4" failures="1" errors="1" skipped="1" time="N">
    <testcase name="&lt;script&gt;alert(1)&lt;/script&gt; # SKIP" classname="evil.test.json" file="evil.test.json" time="N">
      <failure type="difference" message="output.value: expected &quot;&lt;i&gt;&amp;amp;\n&lt;/i&gt;&quot; but found &quot;&lt;b&gt;\u001b[31m]]&gt;&lt;/b&gt;&quot;">evil.test.json:3:84: output.value: expected &quot;&lt;i&gt;&amp;amp;\n&lt;/i&gt;&quot; but found &quot;&lt;b&gt;\u001b[31m]]&gt;&lt;/b&gt;&quot;
</failure>
    </testcase>
    <testcase name="good" classname="evil.test.json" file="evil.test.json" time="N"/>
    <testcase name="&quot;later&quot;" classname="evil.test.json" file="evil.test.json" time="N">
      <skipped message="it&#39;s # late"/>
    </testcase>
    <testcase name="no zone" classname="evil.test.json" file="evil.test.json" time="N">
      <error type="invalid" message="there is no time zone &quot;&lt;Mars&gt;&quot;">evil.test.json:6:32: tests[3].tz: there is no time zone &quot;&lt;Mars&gt;&quot;
</error>
    </testcase>
  </testsuite>
  <testsuite name="broken/bad.test.json" tests="1" failures="0" errors="1" skipped="0" time="N">
    <testcase name="the file can be read" classname="broken/bad.test.json">
      <error type="invalid" message="expected a name in quotes but found the end of the text">broken/bad.test.json:1:2: expected a name in quotes but found the end of the text
</error>
    </testcase>
  </testsuite>
</testsuites>'
expect_file tests.tap 'TAP version 14
1..5
not ok 1 - evil.test.json: <script>alert(1)</script> \# SKIP
  ---
  differences:
    - path: "output.value"
      at: "evil.test.json:3:84"
      expected: "\"<i>&amp;\\n</i>\""
      found: "\"<b>\\u001b[31m]]></b>\""
  ...
ok 2 - evil.test.json: good
ok 3 - evil.test.json: "later" # SKIP it'"'"'s \# late
not ok 4 - evil.test.json: no zone
  ---
  problems:
    - message: "there is no time zone \"<Mars>\""
      at: "evil.test.json:6:32"
  ...
not ok 5 - broken/bad.test.json: the file can be read
  ---
  problems:
    - message: "expected a name in quotes but found the end of the text"
      at: "broken/bad.test.json:1:2"
  ...'
node - <<'JS' || command_fail 'the reports are not what they should be'
const fs = require('fs'), crypto = require('crypto'), assert = require('assert');
const told = JSON.parse(fs.readFileSync('tests.json', 'utf8'));
assert.deepStrictEqual([told.passed, told.failed, told.invalid, told.skipped, told.invalidFiles], [1, 1, 1, 1, 1]);
const [evil, bad] = told.files;
assert.strictEqual(evil.tests[0].differences[0].found, JSON.stringify('<b>\u001b[31m]]></b>'));
assert.deepStrictEqual(evil.tests.map((t) => t.outcome), ['failed', 'passed', 'skipped', 'invalid']);
assert.deepStrictEqual([bad.valid, bad.problems[0].line, bad.problems[0].column], [false, 1, 2]);
assert.deepStrictEqual(told.coverage, []);
const page = fs.readFileSync('tests.html', 'utf8');
assert(!/<script|<b>\\|<i>|javascript:|https?:|\x1b/i.test(page));
assert(page.includes('&lt;script&gt;alert(1)&lt;/script&gt; # SKIP'));
const style = /<style>([^]*)<\/style>/.exec(page)[1];
const hash = crypto.createHash('sha256').update(style).digest('base64');
assert(page.includes(`default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-${hash}'`));
JS
run test evil.test.json --json --filter good
expect_exit 0
expect_stdout_has '"passed":1,"failed":0,"invalid":0,"skipped":0,"invalidFiles":0,'
run test shop --report-junit nowhere/junit.xml --quiet
expect_exit 2
expect_stderr_has 'nowhere/junit.xml cannot be written: No such file or directory'

# With --watch a change of the scenario is seen, until it is interrupted.
"$ENACT" test shop/order.test.json --watch >watched 2>&1 &
watcher=$!
until_watched() {
    for _ in $(seq 200); do
        [ "$(grep -c 'Waiting for changes' watched)" -ge "$1" ] && return
        sleep 0.05
    done
    command_fail "the tests were not run $1 times"
}
until_watched 1
sed -i 's/"status": 202/"status": 203/' shop/order.json
until_watched 2
kill -INT $watcher
wait $watcher
last_exit=$?
last_command='enact test --watch'
expect_exit 130
[ "$(grep -c '^2 passed' watched)" -eq 1 ] || command_fail 'the first time all is as expected'
grep -q 'response.status' watched || command_fail 'the change makes a difference'
run test shop --watch --report-tap x
expect_exit 2

run test nowhere
expect_exit 2
expect_stderr_has 'enact: nowhere cannot be read: No such file or directory'
mkdir empty
run test empty
expect_exit 2
expect_stderr_has 'there is no *.test.json here'
run test shop --jobs 0
expect_exit 2
expect_stderr_has '--jobs takes a number from 1 to 256'
run test shop --filter '('
expect_exit 2

done_testing
