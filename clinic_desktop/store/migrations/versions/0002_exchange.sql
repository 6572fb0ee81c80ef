CREATE TABLE encounters_new (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    practitioner_id TEXT,
    preset TEXT NOT NULL,
    status TEXT NOT NULL,
    started_at TEXT NOT NULL,
    signed_at TEXT,
    signed_by TEXT,
    summary TEXT,
    outside_status TEXT,
    class_system TEXT,
    class_code TEXT,
    type_system TEXT,
    type_code TEXT,
    type_title TEXT,
    reason_system TEXT,
    reason_code TEXT,
    reason_title TEXT,
    started_text TEXT,
    ended_text TEXT,
    outside_practitioner TEXT,
    outside_organisation TEXT,
    outside_place TEXT,
    CONSTRAINT pk_encounters PRIMARY KEY (rowid_),
    CONSTRAINT ck_encounters_status CHECK (status IN ('open', 'awaiting_results', 'signed', 'void', 'outside')),
    CONSTRAINT uq_encounters_id UNIQUE (id),
    CONSTRAINT fk_encounters_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_encounters_practitioner_id FOREIGN KEY(practitioner_id) REFERENCES staff (id),
    CONSTRAINT fk_encounters_signed_by FOREIGN KEY(signed_by) REFERENCES staff (id)
)
-- next
INSERT INTO encounters_new (rowid_, id, revision, patient_id, practitioner_id, preset, status, started_at, signed_at, signed_by, summary)
SELECT rowid_, id, revision, patient_id, practitioner_id, preset, status, started_at, signed_at, signed_by, summary FROM encounters
-- next
DROP TABLE encounters
-- next
ALTER TABLE encounters_new RENAME TO encounters
-- next
CREATE INDEX ix_encounters_patient_id ON encounters (patient_id, started_at)
-- next
CREATE INDEX ix_encounters_patient_status ON encounters (patient_id, status)
-- next
CREATE INDEX ix_encounters_status ON encounters (status, practitioner_id)
-- next
CREATE TABLE identifiers (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    record_kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    patient_id TEXT,
    use TEXT NOT NULL,
    kind TEXT NOT NULL,
    system TEXT NOT NULL,
    value TEXT NOT NULL,
    digest TEXT,
    rest TEXT,
    record_revision INTEGER,
    received_at TEXT NOT NULL,
    CONSTRAINT pk_identifiers PRIMARY KEY (rowid_),
    CONSTRAINT ck_identifiers_use CHECK (use IN ('resource', 'business')),
    CONSTRAINT uq_identifiers_id UNIQUE (id),
    CONSTRAINT fk_identifiers_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id)
)
-- next
CREATE INDEX ix_identifiers_patient_id ON identifiers (patient_id, kind)
-- next
CREATE INDEX ix_identifiers_record_id ON identifiers (record_id)
-- next
CREATE INDEX ix_identifiers_value ON identifiers (value)
-- next
CREATE UNIQUE INDEX ux_identifiers_resource ON identifiers (system, kind, value) WHERE use = 'resource'
-- next
CREATE TABLE observations (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    encounter_id TEXT,
    part_of TEXT,
    position INTEGER DEFAULT '0' NOT NULL,
    status TEXT NOT NULL,
    category TEXT,
    code_system TEXT,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    value_kind TEXT NOT NULL,
    value TEXT,
    comparator TEXT,
    unit TEXT,
    unit_code TEXT,
    unit_system TEXT,
    value_system TEXT,
    value_code TEXT,
    value_detail TEXT,
    absent_reason TEXT,
    interpretation TEXT,
    range_text TEXT,
    range_low TEXT,
    range_high TEXT,
    effective_at TEXT NOT NULL,
    effective_text TEXT,
    effective_end_text TEXT,
    issued_text TEXT,
    performer TEXT,
    note TEXT,
    CONSTRAINT pk_observations PRIMARY KEY (rowid_),
    CONSTRAINT uq_observations_id UNIQUE (id),
    CONSTRAINT fk_observations_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_observations_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id),
    CONSTRAINT fk_observations_part_of FOREIGN KEY(part_of) REFERENCES observations (id)
)
-- next
CREATE INDEX ix_observations_code ON observations (patient_id, code, effective_at)
-- next
CREATE INDEX ix_observations_encounter_id ON observations (encounter_id)
-- next
CREATE INDEX ix_observations_part_of ON observations (part_of)
-- next
CREATE INDEX ix_observations_patient_id ON observations (patient_id, effective_at)
-- next
CREATE TABLE procedures (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    encounter_id TEXT,
    status TEXT NOT NULL,
    code_system TEXT,
    code TEXT,
    title TEXT NOT NULL,
    modifiers TEXT,
    category TEXT,
    body_site TEXT,
    reason TEXT,
    outcome TEXT,
    performed_at TEXT,
    performed_text TEXT,
    performed_end_text TEXT,
    performer TEXT,
    place TEXT,
    note TEXT,
    CONSTRAINT pk_procedures PRIMARY KEY (rowid_),
    CONSTRAINT uq_procedures_id UNIQUE (id),
    CONSTRAINT fk_procedures_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_procedures_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id)
)
-- next
CREATE INDEX ix_procedures_encounter_id ON procedures (encounter_id)
-- next
CREATE INDEX ix_procedures_patient_id ON procedures (patient_id, performed_at)
-- next
CREATE TABLE diagnostic_reports (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    encounter_id TEXT,
    status TEXT NOT NULL,
    category TEXT,
    code_system TEXT,
    code TEXT,
    title TEXT NOT NULL,
    effective_at TEXT,
    effective_text TEXT,
    effective_end_text TEXT,
    issued_text TEXT,
    performer TEXT,
    conclusion TEXT,
    CONSTRAINT pk_diagnostic_reports PRIMARY KEY (rowid_),
    CONSTRAINT uq_diagnostic_reports_id UNIQUE (id),
    CONSTRAINT fk_diagnostic_reports_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_diagnostic_reports_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id)
)
-- next
CREATE INDEX ix_diagnostic_reports_encounter_id ON diagnostic_reports (encounter_id)
-- next
CREATE INDEX ix_diagnostic_reports_patient_id ON diagnostic_reports (patient_id, effective_at)
-- next
CREATE TABLE outside_parties (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    family_name TEXT,
    given_names TEXT,
    prefix TEXT,
    sex TEXT,
    speciality TEXT,
    phone TEXT,
    email TEXT,
    address TEXT,
    city TEXT,
    district TEXT,
    postal_code TEXT,
    country TEXT,
    active INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_outside_parties PRIMARY KEY (rowid_),
    CONSTRAINT ck_outside_parties_kind CHECK (kind IN ('Practitioner', 'Organization', 'Location', 'Medication')),
    CONSTRAINT uq_outside_parties_id UNIQUE (id)
)
-- next
CREATE INDEX ix_outside_parties_kind ON outside_parties (kind, name)
-- next
ALTER TABLE vital_signs ADD COLUMN observation_id TEXT CONSTRAINT fk_vital_signs_observation_id REFERENCES observations (id)
-- next
CREATE INDEX ix_vital_signs_observation_id ON vital_signs (observation_id)
-- next
ALTER TABLE lab_ranges ADD COLUMN unit TEXT
-- next
ALTER TABLE problems ADD COLUMN code_system TEXT
-- next
ALTER TABLE problems ADD COLUMN category TEXT
-- next
ALTER TABLE problems ADD COLUMN clinical_status TEXT
-- next
ALTER TABLE problems ADD COLUMN verification_status TEXT
-- next
ALTER TABLE problems ADD COLUMN severity TEXT
-- next
ALTER TABLE problems ADD COLUMN body_site TEXT
-- next
ALTER TABLE problems ADD COLUMN onset_text TEXT
-- next
ALTER TABLE problems ADD COLUMN resolved_text TEXT
-- next
ALTER TABLE problems ADD COLUMN recorded_text TEXT
-- next
ALTER TABLE allergies ADD COLUMN code_system TEXT
-- next
ALTER TABLE allergies ADD COLUMN code TEXT
-- next
ALTER TABLE allergies ADD COLUMN kind TEXT
-- next
ALTER TABLE allergies ADD COLUMN category TEXT
-- next
ALTER TABLE allergies ADD COLUMN criticality TEXT
-- next
ALTER TABLE allergies ADD COLUMN clinical_status TEXT
-- next
ALTER TABLE allergies ADD COLUMN verification_status TEXT
-- next
ALTER TABLE allergies ADD COLUMN reactions TEXT
-- next
ALTER TABLE allergies ADD COLUMN onset_text TEXT
-- next
ALTER TABLE allergies ADD COLUMN recorded_text TEXT
-- next
ALTER TABLE allergies ADD COLUMN note TEXT
-- next
ALTER TABLE medicines_taken ADD COLUMN encounter_id TEXT CONSTRAINT fk_medicines_taken_encounter_id REFERENCES encounters (id)
-- next
ALTER TABLE medicines_taken ADD COLUMN code_system TEXT
-- next
ALTER TABLE medicines_taken ADD COLUMN code TEXT
-- next
ALTER TABLE medicines_taken ADD COLUMN outside_status TEXT
-- next
ALTER TABLE medicines_taken ADD COLUMN intent TEXT
-- next
ALTER TABLE medicines_taken ADD COLUMN category TEXT
-- next
ALTER TABLE medicines_taken ADD COLUMN reason TEXT
-- next
ALTER TABLE medicines_taken ADD COLUMN dosage_text TEXT
-- next
ALTER TABLE medicines_taken ADD COLUMN authored_text TEXT
-- next
ALTER TABLE medicines_taken ADD COLUMN started_text TEXT
-- next
ALTER TABLE medicines_taken ADD COLUMN ended_text TEXT
-- next
ALTER TABLE medicines_taken ADD COLUMN outside_prescriber TEXT
-- next
ALTER TABLE medicines_taken ADD COLUMN note TEXT
