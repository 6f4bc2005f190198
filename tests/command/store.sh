# enact store: every verb, its output for people and machines, and its refusals.
. "$EN_ROOT/tests/support/command.sh" || exit 1

mkdir schemas
cat >schemas/orders.json <<'JSON'
{"name": "Orders", "maxRecords": 4,
 "structure": {"sku": {"type": "text", "required": true, "unique": true},
               "total": {"type": "number", "default": 0}, "open": {"type": "boolean"}}}
JSON

# Looking makes no database.
run store list
expect 0 '' 'There is no database yet: enact.db'
run store list --json --quiet
expect 0 '[]' ''
run store get Orders a
expect 1 '' "There is no database yet: enact.db
enact: DataError: there is no data store 'Orders' (it is declared: its first record creates it)"
run store list --db missing.db
expect 6 '' 'enact: StoreUnavailableError: missing.db cannot be opened: No such file or directory'
expect_no_file enact.db
expect_no_file missing.db

# Records.
run store set Orders a '{"sku": "s1", "total": 5, "note": "x"}'
expect 0 '' 'Created a.'
run store set Orders a '{"sku": "s1", "total": 7}'
expect 0 '' 'Replaced a.'
run store get Orders a
expect 0 '{"key":"a","data":{"sku":"s1","total":7}}' ''
run_with '{"sku": "s2", "open": true}' store set Orders b - --json
expect 0 '{"key":"b","data":{"sku":"s2","total":0,"open":true}}' ''
echo '{"sku": "s3", "total": 30, "open": true}' >c.json
run store set Orders c @c.json --quiet
expect 0 '' ''
run store get Orders z
expect 1 '' "enact: DataError: there is no record 'z'"
run store get Orders z --json
expect 1 "{\"error\":{\"type\":\"DataError\",\"message\":\"there is no record 'z'\"}}" ''
run store get Ordres a
expect 1 '' "enact: DataError: there is no data store 'Ordres' (did you mean 'Orders'?)"
run store set Orders d '[1]'
expect 2 '' "enact: a record is a collection, not array
See 'enact store set --help'."
run store set Orders d '{"sku": "s1"}'
expect_exit 1
expect_stderr_has 'enact: sku: DuplicateDataError: '
run store set Orders d '{"sku": "d", "total": "many"}'
expect_exit 1
expect_stderr_has 'enact: total: BundleValidationError: '

# Searching: the value is JSON where it reads as such; conditions must all hold.
run store search Orders --where 'total greater 6' --sort -total
expect 0 'KEY sku total open
c   s3  30    true
a   s1  7' ''
run store search Orders --where 'total greater 6' --sort -total --json
expect 0 '{"key":"c","data":{"sku":"s3","total":30,"open":true}}
{"key":"a","data":{"sku":"s1","total":7}}' ''
run store search Orders --where 'open equal true' --where 'sku startsWith s' --sort sku --limit 1 --json
expect 0 '{"key":"b","data":{"sku":"s2","total":0,"open":true}}' ''
run store search Orders --where 'open notExist' --json
expect 0 '{"key":"a","data":{"sku":"s1","total":7}}' ''
run store search Orders --where 'sku equal s1'
expect 0 'KEY sku total
a   s1  7' ''
run store search Orders --where 'sku eqal s1'
expect 2 '' "enact: there is no operator 'eqal' (did you mean 'equal'?)
See 'enact store search --help'."
run store search Orders --where sku
expect 2 '' "enact: --where takes 'FIELD OPERATOR VALUE', not 'sku'
See 'enact store search --help'."
run store search Orders --where 'sku exist 1'
expect 2 '' "enact: --where 'sku exist 1': exist takes no value
See 'enact store search --help'."
run store search Orders --where 'sku equal'
expect 2 '' "enact: --where 'sku equal': equal needs a value
See 'enact store search --help'."

# Showing.
run store list
expect_exit 0
expect_stdout_has 'STORE  RECORDS OF BYTES       OF'
expect_stdout_has 'Orders       3  4'
run store show Orders
expect_exit 0
expect_stdout_has 'records  3 of 4 (75 %)'
expect_stdout_has 'sku   text    required, unique'
expect_stdout_has 'total number                   0'
run store show Orders --json
expect_exit 0
expect_stdout_has '{"name":"Orders","records":3,"bytes":'
expect_stdout_has '"maxRecords":4,"maxBytes":10485760,"table":"Orders","generation":1,"indexes":[{"name":"sqlite_autoindex_Orders_1","kind":"key","fields":"_key"},{"name":"enact_u1_1","kind":"unique","fields":"\"sku\""}],"structure":{"sku":{"type":"text","required":true,"unique":true}'

