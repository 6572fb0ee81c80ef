CREATE TABLE device_messages (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    kind TEXT NOT NULL,
    device TEXT NOT NULL,
    peer TEXT,
    control_id TEXT,
    message_type TEXT NOT NULL,
    subject TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    charset TEXT,
    received_at TEXT NOT NULL,
    said_of TEXT,
    state TEXT NOT NULL,
    why TEXT,
    decided_at TEXT,
    decided_by TEXT,
    filed_kind TEXT,
    filed_id TEXT,
    CONSTRAINT pk_device_messages PRIMARY KEY (rowid_),
    CONSTRAINT ck_device_messages_kind CHECK (kind IN ('hl7', 'astm', 'drop')),
    CONSTRAINT ck_device_messages_subject CHECK (subject IN ('result', 'registration', 'order', 'medicine', 'immunization', 'other')),
    CONSTRAINT ck_device_messages_state CHECK (state IN ('received', 'done', 'review', 'filed', 'rejected')),
    CONSTRAINT uq_device_messages_id UNIQUE (id),
    CONSTRAINT fk_device_messages_decided_by FOREIGN KEY(decided_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_device_messages_sha256 ON device_messages (sha256)
-- next
CREATE INDEX ix_device_messages_state ON device_messages (state, received_at)
-- next
CREATE TABLE device_message_parts (
    rowid_ INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_device_message_parts PRIMARY KEY (rowid_),
    CONSTRAINT uq_device_message_parts_message_id_number UNIQUE (message_id, number),
    CONSTRAINT fk_device_message_parts_message_id FOREIGN KEY(message_id) REFERENCES device_messages (id)
)
-- next
CREATE TABLE device_results (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    message_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    identity TEXT NOT NULL,
    numbers TEXT NOT NULL,
    code TEXT NOT NULL,
    code_system TEXT NOT NULL,
    title TEXT NOT NULL,
    test_code TEXT,
    value_kind TEXT NOT NULL,
    value TEXT,
    comparator TEXT,
    unit TEXT,
    value_system TEXT,
    value_code TEXT,
    flag TEXT,
    range_text TEXT,
    status TEXT NOT NULL,
    measured_at TEXT,
    note TEXT,
    state TEXT NOT NULL,
    why TEXT,
    decided_at TEXT,
    decided_by TEXT,
    filed_kind TEXT,
    filed_id TEXT,
    CONSTRAINT pk_device_results PRIMARY KEY (rowid_),
    CONSTRAINT ck_device_results_state CHECK (state IN ('received', 'filed', 'review', 'rejected', 'control')),
    CONSTRAINT uq_device_results_id UNIQUE (id),
    CONSTRAINT fk_device_results_message_id FOREIGN KEY(message_id) REFERENCES device_messages (id),
    CONSTRAINT fk_device_results_decided_by FOREIGN KEY(decided_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_device_results_message_id ON device_results (message_id, position)
-- next
CREATE INDEX ix_device_results_state ON device_results (state)
