-- Consents, restricted records, break-glass, shares and digital programmes.
-- next
CREATE TABLE consents (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    covers TEXT DEFAULT '[]' NOT NULL,
    audience TEXT DEFAULT '[]' NOT NULL,
    status TEXT NOT NULL,
    granted_on TEXT,
    valid_from TEXT NOT NULL,
    valid_until TEXT,
    grantor TEXT NOT NULL,
    grantor_name TEXT NOT NULL,
    grantor_relation TEXT,
    witness_id TEXT,
    witness_name TEXT,
    document_id TEXT,
    language TEXT DEFAULT 'en' NOT NULL,
    wording TEXT NOT NULL,
    wording_version TEXT NOT NULL,
    wording_text TEXT NOT NULL,
    signature TEXT,
    signed_at TEXT,
    source TEXT DEFAULT 'here' NOT NULL,
    note TEXT,
    recorded_by TEXT,
    recorded_at TEXT NOT NULL,
    withdrawn_at TEXT,
    withdrawn_by TEXT,
    withdrawal_reason TEXT,
    CONSTRAINT pk_consents PRIMARY KEY (rowid_),
    CONSTRAINT ck_consents_status CHECK (status IN ('draft', 'active', 'expired', 'withdrawn', 'rejected', 'entered_in_error')),
    CONSTRAINT ck_consents_grantor CHECK (grantor IN ('patient', 'guardian', 'other')),
    CONSTRAINT ck_consents_source CHECK (source IN ('here', 'outside')),
    CONSTRAINT uq_consents_id UNIQUE (id),
    CONSTRAINT fk_consents_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_consents_witness_id FOREIGN KEY(witness_id) REFERENCES staff (id),
    CONSTRAINT fk_consents_recorded_by FOREIGN KEY(recorded_by) REFERENCES staff (id),
    CONSTRAINT fk_consents_withdrawn_by FOREIGN KEY(withdrawn_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_consents_patient_id ON consents (patient_id, scope, status)
-- next
CREATE TABLE record_restrictions (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    allowed TEXT NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at TEXT NOT NULL,
    lifted_by TEXT,
    lifted_at TEXT,
    lift_reason TEXT,
    CONSTRAINT pk_record_restrictions PRIMARY KEY (rowid_),
    CONSTRAINT ck_record_restrictions_status CHECK (status IN ('active', 'lifted')),
    CONSTRAINT uq_record_restrictions_id UNIQUE (id),
    CONSTRAINT fk_record_restrictions_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_record_restrictions_set_by FOREIGN KEY(set_by) REFERENCES staff (id),
    CONSTRAINT fk_record_restrictions_lifted_by FOREIGN KEY(lifted_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_record_restrictions_patient_id ON record_restrictions (patient_id, status)
-- next
CREATE INDEX ix_record_restrictions_status ON record_restrictions (status)
-- next
CREATE TABLE break_glass (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    session TEXT NOT NULL,
    reason TEXT NOT NULL,
    words TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    ended_at TEXT,
    ended_why TEXT,
    reviewed_by TEXT,
    reviewed_at TEXT,
    outcome TEXT,
    review_note TEXT,
    CONSTRAINT pk_break_glass PRIMARY KEY (rowid_),
    CONSTRAINT ck_break_glass_outcome CHECK (outcome IN ('justified', 'unclear', 'not_justified')),
    CONSTRAINT uq_break_glass_id UNIQUE (id),
    CONSTRAINT fk_break_glass_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_break_glass_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
    CONSTRAINT fk_break_glass_reviewed_by FOREIGN KEY(reviewed_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_break_glass_outcome ON break_glass (outcome, started_at)
-- next
CREATE INDEX ix_break_glass_patient_id ON break_glass (patient_id, staff_id)
-- next
CREATE TABLE shares (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    number TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    consent_id TEXT,
    break_glass_id TEXT,
    recipient_name TEXT NOT NULL,
    recipient_type TEXT NOT NULL,
    recipient_organisation TEXT,
    recipient_email TEXT,
    purpose TEXT NOT NULL,
    message TEXT,
    sections TEXT NOT NULL,
    permissions TEXT NOT NULL,
    format TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    status TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    withdrawn_at TEXT,
    withdrawn_by TEXT,
    withdrawal_reason TEXT,
    CONSTRAINT pk_shares PRIMARY KEY (rowid_),
    CONSTRAINT ck_shares_recipient_type CHECK (recipient_type IN ('healthcare_provider', 'patient', 'guardian', 'insurer', 'other')),
    CONSTRAINT ck_shares_format CHECK (format IN ('pdf', 'fhir')),
    CONSTRAINT ck_shares_status CHECK (status IN ('active', 'withdrawn')),
    CONSTRAINT uq_shares_id UNIQUE (id),
    CONSTRAINT uq_shares_number UNIQUE (number),
    CONSTRAINT fk_shares_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_shares_consent_id FOREIGN KEY(consent_id) REFERENCES consents (id),
    CONSTRAINT fk_shares_break_glass_id FOREIGN KEY(break_glass_id) REFERENCES break_glass (id),
    CONSTRAINT fk_shares_created_by FOREIGN KEY(created_by) REFERENCES staff (id),
    CONSTRAINT fk_shares_withdrawn_by FOREIGN KEY(withdrawn_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_shares_patient_id ON shares (patient_id)
-- next
CREATE TABLE share_copies (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    share_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    break_glass_id TEXT,
    sha256 TEXT,
    bytes INTEGER,
    CONSTRAINT pk_share_copies PRIMARY KEY (rowid_),
    CONSTRAINT uq_share_copies_id UNIQUE (id),
    CONSTRAINT fk_share_copies_share_id FOREIGN KEY(share_id) REFERENCES shares (id),
    CONSTRAINT fk_share_copies_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_share_copies_made_by FOREIGN KEY(made_by) REFERENCES staff (id),
    CONSTRAINT fk_share_copies_break_glass_id FOREIGN KEY(break_glass_id) REFERENCES break_glass (id)
)
-- next
CREATE INDEX ix_share_copies_share_id ON share_copies (share_id)
-- next
CREATE TABLE programmes (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    weeks INTEGER,
    difficulty TEXT,
    provider TEXT,
    features TEXT DEFAULT '[]' NOT NULL,
    requirements TEXT DEFAULT '[]' NOT NULL,
    outcomes TEXT DEFAULT '[]' NOT NULL,
    instructors TEXT DEFAULT '[]' NOT NULL,
    starts_on TEXT,
    ends_on TEXT,
    capacity INTEGER,
    eligibility TEXT,
    needs_consent INTEGER DEFAULT '1' NOT NULL,
    rating TEXT,
    reviews INTEGER,
    status TEXT NOT NULL,
    added_at TEXT NOT NULL,
    CONSTRAINT pk_programmes PRIMARY KEY (rowid_),
    CONSTRAINT ck_programmes_status CHECK (status IN ('active', 'archived')),
    CONSTRAINT uq_programmes_id UNIQUE (id)
)
-- next
CREATE INDEX ix_programmes_status ON programmes (status, name)
-- next
CREATE TABLE programme_steps (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    programme_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    week INTEGER,
    title TEXT NOT NULL,
    topics TEXT,
    sessions INTEGER DEFAULT '1' NOT NULL,
    minutes INTEGER,
    measure TEXT,
    CONSTRAINT pk_programme_steps PRIMARY KEY (rowid_),
    CONSTRAINT uq_programme_steps_id UNIQUE (id),
    CONSTRAINT fk_programme_steps_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
)
-- next
CREATE INDEX ix_programme_steps_programme_id ON programme_steps (programme_id, position)
-- next
CREATE TABLE programme_enrolments (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    programme_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    consent_id TEXT,
    starts_on TEXT NOT NULL,
    expected_on TEXT,
    goals TEXT DEFAULT '[]' NOT NULL,
    preferences TEXT DEFAULT '{}' NOT NULL,
    status TEXT NOT NULL,
    enrolled_by TEXT,
    enrolled_at TEXT NOT NULL,
    ended_on TEXT,
    end_reason TEXT,
    CONSTRAINT pk_programme_enrolments PRIMARY KEY (rowid_),
    CONSTRAINT ck_programme_enrolments_status CHECK (status IN ('enrolled', 'completed', 'withdrawn')),
    CONSTRAINT uq_programme_enrolments_id UNIQUE (id),
    CONSTRAINT fk_programme_enrolments_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_programme_enrolments_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_programme_enrolments_consent_id FOREIGN KEY(consent_id) REFERENCES consents (id),
    CONSTRAINT fk_programme_enrolments_enrolled_by FOREIGN KEY(enrolled_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_programme_enrolments_patient_id ON programme_enrolments (patient_id)
-- next
CREATE INDEX ix_programme_enrolments_programme_id ON programme_enrolments (programme_id, status)
-- next
CREATE TABLE programme_progress (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    enrolment_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    step_id TEXT NOT NULL,
    done_on TEXT NOT NULL,
    value TEXT,
    note TEXT,
    noted_by TEXT,
    noted_at TEXT NOT NULL,
    status TEXT DEFAULT 'final' NOT NULL,
    CONSTRAINT pk_programme_progress PRIMARY KEY (rowid_),
    CONSTRAINT ck_programme_progress_status CHECK (status IN ('final', 'entered_in_error')),
    CONSTRAINT uq_programme_progress_id UNIQUE (id),
    CONSTRAINT fk_programme_progress_enrolment_id FOREIGN KEY(enrolment_id) REFERENCES programme_enrolments (id),
    CONSTRAINT fk_programme_progress_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_programme_progress_step_id FOREIGN KEY(step_id) REFERENCES programme_steps (id),
    CONSTRAINT fk_programme_progress_noted_by FOREIGN KEY(noted_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_programme_progress_enrolment_id ON programme_progress (enrolment_id)
