CREATE TABLE printers (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    way TEXT NOT NULL,
    address TEXT NOT NULL,
    dpi INTEGER NOT NULL,
    roll_mm INTEGER DEFAULT '80' NOT NULL,
    documents TEXT NOT NULL,
    look_first INTEGER DEFAULT '1' NOT NULL,
    drawer INTEGER DEFAULT '0' NOT NULL,
    active INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_printers PRIMARY KEY (rowid_),
    CONSTRAINT ck_printers_kind CHECK (kind IN ('label', 'receipt')),
    CONSTRAINT ck_printers_way CHECK (way IN ('network', 'serial', 'device', 'queue', 'folder')),
    CONSTRAINT uq_printers_id UNIQUE (id)
)
-- next
CREATE TABLE prints (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    document TEXT NOT NULL,
    record_id TEXT NOT NULL,
    number TEXT NOT NULL,
    printer_id TEXT,
    printer TEXT NOT NULL,
    copies INTEGER NOT NULL,
    digest TEXT NOT NULL,
    again INTEGER DEFAULT '0' NOT NULL,
    reason TEXT,
    asked_at TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    state TEXT NOT NULL,
    why TEXT,
    CONSTRAINT pk_prints PRIMARY KEY (rowid_),
    CONSTRAINT ck_prints_state CHECK (state IN ('sending', 'sent', 'failed')),
    CONSTRAINT uq_prints_id UNIQUE (id),
    CONSTRAINT fk_prints_printer_id FOREIGN KEY(printer_id) REFERENCES printers (id),
    CONSTRAINT fk_prints_asked_by FOREIGN KEY(asked_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_prints_asked_at ON prints (asked_at)
-- next
CREATE INDEX ix_prints_record_id ON prints (record_id, document)
