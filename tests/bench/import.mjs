// What somebody would write with Node and better-sqlite3 for the same import: the same table and indexes, one
// transaction, FULL, 32 MB of cache.
//
//     node import.mjs RECORDS.json TEMPLATE.db STORE KEY OUT.db
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const Database = createRequire(import.meta.url)('better-sqlite3');
const [records, template, store, key, out] = process.argv.slice(2);

const from = new Database(template, { readonly: true });
const layout = from.prepare('SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC').pluck().all(store);
from.close();

const to = new Database(out);
to.pragma('journal_mode = WAL');
to.pragma('synchronous = FULL');
to.pragma('cache_size = -32000');
layout.forEach((sql) => to.exec(sql));

const bytes = 250;
const columns = to.pragma(`table_info("${store}")`).filter(({ name }) => name !== '_seq');
const readers = columns.map(({ name, type }) => {
    if (name === '_key') { return (record) => record[key]; }
    if (name === '_bytes') { return () => bytes; }
    if (type !== 'INTEGER') { return (record) => record[name] ?? null; }
    return (record) => {
        const value = record[name];
        return typeof value === 'string' ? Date.parse(value) : typeof value === 'boolean' ? Number(value) : value ?? null;
    };
});
const names = columns.map(({ name }) => `"${name}"`).join(', ');
const insert = to.prepare(`INSERT INTO "${store}" (${names}) VALUES (${columns.map(() => '?').join(', ')})`);
to.transaction((list) => {
    for (const record of list) { insert.run(readers.map((read) => read(record))); }
})(JSON.parse(readFileSync(records, 'utf8')).records);
to.close();
