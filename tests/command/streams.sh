# The recorded streams of scenarios/: made anew they are the same; their replays come out exactly as a model says that
# knows nothing of the engine; scenarios that are slightly wrong are found out. And enact events, which made them.
. "$EN_ROOT/tests/support/command.sh" || exit 1

# --- enact events ---
run events '{"data": {"u": "u-{{key}}", "n": "{{number}}", "b": "{{burst}}"}}' --count 4 --spacing fixed --rate 30/m \
    --burst 6s:2s:4 --keys 1 --from 2026-03-02T09:00:00Z
expect 0 '{"data":{"u":"u-1","n":1,"b":false},"at":"2026-03-02T09:00:02.000Z"}
{"data":{"u":"u-1","n":2,"b":false},"at":"2026-03-02T09:00:04.000Z"}
{"data":{"u":"u-1","n":3,"b":true},"at":"2026-03-02T09:00:04.500Z"}
{"data":{"u":"u-1","n":4,"b":true},"at":"2026-03-02T09:00:05.000Z"}' ''
run events --count 20 --seed 3
stdout >first
run events --count 20 --seed 3
expect_stdout "$(cat first)"
run events --count 20 --seed 4
command_checks=$((command_checks + 1))
cmp -s first .out && command_fail 'another seed made the same events'
run events --count 0
expect 0 '' ''
for wrong in '--rate x' '--rate 0/s' '--burst 10m' '--burst 1m:2m:3' '--zipf -1' '--keys 0' '--spacing even' '--from now' '{{x' '[1]' '{"a":"{{nothere()}}"}'; do
    # shellcheck disable=SC2086
    run events $wrong
    expect_exit 2
done
if ! command -v node >/dev/null; then
    echo "without node the models cannot be asked"
    done_testing
fi

# Rate and keys, asked of 20,000 events: Poisson's mean and spread, Zipf's shares.
run events --count 20000 --rate 10/s --keys 4 --zipf 1 --seed 5
stdout >many
last_command='enact events, measured'
command_checks=$((command_checks + 1))
node -e '
const events = require("fs").readFileSync("many", "utf8").trimEnd().split("\n").map(JSON.parse);
const times = events.map((event) => Date.parse(event.at));
const gaps = times.slice(1).map((time, i) => time - times[i]);
const mean = gaps.reduce((a, b) => a + b) / gaps.length;
const spread = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
const near = (value, wanted) => Math.abs(value - wanted) < wanted * 0.06;
if (!near(mean, 100) || !near(spread, 100)) throw `mean ${mean}, spread ${spread}`;
const all = 1 + 1 / 2 + 1 / 3 + 1 / 4;
for (let key = 1; key <= 4; key++) {
    const share = events.filter((event) => event.data.key === `key-${key}`).length / events.length;
    if (!near(share, 1 / key / all)) throw `key ${key} has ${share}`;
}' 2>wrong || command_fail "$(grep -m1 -A1 throw wrong)"

# --- the streams are what they are said to be ---
ENACT=$ENACT node "$EN_ROOT/tests/tools/streams.mjs" made
for file in rate-limit/stream.jsonl rate-limit/stream.expect.json api-cache/stream.jsonl api-cache/stream.expect.json \
    session/stream.jsonl session/stream.expect.json session/stream.stores.json; do
    last_command="making $file"
    command_checks=$((command_checks + 1))
    cmp "made/$file" "$EN_ROOT/scenarios/$file" || command_fail 'it is not what is in scenarios/'
done

# --- and their replays come out as they should ---
replay() {
    local name=$1 file=$2
    shift 2
    local stores=()
    [ "$name" = session ] && stores=(--stores "$EN_ROOT/scenarios/session/stream.stores.json")
    run replay "$file" "$EN_ROOT/scenarios/$name/stream.jsonl" --expect "$EN_ROOT/scenarios/$name/stream.expect.json" \
        "${stores[@]}" --quiet "$@"
}
mkdir schemas
cp "$EN_ROOT"/schemas/{RateLimits,APICache,UserSessions}.json schemas
replay rate-limit "$EN_ROOT/scenarios/rate-limit/scenario.json" --json --changes 100000
expect_exit 0
stdout >limit.json
last_command='the windows of the rate limit'
command_checks=$((command_checks + 1))
node "$EN_ROOT/tests/tools/windows.mjs" 100 "$EN_ROOT/scenarios/rate-limit/stream.jsonl" limit.json || command_fail 'they are wrong'
replay api-cache "$EN_ROOT/scenarios/api-cache/scenario.json"
expect_exit 0
replay session "$EN_ROOT/scenarios/session/scenario.json"
expect_exit 0

# --- what is slightly wrong is found out ---
broken() {
    local name=$1 change=$2 line=$3
    sed "$change" "$EN_ROOT/scenarios/$name/scenario.json" >broken.json
    command_checks=$((command_checks + 1))
    cmp -s broken.json "$EN_ROOT/scenarios/$name/scenario.json" && command_fail "$change changed nothing"
    local stores=()
    [ "$name" = session ] && stores=(--stores "$EN_ROOT/scenarios/session/stream.stores.json")
    head -4000 "$EN_ROOT/scenarios/$name/stream.jsonl" >part.jsonl
    run replay broken.json part.jsonl "${stores[@]}" --quiet
    expect_exit 4
    expect_stderr_has "$line"
}
broken rate-limit 's/"b": 100/"b": 101/' 'outcome: expected "Rate Limited 429" but found "Within Limit"'
broken rate-limit 's/now; -60/now; -59/' 'outcome: expected "Rate Limited 429" but found "Within Limit"'
broken api-cache 's/now; 60/now; 61/' 'outcome: expected "Cache Miss" but found "Cache Hit"'
broken session 's/now; 30/now; 29/' 'outcome: expected "success" but found "DataError 404"'

done_testing
