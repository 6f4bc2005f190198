// Compares the text and binary functions with JavaScript, on random texts through `enact eval --jsonl`.
// Arguments: the command, seed, how many cases.
'use strict';
const { spawnSync } = require('child_process');
const crypto = require('crypto');
const [enact, seed, total] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const BATCH = 10000;
const SHOWN = 20;

// --- chance ---

let state = seed >>> 0;
function random32() { // mulberry32
    state = state + 0x6D2B79F5 >>> 0;
    let z = Math.imul(state ^ state >>> 15, state | 1);
    z ^= z + Math.imul(z ^ z >>> 7, z | 61);
    return (z ^ z >>> 14) >>> 0;
}
const below = (count) => random32() % count;
const between = (first, last) => first + below(last - first + 1);
const choose = (list) => list[below(list.length)];
const sometimes = (one_in) => below(one_in) === 0;

// Characters whose case both sides' tables agree on, whatever version of Unicode they have.
const pools = [
    () => between(0x20, 0x7E), () => between(0x61, 0x7A), () => between(0x41, 0x5A), () => between(0x30, 0x39),
    () => between(0x00, 0x1F), () => between(0x7F, 0xBF), () => choose([between(0xC0, 0x19A), between(0x19C, 0x24F)]), () => between(0x300, 0x36F),
    () => choose([0x386, 0x391, 0x3A3, 0x3A3, 0x3C2, 0x3C3, 0x3B1, 0x27, 0x2E, 0xAD, 0x390, 0x3B0]),
    () => between(0x400, 0x52F), () => between(0x1E00, 0x1EFF),
    () => choose([0xDF, 0x130, 0x131, 0x149, 0x17F, 0x1F0, 0x1C4, 0x1C5, 0x1C6, 0x1E9E, 0x1F88, 0x1FB7, 0x1FFC, 0x212A,
        0x212B, 0xFB00, 0xFB03, 0xFB06, 0x587, 0x10D0, 0x1C90, 0x2160, 0x24D0, 0xFF21, 0xFF41]),
    () => choose([0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x180E, 0x2000, 0x200A, 0x200B, 0x2028, 0x2029,
        0x202F, 0x205F, 0x3000, 0xFEFF]),
    () => between(0x4E00, 0x4EFF), () => between(0xAC00, 0xAC80), () => between(0x3041, 0x30FF),
    () => between(0xE000, 0xE010), () => choose([0xFFFD, 0xFFFE, 0xFFFF, 0xFDD0]),
    () => between(0x1F600, 0x1F64F), () => between(0x10400, 0x1044F), () => between(0x10FFF0, 0x10FFFF),
    () => choose([...'<>&"\'`/\\%+-=?#:;,.|{}[]()$~!*_@^']).codePointAt(0),
];
function text(most = 24) {
    const few = sometimes(3) ? [choose(pools)] : sometimes(2) ? [choose(pools), choose(pools), pools[1]] : pools;
    return String.fromCodePoint(...Array.from({ length: below(most + 1) }, () => choose(few)()));
}
const words = () => Array.from({ length: below(6) }, () => text(5)).join(choose([' ', '  ', '\n', '-', ' é', '\u00A0']));
const bytes = () => sometimes(3) ? Buffer.from(text())
    : Buffer.from(Array.from({ length: below(24) }, () => choose([below(256), below(128), between(0x80, 0xBF), between(0xE0, 0xF4)])));

// A lone half of a pair cannot be in an engine's text: it is U+FFFD there.
const wellFormed = (value) => value.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');

// --- cases: a template over 1.a, 1.b … and what it gives; null is an error ---

