CREATE TABLE saved_queries (
	rowid_ INTEGER NOT NULL,
	id TEXT NOT NULL,
	revision INTEGER DEFAULT '1' NOT NULL,
	name TEXT NOT NULL,
	definition TEXT NOT NULL,
	saved_by TEXT NOT NULL,
	saved_at TEXT NOT NULL,
	status TEXT DEFAULT 'kept' NOT NULL,
	CONSTRAINT pk_saved_queries PRIMARY KEY (rowid_),
	CONSTRAINT ck_saved_queries_status CHECK (status IN ('kept', 'dropped')),
	CONSTRAINT uq_saved_queries_id UNIQUE (id),
	CONSTRAINT uq_saved_queries_name UNIQUE (name),
	CONSTRAINT fk_saved_queries_saved_by FOREIGN KEY(saved_by) REFERENCES staff (id)
)
