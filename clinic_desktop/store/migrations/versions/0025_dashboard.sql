CREATE TABLE screen_speeds (
	rowid_ INTEGER NOT NULL,
	day TEXT NOT NULL,
	workstation TEXT NOT NULL,
	screen TEXT NOT NULL,
	within INTEGER NOT NULL,
	openings INTEGER NOT NULL,
	CONSTRAINT pk_screen_speeds PRIMARY KEY (rowid_),
	CONSTRAINT uq_screen_speeds_day_workstation_screen_within UNIQUE (day, workstation, screen, within)
)
-- next
CREATE INDEX ix_screen_speeds_day ON screen_speeds (day)
-- next
CREATE INDEX ix_queue_entries_checked_in_at ON queue_entries (checked_in_at)
-- next
CREATE INDEX ix_encounters_started_at ON encounters (started_at)
-- next
CREATE INDEX ix_lab_orders_ordered_at ON lab_orders (ordered_at)
-- next
CREATE INDEX ix_lab_results_released_at ON lab_results (released_at)
-- next
CREATE INDEX ix_payments_paid_at ON payments (paid_at)
-- next
CREATE INDEX ix_prescriptions_signed_at ON prescriptions (signed_at)
-- next
CREATE INDEX ix_dispenses_dispensed_at ON dispenses (dispensed_at)
-- next
CREATE INDEX ix_patients_registered_at ON patients (registered_at)
