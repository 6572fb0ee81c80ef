CREATE TABLE outside_records (
	rowid_ INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	patient_id TEXT NOT NULL, 
	encounter_id TEXT, 
	kind TEXT NOT NULL, 
	status TEXT, 
	code_system TEXT, 
	code TEXT, 
	title TEXT NOT NULL, 
	starts_text TEXT, 
	ends_text TEXT, 
	starts_at TEXT, 
	party TEXT, 
	detail TEXT, 
	CONSTRAINT pk_outside_records PRIMARY KEY (rowid_), 
	CONSTRAINT ck_outside_records_kind CHECK (kind IN ('Coverage', 'Appointment', 'ServiceRequest', 'Communication', 'Task')), 
	CONSTRAINT uq_outside_records_id UNIQUE (id), 
	CONSTRAINT fk_outside_records_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id), 
	CONSTRAINT fk_outside_records_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id)
)
-- next
CREATE INDEX ix_outside_records_encounter_id ON outside_records (encounter_id)
-- next
CREATE INDEX ix_outside_records_patient_id ON outside_records (patient_id, kind, starts_at)
