# A world that gives the same again: on a virtual clock two runs of the same inputs print the same bytes.
. "$EN_ROOT/tests/support/command.sh" || exit 1

# One run of an example with what lies beside it: its report goes to $2.json, its stores to $2.stores.
play() {
    local folder=$EN_ROOT/scenarios/$1 words=()
    [ ! -e "$folder/events.jsonl" ] || words+=(--events "$folder/events.jsonl")
    [ ! -e "$folder/input.json" ] || words+=(--input "@$folder/input.json")
    [ ! -e "$folder/stores.json" ] || words+=(--stores "$folder/stores.json")
    [ ! -e "$folder/mocks.json" ] || words+=(--mock "$folder/mocks.json")
    [ ! -e "$folder/cassette.json" ] || words+=(--cassette "$folder/cassette.json" --cassette-match loose)
    run run "$folder/scenario.json" --json --trace --db :memory: --clock virtual --now 2026-03-02T09:00:00Z \
        --set requestEndpoint=https://api.example.com/prices --dump-stores "$2.stores" "${words[@]}"
    cp .out "$2.json"
}

for file in "$EN_ROOT"/scenarios/*/scenario.json; do
    name=$(basename "$(dirname "$file")")
    play "$name" first
    play "$name" second
    [ -s first.json ] || command_fail "$name printed nothing"
    ! grep -qE "InvalidConfigurationError|PolicyError|CassetteError" first.json || command_fail "$name asks for what is not beside it"
    command_compare "$name, the second time" second.json "$(cat first.json)"
    command_compare "stores of $name, the second time" second.stores "$(cat first.stores)"
done

# Durations and deadlines are the run's: waiting takes what it says, computing nothing.
cat >wait.json <<'JSON'
[
  {"id": 1, "module": "flow.sleep", "parameters": {"delay": 90}},
  {"id": 2, "module": "util.setVariable", "parameters": {"name": "t", "value": "{{uuid}} {{generateUniqueId}} {{random}}"}}
]
JSON
run run wait.json --json --clock virtual --now 2026-01-02T00:00:00Z
expect_exit 0
expect_stdout_has '"durationMs":90000,'
expect_stdout_has '"1":{"module":"flow.sleep","operations":1,"bundles":1,"ms":90000},"2":{"module":"util.setVariable","operations":1,"bundles":1,"ms":0}'
first=$(stdout)
run run wait.json --json --clock virtual --now 2026-01-02T00:00:00Z --seed 0
expect_stdout "$first"
run run wait.json --json --clock virtual --now 2026-01-02T00:00:00Z --seed 1
[ "$(stdout)" != "$first" ] || command_fail 'another seed gives the same'
run run wait.json --json --clock virtual --now 2026-01-02T00:00:00Z --timeout 60
expect_exit 5
expect_stdout_has '"durationMs":60001,'
expect_stdout_has 'the run took longer than its time limit'

# What expires, expires on the run's clock: when stores are filled, while it runs and when they are given out.
mkdir -p schemas
echo '{"name": "Brief", "structure": {"n": {"type": "number"}}, "ttl": 60, "maxRecords": 1}' >schemas/Brief.json
echo '{"Brief": {"records": [{"data": {"n": 1}}]}}' >before.json
for year in 2001 2101; do
    run run wait.json --quiet --clock virtual --now $year-01-02T00:00:00Z --stores before.json --dump-stores after.json
    command_compare 'a store after a minute and a half' after.json \
        '{' '  "Brief": {' '    "records": [],' '    "structure": {' '      "n": {' '        "type": "number"' \
        '      }' '    },' '    "maxRecords": 1,' '    "ttl": 60' '  }' '}'
    sed 's/"delay": 90/"delay": 30/' wait.json >shorter.json
    run run shorter.json --quiet --clock virtual --now $year-01-02T00:00:00Z --stores before.json --dump-stores after.json
    command_contains 'a store after half a minute' after.json '"n": 1'
    echo '[{"id": 1, "module": "flow.sleep", "parameters": {"delay": 90}},
           {"id": 2, "module": "datastore.addRecord", "parameters": {"dataStore": "Brief", "data": {"n": 2}}}]' >refill.json
    run run refill.json --quiet --clock virtual --now $year-01-02T00:00:00Z --stores before.json
    expect_exit 0
done

# The same seed makes the same keys, but not in a store that has them.
echo '[{"id": 1, "module": "datastore.addRecord", "parameters": {"dataStore": "Free", "data": {"n": 1}}}]' >free.json
echo '{"Free": {"records": [{"data": {"n": 0}}]}}' >free_before.json
run run free.json --json --clock virtual --now 2026-01-02T00:00:00Z --stores free_before.json
expect_exit 0
first=$(stdout)
run run free.json --json --clock virtual --now 2026-01-02T00:00:00Z --stores free_before.json
expect_stdout "$first"
for count in 1 2 3; do
    run run free.json --quiet --clock virtual --now 2026-01-02T00:00:00Z --db free.db
    expect_exit 0
done
run store show Free --db free.db
expect_stdout_has '3'

done_testing
