// Compares regular expressions in `replace` with JavaScript's: the patterns of tests/cases/regex/vectors.tsv and the
// list below, each on random subjects made of what patterns and subjects consist of. Arguments: seed, how many subjects a pattern.
'use strict';
const fs = require('fs');
const path = require('path');
const { Random, Cases } = require('../support/differential.js');
const random = new Random(process.argv[2]);
const perPattern = Number(process.argv[3]);

// What people paste: [pattern, flags].
const r = String.raw;
const pasted = [
    [r`^\+?[1-9]\d{1,14}$`, ''], [r`[^0-9a-z]+`, 'gi'], [r`(\d{3})[-. ]?(\d{3})[-. ]?(\d{4})`, 'g'], [r`\s{2,}`, 'g'],
    [r`^#?([a-f0-9]{6}|[a-f0-9]{3})$`, 'i'], [r`(?:\r\n|\r|\n)+`, 'g'], [r`\b([A-Z])\w*\b`, 'g'], [r`([^,]*),?`, ''],
    [r`^(?=.*[a-z])(?=.*[A-Z])(?=.*\d).{8,}$`, ''], [r`&(amp|lt|gt|quot|#39);`, 'g'], [r`\$\{(\w+)\}`, 'g'],
    [r`^\s*$\n`, 'gm'], [r`(["'])(.*?)\1`, 'g'], [r`\/\*[\s\S]*?\*\/`, 'g'], [r`(?<=\bid=)\d+`, 'g'], [r`(?<!\d)\d{2}(?!\d)`, 'g'],
    [r`\w+(?=\s*:)`, 'g'], [r`[A-Z]{2}\d{2}[A-Z0-9]{4,30}`, ''], [r`(^|\s)@(\w+)`, 'g'], [r`\.(jpe?g|png|gif)$`, 'i'],
    [r`^([01]?\d|2[0-3]):([0-5]\d)$`, ''], [r`\D`, 'g'], [r`^.*?:`, 'm'], [r`(.)\1`, 'g'], [r`[\t ]+$`, 'gm'], [r`^(.{0,10}).*$`, 's'],
    [r`[aeiou]`, 'gi'], [r`ß|ſ|\u212a|é`, 'gi'], [r`[^\x00-\x7F]`, 'gi'], [r`[^k-rſ]`, 'gi'], [r`(?<=k)[sſ]`, 'i'], [r`[\w\u212a]+`, 'i'], [r`[À-ÿ]+`, 'g'], [r`\bfoo|bar\b`, 'g'],
];

const plain = (text) => text.replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
const rows = fs.readFileSync(path.join(process.env.EN_ROOT, 'tests/cases/regex/vectors.tsv'), 'utf8')
    .split('\n').filter((line) => line !== '').map((line) => line.split('\t').map(plain));
const patterns = new Map();
for (const [pattern, flags] of [...rows.map((row) => [row[1], row[2]]), ...pasted]) {
    patterns.set(`${pattern}/${flags}`, { pattern, flags });
}

// Characters above U+FFFF are one here and two there (value/regex.c says so): they are left out.
const within = (text) => text.replace(/[\uD800-\uDFFF]/g, '');
const pieces = [...new Set(rows.map((row) => within(row[3])).concat(...pasted.map(([p]) => [...p]),
    'a', 'b', 'c', 'ab', 'x', '_', '-', '.', ',', ' ', '  ', '\n', '\r\n', '\t', '0', '7', '42', '2026-01-02', 'é', 'É', 'ß', 'ſ', '\u212a', 'ñ',
    'foo', 'bar', 'foobar', 'id=17', '@ann', 'key: value', '"x"', "'y'", '/* z */', '${name}', '&amp;', '\u00A0', '\u2028', '\uFEFF'))];
const subject = (pattern) => Array.from({ length: random.below(6) }, () =>
    random.below(4) === 0 ? random.pick([...within(pattern) || 'a']) : random.pick(pieces)).join('');

// Patterns whose meaning differs on purpose (value/regex.c): groups inside repeats, halves of pairs, and what is refused.
const differs = (pattern) => /\\u[dD][89a-fA-F]|\\u\{/.test(pattern);

const cases = new Cases();
let compared = 0;
for (const { pattern, flags } of patterns.values()) {
    if (pattern === '' || differs(pattern)) {
        continue;
    }
    compared++;
    for (let i = 0; i < perPattern; i++) {
        const text = subject(pattern);
        const with_flags = [...new Set(flags + random.pick(['', 'g', 'g', 'i', 'm', 's', 'gi', 'gm']))].join('');
        const replacement = random.pick(['[$&]', '<$1|$2>', '$`!', "$'!", '$$$&']);
        let expected;
        try {
            expected = text.replace(new RegExp(pattern, with_flags), replacement);
        } catch {
            expected = Cases.ERROR;
        }
        cases.add('{{replace(1.s; 1.p; 1.r)}}', { s: text, p: `/${pattern}/${with_flags}`, r: replacement }, expected);
    }
}
console.log(`${compared} patterns`);
cases.run();
