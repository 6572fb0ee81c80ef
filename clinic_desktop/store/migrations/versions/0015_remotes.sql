CREATE TABLE remotes (
	rowid_ INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	system TEXT NOT NULL, 
	base_url TEXT NOT NULL, 
	state TEXT NOT NULL, 
	settings TEXT DEFAULT '{}' NOT NULL, 
	added_at TEXT NOT NULL, 
	added_by TEXT NOT NULL, 
	credentials_at TEXT, 
	CONSTRAINT pk_remotes PRIMARY KEY (rowid_), 
	CONSTRAINT ck_remotes_state CHECK (state IN ('on', 'paused', 'removed')), 
	CONSTRAINT uq_remotes_id UNIQUE (id), 
	CONSTRAINT uq_remotes_system UNIQUE (system), 
	CONSTRAINT fk_remotes_added_by FOREIGN KEY(added_by) REFERENCES staff (id)
)
-- next
CREATE TABLE remote_secrets (
	system TEXT NOT NULL, 
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT uq_remote_secrets_system_name UNIQUE (system, name)
)