const of = (template, values, expect, dialect) => ({ template, values, expect, dialect });
const typed = (buffer) => ({ $buffer: buffer.toString('base64') });
const part = (whole) => { // some of its characters, or something else
    const characters = [...whole];
    const start = below(characters.length + 1);
    return sometimes(4) ? text(3) : characters.slice(start, start + below(4)).join('');
};
const position = (whole) => choose([below(whole.length + 1), between(-3, whole.length + 3), between(0, 90) / 10, 0]);
// The engine takes an apostrophe for the end of a word, which decides whether a sigma is a final one.
const noSigmaByApostrophe = (a) => a.includes('\u03A3') ? a.replaceAll("'", '') : a;
const simple = (name, make, source = text) => () => {
    const a = source();
    return of(`{{${name}(1.a)}}`, { a }, make(a));
};

const patterns = ['\\d+', '[aeiou]', '(.)(.)', '\\s+', '^.', '.$', '(a)|(b)|(c)', 'x*', '(?<n>[a-c])', '[^\\x00-\\x7f]', '.',
    '(?=b)', '(.)\\1', '[a-z ]', '(?<!a)b', '[\\n\\r]', '\\S', '(.*?),', '[\\u00e0-\\u00ff]', '\\.', '\\/', '(a|ab)(c|bcd)?(d*)', '\\b',
    '[^]', '$', '(?:)'];
const replacements = ['', 'x', '$&$&', '<$1>', '$$', '[$`|$\']', '$0', '$10', '$01$1', '$2$1', 'é$', '$', '$3$4', '\u{1F600}', '\\n'];

function replaceRegex() {
    let a = sometimes(2) ? text() : words();
    const source = choose(patterns);
    let flags = ['g', 'i', 'm', 's', 'u', 'y', 'd'].filter(() => sometimes(3)).join('');
    if (source === '\\b') { // JavaScript's u makes a word of \u017F and \u212A where case is ignored
        flags = flags.replace('i', '');
    }
    const c = choose(replacements);
    if (flags.includes('i') && !flags.includes('u')) { // these have another case with u only
        a = a.replace(/[\u017F\u212A]/g, '');
    }
    // Characters, not halves of pairs, are what the engine's expressions see.
    const regex = new RegExp(source, flags.includes('u') ? flags : `${flags}u`);
    return of('{{replace(1.a; 1.b; 1.c)}}', { a, b: `/${source}/${flags}`, c }, wellFormed(a.replace(regex, c)));
}

function replacePlain() {
    const a = text();
    const b = part(a);
    const c = text(3);
    if (/^\/.+\/[dgimsuy]*$/s.test(b)) {
        return replacePlain();
    }
    return of('{{replace(1.a; 1.b; 1.c)}}', { a, b, c }, b === '' ? a : a.split(b).join(c));
}

function split() {
    const b = choose([',', ';', ' ', 'a', '--', '\n', '😀', text(2) || 'x']);
    const a = Array.from({ length: below(6) }, () => text(4)).join(b);
    const keep = sometimes(2);
    const list = a.split(b).map((piece) => piece.trim());
    return of(`{{split(1.a; 1.b${keep ? '; true' : ''})}}`, { a, b }, keep ? list : list.filter((piece) => piece !== ''));
}

function substring() {
    const a = text();
    const [start, end] = [position(a), position(a)];
    const last = sometimes(4);
    return of(`{{substring(1.a; ${start}${last ? '' : `; ${end}`})}}`, { a },
        wellFormed(last ? a.substring(start) : a.substring(start, end)));
}

function indexOf() {
    const a = text();
    const b = part(a);
    const start = position(a);
    return sometimes(2) ? of('{{indexOf(1.a; 1.b)}}', { a, b }, a.indexOf(b))
        : of(`{{indexOf(1.a; 1.b; ${start})}}`, { a, b }, a.indexOf(b, start));
}

function decodeURL() {
    const a = sometimes(2) ? encodeURIComponent(text())
        : Array.from({ length: below(6) }, () => choose(['%', '%4', '%zz', '%41', '%C3%A9', '%F0%9F%98%80', '%ED%A0%80', '%80', '%00', '+', 'é', 'x'])).join('');
    let expect = null;
    try {
        expect = decodeURIComponent(a);
    } catch (error) { /* an error there, an error here */ }
    return of('{{decodeURL(1.a)}}', { a }, expect);
}

