CREATE TABLE paired_devices (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    state TEXT NOT NULL,
    paired_at TEXT NOT NULL,
    paired_by TEXT,
    revoked_at TEXT,
    revoked_by TEXT,
    CONSTRAINT pk_paired_devices PRIMARY KEY (rowid_),
    CONSTRAINT ck_paired_devices_state CHECK (state IN ('paired', 'revoked')),
    CONSTRAINT uq_paired_devices_id UNIQUE (id),
    CONSTRAINT fk_paired_devices_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
    CONSTRAINT uq_paired_devices_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_paired_devices_paired_by FOREIGN KEY(paired_by) REFERENCES staff (id),
    CONSTRAINT fk_paired_devices_revoked_by FOREIGN KEY(revoked_by) REFERENCES staff (id)
)
-- next
CREATE TABLE pairing_codes (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    code_hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    made_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    failed INTEGER DEFAULT '0' NOT NULL,
    state TEXT NOT NULL,
    device_id TEXT,
    CONSTRAINT pk_pairing_codes PRIMARY KEY (rowid_),
    CONSTRAINT ck_pairing_codes_state CHECK (state IN ('open', 'used', 'spent', 'expired')),
    CONSTRAINT uq_pairing_codes_id UNIQUE (id),
    CONSTRAINT fk_pairing_codes_made_by FOREIGN KEY(made_by) REFERENCES staff (id),
    CONSTRAINT fk_pairing_codes_device_id FOREIGN KEY(device_id) REFERENCES paired_devices (id)
)
-- next
CREATE INDEX ix_pairing_codes_state ON pairing_codes (state)
-- next
CREATE TABLE device_sightings (
    device_id TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    CONSTRAINT pk_device_sightings PRIMARY KEY (device_id),
    CONSTRAINT fk_device_sightings_device_id FOREIGN KEY(device_id) REFERENCES paired_devices (id)
)
-- next
CREATE TABLE device_answers (
    rowid_ INTEGER NOT NULL,
    device_id TEXT NOT NULL,
    "key" TEXT NOT NULL,
    digest TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered_at TEXT NOT NULL,
    CONSTRAINT pk_device_answers PRIMARY KEY (rowid_),
    CONSTRAINT uq_device_answers_device_id_key UNIQUE (device_id, "key"),
    CONSTRAINT fk_device_answers_device_id FOREIGN KEY(device_id) REFERENCES paired_devices (id)
)
-- next
CREATE TABLE device_scans (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    device_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    symbology TEXT,
    content TEXT NOT NULL,
    scanned_at TEXT NOT NULL,
    CONSTRAINT pk_device_scans PRIMARY KEY (rowid_),
    CONSTRAINT ck_device_scans_kind CHECK (kind IN ('barcode', 'card', 'identity')),
    CONSTRAINT uq_device_scans_id UNIQUE (id),
    CONSTRAINT fk_device_scans_device_id FOREIGN KEY(device_id) REFERENCES paired_devices (id)
)
-- next
CREATE TABLE local_networks (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    address TEXT NOT NULL,
    port INTEGER NOT NULL,
    chosen_at TEXT NOT NULL,
    chosen_by TEXT NOT NULL,
    active INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_local_networks PRIMARY KEY (rowid_),
    CONSTRAINT uq_local_networks_id UNIQUE (id),
    CONSTRAINT fk_local_networks_chosen_by FOREIGN KEY(chosen_by) REFERENCES staff (id)
)
-- next
ALTER TABLE device_messages DROP CONSTRAINT ck_device_messages_kind
-- next
ALTER TABLE device_messages ADD CONSTRAINT ck_device_messages_kind CHECK (kind IN ('hl7', 'astm', 'drop', 'api'))
-- next
ALTER TABLE device_messages DROP CONSTRAINT ck_device_messages_subject
-- next
ALTER TABLE device_messages ADD CONSTRAINT ck_device_messages_subject CHECK (subject IN ('result', 'registration', 'order', 'medicine', 'immunization', 'other', 'vitals', 'document'))
