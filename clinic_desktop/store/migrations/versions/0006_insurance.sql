CREATE TABLE insurers (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    name TEXT NOT NULL,
    payer_code TEXT,
    phone TEXT,
    email TEXT,
    address TEXT,
    policy_format TEXT,
    active INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_insurers PRIMARY KEY (rowid_),
    CONSTRAINT uq_insurers_id UNIQUE (id)
)
-- next
CREATE TABLE plans (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    insurer_id TEXT NOT NULL,
    name TEXT NOT NULL,
    share INTEGER NOT NULL,
    copay INTEGER DEFAULT '0' NOT NULL,
    ceiling INTEGER,
    currency TEXT NOT NULL,
    needs_authorisation INTEGER DEFAULT '0' NOT NULL,
    filing_days INTEGER,
    valid_from TEXT,
    valid_until TEXT,
    active INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_plans PRIMARY KEY (rowid_),
    CONSTRAINT uq_plans_id UNIQUE (id),
    CONSTRAINT fk_plans_insurer_id FOREIGN KEY(insurer_id) REFERENCES insurers (id)
)
-- next
CREATE INDEX ix_plans_insurer_id ON plans (insurer_id)
-- next
CREATE TABLE covers (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    policy_number TEXT NOT NULL,
    group_number TEXT,
    holder TEXT,
    relation TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT,
    verified_on TEXT,
    verified_by TEXT,
    ended_on TEXT,
    ended_reason TEXT,
    recorded_by TEXT,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_covers PRIMARY KEY (rowid_),
    CONSTRAINT ck_covers_relation CHECK (relation IN ('self', 'spouse', 'child', 'parent', 'other')),
    CONSTRAINT uq_covers_id UNIQUE (id),
    CONSTRAINT fk_covers_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_covers_plan_id FOREIGN KEY(plan_id) REFERENCES plans (id),
    CONSTRAINT fk_covers_verified_by FOREIGN KEY(verified_by) REFERENCES staff (id),
    CONSTRAINT fk_covers_recorded_by FOREIGN KEY(recorded_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_covers_patient_id ON covers (patient_id, position)
-- next
CREATE INDEX ix_covers_plan_id ON covers (plan_id)
-- next
CREATE TABLE invoice_shares (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    invoice_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    cover_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    insurer TEXT NOT NULL,
    share INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    owed_on TEXT NOT NULL,
    CONSTRAINT pk_invoice_shares PRIMARY KEY (rowid_),
    CONSTRAINT uq_invoice_shares_id UNIQUE (id),
    CONSTRAINT fk_invoice_shares_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoices (id),
    CONSTRAINT fk_invoice_shares_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_invoice_shares_cover_id FOREIGN KEY(cover_id) REFERENCES covers (id)
)
-- next
CREATE INDEX ix_invoice_shares_cover_id ON invoice_shares (cover_id, owed_on)
-- next
CREATE INDEX ix_invoice_shares_invoice_id ON invoice_shares (invoice_id)
-- next
CREATE TABLE claim_batches (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    number TEXT NOT NULL,
    insurer_id TEXT NOT NULL,
    claims INTEGER NOT NULL,
    claimed INTEGER NOT NULL,
    currency TEXT NOT NULL,
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    sent_at TEXT,
    sent_by TEXT,
    CONSTRAINT pk_claim_batches PRIMARY KEY (rowid_),
    CONSTRAINT uq_claim_batches_id UNIQUE (id),
    CONSTRAINT uq_claim_batches_number UNIQUE (number),
    CONSTRAINT fk_claim_batches_insurer_id FOREIGN KEY(insurer_id) REFERENCES insurers (id),
    CONSTRAINT fk_claim_batches_made_by FOREIGN KEY(made_by) REFERENCES staff (id),
    CONSTRAINT fk_claim_batches_sent_by FOREIGN KEY(sent_by) REFERENCES staff (id)
)
-- next
CREATE TABLE claims (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    number TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    cover_id TEXT NOT NULL,
    batch_id TEXT,
    status TEXT NOT NULL,
    diagnoses TEXT,
    authorisation TEXT,
    billed INTEGER NOT NULL,
    claimed INTEGER NOT NULL,
    paid INTEGER DEFAULT '0' NOT NULL,
    currency TEXT NOT NULL,
    payer_reference TEXT,
    reason TEXT,
    resubmission_of TEXT,
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    sent_at TEXT,
    CONSTRAINT pk_claims PRIMARY KEY (rowid_),
    CONSTRAINT ck_claims_status CHECK (status IN ('draft', 'ready', 'sent', 'accepted', 'rejected', 'paid', 'partly_paid', 'cancelled')),
    CONSTRAINT uq_claims_id UNIQUE (id),
    CONSTRAINT uq_claims_number UNIQUE (number),
    CONSTRAINT fk_claims_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_claims_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoices (id),
    CONSTRAINT fk_claims_cover_id FOREIGN KEY(cover_id) REFERENCES covers (id),
    CONSTRAINT fk_claims_batch_id FOREIGN KEY(batch_id) REFERENCES claim_batches (id),
    CONSTRAINT fk_claims_resubmission_of FOREIGN KEY(resubmission_of) REFERENCES claims (id),
    CONSTRAINT fk_claims_made_by FOREIGN KEY(made_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_claims_batch_id ON claims (batch_id)
-- next
CREATE INDEX ix_claims_invoice_id ON claims (invoice_id)
-- next
CREATE INDEX ix_claims_patient_id ON claims (patient_id, made_at)
-- next
CREATE INDEX ix_claims_status ON claims (status, made_at)
-- next
CREATE TABLE claim_lines (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    claim_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    charge_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    code TEXT,
    modifiers TEXT,
    description TEXT NOT NULL,
    served_on TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    pointers TEXT,
    CONSTRAINT pk_claim_lines PRIMARY KEY (rowid_),
    CONSTRAINT uq_claim_lines_id UNIQUE (id),
    CONSTRAINT fk_claim_lines_claim_id FOREIGN KEY(claim_id) REFERENCES claims (id),
    CONSTRAINT fk_claim_lines_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_claim_lines_charge_id FOREIGN KEY(charge_id) REFERENCES charges (id)
)
-- next
CREATE INDEX ix_claim_lines_charge_id ON claim_lines (charge_id)
-- next
CREATE INDEX ix_claim_lines_claim_id ON claim_lines (claim_id)
-- next
CREATE TABLE claim_answers (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    claim_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    answer TEXT NOT NULL,
    paid INTEGER NOT NULL,
    to_patient INTEGER NOT NULL,
    written_off INTEGER NOT NULL,
    payer_reference TEXT,
    reason TEXT,
    answered_on TEXT NOT NULL,
    entered_at TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    "before" TEXT NOT NULL,
    taken_back TEXT,
    CONSTRAINT pk_claim_answers PRIMARY KEY (rowid_),
    CONSTRAINT ck_claim_answers_answer CHECK (answer IN ('accepted', 'rejected', 'paid', 'partly_paid')),
    CONSTRAINT uq_claim_answers_id UNIQUE (id),
    CONSTRAINT fk_claim_answers_claim_id FOREIGN KEY(claim_id) REFERENCES claims (id),
    CONSTRAINT fk_claim_answers_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_claim_answers_entered_by FOREIGN KEY(entered_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_claim_answers_claim_id ON claim_answers (claim_id)
