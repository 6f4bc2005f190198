// Says whether a replay of the rate limit kept it, from nothing but the records it left and the events it saw: in no
// sixty minutes of a user are there more than LIMIT records, and an event without a record came when there were exactly
// LIMIT. Prints how many events each user had; exits 1 with what is wrong.
//   node tests/tools/windows.mjs LIMIT stream.jsonl replay.json      (replay.json: --json --changes 100000)
import { readFileSync } from "node:fs";

const [limit, stream, replay] = [Number(process.argv[2]), process.argv[3], process.argv[4]];
const records = JSON.parse(readFileSync(replay, "utf8")).stores.RateLimits.added.records;
const admitted = new Map();
for (const { data } of records) {
    admitted.set(data.userId, [...(admitted.get(data.userId) ?? []), Date.parse(data.windowStart)]);
}
admitted.forEach((times) => times.sort((a, b) => a - b));

const behind = (times, at) => times.filter((time) => time > at - 3_600_000 && time <= at).length;
const problems = [];
for (const [user, times] of admitted) {
    for (const at of times) {
        if (behind(times, at) > limit) {
            problems.push(`${user}: ${behind(times, at)} within the hour before ${new Date(at).toISOString()}`);
        }
    }
}
const left = new Map([...admitted].map(([user, times]) => [user, new Map(times.map((at) => [at, times.filter((x) => x === at).length]))]));
let refused = 0;
for (const line of readFileSync(stream, "utf8").trimEnd().split("\n")) {
    const event = JSON.parse(line);
    const at = Date.parse(event.at);
    const own = left.get(event.data.userId);
    if ((own?.get(at) ?? 0) > 0) {
        own.set(at, own.get(at) - 1);
    } else {
        refused++;
        const there = behind(admitted.get(event.data.userId) ?? [], at);
        if (there !== limit) {
            problems.push(`${event.data.userId} was refused at ${event.at} with ${there} within the hour`);
        }
    }
}
console.log(problems.slice(0, 5).join("\n") || `${records.length} admitted, ${refused} refused, ${admitted.size} users`);
process.exit(problems.length === 0 ? 0 : 1);
