-- The table of the import as somebody would write it for `sqlite3 .import`: the same key, unique and other index.
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
PRAGMA cache_size=-32000;
CREATE TABLE BatchData (
  key TEXT NOT NULL UNIQUE, customerId TEXT UNIQUE, email TEXT, name TEXT, status TEXT,
  totalPurchases REAL, createdAt TEXT, isActive INTEGER, note TEXT
);
CREATE INDEX status ON BatchData(status);
