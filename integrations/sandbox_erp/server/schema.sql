CREATE TABLE IF NOT EXISTS series (
    name TEXT PRIMARY KEY,
    prefix TEXT NOT NULL UNIQUE,
    next_number INTEGER NOT NULL
) STRICT;

INSERT OR IGNORE INTO series VALUES ('customers', 'C-', 10001), ('payments', 'PAY-', 70001);

CREATE TABLE IF NOT EXISTS companies (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    currency TEXT NOT NULL,
    currencies TEXT NOT NULL,
    auto_post INTEGER NOT NULL,
    reference_mode TEXT NOT NULL,
    search_delay_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS tax_codes (
    company TEXT NOT NULL REFERENCES companies,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    percent TEXT NOT NULL,
    PRIMARY KEY (company, code)
) STRICT;

-- A month without a row is open.
CREATE TABLE IF NOT EXISTS periods (
    company TEXT NOT NULL REFERENCES companies,
    period TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    PRIMARY KEY (company, period)
) STRICT;

CREATE TABLE IF NOT EXISTS customers (
    number TEXT PRIMARY KEY,
    external_reference TEXT UNIQUE,
    name TEXT NOT NULL,
    tax_registration TEXT,
    address TEXT,
    country TEXT NOT NULL,
    email TEXT,
    currency TEXT NOT NULL,
    payment_terms_days INTEGER NOT NULL,
    blocked INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
) STRICT;

-- unique_reference repeats external_reference where the company asks for uniqueness, so that the index refuses it.
CREATE TABLE IF NOT EXISTS documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL UNIQUE,
    company TEXT NOT NULL REFERENCES companies,
    kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
    status TEXT NOT NULL CHECK (status IN ('draft', 'posted', 'void')),
    customer TEXT NOT NULL REFERENCES customers,
    external_reference TEXT,
    unique_reference TEXT,
    purchase_order TEXT,
    currency TEXT NOT NULL,
    document_date TEXT NOT NULL,
    due_date TEXT NOT NULL,
    credits TEXT REFERENCES documents (number),
    net TEXT NOT NULL,
    tax TEXT NOT NULL,
    gross TEXT NOT NULL,
    computed_tax TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('interface', 'manual')),
    correlation_id TEXT,
    created_ms INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    posted_at TEXT,
    UNIQUE (company, unique_reference)
) STRICT;
CREATE INDEX IF NOT EXISTS documents_by_reference ON documents (external_reference);
CREATE INDEX IF NOT EXISTS documents_by_date ON documents (company, document_date);
CREATE INDEX IF NOT EXISTS documents_by_credit ON documents (credits);

CREATE TABLE IF NOT EXISTS document_lines (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    position INTEGER NOT NULL,
    description TEXT NOT NULL,
    quantity TEXT NOT NULL,
    unit_price TEXT NOT NULL,
    net TEXT NOT NULL,
    tax_code TEXT NOT NULL,
    tax TEXT NOT NULL,
    PRIMARY KEY (document, position)
) STRICT;

CREATE TABLE IF NOT EXISTS payments (
    number TEXT PRIMARY KEY,
    cursor INTEGER NOT NULL UNIQUE,
    company TEXT NOT NULL REFERENCES companies,
    document TEXT NOT NULL REFERENCES documents (number),
    customer TEXT NOT NULL REFERENCES customers,
    currency TEXT NOT NULL,
    amount TEXT NOT NULL,
    paid_on TEXT NOT NULL,
    reference TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS payments_by_document ON payments (document);

CREATE TABLE IF NOT EXISTS changes (
    cursor INTEGER PRIMARY KEY AUTOINCREMENT,
    object TEXT NOT NULL,
    key TEXT NOT NULL,
    operation TEXT NOT NULL,
    company TEXT,
    at TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS idempotency_keys (
    company TEXT NOT NULL,
    key TEXT NOT NULL,
    request_sha256 TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (company, key)
) STRICT;

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

-- At most one row: random faults are on or off.
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
