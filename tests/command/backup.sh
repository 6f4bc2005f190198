# Backups and what they are good for; what the doctor finds, and what it can mend.
. "$EN_ROOT/tests/support/command.sh" || exit 1

mkdir schemas
echo '{"name": "S", "structure": {"id": {"type": "text", "unique": true}, "n": "number"}, "indexes": [["n"]], "maxRecords": 10}' \
    >schemas/s.json
printf '{"id":"a","n":1}\n{"id":"b","n":2}\n' >two.jsonl
run import S two.jsonl --quiet
expect 0 '' ''

# A backup has a checksum that others understand, and is not replaced unasked.
run backup monday.db --json
expect_exit 0
expect_stdout_has '{"file":"monday.db","bytes":'
sha256sum -c monday.db.sha256 >.sums 2>&1 || command_fail "sha256sum: $(cat .sums)"
expect_file_count() {
    command_checks=$((command_checks + 1))
    [ "$(find . -maxdepth 1 -name "$1" | wc -l)" = "$2" ] || command_fail "files $1: $(ls)"
}
expect_file_count 'monday.db*' 2
run backup monday.db
expect_exit 2
run backup monday.db --yes --quiet
expect 0 '' ''
run backup nowhere/monday.db
expect_exit 6
run backup other.db --db missing.db
expect_exit 6

# Restoring: into nothing, and over what is there; damage is told.
run store set S c '{"id": "c", "n": 3}' --quiet
run restore monday.db
expect_exit 2
run store get S c --quiet
expect_exit 0
run restore monday.db --yes
expect 0 '' 'enact.db is what it was in monday.db.'
run store get S c
expect_exit 1
run restore monday.db --db copy.db --json
expect_exit 0
expect_stdout_has '{"restored":"copy.db","bytes":'
run store export S --db copy.db
expect 0 '{"key":"a","data":{"id":"a","n":1}}
{"key":"b","data":{"id":"b","n":2}}' ''
expect_file_count '*.tmp*' 0

cp monday.db bad.db
cp monday.db.sha256 bad.db.sha256
printf 'x' | dd of=bad.db bs=1 seek=5000 conv=notrunc 2>/dev/null
run restore bad.db --yes
expect_exit 1
expect_stderr_has 'bad.db is damaged: its SHA-256 is'
dd if=/dev/zero of=bad.db bs=4096 seek=1 count=2 conv=notrunc 2>/dev/null
run restore bad.db --yes --unchecked
expect_exit 6
expect_stderr_has 'it is a copy of bad.db'
rm monday.db.sha256
run restore monday.db --yes
expect_exit 2
expect_stderr_has '--unchecked'
echo 'no database' >text.db
run restore text.db --unchecked --yes
expect_exit 6
run restore monday.db --unchecked --yes --db text.db
expect_exit 6
expect_stderr_has 'move text.db away'
run store export S --quiet
expect_exit 0
expect_stdout_has '"id":"b"'

# The doctor.
run doctor
expect_exit 0
expect_stdout_has '1 store, '
expect_stdout_has 'durability full: sound'
seq -f '{"id":"x%.0f"}' 7 >seven.jsonl
run import S seven.jsonl --quiet
run doctor --json
expect_exit 0
expect_stdout_has '{"check":"limits","severity":"warning","store":"S","message":"9 of 10 records (90 %)","canRepair":false}'
sqlite3 enact.db 'update enact_stores set records = 3; drop index enact_i1_1; drop index enact_u1_1'
run doctor
expect_exit 6
expect_stdout_has 'error: counters: S: 3 records of '
expect_stdout_has 'error: indexes: S: '
expect_stdout_has 'not sound'
run doctor --repair --json
expect_exit 0
expect_stdout_has '"ok":true'
run store show S --json
expect_stdout_has '"records":9,'
expect_stdout_has 'enact_u1_1'
echo '{"name": "S", "structure": {"id": {"type": "text", "unique": true}, "n": "text"}, "indexes": [["n"]], "maxRecords": 10}' \
    >schemas/s.json
run doctor
expect_exit 0
expect_stdout_has 'warning: schema: S: the declared definition is not in force yet: it '
dd if=/dev/urandom of=enact.db bs=4096 seek=3 count=2 conv=notrunc 2>/dev/null
run doctor
expect_exit 6
run doctor --repair
expect_exit 6
run doctor --db missing.db
expect_exit 6
done_testing
