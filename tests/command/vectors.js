// Evaluates the cases of tests/cases/*.jsonl with `enact eval --jsonl` and compares, numbers with a tolerance of 1e-12.
// A case noted "Workfront Fusion only" runs in that dialect, and must be an unknown function in blueprints.
'use strict';
const fs = require('fs');
const path = require('path');
const { spawnSync } = require('child_process');

const folder = path.join(process.env.EN_ROOT, 'tests/cases');
const files = [['expressions.jsonl', 'blueprint'], ['functions.jsonl', 'blueprint'], ['templates-list.jsonl', 'list'],
    ['text-functions.jsonl', 'blueprint']];

const agree = (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') {
        return Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(a), Math.abs(b));
    }
    if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') {
        return (a ?? null) === (b ?? null);
    }
    const names = Object.keys(a);
    return Array.isArray(a) === Array.isArray(b) && names.length === Object.keys(b).length &&
        names.every((name) => name in b && agree(a[name], b[name]));
};
const unknown = (result) => result.error !== undefined && result.error.message.includes('not found!');

const cases = [];
for (const [file, dialect] of files) {
    for (const line of fs.readFileSync(path.join(folder, file), 'utf8').split('\n').filter((text) => text !== '')) {
        const row = JSON.parse(line);
        if (row.id.startsWith('list-item-')) { // only a scenario knows what is an element of a loop
            continue;
        }
        const fusionOnly = (row.note ?? '').startsWith('Workfront Fusion only');
        const right = (result) => row.error === true
            ? result.error !== undefined && (row.message === undefined || row.message === result.error.message)
            : result.error === undefined && agree(result.value, row.expect);
        // The line goes as it is, as numbers of 64 bits would not survive JavaScript.
        const as = (name) => '{' + (row.now ? '' : '"now":"2026-01-01T00:00:00Z",') +
            (row.dialect ? '' : `"dialect":"${name}",`) + line.slice(1);
        cases.push({ id: row.id, input: as(fusionOnly ? 'fusion' : dialect), right });
        if (fusionOnly && file === 'expressions.jsonl') {
            cases.push({ id: `${row.id} in a blueprint`, input: as('blueprint'), right: unknown });
        }
    }
}
const done = spawnSync(process.env.ENACT, ['eval', '--jsonl'],
    { input: cases.map(({ input }) => input).join('\n') + '\n', encoding: 'utf8', maxBuffer: 1 << 30 });
const results = done.stdout.split('\n').slice(0, -1);
const failed = cases.filter(({ id, input, right }, i) => {
    const wrong = results[i] === undefined || !right(JSON.parse(results[i]));
    if (wrong) {
        console.log(`${id}: ${input.template} gave ${results[i]}`);
    }
    return wrong;
});
console.log(`${cases.length} cases, ${failed.length} failed`);
process.exit(cases.length === results.length && failed.length === 0 && done.status === 0 ? 0 : 1);
