// Reads what bench_template prints and puts beside it, from the same run on the same machine, how many
// a second JavaScript makes of the same: as template literals, and with jsonata where it is installed.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const bundle = {
    id: 4711, name: 'Ada Lovelace', totalPurchases: 12,
    address: { street: 'Main', city: 'Brno' }, createdAt: new Date('2026-01-02T03:04:05.678Z'), created: '2026-01-02T03:04:05.678Z',
    items: ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'].map((name) => ({ name })),
};
const literals = {
    reference: (b) => b.name,
    nested: (b) => b.address.city,
    text: (b) => `Order ${b.id} for ${b.name}`,
    arithmetic: (b) => b.totalPurchases + 1,
    three: (b) => `${b.name.toUpperCase()}: ${b.createdAt.toISOString().slice(0, 10)} ${b.totalPurchases + 1}`,
    'date text': (b) => `${b.name.toUpperCase()}: ${new Date(b.created).toISOString().slice(0, 10)} ${b.totalPurchases + 1}`,
    list: (b) => b.items.map((item) => item.name).join(', '),
};
const expressions = {
    reference: 'name',
    nested: 'address.city',
    text: '"Order " & id & " for " & name',
    arithmetic: 'totalPurchases + 1',
    three: '$uppercase(name) & ": " & $fromMillis(millis, "[Y0001]-[M01]-[D01]") & " " & (totalPurchases + 1)',
    'date text': '$uppercase(name) & ": " & $fromMillis($toMillis(created), "[Y0001]-[M01]-[D01]") & " " & (totalPurchases + 1)',
    list: '$join(items.name, ", ")',
};

let kept; // so that nothing is optimised away
function measure(make) {
    const bundles = Array.from({ length: 64 }, (_, i) => ({ ...bundle, id: bundle.id + i }));
    let done = 0;
    const began = process.hrtime.bigint();
    let took = 0;
    while (took < 5e8) {
        for (let i = 0; i < 20000; i++) { kept = make(bundles[i & 63]); }
        done += 20000;
        took = Number(process.hrtime.bigint() - began);
    }
    return done / took * 1e9;
}

// It is asynchronous: a promise for each.
async function measureJsonata(expression) {
    let done = 0;
    const input = { ...bundle, millis: bundle.createdAt.getTime() };
    const began = process.hrtime.bigint();
    let took = 0;
    while (took < 5e8) {
        for (let i = 0; i < 500; i++) { kept = await expression.evaluate(input); }
        done += 500;
        took = Number(process.hrtime.bigint() - began);
    }
    return done / took * 1e9;
}

let jsonata = null;
try {
    jsonata = createRequire(import.meta.url)('jsonata');
} catch { /* not installed: its column is empty */ }

const shown = (number) => (number === null ? '' : Math.round(number).toLocaleString('en')).padStart(13);
const times = (number) => (number === null ? '' : `${number.toFixed(1)} x`).padStart(9);
console.log(`${'kind'.padEnd(12)}${'enact'.padStart(13)}${'literal'.padStart(13)}${''.padStart(9)}${'jsonata'.padStart(13)}`);
for await (const line of createInterface({ input: process.stdin })) {
    const { kind, per_second: ours } = JSON.parse(line);
    const literal = measure(literals[kind]);
    const other = jsonata === null ? null : await measureJsonata(jsonata(expressions[kind]));
    console.log(kind.padEnd(12) + shown(ours) + shown(literal) + times(ours / literal) + shown(other) +
        times(other === null ? null : ours / other));
}
if (kept === undefined) { process.exit(1); }
