CREATE TABLE job_runs (
	rowid_ INTEGER NOT NULL,
	name TEXT NOT NULL,
	started_at TEXT NOT NULL,
	ended_at TEXT,
	outcome TEXT NOT NULL,
	said TEXT,
	CONSTRAINT pk_job_runs PRIMARY KEY (rowid_),
	CONSTRAINT ck_job_runs_outcome CHECK (outcome IN ('running', 'done', 'failed'))
)
-- next
CREATE INDEX ix_job_runs_name ON job_runs (name, rowid_)
-- next
CREATE TABLE job_secrets (
	rowid_ INTEGER NOT NULL,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	CONSTRAINT pk_job_secrets PRIMARY KEY (rowid_),
	CONSTRAINT uq_job_secrets_name UNIQUE (name)
)
