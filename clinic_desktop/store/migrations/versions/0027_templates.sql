CREATE TABLE letter_templates (
	rowid_ INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	template TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	title TEXT NOT NULL, 
	body TEXT NOT NULL, 
	saved_at TEXT NOT NULL, 
	saved_by TEXT NOT NULL, 
	status TEXT NOT NULL, 
	CONSTRAINT pk_letter_templates PRIMARY KEY (rowid_), 
	CONSTRAINT ck_letter_templates_status CHECK (status IN ('current', 'superseded', 'retired')), 
	CONSTRAINT uq_letter_templates_id UNIQUE (id), 
	CONSTRAINT fk_letter_templates_saved_by FOREIGN KEY(saved_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_letter_templates_template ON letter_templates (template, version)
-- next
ALTER TABLE documents ADD COLUMN template_id TEXT CONSTRAINT fk_documents_template_id REFERENCES letter_templates (id)
