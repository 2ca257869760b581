CREATE TABLE IF NOT EXISTS series (
    name TEXT PRIMARY KEY,
    prefix TEXT NOT NULL UNIQUE,
    next_number INTEGER NOT NULL
) STRICT;

INSERT OR IGNORE INTO series VALUES ('deals', 'OPP-', 4001), ('events', 'evt_', 1);

-- `body` is the deal as JSON; what is searched by stands beside it.
CREATE TABLE IF NOT EXISTS deals (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    stage TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS deals_by_change ON deals (changed_at, id);

CREATE TABLE IF NOT EXISTS subscriptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL UNIQUE,
    secret TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription INTEGER NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
    event TEXT NOT NULL,
    deal TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dropped', 'failed')),
    flaw TEXT,
    attempts INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    answer TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS outbox_due ON outbox (state, due_ms);

-- What the next events suffer on their way, taken in order.
CREATE TABLE IF NOT EXISTS webhook_faults (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    fault TEXT NOT NULL,
    remaining INTEGER NOT NULL,
    milliseconds INTEGER NOT NULL
) STRICT;

-- The fault script and the random faults of the interface, as in the sandbox ERP.
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    method TEXT,
    path_prefix TEXT NOT NULL,
    fault TEXT NOT NULL,
    times INTEGER NOT NULL,
    remaining INTEGER NOT NULL,
    milliseconds INTEGER NOT NULL,
    retry_after INTEGER,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    field TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS chaos (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seed INTEGER NOT NULL,
    percent INTEGER NOT NULL,
    faults TEXT NOT NULL,
    method TEXT,
    path_prefix TEXT NOT NULL,
    milliseconds INTEGER NOT NULL,
    retry_after INTEGER,
    requests INTEGER NOT NULL,
    injected INTEGER NOT NULL
) STRICT;
