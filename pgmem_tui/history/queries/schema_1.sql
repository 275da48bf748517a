-- `size` stands before `text`: a look at sizes reads no long text.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL,
    at REAL NOT NULL,
    seconds REAL NOT NULL,
    rows INTEGER,
    failed INTEGER NOT NULL,
    database TEXT NOT NULL,
    size INTEGER NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX entry_digest ON entry (digest, database);
CREATE INDEX entry_size ON entry (size);
CREATE TABLE favourite (
    name TEXT PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    at REAL NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE draft (
    owner TEXT NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    caret INTEGER NOT NULL,
    at REAL NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (owner, position)
);
