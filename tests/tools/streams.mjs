// Makes the recorded streams of scenarios/: events from `enact events`, each with what must come out of it, worked out
// here by a model of the pattern that knows nothing of the engine.
//   ENACT=build/release/enact node tests/tools/streams.mjs OUTPUT-FOLDER
// writes into OUTPUT-FOLDER/{rate-limit,api-cache,session}: stream.jsonl, stream.expect.json (the counts of the whole) and
// for session stream.stores.json. The test command/streams makes them anew and compares them with those in scenarios/.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";

const MINUTE = 60_000;
const from = "2026-03-02T08:00:00Z";

function events(template, ...flags) {
    const words = ["events", JSON.stringify(template), "--count", "10000", "--from", from, ...flags];
    const lines = execFileSync(process.env.ENACT, words, { encoding: "utf8", maxBuffer: 1 << 26 });
    return lines.trimEnd().split("\n").map((line) => JSON.parse(line));
}

function write(folder, name, text) {
    mkdirSync(`${process.argv[2]}/${folder}`, { recursive: true });
    writeFileSync(`${process.argv[2]}/${folder}/${name}`, text);
}

function count(all) {
    const outcomes = {};
    for (const event of all) {
        outcomes[event.expect.outcome] = (outcomes[event.expect.outcome] ?? 0) + 1;
    }
    return JSON.stringify({ events: all.length, checked: all.length, outcomes: { $exact: outcomes } }) + "\n";
}

const lines = (all) => all.map((event) => JSON.stringify(event) + "\n").join("");

// A user may act a hundred times in any sixty minutes.
function rateLimit() {
    const admitted = new Map();
    const all = events({ data: { userId: "u-{{key}}" } },
        "--rate", "30/m", "--keys", "25", "--burst", "45m:5m:6", "--seed", "11");
    for (const event of all) {
        const at = Date.parse(event.at);
        const recent = (admitted.get(event.data.userId) ?? []).filter((then) => then > at - 60 * MINUTE);
        const within = recent.length < 100;
        if (within) {
            recent.push(at);
        }
        admitted.set(event.data.userId, recent);
        event.expect = within ? { outcome: "Within Limit" } : { outcome: "Rate Limited 429" };
    }
    write("rate-limit", "stream.jsonl", lines(all));
    write("rate-limit", "stream.expect.json", count(all));
}

// An answer is good for sixty minutes; only a miss may ask the outside.
function apiCache() {
    const until = new Map();
    const all = events({ data: { requestEndpoint: "https://api.test/{{key}}" } },
        "--rate", "20/m", "--keys", "400", "--burst", "2h:10m:5", "--seed", "12");
    all.forEach((event, number) => {
        const at = Date.parse(event.at);
        const hit = (until.get(event.data.requestEndpoint) ?? 0) > at;
        event.expect = { outcome: hit ? "Cache Hit" : "Cache Miss" };
        if (!hit) {
            until.set(event.data.requestEndpoint, at + 60 * MINUTE);
            event.http = { 3: { statusCode: 200, data: { version: number + 1 } } };
        }
    });
    write("api-cache", "stream.jsonl", lines(all));
    write("api-cache", "stream.expect.json", count(all));
}

// A session lives for thirty minutes behind its last use; one that has ended never comes back.
function session() {
    const until = new Map();
    const records = [];
    const start = Date.parse(from);
    for (let key = 1; key <= 250; key++) {
        const expires = start + (key % 50) * MINUTE;
        until.set(`t-${key}`, expires);
        records.push({ key: `t-${key}`, data: { sessionToken: `t-${key}`, userId: `u-${key % 90}`,
            lastActivity: { $date: new Date(expires - 30 * MINUTE).toISOString() },
            expiresAt: { $date: new Date(expires).toISOString() } } });
    }
    const all = events({ headers: { authorization: "t-{{key}}" } },
        "--rate", "25/m", "--keys", "300", "--zipf", "0.9", "--burst", "90m:6m:4", "--seed", "13");
    for (const event of all) {
        const at = Date.parse(event.at);
        const token = event.headers.authorization;
        const valid = (until.get(token) ?? 0) > at;
        if (valid) {
            until.set(token, at + 30 * MINUTE);
        }
        event.expect = valid ? { outcome: "success" } : { outcome: "DataError 404" };
    }
    write("session", "stream.stores.json", JSON.stringify({ UserSessions: { records } }) + "\n");
    write("session", "stream.jsonl", lines(all));
    write("session", "stream.expect.json", count(all));
}

rateLimit();
apiCache();
session();