const hashes = ['sha1', 'sha256', 'sha512'];
function hash() {
    const name = choose(['md5', ...hashes]);
    const data = sometimes(3) ? bytes() : text(sometimes(20) ? 400 : 24);
    const a = typeof data === 'string' ? data : typed(data);
    if (name === 'md5' || sometimes(3)) {
        return of(`{{${name}(1.a)}}`, { a }, crypto.createHash(name).update(data).digest('hex'));
    }
    const out = choose(['hex', 'base64', 'latin1']);
    if (sometimes(3)) {
        return of(`{{${name}(1.a; "${out}")}}`, { a }, crypto.createHash(name).update(data).digest(out));
    }
    const key = Buffer.from(text(choose([8, 200])) || 'k');
    const [b, keyEncoding] = choose([[key.toString(), 'text'], [key.toString('hex'), 'hex'], [key.toString('base64'), 'base64'],
        [typed(key), 'binary'], [typed(key), 'text']]);
    return of(`{{${name}(1.a; "${out}"; 1.b; "${keyEncoding}")}}`, { a, b },
        crypto.createHmac(name, key).update(data).digest(out));
}

const encodings = ['utf8', 'ascii', 'latin1', 'binary', 'hex', 'base64', 'UTF-8'];
function toBinary() {
    const encoding = choose(encodings);
    let a = text();
    if (encoding === 'hex') {
        a = sometimes(4) ? a.replace(/[^\0-\x7F]/g, '') : bytes().toString('hex') + choose(['', '', '0', 'z1', ' ']);
    } else if (encoding === 'base64') {
        a = bytes().toString(choose(['base64', 'base64url']));
        a = sometimes(3) ? a.replace(/(.{4})/g, '$1\n') : a;
    }
    return of(`{{toBinary(1.a; "${encoding}")}}`, { a }, typed(Buffer.from(a, encoding)));
}

function toText() {
    const encoding = choose(encodings);
    const a = bytes();
    return of(`{{toString(1.a; "${encoding}")}}`, { a: typed(a) }, a.toString(encoding));
}

function roundTrip() {
    const a = text();
    const encoding = choose(['utf8', 'hex', 'base64']);
    const whole = `toString(toBinary(toString(toBinary(1.a); "${encoding}"); "${encoding}"); "utf8")`;
    return of(`{{${whole} = 1.a & length(toBinary(1.a)) = ${Buffer.byteLength(a)} & toString(toBinary(base64(1.a); "base64")) = 1.a}}`, { a }, true);
}

const accents = /[\u0300-\u036F\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\uFE20-\uFE2F]/g;
function removeAccents() {
    const a = [...text()].filter((one) => !/[ÆÐØÞßæðøþĐđĦħıĲĳĸĿŀŁłŉŊŋŒœŦŧſẞ]/.test(one.normalize('NFD'))).join('');
    const bare = a.normalize('NFD').replace(accents, '').normalize('NFC');
    return sometimes(2) ? of('{{removeAccents(1.a)}}', { a }, bare, 'fusion')
        : of('{{ascii(1.a; true)}}', { a }, bare.replace(/[^\0-\x7F]/g, ''));
}

function startcase() {
    const a = noSigmaByApostrophe(words());
    return of('{{startcase(1.a)}}', { a }, a.toLowerCase().replace(/(?<=^|\s)\S/gu, (one) => one.toUpperCase()));
}

function sort() {
    const list = Array.from({ length: below(9) }, () => text(3));
    const expect = [...list].sort();
    return sometimes(2) ? of('{{sortAscString(1.a)}}', { a: list }, expect, 'fusion')
        : of('{{sortDescString(1.a)}}', { a: list }, expect.reverse(), 'fusion');
}

function ends() {
    const a = text();
    const count = below(a.length + 3);
    return sometimes(2) ? of(`{{left(1.a; ${count})}}`, { a }, wellFormed(a.slice(0, count)), 'fusion')
        : of(`{{right(1.a; ${count})}}`, { a }, wellFormed(a.slice(Math.max(0, a.length - count))), 'fusion');
}

