// Arguments: seed, how many cases.
'use strict';
const Decimal = require('decimal.js');
const { Random, Cases, date } = require('../support/differential.js');
const random = new Random(process.argv[2]);
const count = Number(process.argv[3]);
const cases = new Cases();
// As in Make, 20 digits; and enough for every digit of a sum or product.
Decimal.set({ precision: 20, rounding: Decimal.ROUND_HALF_UP, toExpNeg: -9e15, toExpPos: 9e15 });
const Exact = Decimal.clone({ precision: 120 });

// Mostly what people write, sometimes any double.
function number() {
    switch (random.below(6)) {
    case 0: return random.between(-1000, 1000);
    case 1: return random.between(-100000, 100000) / 100;
    case 2: return random.between(-1e9, 1e9) / 10 ** random.between(1, 9);
    case 3: return random.between(-1e15, 1e15) / 10 ** random.between(0, 15);
    case 4: return random.between(-99, 99) * 10 ** random.between(-20, 20);
    default: { const any = random.double(); return Math.abs(any) > 1e-100 && Math.abs(any) < 1e100 ? any : 0.5; }
    }
}
function plain() { return random.between(-1e12, 1e12) / 10 ** random.between(0, 6); }
function text() {
    const letters = ['a', 'b', 'A', 'B', 'z', 'Z', 'é', 'ß', '0', '9', ' ', '~', '\u{1F600}', '\uE000', '\uFF5E', '中'];
    let made = '';
    for (let i = random.below(4); i >= 0; i--) { made += random.pick(letters); }
    return made;
}
function list(make, most = 12) { return Array.from({ length: random.below(most) }, make); }
const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0); // of texts: by UTF-16 units

function printNumber(value, places, point, group) {
    const fixed = new Decimal(value).toFixed(places);
    const [whole, rest] = fixed.split('.');
    const sign = /[1-9]/.test(fixed) && fixed[0] === '-' ? '-' : '';
    const grouped = whole.replace('-', '').replace(/\B(?=(\d{3})+$)/g, () => group);
    return sign + grouped + (rest === undefined ? '' : point + rest);
}

