// Writes what JavaScript says about numbers, for number_check; and checks the table of powers.
// Arguments: seed, how many of each kind, path of number_powers.c.
'use strict';
const fs = require('fs');
const [seed, count, table] = [BigInt(process.argv[2]), Number(process.argv[3]), process.argv[4]];

let state = seed;
function random64() { // splitmix64
    state = BigInt.asUintN(64, state + 0x9E3779B97F4A7C15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xBF58476D1CE4E5B9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94D049BB133111EBn);
    return z ^ (z >> 31n);
}
const below = (n) => Number(random64() % BigInt(n));

const view = new DataView(new ArrayBuffer(8));
function fromBits(bits) { view.setBigUint64(0, bits); return view.getFloat64(0); }
function toBits(number) { view.setFloat64(0, number); return view.getBigUint64(0); }
const hex = (bits) => bits.toString(16).padStart(16, '0');

const lines = [];
const print = (number) => {
    lines.push(`print ${hex(toBits(number))} ${String(number)}`);
    if (Number.isFinite(number)) {
        read(number.toPrecision(17));
        read(number.toExponential(below(20)));
    }
};
function read(literal) {
    const number = Number(literal);
    lines.push(`read ${literal} ${Number.isFinite(number) ? hex(toBits(number)) : 'none'}`);
}
const digits = (length) => {
    let text = '';
    while (text.length < length) {
        text += String(random64()).padStart(20, '0').slice(1);
    }
    return text.slice(0, length);
};

// The exact decimal of the middle between a double and the next one, which decides how it rounds.
function middle(bits) {
    const exponent = Number(bits >> 52n & 0x7FFn);
    const fraction = bits & 0xFFFFFFFFFFFFFn;
    const twice = 2n * (exponent === 0 ? fraction : fraction | 1n << 52n) + 1n;
    const unit = Math.max(exponent, 1) - 1076;
    if (unit >= 0) {
        return { digits: twice << BigInt(unit), exponent: 0 };
    }
    return { digits: twice * 5n ** BigInt(-unit), exponent: unit };
}
function readAround(bits) {
    const at = middle(bits);
    read(`${at.digits}e${at.exponent}`);
    read(`${at.digits - 1n}e${at.exponent}`);
    read(`${at.digits + 1n}e${at.exponent}`);
    read(`${at.digits}${'0'.repeat(900)}1e${at.exponent - 901}`);
    const text = String(at.digits);
    read(`${text[0]}.${text.slice(1)}e${at.exponent + text.length - 1}`);
}

for (let i = 0; i < count; i++) {
    print(fromBits(random64()));
    print(Number(random64() % 1000000000000n) / 10 ** below(12));
    print(fromBits(BigInt(below(2047)) << 52n | BigInt(below(2)) * 0xFFFFFFFFFFFFFn));
    print(fromBits(random64() >> BigInt(12 + below(52)))); // below the smallest normal one
    print(Number(random64()) * (below(2) ? 1 : -1));
    read(`${digits(1 + below(40))}.${digits(1 + below(40))}e${below(700) - 350}`);
    read(`-${digits(1 + below(25))}`);
    read(`.${digits(1 + below(25))}`);
    read(`0.${'0'.repeat(below(330))}${digits(1 + below(30))}`);
    if (i % 16 === 0) {
        readAround(random64() & 0x7FEFFFFFFFFFFFFFn);
        readAround(random64() >> BigInt(12 + below(52)));
    }
}
for (const number of [0, 5e-324, 2 ** -1022, Number.MAX_VALUE, 1e21, 1e-7, 1e-6, 123456789012345680000,
    2 ** 53, 2 ** 53 + 2, 0.1, 9.5, 1 / 3, NaN, Infinity, -Infinity, 4.35, 1e23, 9e22]) {
    print(number);
}
for (const literal of ['1e400', '-1e400', '1e-400', '1e309', '179769313486231570000e289',
    '1.7976931348623158e308', '1.7976931348623159e308', '2.4703282292062327e-324',
    '2.4703282292062328e-324', '4.9e-324', `1${'0'.repeat(308)}`, `1${'0'.repeat(309)}`,
    `0.${'0'.repeat(400)}1e401`, '1e99999999999999999999', '0e99999999999999999999',
    '1e-99999999999999999999', '9007199254740993', '9007199254740993.0', '9007199254740992.999999999',
    '-0', '0.0', '-0e5', '1.', '+1', '+.5e+1', digits(3000), `${digits(3000)}e-2990`]) {
    read(literal);
}

function checkPowers() {
    const source = fs.readFileSync(table, 'utf8');
    const rows = [...source.matchAll(/\{ 0x([0-9A-F]{16}), 0x([0-9A-F]{16}) \}/g)];
    if (rows.length !== 667) {
        throw new Error(`expected 667 powers but found ${rows.length}`);
    }
    rows.forEach((row, index) => {
        const q = index - 342;
        const above = 10n ** BigInt(Math.max(q, 0));
        const under = 10n ** BigInt(Math.max(-q, 0));
        const shift = 127 - (q * 1741647 >> 19);
        const exact = shift >= 0 ? (above << BigInt(shift)) / under : (above >> BigInt(-shift)) / under;
        if (exact >> 127n !== 1n || exact !== BigInt(`0x${row[1]}${row[2]}`)) {
            throw new Error(`the table is wrong at 10^${q}`);
        }
    });
}
checkPowers();
process.stdout.write(lines.join('\n') + '\n');
