CREATE TABLE sync_audit (
	system TEXT NOT NULL,
	n INTEGER NOT NULL,
	at FLOAT NOT NULL,
	what TEXT NOT NULL,
	kind TEXT NOT NULL,
	record TEXT NOT NULL,
	detail TEXT NOT NULL,
	hash BLOB NOT NULL,
	PRIMARY KEY (system, n)
)
-- next
CREATE TABLE sync_budget (
	system TEXT NOT NULL,
	bucket TEXT NOT NULL,
	n INTEGER NOT NULL,
	at FLOAT NOT NULL,
	hold FLOAT NOT NULL,
	PRIMARY KEY (system, bucket, n)
)
 WITHOUT ROWID
-- next
CREATE TABLE sync_conflict (
	id TEXT NOT NULL,
	system TEXT NOT NULL,
	kind TEXT NOT NULL,
	local_id TEXT NOT NULL,
	sort TEXT NOT NULL,
	member TEXT NOT NULL,
	remote_id TEXT NOT NULL,
	sides TEXT NOT NULL,
	state TEXT NOT NULL,
	keep TEXT NOT NULL,
	who TEXT NOT NULL,
	why TEXT NOT NULL,
	clinical INTEGER NOT NULL,
	at FLOAT NOT NULL,
	decided_at FLOAT NOT NULL,
	PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_sync_conflict_state ON sync_conflict (state)
-- next
CREATE INDEX ix_sync_conflict_system_kind_local_id ON sync_conflict (system, kind, local_id)
-- next
CREATE TABLE sync_intent (
	id TEXT NOT NULL,
	system TEXT NOT NULL,
	kind TEXT NOT NULL,
	local_id TEXT NOT NULL,
	op TEXT NOT NULL,
	act TEXT NOT NULL,
	part INTEGER NOT NULL,
	patient TEXT NOT NULL,
	parent TEXT NOT NULL,
	remote_id TEXT NOT NULL,
	body TEXT NOT NULL,
	changed TEXT NOT NULL,
	"before" TEXT NOT NULL,
	marker TEXT NOT NULL,
	request_hash TEXT NOT NULL,
	state TEXT NOT NULL,
	seq INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	sent_at FLOAT NOT NULL,
	probe_at FLOAT NOT NULL,
	empty INTEGER NOT NULL,
	last_empty FLOAT NOT NULL,
	failed INTEGER NOT NULL,
	said TEXT NOT NULL,
	may_resend INTEGER NOT NULL,
	PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_sync_intent_system_kind_local_id ON sync_intent (system, kind, local_id)
-- next
CREATE INDEX ix_sync_intent_system_marker ON sync_intent (system, marker)
-- next
CREATE INDEX ix_sync_intent_system_patient ON sync_intent (system, patient)
-- next
CREATE INDEX ix_sync_intent_system_state_probe_at ON sync_intent (system, state, probe_at)
-- next
CREATE TABLE sync_link (
	system TEXT NOT NULL,
	kind TEXT NOT NULL,
	remote_id TEXT NOT NULL,
	local_id TEXT NOT NULL,
	part INTEGER NOT NULL,
	status TEXT NOT NULL,
	score FLOAT NOT NULL,
	who TEXT NOT NULL,
	at FLOAT NOT NULL,
	PRIMARY KEY (system, kind, remote_id)
)
 WITHOUT ROWID
-- next
CREATE INDEX ix_sync_link_system_kind_local_id ON sync_link (system, kind, local_id)
-- next
CREATE TABLE sync_look (
	system TEXT NOT NULL,
	kind TEXT NOT NULL,
	remote_id TEXT NOT NULL,
	parent TEXT NOT NULL,
	why TEXT NOT NULL,
	due_at FLOAT NOT NULL,
	tries INTEGER NOT NULL,
	last_at FLOAT NOT NULL,
	PRIMARY KEY (system, kind, remote_id)
)
 WITHOUT ROWID
-- next
CREATE INDEX ix_sync_look_system_due_at ON sync_look (system, due_at)
-- next
CREATE INDEX ix_sync_look_system_why_due_at ON sync_look (system, why, due_at)
-- next
CREATE TABLE sync_quarantine (
	system TEXT NOT NULL,
	kind TEXT NOT NULL,
	remote_id TEXT NOT NULL,
	why TEXT NOT NULL,
	raw TEXT NOT NULL,
	at FLOAT NOT NULL,
	PRIMARY KEY (system, kind, remote_id)
)
-- next
CREATE TABLE sync_shadow (
	system TEXT NOT NULL,
	kind TEXT NOT NULL,
	remote_id TEXT NOT NULL,
	body TEXT NOT NULL,
	mine TEXT NOT NULL,
	theirs TEXT NOT NULL,
	told TEXT NOT NULL,
	list_hash TEXT NOT NULL,
	whole_hash TEXT NOT NULL,
	parent TEXT NOT NULL,
	read_at FLOAT NOT NULL,
	seen_at FLOAT NOT NULL,
	sweep INTEGER NOT NULL,
	strikes INTEGER NOT NULL,
	struck_at FLOAT NOT NULL,
	tries INTEGER NOT NULL,
	hidden INTEGER NOT NULL,
	mapper INTEGER NOT NULL,
	revision INTEGER NOT NULL,
	raw TEXT NOT NULL,
	PRIMARY KEY (system, kind, remote_id)
)
-- next
CREATE INDEX ix_sync_shadow_system_kind_read_at ON sync_shadow (system, kind, read_at)
-- next
CREATE INDEX ix_sync_shadow_system_parent ON sync_shadow (system, parent)
-- next
CREATE TABLE sync_sighting (
	sweep INTEGER NOT NULL,
	passes INTEGER NOT NULL,
	remote_id TEXT NOT NULL,
	PRIMARY KEY (sweep, passes, remote_id)
)
 WITHOUT ROWID
-- next
CREATE TABLE sync_state (
	system TEXT NOT NULL,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (system, name)
)
 WITHOUT ROWID
-- next
CREATE TABLE sync_sweep (
	id INTEGER NOT NULL,
	system TEXT NOT NULL,
	kind TEXT NOT NULL,
	scope TEXT NOT NULL,
	state TEXT NOT NULL,
	passes INTEGER NOT NULL,
	first_pass INTEGER NOT NULL,
	parent TEXT NOT NULL,
	cursor TEXT NOT NULL,
	since TEXT NOT NULL,
	until TEXT NOT NULL,
	pages INTEGER NOT NULL,
	first_total INTEGER,
	last_total INTEGER,
	found INTEGER NOT NULL,
	changed INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	begun_at FLOAT NOT NULL,
	ended_at FLOAT NOT NULL,
	PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_sync_sweep_system_state ON sync_sweep (system, state)
-- next
CREATE TABLE sync_work (
	system TEXT NOT NULL,
	kind TEXT NOT NULL,
	local_id TEXT NOT NULL,
	patient TEXT NOT NULL,
	seq INTEGER NOT NULL,
	told INTEGER NOT NULL,
	state TEXT NOT NULL,
	why TEXT NOT NULL,
	urgency INTEGER NOT NULL,
	deadline FLOAT,
	since FLOAT NOT NULL,
	due_at FLOAT NOT NULL,
	tries INTEGER NOT NULL,
	waits_for TEXT NOT NULL,
	unlocks INTEGER NOT NULL,
	act TEXT NOT NULL,
	who TEXT NOT NULL,
	asked TEXT NOT NULL,
	searched FLOAT NOT NULL,
	PRIMARY KEY (system, kind, local_id)
)
 WITHOUT ROWID
-- next
CREATE INDEX ix_sync_work_kind_local_id ON sync_work (kind, local_id)
-- next
CREATE INDEX ix_sync_work_system_patient ON sync_work (system, patient)
-- next
CREATE INDEX ix_sync_work_system_state_due_at ON sync_work (system, state, due_at)
-- next
CREATE INDEX ix_sync_work_system_waits_for ON sync_work (system, waits_for)
