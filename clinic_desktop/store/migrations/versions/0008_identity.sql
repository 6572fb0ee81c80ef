CREATE TABLE merges (
	rowid_ INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	kept_id TEXT NOT NULL, 
	other_id TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	merged_at TEXT NOT NULL, 
	merged_by TEXT NOT NULL, 
	chosen TEXT NOT NULL, 
	undone_at TEXT, 
	undone_by TEXT, 
	undone_reason TEXT, 
	CONSTRAINT pk_merges PRIMARY KEY (rowid_), 
	CONSTRAINT uq_merges_id UNIQUE (id), 
	CONSTRAINT fk_merges_kept_id FOREIGN KEY(kept_id) REFERENCES patients (id), 
	CONSTRAINT fk_merges_other_id FOREIGN KEY(other_id) REFERENCES patients (id), 
	CONSTRAINT fk_merges_merged_by FOREIGN KEY(merged_by) REFERENCES staff (id), 
	CONSTRAINT fk_merges_undone_by FOREIGN KEY(undone_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_merges_kept_id ON merges (kept_id)
-- next
CREATE INDEX ix_merges_other_id ON merges (other_id)
-- next
CREATE TABLE relations (
	rowid_ INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	patient_id TEXT NOT NULL, 
	other_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	noted_at TEXT NOT NULL, 
	noted_by TEXT NOT NULL, 
	ended_at TEXT, 
	ended_by TEXT, 
	ended_reason TEXT, 
	CONSTRAINT pk_relations PRIMARY KEY (rowid_), 
	CONSTRAINT ck_relations_kind CHECK (kind IN ('mother', 'father', 'child', 'guardian', 'ward', 'sibling', 'partner', 'household')), 
	CONSTRAINT uq_relations_id UNIQUE (id), 
	CONSTRAINT fk_relations_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id), 
	CONSTRAINT fk_relations_other_id FOREIGN KEY(other_id) REFERENCES patients (id), 
	CONSTRAINT fk_relations_noted_by FOREIGN KEY(noted_by) REFERENCES staff (id), 
	CONSTRAINT fk_relations_ended_by FOREIGN KEY(ended_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_relations_other_id ON relations (other_id)
-- next
CREATE INDEX ix_relations_patient_id ON relations (patient_id)
-- next
CREATE TABLE different_people (
	rowid_ INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	patient_id TEXT NOT NULL, 
	other_id TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	decided_at TEXT NOT NULL, 
	decided_by TEXT NOT NULL, 
	withdrawn_at TEXT, 
	withdrawn_by TEXT, 
	CONSTRAINT pk_different_people PRIMARY KEY (rowid_), 
	CONSTRAINT uq_different_people_id UNIQUE (id), 
	CONSTRAINT fk_different_people_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id), 
	CONSTRAINT fk_different_people_other_id FOREIGN KEY(other_id) REFERENCES patients (id), 
	CONSTRAINT fk_different_people_decided_by FOREIGN KEY(decided_by) REFERENCES staff (id), 
	CONSTRAINT fk_different_people_withdrawn_by FOREIGN KEY(withdrawn_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_different_people_other_id ON different_people (other_id)
-- next
CREATE INDEX ix_different_people_patient_id ON different_people (patient_id)
-- next
CREATE INDEX ix_patients_merged_into ON patients (merged_into) WHERE merged_into IS NOT NULL