const emoji = ['😀', '🚀', '❤️', '☎️', '👍🏽', '👩‍🚀', '👨‍👩‍👧‍👦', '🏳️‍🌈', '❤️‍🔥', '🇨🇿', '🇩🇪', '1️⃣', '#️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '⌚', '🕵🏿‍♂️', '🧑🏻‍🤝‍🧑🏿', '©️'];
function replaceEmoji() {
    const plain = () => choose(['a', '1', '#', ' ', '©', '™', 'é', '↔', '中', '\u200D ', '☎ ']);
    const list = Array.from({ length: below(8) }, () => choose([() => [choose(emoji), '!'], () => { const one = plain(); return [one, one]; }])());
    return of('{{replaceEmojiCharacters(1.a; "!")}}', { a: list.map((one) => one[0]).join('') }, list.map((one) => one[1]).join(''));
}

const makers = [
    simple('upper', (a) => a.toUpperCase()), simple('lower', (a) => a.toLowerCase(), () => noSigmaByApostrophe(text())),
    simple('capitalize', (a) => a === '' ? '' : [...a][0].toUpperCase() + [...a].slice(1).join('')),
    simple('trim', (a) => a.trim()), simple('length', (a) => a.length), simple('encodeURL', encodeURIComponent),
    simple('escapeHTML', (a) => a.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')),
    simple('escapeJSON', (a) => JSON.stringify(a).slice(1, -1)), simple('base64', (a) => Buffer.from(a).toString('base64')),
    simple('ascii', (a) => a.replace(/[^\0-\x7F]/g, '')),
    () => { const a = bytes(); return of('{{base64(1.a)}}', { a: typed(a) }, a.toString('base64')); },
    () => { const a = bytes(); return of('{{length(1.a)}}', { a: typed(a) }, a.length); },
    () => { const a = text(); const b = part(a); return of('{{contains(1.a; 1.b)}}', { a, b }, a.includes(b)); },
    replaceRegex, replaceRegex, replacePlain, indexOf, split, substring, decodeURL, hash, hash, toBinary, toText, roundTrip,
    removeAccents, startcase, sort, ends, replaceEmoji,
];

// --- running ---

const literal = (value) => `"${value.replace(/"/g, '""')}"`;
function asLine(one) {
    let { template } = one;
    for (const [name, value] of Object.entries(one.values)) { // what stands in the template is folded while compiling
        if (typeof value === 'string' && sometimes(5)) {
            template = template.replaceAll(`1.${name}`, () => literal(value));
        }
    }
    return JSON.stringify({ template, context: { 1: one.values }, dialect: one.dialect });
}

let failures = 0;
function compare(one, line, answer) {
    const got = JSON.parse(answer);
    const right = one.expect === null ? got.error !== undefined
        : got.error === undefined && JSON.stringify(got.value) === JSON.stringify(one.expect);
    if (!right && ++failures <= SHOWN) {
        console.log(`${line}\n  gave     ${answer}\n  expected ${JSON.stringify(one.expect)}`);
    }
}

function runBatch(count) {
    const cases = Array.from({ length: count }, () => choose(makers)());
    const lines = cases.map(asLine);
    const done = spawnSync(enact, ['eval', '--jsonl'], { input: `${lines.join('\n')}\n`, maxBuffer: 1 << 30 });
    const answers = done.stdout.toString().split('\n');
    if (done.status !== 0 || answers.length !== count + 1) {
        console.log(`exit ${done.status}, ${answers.length - 1} answers to ${count} lines\n${done.stderr}`);
        process.exit(1);
    }
    cases.forEach((one, index) => compare(one, lines[index], answers[index]));
}

for (let left = total; left > 0; left -= BATCH) {
    runBatch(Math.min(left, BATCH));
}
console.log(failures === 0 ? `${total} cases agree` : `${failures} of ${total} cases differ`);
process.exit(failures === 0 ? 0 : 1);
