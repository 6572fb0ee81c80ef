CREATE TABLE notifications (
    rowid_ INTEGER NOT NULL, 
    id TEXT NOT NULL, 
    revision INTEGER DEFAULT '1' NOT NULL, 
    category TEXT NOT NULL, 
    priority TEXT NOT NULL, 
    title TEXT NOT NULL, 
    body TEXT, 
    patient_id TEXT, 
    about_kind TEXT, 
    about_id TEXT, 
    screen TEXT, 
    arguments TEXT, 
    to_staff TEXT, 
    to_role TEXT, 
    sent_by TEXT, 
    sent_at TEXT NOT NULL, 
    due_on TEXT, 
    must_answer INTEGER DEFAULT '0' NOT NULL, 
    level INTEGER DEFAULT '0' NOT NULL, 
    escalates TEXT, 
    done_at TEXT, 
    done_by TEXT, 
    done_note TEXT, 
    CONSTRAINT pk_notifications PRIMARY KEY (rowid_), 
    CONSTRAINT ck_notifications_category CHECK (category IN ('critical_result', 'refused_prescription', 'refill', 'conflict', 'task', 'message')), 
    CONSTRAINT ck_notifications_priority CHECK (priority IN ('low', 'normal', 'high', 'critical')), 
    CONSTRAINT uq_notifications_id UNIQUE (id), 
    CONSTRAINT fk_notifications_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id), 
    CONSTRAINT fk_notifications_to_staff FOREIGN KEY(to_staff) REFERENCES staff (id), 
    CONSTRAINT fk_notifications_sent_by FOREIGN KEY(sent_by) REFERENCES staff (id), 
    CONSTRAINT fk_notifications_escalates FOREIGN KEY(escalates) REFERENCES notifications (id), 
    CONSTRAINT fk_notifications_done_by FOREIGN KEY(done_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_notifications_about_id ON notifications (about_id)
-- next
CREATE INDEX ix_notifications_to_role ON notifications (to_role, done_at, sent_at)
-- next
CREATE INDEX ix_notifications_to_staff ON notifications (to_staff, done_at, sent_at)
-- next
CREATE TABLE notification_states (
    rowid_ INTEGER NOT NULL, 
    id TEXT NOT NULL, 
    revision INTEGER DEFAULT '1' NOT NULL, 
    notification_id TEXT NOT NULL, 
    staff_id TEXT NOT NULL, 
    read_at TEXT, 
    snoozed_until TEXT, 
    CONSTRAINT pk_notification_states PRIMARY KEY (rowid_), 
    CONSTRAINT uq_notification_states_id UNIQUE (id), 
    CONSTRAINT fk_notification_states_notification_id FOREIGN KEY(notification_id) REFERENCES notifications (id), 
    CONSTRAINT fk_notification_states_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_notification_states_notification_id ON notification_states (notification_id, staff_id)
-- next
CREATE TABLE refill_requests (
    rowid_ INTEGER NOT NULL, 
    id TEXT NOT NULL, 
    revision INTEGER DEFAULT '1' NOT NULL, 
    patient_id TEXT NOT NULL, 
    line_id TEXT NOT NULL, 
    medicine TEXT NOT NULL, 
    asked_by TEXT NOT NULL, 
    asked_how TEXT NOT NULL, 
    note TEXT, 
    asked_at TEXT NOT NULL, 
    taken_by TEXT NOT NULL, 
    status TEXT NOT NULL, 
    decided_at TEXT, 
    decided_by TEXT, 
    reason TEXT, 
    prescription_id TEXT, 
    CONSTRAINT pk_refill_requests PRIMARY KEY (rowid_), 
    CONSTRAINT ck_refill_requests_asked_how CHECK (asked_how IN ('in_person', 'telephone', 'pharmacy', 'letter', 'remote')), 
    CONSTRAINT ck_refill_requests_status CHECK (status IN ('asked', 'approved', 'refused', 'cancelled')), 
    CONSTRAINT uq_refill_requests_id UNIQUE (id), 
    CONSTRAINT fk_refill_requests_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id), 
    CONSTRAINT fk_refill_requests_line_id FOREIGN KEY(line_id) REFERENCES prescription_lines (id), 
    CONSTRAINT fk_refill_requests_taken_by FOREIGN KEY(taken_by) REFERENCES staff (id), 
    CONSTRAINT fk_refill_requests_decided_by FOREIGN KEY(decided_by) REFERENCES staff (id), 
    CONSTRAINT fk_refill_requests_prescription_id FOREIGN KEY(prescription_id) REFERENCES prescriptions (id)
)
-- next
CREATE INDEX ix_refill_requests_patient_id ON refill_requests (patient_id, status)
-- next
CREATE INDEX ix_refill_requests_status ON refill_requests (status, asked_at)
