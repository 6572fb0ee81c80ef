CREATE TABLE outside_bills (
	rowid_ INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	patient_id TEXT NOT NULL, 
	encounter_id TEXT, 
	payer TEXT, 
	second_payer TEXT, 
	provider TEXT, 
	status TEXT NOT NULL, 
	diagnoses TEXT, 
	served_at TEXT, 
	served_text TEXT, 
	currency TEXT NOT NULL, 
	payer_owes INTEGER, 
	second_payer_owes INTEGER, 
	patient_owes INTEGER, 
	CONSTRAINT pk_outside_bills PRIMARY KEY (rowid_), 
	CONSTRAINT ck_outside_bills_status CHECK (status IN ('open', 'closed')), 
	CONSTRAINT uq_outside_bills_id UNIQUE (id), 
	CONSTRAINT fk_outside_bills_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id), 
	CONSTRAINT fk_outside_bills_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id)
)
-- next
CREATE INDEX ix_outside_bills_patient_id ON outside_bills (patient_id, served_at)
-- next
CREATE TABLE outside_bill_lines (
	rowid_ INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	patient_id TEXT NOT NULL, 
	encounter_id TEXT, 
	bill_id TEXT, 
	kind TEXT NOT NULL, 
	number TEXT, 
	code TEXT, 
	description TEXT, 
	method TEXT, 
	units TEXT, 
	currency TEXT NOT NULL, 
	unit_amount INTEGER, 
	amount INTEGER, 
	payments INTEGER, 
	adjustments INTEGER, 
	transfers INTEGER, 
	outstanding INTEGER, 
	happened_at TEXT, 
	happened_text TEXT, 
	ended_text TEXT, 
	CONSTRAINT pk_outside_bill_lines PRIMARY KEY (rowid_), 
	CONSTRAINT ck_outside_bill_lines_kind CHECK (kind IN ('charge', 'payment', 'adjustment', 'transfer_in', 'transfer_out')), 
	CONSTRAINT uq_outside_bill_lines_id UNIQUE (id), 
	CONSTRAINT fk_outside_bill_lines_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id), 
	CONSTRAINT fk_outside_bill_lines_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id), 
	CONSTRAINT fk_outside_bill_lines_bill_id FOREIGN KEY(bill_id) REFERENCES outside_bills (id)
)
-- next
CREATE INDEX ix_outside_bill_lines_bill_id ON outside_bill_lines (bill_id)
-- next
CREATE INDEX ix_outside_bill_lines_patient_id ON outside_bill_lines (patient_id, happened_at)
-- next
CREATE TABLE outside_costs (
	rowid_ INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	patient_id TEXT NOT NULL, 
	encounter_id TEXT, 
	kind TEXT NOT NULL, 
	title TEXT, 
	payer TEXT, 
	currency TEXT NOT NULL, 
	base INTEGER, 
	total INTEGER, 
	covered INTEGER, 
	units TEXT, 
	happened_at TEXT, 
	happened_text TEXT, 
	CONSTRAINT pk_outside_costs PRIMARY KEY (rowid_), 
	CONSTRAINT ck_outside_costs_kind CHECK (kind IN ('person', 'visit', 'medicine', 'procedure', 'immunization')), 
	CONSTRAINT uq_outside_costs_id UNIQUE (id), 
	CONSTRAINT fk_outside_costs_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id), 
	CONSTRAINT fk_outside_costs_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id)
)
-- next
CREATE INDEX ix_outside_costs_patient_id ON outside_costs (patient_id, kind, happened_at)
-- next
CREATE TABLE research_exports (
	rowid_ INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	approval TEXT NOT NULL, 
	purpose TEXT, 
	level TEXT NOT NULL, 
	preserved TEXT NOT NULL, 
	k_asked INTEGER NOT NULL, 
	k INTEGER NOT NULL, 
	patients INTEGER NOT NULL, 
	records INTEGER NOT NULL, 
	left_out INTEGER NOT NULL, 
	sha256 TEXT NOT NULL, 
	made_at TEXT NOT NULL, 
	made_by TEXT NOT NULL, 
	CONSTRAINT pk_research_exports PRIMARY KEY (rowid_), 
	CONSTRAINT ck_research_exports_level CHECK (level IN ('full', 'shifted')), 
	CONSTRAINT uq_research_exports_id UNIQUE (id), 
	CONSTRAINT fk_research_exports_made_by FOREIGN KEY(made_by) REFERENCES staff (id)
)
