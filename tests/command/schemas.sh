#!/usr/bin/env bash
# The JSON Schemas for editors say what the readers say: of every file of tests and cassette here, and of each name.
. "$EN_ROOT/tests/support/command.sh" || exit 1
. "$EN_ROOT/tests/support/node_modules.sh"
need_node_modules ajv

node - "$EN_ROOT" <<'JS' || command_fail 'a schema and a file do not agree'
const fs = require('fs'), path = require('path');
const root = process.argv[2];
const Ajv = require('ajv/dist/2020');
const ajv = new Ajv({ allowUnionTypes: true, formats: { 'date-time': true } });
const read = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
ajv.addSchema(read(`${root}/schemas/cassette.schema.json`), 'cassette.schema.json');
const isCassette = ajv.getSchema('cassette.schema.json');
const isTest = ajv.compile(read(`${root}/schemas/test.schema.json`));
let files = 0, bad = 0;
const look = (folder) => {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) look(file);
    else if (/(\.test|cassette)\.json$/.test(entry.name)) {
      const fits = entry.name.endsWith('.test.json') ? isTest : isCassette;
      files++;
      if (!fits(read(file))) { bad++; console.log(file, ajv.errorsText(fits.errors)); }
    }
  }
};
look(`${root}/scenarios`);
look(`${root}/tests/cases`);
if (files < 10 || bad) { console.log(`${files} files, ${bad} refused`); process.exit(1); }
for (const wrong of [{}, { tests: [{}] }, { tests: [{ name: 'a', clock: 'slow' }] }, { tests: [], senario: '' },
  { tests: [{ name: 'a', expect: { stauts: 1 } }] }, { tests: [{ name: 'a', runs: [] }] }]) {
  if (isTest(wrong)) { console.log('passes:', JSON.stringify(wrong)); process.exit(1); }
}
JS
command_checks=$((command_checks + 1))

# Every name of the schema is known to the reader where the schema has it.
node - "$EN_ROOT" <<'JS'
const fs = require('fs');
const schema = JSON.parse(fs.readFileSync(`${process.argv[2]}/schemas/test.schema.json`, 'utf8'));
const all = (properties) => Object.fromEntries(Object.keys(properties).map((name) => [name, null]));
const { test, run, expect, limits } = schema.$defs;
fs.writeFileSync('names.test.json', JSON.stringify({
  ...all(schema.properties), limits: all(limits.properties),
  tests: [{ ...all(test.properties), runs: [{ ...all(run.properties), expect: all(expect.properties) }] }],
}));
JS
run test names.test.json
expect_exit 3
expect_stderr_has 'expected'
if grep -q 'has no member' "$command_folder/.err"; then
    command_fail 'the schema has names that the reader does not know:'
    grep 'has no member' "$command_folder/.err"
fi

done_testing