# What a search of a scenario would do.
cat >search.json <<'JSON'
[{"id": 1, "module": "datastore.searchRecords", "parameters": {"dataStore": "Orders", "filter": {"conditions": [[
    {"a": "sku", "o": "equal", "b": "{{webhook.sku}}"}]]}}},
 {"id": 2, "module": "datastore.countRecords", "parameters": {"dataStore": "Orders", "filter": {"conditions": [[
    {"a": "total", "o": "greater", "b": 5}]]}}},
 {"id": 3, "module": "datastore.clearDataStore", "parameters": {"dataStore": "Orders"}},
 {"id": 4, "module": "datastore.searchRecords", "parameters": {"dataStore": "Nowhere"}}]
JSON
run store explain search.json 1
expect_exit 0
expect_stdout_has 'SEARCH Orders USING COVERING INDEX enact_u1_1 (sku=?)'
expect_stdout_has 'an index serves this exactly.'
expect_stdout_has 'Values that only a run knows were guessed'
run store explain search.json 2 --json
expect_exit 0
expect_stdout_has '"plan":["SCAN Orders"],"exact":true,"sortsInMemory":false,"scans":true}'
run store explain search.json 3
expect 2 '' "enact: step 3 (datastore.clearDataStore) does not search
See 'enact store explain --help'."
run store explain search.json 4
expect_exit 1
run store explain search.json 9
expect 2 '' "enact: there is no step 9 that calls a module
See 'enact store explain --help'."

# Out and in again, in both shapes.
run store export Orders
expect_exit 0
stdout | sort >orders.jsonl
expect_file orders.jsonl '{"key":"a","data":{"sku":"s1","total":7}}' \
    '{"key":"b","data":{"sku":"s2","total":0,"open":true}}' \
    '{"key":"c","data":{"sku":"s3","total":30,"open":true}}'
run store import Copy orders.jsonl
expect_exit 0
expect_stderr_has '3 records in '
run store export Copy
stdout | sort >copy.jsonl
expect_file copy.jsonl "$(cat orders.jsonl)"
run_with '[{"id": "x", "n": 1}, {"id": "y", "n": 2}]' store import Flat - --json
expect_exit 0
expect_stdout_has '{"imported":2,"failed":0,"resumed":0,"finished":true}'
run store get Flat y
expect 0 '{"key":"y","data":{"id":"y","n":2}}' ''
run_with '{"key": "new", "data": {"n": 3}}
{"key": "x", "data": {"n": 4}}' store import Flat - --dry-run
expect_exit 1
expect_stderr_has 'enact: stdin:2:1: DuplicateDataError: '
run store get Flat new
expect_exit 1
run_with '{"key": "new", "data": {"n": 3}}
{"key": "x", "data": {"n": 4}}' store import Flat - --overwrite
expect_exit 0
run store get Flat x
expect 0 '{"key":"x","data":{"n":4}}' ''
run_with '{"n": 1}
{"n": }' store import Flat -
expect_exit 3
expect_stderr_has 'enact: stdin:2:7: SyntaxError: '
run store import Flat nothing.jsonl
expect 2 '' "enact: nothing.jsonl cannot be read: No such file or directory
See 'enact store import --help'."
run_with '{"sku":"1"}
{"sku":"2"}' store import Orders -
expect_exit 1
expect_stderr_has 'OutOfSpaceError'

# Deleting, renaming, dropping: asked on a terminal, elsewhere --yes.
run store delete Flat x
expect 0 '' 'Deleted x.'
run store delete Flat x
expect 1 '' "enact: DataError: there is no record 'x'"
run store clear Copy
expect 2 '' "enact: Delete all records of data store 'Copy'? Say so with --yes
See 'enact store clear --help'."
run store clear Copy --yes
expect 0 '' '3 records deleted.'
run store rename Copy Copied
expect_exit 2
run store rename Copy Copied --yes
expect 0 '' 'Copy is now called Copied.'
run store rename Copy Again --yes
expect_exit 1
run store rename Copied Flat --yes
expect_exit 1
run store drop Copied
expect_exit 2
ENACT_YES=1 run store drop Copied
expect 0 '' 'Copied is gone, with 0 records.'
run store drop Flat --yes --json
expect 0 '{"dropped":"Flat"}' ''
run store list --json
expect_exit 0
stdout | grep -o '"name":"[^"]*","records"' >names
expect_file names '"name":"Orders","records"'

# Creating, and a database of another name.
echo '{"name": "Made", "structure": {"n": {"type": "number"}}}' >made.json
run store create made.json --db other.db
expect 0 '' 'Created data store Made.'
run store create made.json --db other.db
expect_exit 1
ENACT_DB=other.db run store show Made --json
expect_exit 0
echo '{"name": "Bad",
 "structure": {"n": {"type": "nubmer"}}}' >bad.json
run store create bad.json
expect_exit 3
expect_stderr_has 'enact: bad.json:2:'

# Misuse.
run store
expect 2 '' "enact: which command of 'store'?
See 'enact store --help'."
run store gte Orders a
expect 2 '' "enact: there is no command 'gte' (did you mean 'get'?)
See 'enact store --help'."
run store get Orders
expect 2 '' "enact: 'get' needs NAME KEY
See 'enact store get --help'."

done_testing
