CREATE TABLE pharmacies (
	rowid_ INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	name TEXT NOT NULL, 
	ncpdp TEXT, 
	phone TEXT, 
	email TEXT, 
	address TEXT, 
	city TEXT, 
	district TEXT, 
	postal_code TEXT, 
	country TEXT, 
	active INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_pharmacies PRIMARY KEY (rowid_), 
	CONSTRAINT uq_pharmacies_id UNIQUE (id)
)
-- next
CREATE INDEX ix_pharmacies_name ON pharmacies (name)
-- next
CREATE TABLE places (
	rowid_ INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	name TEXT NOT NULL, 
	phone TEXT, 
	address TEXT, 
	city TEXT, 
	district TEXT, 
	postal_code TEXT, 
	country TEXT, 
	active INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_places PRIMARY KEY (rowid_), 
	CONSTRAINT uq_places_id UNIQUE (id)
)
-- next
CREATE TABLE staff_hours (
	rowid_ INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	staff_id TEXT NOT NULL, 
	place_id TEXT, 
	weekday INTEGER NOT NULL, 
	starts TEXT NOT NULL, 
	ends TEXT NOT NULL, 
	active INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_staff_hours PRIMARY KEY (rowid_), 
	CONSTRAINT uq_staff_hours_id UNIQUE (id), 
	CONSTRAINT fk_staff_hours_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id), 
	CONSTRAINT fk_staff_hours_place_id FOREIGN KEY(place_id) REFERENCES places (id)
)
-- next
CREATE INDEX ix_staff_hours_staff_id ON staff_hours (staff_id, active)
-- next
CREATE TABLE appointment_reminders (
	rowid_ INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	appointment_id TEXT NOT NULL, 
	patient_id TEXT NOT NULL, 
	method TEXT NOT NULL, 
	sent_at TEXT NOT NULL, 
	sent_by TEXT, 
	note TEXT, 
	CONSTRAINT pk_appointment_reminders PRIMARY KEY (rowid_), 
	CONSTRAINT uq_appointment_reminders_id UNIQUE (id), 
	CONSTRAINT fk_appointment_reminders_appointment_id FOREIGN KEY(appointment_id) REFERENCES appointments (id), 
	CONSTRAINT fk_appointment_reminders_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id), 
	CONSTRAINT fk_appointment_reminders_sent_by FOREIGN KEY(sent_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_appointment_reminders_appointment_id ON appointment_reminders (appointment_id)
-- next
ALTER TABLE prices ADD COLUMN procedure_code TEXT
-- next
ALTER TABLE products ADD COLUMN ndc TEXT
-- next
ALTER TABLE staff ADD COLUMN npi TEXT
-- next
ALTER TABLE staff ADD COLUMN dea TEXT
-- next
ALTER TABLE staff ADD COLUMN credentials TEXT
-- next
ALTER TABLE staff ADD COLUMN phone TEXT
-- next
ALTER TABLE staff ADD COLUMN email TEXT
-- next
ALTER TABLE patients ADD COLUMN marital_status TEXT
-- next
ALTER TABLE patients ADD COLUMN phone_kind TEXT
-- next
ALTER TABLE patients ADD COLUMN preferred_pharmacy_id TEXT REFERENCES pharmacies (id)
-- next
ALTER TABLE appointments ADD COLUMN number TEXT
-- next
ALTER TABLE appointments ADD COLUMN kind TEXT
-- next
ALTER TABLE appointments ADD COLUMN place_id TEXT REFERENCES places (id)
-- next
ALTER TABLE appointments ADD COLUMN telehealth INTEGER DEFAULT '0' NOT NULL
-- next
ALTER TABLE appointments ADD COLUMN priority TEXT DEFAULT 'routine' NOT NULL
-- next
ALTER TABLE appointments ADD COLUMN note TEXT
-- next
ALTER TABLE appointments ADD COLUMN reminder_methods TEXT
-- next
ALTER TABLE appointments ADD COLUMN confirmation_code TEXT
-- next
ALTER TABLE appointments ADD COLUMN confirmed_at TEXT
-- next
ALTER TABLE appointments ADD COLUMN booked_at TEXT
-- next
ALTER TABLE appointments ADD COLUMN cancelled_at TEXT
-- next
ALTER TABLE appointments ADD COLUMN cancelled_by TEXT
-- next
ALTER TABLE appointments ADD COLUMN tell_patient INTEGER DEFAULT '0' NOT NULL
-- next
ALTER TABLE encounters ADD COLUMN place_id TEXT REFERENCES places (id)
-- next
ALTER TABLE encounters ADD COLUMN room TEXT
-- next
ALTER TABLE invoices ADD COLUMN due_on TEXT
-- next
ALTER TABLE charges ADD COLUMN number TEXT
-- next
ALTER TABLE charges ADD COLUMN procedure_code TEXT
-- next
ALTER TABLE charges ADD COLUMN modifiers TEXT
-- next
ALTER TABLE charges ADD COLUMN diagnoses TEXT
-- next
ALTER TABLE charges ADD COLUMN provider_id TEXT REFERENCES staff (id)
-- next
ALTER TABLE charges ADD COLUMN note TEXT
-- next
ALTER TABLE claims ADD COLUMN submission_method TEXT
-- next
ALTER TABLE lab_orders ADD COLUMN clinical_information TEXT
-- next
ALTER TABLE lab_orders ADD COLUMN diagnoses TEXT
-- next
ALTER TABLE lab_orders ADD COLUMN collection_instructions TEXT
-- next
ALTER TABLE lab_orders ADD COLUMN collect_at TEXT
-- next
ALTER TABLE lab_orders ADD COLUMN place_id TEXT REFERENCES places (id)
-- next
ALTER TABLE lab_orders ADD COLUMN conclusion TEXT
-- next
ALTER TABLE payments ADD COLUMN card_type TEXT
-- next
ALTER TABLE payments ADD COLUMN card_last_four TEXT
-- next
ALTER TABLE prescriptions ADD COLUMN prescriber_npi TEXT
-- next
ALTER TABLE prescriptions ADD COLUMN prescriber_dea TEXT
-- next
ALTER TABLE prescriptions ADD COLUMN pharmacy_id TEXT REFERENCES pharmacies (id)
-- next
ALTER TABLE prescriptions ADD COLUMN expires_on TEXT
-- next
ALTER TABLE prescriptions ADD COLUMN ready_at TEXT
-- next
ALTER TABLE prescriptions ADD COLUMN ready_note TEXT
-- next
ALTER TABLE invoice_lines ADD COLUMN procedure_code TEXT
-- next
ALTER TABLE invoice_lines ADD COLUMN modifiers TEXT
-- next
ALTER TABLE prescription_lines ADD COLUMN generic_name TEXT
-- next
ALTER TABLE prescription_lines ADD COLUMN ndc TEXT
-- next
ALTER TABLE prescription_lines ADD COLUMN ndc_written TEXT
-- next
ALTER TABLE prescription_lines ADD COLUMN timing TEXT
-- next
ALTER TABLE prescription_lines ADD COLUMN indication TEXT
-- next
ALTER TABLE prescription_lines ADD COLUMN diagnoses TEXT
-- next
ALTER TABLE prescription_lines ADD COLUMN controlled INTEGER DEFAULT '0' NOT NULL
-- next
ALTER TABLE dispenses ADD COLUMN counselling_note TEXT
