# The page of enact replay --html, used by a browser: what it shows, what a click gives, and that nothing in hostile
# data runs.
. "$EN_ROOT/tests/support/command.sh" || exit 1
. "$EN_ROOT/tests/support/node_modules.sh"
browser=$(command -v chromium || command -v chromium-browser || true)
[ -n "$browser" ] || { echo "skipped: no chromium"; exit 77; }
need_node_modules playwright-core

limit=$EN_ROOT/scenarios/rate-limit
run replay "$limit/scenario.json" "$limit/stream.jsonl" --html limit.html --quiet
expect_exit 0
expect_no_file limit.html.part

# Text that would run, wherever a replay can carry text: payload, key, header, label, store, error, expectation, name.
node -e '
const evil = (n) => `</script><script>window.hacked=${n}</script><!--<script><img src=x onerror="window.hacked=${n}">\u2028&lt;`;
const write = (name, value) => require("fs").writeFileSync(name, value);
write("evil.json", JSON.stringify({ name: evil(1), modules: [
    { id: 1, module: "datastore.addRecord", metadata: { designer: { name: evil(2) } },
      parameters: { dataStore: "Evil <b>store</b>", key: "{{webhook.k}}", data: { text: "{{webhook.k}}" }, overwrite: true } },
    { id: 2, module: "flow.router", parameters: { routes: [{ label: evil(3), filter: { conditions: [] } }] } },
    { id: 3, module: "flow.throw", route: 1, parameters: { message: "{{webhook.k}}", statusCode: 418 } } ] }));
write("stores.json", JSON.stringify({ "Evil <b>store</b>": { records: [{ key: "1", data: { text: evil(4) } }] } }));
write("evil.jsonl", [5, 6, 7].map((n) => JSON.stringify({ data: { k: evil(n) }, headers: { [evil(8)]: evil(9) },
    at: `2026-03-02T09:00:0${n}Z`, expect: { error: { message: evil(10) } } }) + "\n").join(""));
'
run replay evil.json evil.jsonl --stores stores.json --html evil.html --quiet
expect_exit 4

last_command='the pages in a browser'
command_checks=$((command_checks + 1))
BROWSER=$browser node "$EN_ROOT/tests/browser/replay.cjs" >seen 2>&1 || command_fail "$(cat seen)"

# A page that cannot be written says so; one that was begun is taken away.
run replay "$limit/scenario.json" "$limit/events.jsonl" --html no/where.html
expect_exit 2
expect_stderr_has 'no/where.html cannot be written'
run replay "$limit/scenario.json" events.gone --html gone.html
expect_exit 2
printf 'a\n"x\n' >broken.csv
run replay "$limit/scenario.json" broken.csv --html gone.html
expect_exit 1
expect_no_file gone.html
expect_no_file gone.html.part
done_testing
