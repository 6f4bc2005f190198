// What scripts that compare enact with JavaScript share: random numbers from a seed, and cases that
// `enact eval --jsonl` evaluates all at once.
'use strict';
const { spawnSync } = require('child_process');

class Random {
    constructor(seed) { this.state = BigInt(seed); }
    next() { // splitmix64
        this.state = BigInt.asUintN(64, this.state + 0x9E3779B97F4A7C15n);
        let z = this.state;
        z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xBF58476D1CE4E5B9n);
        z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94D049BB133111EBn);
        return z ^ (z >> 31n);
    }
    below(n) { return Number(this.next() % BigInt(n)); }
    between(low, high) { return low + this.below(high - low + 1); }
    pick(list) { return list[this.below(list.length)]; }
    double() {
        const view = new DataView(new ArrayBuffer(8));
        view.setBigUint64(0, this.next());
        const number = view.getFloat64(0);
        return Number.isFinite(number) ? number : this.double();
    }
}

class Cases {
    constructor() { this.lines = []; this.expected = []; }
    // `expected`: a value, or Cases.ERROR.
    add(template, context, expected, more) {
        this.lines.push(JSON.stringify({ template, context: { 1: context }, ...more }));
        this.expected.push(JSON.stringify(expected));
    }
    // Ends the process: 0 if everything came out as expected.
    run() {
        const done = spawnSync(process.env.ENACT, ['eval', '--jsonl'],
            { input: this.lines.join('\n') + '\n', maxBuffer: 1 << 30, encoding: 'utf8' });
        const results = done.stdout.split('\n').slice(0, -1);
        let failures = done.status === 0 && results.length === this.lines.length ? 0 : 1;
        if (failures !== 0) {
            console.log(`exit code ${done.status}, ${results.length} results of ${this.lines.length}`);
            console.log(done.stderr.slice(0, 2000));
        }
        results.forEach((text, i) => {
            const result = JSON.parse(text);
            const got = result.error ? JSON.stringify(Cases.ERROR) : JSON.stringify(result.value);
            if (got !== this.expected[i] && ++failures <= 20) {
                console.log(`${this.lines[i]}\n    gave ${text}\n    not  ${this.expected[i]}`);
            }
        });
        console.log(`${this.lines.length} cases, ${failures} failed`);
        process.exit(failures === 0 && this.lines.length > 0 ? 0 : 1);
    }
}
Cases.ERROR = { $error: true };

const date = (ms) => ({ $date: new Date(ms).toISOString() });

module.exports = { Random, Cases, date };