const kinds = {
    arithmetic() {
        const [a, b] = [number(), number()];
        const [sign, name] = random.pick([['+', 'plus'], ['*', 'times']]);
        const value = new Decimal(a)[name](b).toNumber();
        if (value === new Exact(a)[name](b).toNumber()) { // else the 20 digits were rounded to the wrong side
            cases.add(`{{1.a ${sign} 1.b}}`, { a, b }, value + 0);
        }
    },
    listArithmetic() { // the list dialect subtracts decimals; Make subtracts doubles
        const [a, b] = [plain(), plain()];
        cases.add('{{1.a - 1.b}}', { a, b }, new Decimal(a).minus(b).toNumber() + 0, { dialect: 'list' });
        cases.add('{{1.a - 1.b}}', { a, b }, a - b + 0);
    },
    divide() {
        const [a, b] = [plain(), plain() || 1];
        const value = new Decimal(a).div(b).toNumber();
        if (value === new Exact(a).div(b).toNumber()) {
            cases.add('{{1.a / 1.b}}', { a, b }, value + 0);
        }
        cases.add('{{1.a % 1.b}}', { a, b }, new Decimal(a).mod(b).toNumber() + 0);
    },
    round() {
        const a = plain();
        const [name, value] = random.pick([['round', Math.round(a)], ['floor', Math.floor(a)],
            ['ceil', Math.ceil(a)], ['abs', Math.abs(a)], ['trunc', Math.trunc(a)]]);
        cases.add(`{{${name}(1.a)}}`, { a }, value + 0);
    },
    truncate() {
        const [a, places] = [number(), random.between(-6, 12)];
        const unit = new Exact(10).pow(-places);
        cases.add('{{trunc(1.a; 1.p)}}', { a, p: places },
            new Exact(a).div(unit).trunc().times(unit).toNumber() + 0);
    },
    print() {
        const [a, places] = [random.below(3) === 0 ? number() : plain(), random.below(8)];
        const point = random.pick([',', '.', ';', '']);
        const group = random.pick(['.', ',', ' ', '', '$&', '\u202F']);
        cases.add('{{formatNumber(1.a; 1.p; 1.d; 1.g)}}', { a, p: places, d: point, g: group },
            printNumber(a, places, point, group));
    },
    read() {
        const a = plain();
        const point = random.pick([',', '.']);
        const group = point === ',' ? random.pick(['.', ' ', '']) : random.pick([',', ' ', '\'', '']);
        const places = random.below(8);
        cases.add('{{parseNumber(1.t; 1.d)}}', { t: printNumber(a, places, point, group), d: point },
            Number(new Decimal(a).toFixed(places)) + 0);
    },
    statistics() {
        const a = list(plain);
        const sum = a.reduce((x, y) => new Decimal(new Decimal(x).plus(y).toNumber()), new Decimal(0));
        const sorted = [...a].sort((x, y) => x - y);
        const half = sorted.length >> 1;
        const middle = sorted.length % 2 === 1 ? sorted[half]
            : new Decimal(new Decimal(sorted[half - 1] ?? 0).plus(sorted[half] ?? 0).toNumber()).div(2).toNumber();
        const mean = a.reduce((x, y) => x + y, 0) / a.length;
        const squares = a.reduce((x, y) => x + (y - mean) * (y - mean), 0);
        const [name, value] = random.pick([['sum', sum.toNumber()], ['min', Math.min(...a)],
            ['max', Math.max(...a)], ['average', new Exact(sum).div(a.length).toNumber()], ['median', middle],
            ['stdevP', Math.sqrt(squares / a.length)],
            ['stdevS', a.length < 2 ? NaN : Math.sqrt(squares / (a.length - 1))]]);
        const none = a.length === 0 && name !== 'sum' || !Number.isFinite(value);
        cases.add(`{{${name}(1.a)}}`, { a }, none ? null : value + 0);
    },
    sort() {
        const a = random.below(2) === 0 ? list(plain) : list(text);
        const up = [...a].sort(typeof a[0] === 'number' ? (x, y) => x - y : order);
        cases.add('{{sort(1.a)}}', { a }, up);
        cases.add('{{sort(1.a; "desc")}}', { a }, up.reverse());
    },
    sortWithoutCase() {
        const a = list(text).filter((x) => !/ß/.test(x));
        cases.add('{{sort(1.a; "asc ci")}}', { a }, [...a].sort((x, y) => order(x.toLowerCase(), y.toLowerCase())));
        cases.add('{{sort(1.a; "desc ci")}}', { a }, [...a].sort((x, y) => order(y.toLowerCase(), x.toLowerCase())));
    },
    sortByKey() {
        const a = list(() => ({ k: { n: random.below(5) }, i: random.below(1000) }));
        cases.add('{{sort(1.a; "k.n")}}', { a }, [...a].sort((x, y) => x.k.n - y.k.n));
        cases.add('{{sort(1.a; "desc"; "k.n")}}', { a }, [...a].sort((x, y) => y.k.n - x.k.n));
    },
    sets() {
        const few = () => random.pick([random.below(6), String(random.below(6)), 'a', 'A', 'b', true, 'true']);
        const [a, b] = [list(few), list(few)];
        const within = new Set(b.map(String));
        cases.add('{{distinct(1.a)}}', { a }, [...new Map([...a].reverse().map((x) => [String(x), x])).values()].length === 0
            ? [] : a.filter((x, i) => a.findIndex((y) => String(y) === String(x)) === i));
        cases.add('{{arrayDiff(1.a; 1.b)}}', { a, b }, a.filter((x) => !within.has(String(x))));
        cases.add('{{arrayIntersect(1.a; 1.b)}}', { a, b }, a.filter((x) => within.has(String(x))));
    },
    slice() {
        const [a, start, end] = [list(text), random.between(-14, 14), random.between(-14, 14)];
        cases.add('{{slice(1.a; 1.s; 1.e)}}', { a, s: start, e: end }, a.slice(start, end));
        cases.add('{{reverse(1.a)}}', { a }, [...a].reverse());
    },
    flatten() {
        const nest = (depth) => list(() => (depth > 0 && random.below(2) === 0 ? nest(depth - 1) : random.below(9)), 4);
        const [a, depth] = [nest(4), random.between(0, 5)];
        cases.add('{{flatten(1.a; 1.d)}}', { a, d: depth }, a.flat(depth));
    },
};

const names = Object.keys(kinds);
for (let i = 0; i < count; i++) {
    kinds[names[i % names.length]]();
}
cases.run();
