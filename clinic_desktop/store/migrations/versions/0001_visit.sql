-- The database of the first release, as it was made on its first day. Never edited: later versions have steps of their own.
-- next
CREATE TABLE access (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    workstation TEXT NOT NULL,
    n INTEGER NOT NULL,
    hlc INTEGER NOT NULL,
    at TEXT NOT NULL,
    session TEXT,
    kind TEXT NOT NULL,
    patient TEXT,
    subject TEXT,
    detail TEXT,
    content_mac BLOB NOT NULL,
    hash BLOB NOT NULL,
    CONSTRAINT uq_access_workstation_n UNIQUE (workstation, n)
)
-- next
CREATE INDEX ix_access_patient ON access (patient)
-- next
CREATE TABLE acts (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    session TEXT,
    arguments TEXT,
    result TEXT,
    CONSTRAINT pk_acts PRIMARY KEY (id)
)
 WITHOUT ROWID
-- next
CREATE TABLE drafts (
    staff_id TEXT NOT NULL,
    form TEXT NOT NULL,
    subject TEXT NOT NULL,
    fields TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT uq_drafts_staff_id_form_subject UNIQUE (staff_id, form, subject)
)
-- next
CREATE TABLE journal (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    workstation TEXT NOT NULL,
    n INTEGER NOT NULL,
    hlc INTEGER NOT NULL,
    at TEXT NOT NULL,
    session TEXT,
    act TEXT NOT NULL,
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    revision INTEGER NOT NULL,
    patient TEXT,
    reason TEXT,
    patch TEXT,
    content_mac BLOB NOT NULL,
    hash BLOB NOT NULL,
    CONSTRAINT uq_journal_workstation_n UNIQUE (workstation, n)
)
-- next
CREATE INDEX ix_journal_act ON journal (act)
-- next
CREATE INDEX ix_journal_patient ON journal (patient)
-- next
CREATE INDEX ix_journal_record ON journal (record)
-- next
CREATE TABLE lab_panels (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    tests TEXT NOT NULL,
    price_code TEXT,
    active INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_lab_panels PRIMARY KEY (rowid_),
    CONSTRAINT uq_lab_panels_id UNIQUE (id),
    CONSTRAINT uq_lab_panels_code UNIQUE (code)
)
-- next
CREATE TABLE lab_ranges (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    test_code TEXT NOT NULL,
    sex TEXT NOT NULL,
    age_from_days INTEGER NOT NULL,
    age_to_days INTEGER NOT NULL,
    low TEXT,
    high TEXT,
    critical_low TEXT,
    critical_high TEXT,
    source TEXT NOT NULL,
    active INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_lab_ranges PRIMARY KEY (rowid_),
    CONSTRAINT ck_lab_ranges_sex CHECK (sex IN ('any', 'female', 'male')),
    CONSTRAINT uq_lab_ranges_id UNIQUE (id)
)
-- next
CREATE INDEX ix_lab_ranges_test_code ON lab_ranges (test_code)
-- next
CREATE TABLE lab_tests (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    loinc TEXT,
    unit TEXT,
    specimen TEXT NOT NULL,
    section TEXT NOT NULL,
    kind TEXT NOT NULL,
    choices TEXT,
    decimals INTEGER DEFAULT '0' NOT NULL,
    plausible_low TEXT,
    plausible_high TEXT,
    price_code TEXT,
    active INTEGER DEFAULT '1' NOT NULL,
    source TEXT NOT NULL,
    CONSTRAINT pk_lab_tests PRIMARY KEY (rowid_),
    CONSTRAINT ck_lab_tests_kind CHECK (kind IN ('numeric', 'choice', 'text')),
    CONSTRAINT uq_lab_tests_id UNIQUE (id),
    CONSTRAINT uq_lab_tests_code UNIQUE (code)
)
-- next
CREATE TABLE name_near (
    "key" TEXT NOT NULL,
    word TEXT NOT NULL,
    CONSTRAINT pk_name_near PRIMARY KEY ("key", word)
)
 WITHOUT ROWID
-- next
CREATE TABLE numbers (
    kind TEXT NOT NULL,
    last INTEGER NOT NULL,
    CONSTRAINT pk_numbers PRIMARY KEY (kind)
)
-- next
CREATE TABLE patient_search (
    patient_rowid INTEGER NOT NULL,
    words TEXT NOT NULL,
    numbers TEXT NOT NULL,
    CONSTRAINT pk_patient_search PRIMARY KEY (patient_rowid)
)
-- next
CREATE TABLE patients (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    mrn TEXT NOT NULL,
    family_name TEXT NOT NULL,
    given_names TEXT NOT NULL,
    sex TEXT NOT NULL,
    born_on TEXT,
    born_precision TEXT DEFAULT 'day' NOT NULL,
    deceased_on TEXT,
    phone TEXT,
    other_phone TEXT,
    email TEXT,
    address TEXT,
    city TEXT,
    district TEXT,
    postal_code TEXT,
    country TEXT,
    national_id TEXT,
    language TEXT,
    occupation TEXT,
    blood_type TEXT,
    insurer TEXT,
    insurance_number TEXT,
    insurance_share INTEGER,
    allergy_state TEXT DEFAULT 'not_asked' NOT NULL,
    allergy_state_on TEXT,
    allergy_state_by TEXT,
    pregnant INTEGER,
    pregnant_on TEXT,
    alert TEXT,
    registered_at TEXT NOT NULL,
    merged_into TEXT,
    family_key TEXT NOT NULL,
    given_key TEXT NOT NULL,
    CONSTRAINT pk_patients PRIMARY KEY (rowid_),
    CONSTRAINT ck_patients_sex CHECK (sex IN ('female', 'male', 'other', 'unknown')),
    CONSTRAINT ck_patients_born_precision CHECK (born_precision IN ('day', 'month', 'year', 'estimated', 'unknown')),
    CONSTRAINT ck_patients_allergy_state CHECK (allergy_state IN ('not_asked', 'none_known', 'listed')),
    CONSTRAINT uq_patients_id UNIQUE (id),
    CONSTRAINT uq_patients_mrn UNIQUE (mrn),
    CONSTRAINT fk_patients_merged_into FOREIGN KEY(merged_into) REFERENCES patients (id)
)
-- next
CREATE INDEX ix_patients_born_on ON patients (born_on)
-- next
CREATE INDEX ix_patients_names ON patients (family_key, given_key)
-- next
CREATE INDEX ix_patients_national_id ON patients (national_id)
-- next
CREATE INDEX ix_patients_phone ON patients (phone)
-- next
CREATE TABLE prices (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    active INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_prices PRIMARY KEY (rowid_),
    CONSTRAINT ck_prices_kind CHECK (kind IN ('consultation', 'test', 'medicine', 'procedure', 'other')),
    CONSTRAINT uq_prices_id UNIQUE (id),
    CONSTRAINT uq_prices_code UNIQUE (code)
)
-- next
CREATE TABLE products (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    medicine_code TEXT,
    name TEXT NOT NULL,
    form TEXT NOT NULL,
    strength TEXT NOT NULL,
    unit TEXT NOT NULL,
    pack_size INTEGER DEFAULT '1' NOT NULL,
    reorder_level INTEGER DEFAULT '0' NOT NULL,
    price_code TEXT,
    controlled INTEGER DEFAULT '0' NOT NULL,
    active INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_products PRIMARY KEY (rowid_),
    CONSTRAINT uq_products_id UNIQUE (id)
)
-- next
CREATE INDEX ix_products_medicine_code ON products (medicine_code)
-- next
CREATE TABLE reference_allergy_classes (
    rowid_ INTEGER NOT NULL,
    class TEXT NOT NULL,
    name TEXT NOT NULL,
    synonyms TEXT NOT NULL,
    cross_reacts_with TEXT,
    tier TEXT,
    note TEXT NOT NULL,
    source TEXT NOT NULL,
    CONSTRAINT pk_reference_allergy_classes PRIMARY KEY (rowid_)
)
-- next
CREATE INDEX ix_reference_allergy_classes_class ON reference_allergy_classes (class)
-- next
CREATE TABLE reference_doses (
    rowid_ INTEGER NOT NULL,
    ingredient TEXT NOT NULL,
    route TEXT NOT NULL,
    age_from_months INTEGER NOT NULL,
    age_to_months INTEGER,
    per_kg INTEGER NOT NULL,
    min_single TEXT,
    max_single TEXT,
    max_daily TEXT,
    max_weekly TEXT,
    absolute_max_single TEXT,
    absolute_max_daily TEXT,
    unit TEXT NOT NULL,
    source TEXT NOT NULL,
    CONSTRAINT pk_reference_doses PRIMARY KEY (rowid_)
)
-- next
CREATE INDEX ix_reference_doses_ingredient ON reference_doses (ingredient)
-- next
CREATE TABLE reference_ingredient_classes (
    rowid_ INTEGER NOT NULL,
    ingredient TEXT NOT NULL,
    class TEXT NOT NULL,
    use TEXT NOT NULL,
    source TEXT NOT NULL,
    CONSTRAINT pk_reference_ingredient_classes PRIMARY KEY (rowid_),
    CONSTRAINT ck_reference_ingredient_classes_use CHECK (use IN ('therapeutic', 'interaction', 'allergy', 'pregnancy'))
)
-- next
CREATE INDEX ix_reference_ingredient_classes_ingredient ON reference_ingredient_classes (ingredient)
-- next
CREATE TABLE reference_ingredients (
    rowid_ INTEGER NOT NULL,
    ingredient TEXT NOT NULL,
    name TEXT NOT NULL,
    display TEXT NOT NULL,
    synonyms TEXT NOT NULL,
    source TEXT NOT NULL,
    CONSTRAINT pk_reference_ingredients PRIMARY KEY (rowid_),
    CONSTRAINT uq_reference_ingredients_ingredient UNIQUE (ingredient)
)
-- next
CREATE TABLE reference_interactions (
    rowid_ INTEGER NOT NULL,
    code TEXT NOT NULL,
    a_kind TEXT NOT NULL,
    a TEXT NOT NULL,
    b_kind TEXT NOT NULL,
    b TEXT NOT NULL,
    severity TEXT NOT NULL,
    effect TEXT NOT NULL,
    management TEXT NOT NULL,
    source TEXT NOT NULL,
    CONSTRAINT pk_reference_interactions PRIMARY KEY (rowid_),
    CONSTRAINT ck_reference_interactions_severity CHECK (severity IN ('contraindicated', 'major', 'moderate', 'minor'))
)
-- next
CREATE INDEX ix_reference_interactions_a ON reference_interactions (a, b)
-- next
CREATE TABLE reference_medicines (
    rowid_ INTEGER NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    display TEXT NOT NULL,
    brands TEXT NOT NULL,
    ingredients TEXT NOT NULL,
    classes TEXT NOT NULL,
    allergy_classes TEXT NOT NULL,
    form TEXT NOT NULL,
    strength TEXT NOT NULL,
    per TEXT NOT NULL,
    unit TEXT NOT NULL,
    route TEXT NOT NULL,
    controlled INTEGER NOT NULL,
    source TEXT NOT NULL,
    CONSTRAINT pk_reference_medicines PRIMARY KEY (rowid_),
    CONSTRAINT uq_reference_medicines_code UNIQUE (code)
)
-- next
CREATE TABLE reference_names (
    rowid_ INTEGER NOT NULL,
    name TEXT NOT NULL,
    code TEXT NOT NULL,
    origin TEXT NOT NULL,
    CONSTRAINT pk_reference_names PRIMARY KEY (rowid_)
)
-- next
CREATE INDEX ix_reference_names_name ON reference_names (name)
-- next
CREATE TABLE reference_packs (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    released_on TEXT,
    notice TEXT,
    loaded_at TEXT NOT NULL,
    rows INTEGER NOT NULL,
    current INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_reference_packs PRIMARY KEY (rowid_),
    CONSTRAINT uq_reference_packs_id UNIQUE (id)
)
-- next
CREATE INDEX ix_reference_packs_kind ON reference_packs (kind, current)
-- next
CREATE TABLE reference_vitals (
    rowid_ INTEGER NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    loinc TEXT NOT NULL,
    unit TEXT NOT NULL,
    decimals INTEGER NOT NULL,
    plausible_low TEXT NOT NULL,
    plausible_high TEXT NOT NULL,
    age_from_days INTEGER,
    age_to_days INTEGER,
    low TEXT,
    high TEXT,
    source TEXT NOT NULL,
    CONSTRAINT pk_reference_vitals PRIMARY KEY (rowid_)
)
-- next
CREATE TABLE sessions (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    staff_id TEXT NOT NULL,
    role TEXT NOT NULL,
    workstation TEXT NOT NULL,
    method TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    closed_at TEXT,
    closed_why TEXT,
    CONSTRAINT pk_sessions PRIMARY KEY (rowid_),
    CONSTRAINT uq_sessions_id UNIQUE (id)
)
-- next
CREATE TABLE settings (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT pk_settings PRIMARY KEY (rowid_),
    CONSTRAINT uq_settings_id UNIQUE (id),
    CONSTRAINT uq_settings_name UNIQUE (name)
)
-- next
CREATE TABLE staff (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    username TEXT NOT NULL,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    specialty TEXT,
    licence TEXT,
    active INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_staff PRIMARY KEY (rowid_),
    CONSTRAINT ck_staff_role CHECK (role IN ('doctor', 'nurse', 'pharmacist', 'laboratory', 'front_desk', 'cashier', 'administrator')),
    CONSTRAINT uq_staff_id UNIQUE (id),
    CONSTRAINT uq_staff_username UNIQUE (username)
)
-- next
CREATE TABLE workstations (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    made_at TEXT NOT NULL,
    CONSTRAINT pk_workstations PRIMARY KEY (rowid_),
    CONSTRAINT uq_workstations_id UNIQUE (id),
    CONSTRAINT uq_workstations_code UNIQUE (code)
)
-- next
CREATE TABLE allergies (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    substance TEXT NOT NULL,
    ingredient TEXT,
    allergy_class TEXT,
    reaction TEXT,
    severity TEXT NOT NULL,
    status TEXT NOT NULL,
    noted_by TEXT,
    noted_at TEXT NOT NULL,
    CONSTRAINT pk_allergies PRIMARY KEY (rowid_),
    CONSTRAINT ck_allergies_severity CHECK (severity IN ('mild', 'moderate', 'severe', 'unknown')),
    CONSTRAINT ck_allergies_status CHECK (status IN ('active', 'inactive', 'entered_in_error')),
    CONSTRAINT uq_allergies_id UNIQUE (id),
    CONSTRAINT fk_allergies_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_allergies_noted_by FOREIGN KEY(noted_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_allergies_patient_id ON allergies (patient_id)
-- next
CREATE TABLE appointments (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    practitioner_id TEXT NOT NULL,
    room TEXT,
    starts_at TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    reason TEXT,
    status TEXT NOT NULL,
    status_reason TEXT,
    booked_by TEXT NOT NULL,
    CONSTRAINT pk_appointments PRIMARY KEY (rowid_),
    CONSTRAINT ck_appointments_status CHECK (status IN ('booked', 'arrived', 'completed', 'cancelled', 'no_show')),
    CONSTRAINT uq_appointments_id UNIQUE (id),
    CONSTRAINT fk_appointments_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_appointments_practitioner_id FOREIGN KEY(practitioner_id) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_appointments_patient_id ON appointments (patient_id)
-- next
CREATE INDEX ix_appointments_practitioner_id ON appointments (practitioner_id, starts_at)
-- next
CREATE INDEX ix_appointments_starts_at ON appointments (starts_at)
-- next
CREATE TABLE encounters (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    practitioner_id TEXT NOT NULL,
    preset TEXT NOT NULL,
    status TEXT NOT NULL,
    started_at TEXT NOT NULL,
    signed_at TEXT,
    signed_by TEXT,
    summary TEXT,
    CONSTRAINT pk_encounters PRIMARY KEY (rowid_),
    CONSTRAINT ck_encounters_status CHECK (status IN ('open', 'awaiting_results', 'signed', 'void')),
    CONSTRAINT uq_encounters_id UNIQUE (id),
    CONSTRAINT fk_encounters_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_encounters_practitioner_id FOREIGN KEY(practitioner_id) REFERENCES staff (id),
    CONSTRAINT fk_encounters_signed_by FOREIGN KEY(signed_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_encounters_patient_id ON encounters (patient_id, started_at)
-- next
CREATE INDEX ix_encounters_patient_status ON encounters (patient_id, status)
-- next
CREATE INDEX ix_encounters_status ON encounters (status, practitioner_id)
-- next
CREATE TABLE invoices (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    number TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    issued_at TEXT NOT NULL,
    issued_by TEXT NOT NULL,
    currency TEXT NOT NULL,
    insurer TEXT,
    insurance_share INTEGER DEFAULT '0' NOT NULL,
    total INTEGER NOT NULL,
    discount INTEGER NOT NULL,
    discount_reason TEXT,
    insurer_owes INTEGER NOT NULL,
    patient_owes INTEGER NOT NULL,
    status TEXT NOT NULL,
    void_reason TEXT,
    CONSTRAINT pk_invoices PRIMARY KEY (rowid_),
    CONSTRAINT ck_invoices_status CHECK (status IN ('issued', 'void')),
    CONSTRAINT uq_invoices_id UNIQUE (id),
    CONSTRAINT uq_invoices_number UNIQUE (number),
    CONSTRAINT fk_invoices_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_invoices_issued_by FOREIGN KEY(issued_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_invoices_issued_at ON invoices (issued_at)
-- next
CREATE INDEX ix_invoices_patient_id ON invoices (patient_id, issued_at)
-- next
CREATE TABLE medicines_taken (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    medicine_code TEXT,
    name TEXT NOT NULL,
    dose TEXT,
    daily_amount TEXT,
    started_on TEXT,
    ends_on TEXT,
    source TEXT NOT NULL,
    prescription_line_id TEXT,
    status TEXT NOT NULL,
    stopped_reason TEXT,
    CONSTRAINT pk_medicines_taken PRIMARY KEY (rowid_),
    CONSTRAINT ck_medicines_taken_source CHECK (source IN ('prescribed', 'outside')),
    CONSTRAINT ck_medicines_taken_status CHECK (status IN ('active', 'stopped', 'completed', 'entered_in_error')),
    CONSTRAINT uq_medicines_taken_id UNIQUE (id),
    CONSTRAINT fk_medicines_taken_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id)
)
-- next
CREATE INDEX ix_medicines_taken_patient_id ON medicines_taken (patient_id, status)
-- next
CREATE TABLE patient_contacts (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    name TEXT NOT NULL,
    relation TEXT NOT NULL,
    phone TEXT,
    position INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_patient_contacts PRIMARY KEY (rowid_),
    CONSTRAINT uq_patient_contacts_id UNIQUE (id),
    CONSTRAINT fk_patient_contacts_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id)
)
-- next
CREATE INDEX ix_patient_contacts_patient_id ON patient_contacts (patient_id)
-- next
CREATE TABLE patient_names (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    family_name TEXT NOT NULL,
    given_names TEXT NOT NULL,
    CONSTRAINT pk_patient_names PRIMARY KEY (rowid_),
    CONSTRAINT ck_patient_names_kind CHECK (kind IN ('former', 'maiden', 'alias', 'native_script')),
    CONSTRAINT uq_patient_names_id UNIQUE (id),
    CONSTRAINT fk_patient_names_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id)
)
-- next
CREATE INDEX ix_patient_names_patient_id ON patient_names (patient_id)
-- next
CREATE TABLE shifts (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    cashier_id TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    opening_float INTEGER NOT NULL,
    currency TEXT NOT NULL,
    closed_at TEXT,
    counted_cash INTEGER,
    expected_cash INTEGER,
    difference_reason TEXT,
    CONSTRAINT pk_shifts PRIMARY KEY (rowid_),
    CONSTRAINT uq_shifts_id UNIQUE (id),
    CONSTRAINT fk_shifts_cashier_id FOREIGN KEY(cashier_id) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_shifts_cashier_id ON shifts (cashier_id, closed_at)
-- next
CREATE TABLE stock_lots (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    product_id TEXT NOT NULL,
    lot TEXT NOT NULL,
    expires_on TEXT NOT NULL,
    gtin TEXT,
    recalled INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_stock_lots PRIMARY KEY (rowid_),
    CONSTRAINT uq_stock_lots_id UNIQUE (id),
    CONSTRAINT fk_stock_lots_product_id FOREIGN KEY(product_id) REFERENCES products (id)
)
-- next
CREATE INDEX ix_stock_lots_product_id ON stock_lots (product_id, expires_on)
-- next
CREATE TABLE addenda (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    encounter_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    author_id TEXT NOT NULL,
    written_at TEXT NOT NULL,
    text TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_addenda PRIMARY KEY (rowid_),
    CONSTRAINT uq_addenda_id UNIQUE (id),
    CONSTRAINT fk_addenda_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id),
    CONSTRAINT fk_addenda_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_addenda_author_id FOREIGN KEY(author_id) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_addenda_encounter_id ON addenda (encounter_id)
-- next
CREATE TABLE charges (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    encounter_id TEXT,
    source_kind TEXT NOT NULL,
    source_id TEXT NOT NULL,
    price_code TEXT,
    description TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    unit_amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    charged_at TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    undone TEXT,
    invoice_id TEXT,
    CONSTRAINT pk_charges PRIMARY KEY (rowid_),
    CONSTRAINT ck_charges_status CHECK (status IN ('pending', 'invoiced', 'cancelled')),
    CONSTRAINT uq_charges_id UNIQUE (id),
    CONSTRAINT fk_charges_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_charges_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id),
    CONSTRAINT fk_charges_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoices (id)
)
-- next
CREATE INDEX ix_charges_patient_id ON charges (patient_id, status)
-- next
CREATE INDEX ix_charges_source_id ON charges (source_id)
-- next
CREATE TABLE consultation_steps (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    encounter_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    step TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    rule TEXT,
    rule_version TEXT,
    content TEXT,
    seconds INTEGER DEFAULT '0' NOT NULL,
    updated_by TEXT,
    updated_at TEXT,
    CONSTRAINT pk_consultation_steps PRIMARY KEY (rowid_),
    CONSTRAINT uq_consultation_steps_id UNIQUE (id),
    CONSTRAINT fk_consultation_steps_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id),
    CONSTRAINT fk_consultation_steps_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id)
)
-- next
CREATE INDEX ix_consultation_steps_encounter_id ON consultation_steps (encounter_id)
-- next
CREATE TABLE lab_orders (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    number TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    encounter_id TEXT,
    ordered_by TEXT NOT NULL,
    ordered_at TEXT NOT NULL,
    priority TEXT NOT NULL,
    note TEXT,
    status TEXT NOT NULL,
    CONSTRAINT pk_lab_orders PRIMARY KEY (rowid_),
    CONSTRAINT ck_lab_orders_priority CHECK (priority IN ('stat', 'urgent', 'routine')),
    CONSTRAINT ck_lab_orders_status CHECK (status IN ('ordered', 'collected', 'partly_released', 'released', 'cancelled')),
    CONSTRAINT uq_lab_orders_id UNIQUE (id),
    CONSTRAINT uq_lab_orders_number UNIQUE (number),
    CONSTRAINT fk_lab_orders_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_lab_orders_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id),
    CONSTRAINT fk_lab_orders_ordered_by FOREIGN KEY(ordered_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_lab_orders_patient_id ON lab_orders (patient_id, ordered_at)
-- next
CREATE INDEX ix_lab_orders_status ON lab_orders (status, ordered_at)
-- next
CREATE TABLE payments (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    number TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    shift_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    method TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    paid_at TEXT NOT NULL,
    taken_by TEXT NOT NULL,
    reference TEXT,
    refund_of TEXT,
    reason TEXT,
    CONSTRAINT pk_payments PRIMARY KEY (rowid_),
    CONSTRAINT ck_payments_kind CHECK (kind IN ('payment', 'refund')),
    CONSTRAINT ck_payments_method CHECK (method IN ('cash', 'card', 'mobile_money', 'bank_transfer')),
    CONSTRAINT uq_payments_id UNIQUE (id),
    CONSTRAINT uq_payments_number UNIQUE (number),
    CONSTRAINT fk_payments_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoices (id),
    CONSTRAINT fk_payments_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_payments_shift_id FOREIGN KEY(shift_id) REFERENCES shifts (id),
    CONSTRAINT fk_payments_taken_by FOREIGN KEY(taken_by) REFERENCES staff (id),
    CONSTRAINT fk_payments_refund_of FOREIGN KEY(refund_of) REFERENCES payments (id)
)
-- next
CREATE INDEX ix_payments_invoice_id ON payments (invoice_id)
-- next
CREATE INDEX ix_payments_shift_id ON payments (shift_id)
-- next
CREATE TABLE prescriptions (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    number TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    encounter_id TEXT,
    prescriber_id TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    status TEXT NOT NULL,
    status_reason TEXT,
    priority TEXT DEFAULT 'routine' NOT NULL,
    pack TEXT NOT NULL,
    note TEXT,
    hand_outs INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_prescriptions PRIMARY KEY (rowid_),
    CONSTRAINT ck_prescriptions_status CHECK (status IN ('signed', 'preparing', 'prepared', 'partly_dispensed', 'dispensed', 'rejected', 'cancelled')),
    CONSTRAINT uq_prescriptions_id UNIQUE (id),
    CONSTRAINT uq_prescriptions_number UNIQUE (number),
    CONSTRAINT fk_prescriptions_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_prescriptions_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id),
    CONSTRAINT fk_prescriptions_prescriber_id FOREIGN KEY(prescriber_id) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_prescriptions_patient_id ON prescriptions (patient_id, signed_at)
-- next
CREATE INDEX ix_prescriptions_status ON prescriptions (status, signed_at)
-- next
CREATE TABLE problems (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    encounter_id TEXT,
    code TEXT,
    title TEXT NOT NULL,
    certainty TEXT NOT NULL,
    status TEXT NOT NULL,
    onset_on TEXT,
    resolved_on TEXT,
    note TEXT,
    noted_by TEXT,
    noted_at TEXT NOT NULL,
    CONSTRAINT pk_problems PRIMARY KEY (rowid_),
    CONSTRAINT ck_problems_certainty CHECK (certainty IN ('provisional', 'confirmed', 'refuted')),
    CONSTRAINT ck_problems_status CHECK (status IN ('active', 'resolved', 'entered_in_error')),
    CONSTRAINT uq_problems_id UNIQUE (id),
    CONSTRAINT fk_problems_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_problems_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id),
    CONSTRAINT fk_problems_noted_by FOREIGN KEY(noted_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_problems_encounter_id ON problems (encounter_id)
-- next
CREATE INDEX ix_problems_patient_id ON problems (patient_id, status)
-- next
CREATE TABLE queue_entries (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    appointment_id TEXT,
    practitioner_id TEXT,
    encounter_id TEXT,
    priority TEXT NOT NULL,
    complaint TEXT,
    checked_in_at TEXT NOT NULL,
    called_at TEXT,
    called_by TEXT,
    finished_at TEXT,
    status TEXT NOT NULL,
    status_reason TEXT,
    ticket INTEGER NOT NULL,
    CONSTRAINT pk_queue_entries PRIMARY KEY (rowid_),
    CONSTRAINT ck_queue_entries_priority CHECK (priority IN ('emergency', 'urgent', 'routine')),
    CONSTRAINT ck_queue_entries_status CHECK (status IN ('waiting', 'called', 'in_consultation', 'done', 'left')),
    CONSTRAINT uq_queue_entries_id UNIQUE (id),
    CONSTRAINT fk_queue_entries_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_queue_entries_appointment_id FOREIGN KEY(appointment_id) REFERENCES appointments (id),
    CONSTRAINT fk_queue_entries_practitioner_id FOREIGN KEY(practitioner_id) REFERENCES staff (id),
    CONSTRAINT fk_queue_entries_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id),
    CONSTRAINT fk_queue_entries_called_by FOREIGN KEY(called_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_queue_entries_patient_id ON queue_entries (patient_id)
-- next
CREATE INDEX ix_queue_entries_status ON queue_entries (status, checked_in_at)
-- next
CREATE TABLE stock_moves (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    product_id TEXT NOT NULL,
    lot_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    moved_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    dispense_id TEXT,
    reverses TEXT,
    reason TEXT,
    moved_by TEXT,
    CONSTRAINT pk_stock_moves PRIMARY KEY (rowid_),
    CONSTRAINT ck_stock_moves_kind CHECK (kind IN ('receive', 'dispense', 'adjust', 'count', 'cancel')),
    CONSTRAINT uq_stock_moves_id UNIQUE (id),
    CONSTRAINT fk_stock_moves_product_id FOREIGN KEY(product_id) REFERENCES products (id),
    CONSTRAINT fk_stock_moves_lot_id FOREIGN KEY(lot_id) REFERENCES stock_lots (id),
    CONSTRAINT fk_stock_moves_reverses FOREIGN KEY(reverses) REFERENCES stock_moves (id),
    CONSTRAINT fk_stock_moves_moved_by FOREIGN KEY(moved_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_stock_moves_lot_id ON stock_moves (lot_id, moved_at, quantity)
-- next
CREATE INDEX ix_stock_moves_product_id ON stock_moves (product_id, lot_id, quantity)
-- next
CREATE INDEX ix_stock_moves_reverses ON stock_moves (reverses)
-- next
CREATE TABLE vital_signs (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    encounter_id TEXT,
    code TEXT NOT NULL,
    value TEXT NOT NULL,
    unit TEXT NOT NULL,
    flag TEXT DEFAULT 'none' NOT NULL,
    taken_at TEXT NOT NULL,
    taken_by TEXT,
    status TEXT DEFAULT 'final' NOT NULL,
    note TEXT,
    CONSTRAINT pk_vital_signs PRIMARY KEY (rowid_),
    CONSTRAINT ck_vital_signs_status CHECK (status IN ('final', 'entered_in_error')),
    CONSTRAINT uq_vital_signs_id UNIQUE (id),
    CONSTRAINT fk_vital_signs_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_vital_signs_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id),
    CONSTRAINT fk_vital_signs_taken_by FOREIGN KEY(taken_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_vital_signs_encounter_id ON vital_signs (encounter_id)
-- next
CREATE INDEX ix_vital_signs_patient_id ON vital_signs (patient_id, code, taken_at)
-- next
CREATE TABLE invoice_lines (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    invoice_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    charge_id TEXT NOT NULL,
    description TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    unit_amount INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    position INTEGER NOT NULL,
    CONSTRAINT pk_invoice_lines PRIMARY KEY (rowid_),
    CONSTRAINT uq_invoice_lines_id UNIQUE (id),
    CONSTRAINT fk_invoice_lines_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoices (id),
    CONSTRAINT fk_invoice_lines_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_invoice_lines_charge_id FOREIGN KEY(charge_id) REFERENCES charges (id)
)
-- next
CREATE INDEX ix_invoice_lines_invoice_id ON invoice_lines (invoice_id)
-- next
CREATE TABLE ledger (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    movement TEXT NOT NULL,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    posted_at TEXT NOT NULL,
    patient_id TEXT,
    invoice_id TEXT,
    payment_id TEXT,
    shift_id TEXT,
    CONSTRAINT pk_ledger PRIMARY KEY (rowid_),
    CONSTRAINT uq_ledger_id UNIQUE (id),
    CONSTRAINT fk_ledger_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_ledger_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoices (id),
    CONSTRAINT fk_ledger_payment_id FOREIGN KEY(payment_id) REFERENCES payments (id),
    CONSTRAINT fk_ledger_shift_id FOREIGN KEY(shift_id) REFERENCES shifts (id)
)
-- next
CREATE INDEX ix_ledger_invoice_id ON ledger (invoice_id)
-- next
CREATE INDEX ix_ledger_movement ON ledger (movement)
-- next
CREATE INDEX ix_ledger_shift_id ON ledger (shift_id)
-- next
CREATE TABLE prescription_lines (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    prescription_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    medicine_code TEXT,
    name TEXT NOT NULL,
    form TEXT,
    strength TEXT,
    dose_amount TEXT NOT NULL,
    dose_unit TEXT NOT NULL,
    route TEXT NOT NULL,
    frequency TEXT NOT NULL,
    duration_days INTEGER,
    as_needed INTEGER DEFAULT '0' NOT NULL,
    as_needed_for TEXT,
    max_per_day TEXT,
    quantity INTEGER NOT NULL,
    quantity_unit TEXT NOT NULL,
    sig TEXT NOT NULL,
    instructions TEXT,
    refills INTEGER DEFAULT '0' NOT NULL,
    substitution_allowed INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_prescription_lines PRIMARY KEY (rowid_),
    CONSTRAINT uq_prescription_lines_id UNIQUE (id),
    CONSTRAINT fk_prescription_lines_prescription_id FOREIGN KEY(prescription_id) REFERENCES prescriptions (id),
    CONSTRAINT fk_prescription_lines_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id)
)
-- next
CREATE INDEX ix_prescription_lines_patient_id ON prescription_lines (patient_id)
-- next
CREATE INDEX ix_prescription_lines_prescription_id ON prescription_lines (prescription_id)
-- next
CREATE TABLE specimens (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    number TEXT NOT NULL,
    order_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    collected_at TEXT NOT NULL,
    collected_by TEXT NOT NULL,
    status TEXT NOT NULL,
    rejected_reason TEXT,
    CONSTRAINT pk_specimens PRIMARY KEY (rowid_),
    CONSTRAINT ck_specimens_status CHECK (status IN ('collected', 'rejected')),
    CONSTRAINT uq_specimens_id UNIQUE (id),
    CONSTRAINT uq_specimens_number UNIQUE (number),
    CONSTRAINT fk_specimens_order_id FOREIGN KEY(order_id) REFERENCES lab_orders (id),
    CONSTRAINT fk_specimens_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_specimens_collected_by FOREIGN KEY(collected_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_specimens_order_id ON specimens (order_id)
-- next
CREATE TABLE dispenses (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    prescription_id TEXT NOT NULL,
    line_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    lot_id TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    covers INTEGER NOT NULL,
    dispensed_at TEXT NOT NULL,
    dispensed_by TEXT NOT NULL,
    counselled INTEGER DEFAULT '0' NOT NULL,
    substituted_reason TEXT,
    status TEXT DEFAULT 'dispensed' NOT NULL,
    cancelled_reason TEXT,
    CONSTRAINT pk_dispenses PRIMARY KEY (rowid_),
    CONSTRAINT ck_dispenses_status CHECK (status IN ('dispensed', 'cancelled')),
    CONSTRAINT uq_dispenses_id UNIQUE (id),
    CONSTRAINT fk_dispenses_prescription_id FOREIGN KEY(prescription_id) REFERENCES prescriptions (id),
    CONSTRAINT fk_dispenses_line_id FOREIGN KEY(line_id) REFERENCES prescription_lines (id),
    CONSTRAINT fk_dispenses_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_dispenses_product_id FOREIGN KEY(product_id) REFERENCES products (id),
    CONSTRAINT fk_dispenses_lot_id FOREIGN KEY(lot_id) REFERENCES stock_lots (id),
    CONSTRAINT fk_dispenses_dispensed_by FOREIGN KEY(dispensed_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_dispenses_line_id ON dispenses (line_id)
-- next
CREATE INDEX ix_dispenses_patient_id ON dispenses (patient_id)
-- next
CREATE INDEX ix_dispenses_prescription_id ON dispenses (prescription_id)
-- next
CREATE TABLE lab_order_tests (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    order_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    test_code TEXT NOT NULL,
    panel_code TEXT,
    specimen_id TEXT,
    status TEXT NOT NULL,
    status_reason TEXT,
    position INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_lab_order_tests PRIMARY KEY (rowid_),
    CONSTRAINT ck_lab_order_tests_status CHECK (status IN ('ordered', 'collected', 'resulted', 'released', 'rejected', 'cancelled')),
    CONSTRAINT uq_lab_order_tests_id UNIQUE (id),
    CONSTRAINT fk_lab_order_tests_order_id FOREIGN KEY(order_id) REFERENCES lab_orders (id),
    CONSTRAINT fk_lab_order_tests_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_lab_order_tests_specimen_id FOREIGN KEY(specimen_id) REFERENCES specimens (id)
)
-- next
CREATE INDEX ix_lab_order_tests_order_id ON lab_order_tests (order_id)
-- next
CREATE INDEX ix_lab_order_tests_patient_id ON lab_order_tests (patient_id, test_code)
-- next
CREATE INDEX ix_lab_order_tests_status ON lab_order_tests (status)
-- next
CREATE TABLE safety_alerts (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    prescription_id TEXT NOT NULL,
    line_id TEXT,
    patient_id TEXT NOT NULL,
    tier TEXT NOT NULL,
    kind TEXT NOT NULL,
    rule TEXT NOT NULL,
    drug TEXT NOT NULL,
    with_what TEXT,
    text TEXT NOT NULL,
    source TEXT NOT NULL,
    pack TEXT NOT NULL,
    override_reason TEXT,
    overridden_by TEXT,
    raised_at TEXT NOT NULL,
    CONSTRAINT pk_safety_alerts PRIMARY KEY (rowid_),
    CONSTRAINT uq_safety_alerts_id UNIQUE (id),
    CONSTRAINT fk_safety_alerts_prescription_id FOREIGN KEY(prescription_id) REFERENCES prescriptions (id),
    CONSTRAINT fk_safety_alerts_line_id FOREIGN KEY(line_id) REFERENCES prescription_lines (id),
    CONSTRAINT fk_safety_alerts_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_safety_alerts_overridden_by FOREIGN KEY(overridden_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_safety_alerts_prescription_id ON safety_alerts (prescription_id)
-- next
CREATE TABLE lab_results (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    order_test_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    test_code TEXT NOT NULL,
    value TEXT NOT NULL,
    unit TEXT,
    flag TEXT NOT NULL,
    range_text TEXT,
    range_source TEXT,
    entered_at TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    released_at TEXT,
    released_by TEXT,
    status TEXT NOT NULL,
    correction_reason TEXT,
    supersedes TEXT,
    note TEXT,
    CONSTRAINT pk_lab_results PRIMARY KEY (rowid_),
    CONSTRAINT ck_lab_results_status CHECK (status IN ('entered', 'released', 'superseded')),
    CONSTRAINT ck_lab_results_flag CHECK (flag IN ('none', 'N', 'L', 'H', 'LL', 'HH', 'A')),
    CONSTRAINT uq_lab_results_id UNIQUE (id),
    CONSTRAINT fk_lab_results_order_test_id FOREIGN KEY(order_test_id) REFERENCES lab_order_tests (id),
    CONSTRAINT fk_lab_results_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_lab_results_entered_by FOREIGN KEY(entered_by) REFERENCES staff (id),
    CONSTRAINT fk_lab_results_released_by FOREIGN KEY(released_by) REFERENCES staff (id),
    CONSTRAINT fk_lab_results_supersedes FOREIGN KEY(supersedes) REFERENCES lab_results (id)
)
-- next
CREATE INDEX ix_lab_results_order_test_id ON lab_results (order_test_id)
-- next
CREATE INDEX ix_lab_results_patient_id ON lab_results (patient_id, test_code, entered_at)
-- next
CREATE TABLE callbacks (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    result_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    told_whom TEXT NOT NULL,
    told_at TEXT NOT NULL,
    told_by TEXT NOT NULL,
    read_back INTEGER NOT NULL,
    note TEXT,
    CONSTRAINT pk_callbacks PRIMARY KEY (rowid_),
    CONSTRAINT uq_callbacks_id UNIQUE (id),
    CONSTRAINT fk_callbacks_result_id FOREIGN KEY(result_id) REFERENCES lab_results (id),
    CONSTRAINT fk_callbacks_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_callbacks_told_by FOREIGN KEY(told_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_callbacks_result_id ON callbacks (result_id)
-- next
CREATE VIRTUAL TABLE patient_fts USING fts5(words, content = 'patient_search', content_rowid = 'patient_rowid', tokenize = 'ascii', prefix = '1 2 3', detail = none)
-- next
CREATE VIRTUAL TABLE patient_trigram USING fts5(numbers, content = 'patient_search', content_rowid = 'patient_rowid', tokenize = 'trigram')
-- next
INSERT INTO patient_fts (patient_fts, rank) VALUES ('secure-delete', 1)
-- next
INSERT INTO patient_trigram (patient_trigram, rank) VALUES ('secure-delete', 1)
-- next
CREATE TRIGGER search_insert AFTER INSERT ON patient_search BEGIN INSERT INTO patient_fts (rowid, words) VALUES (new.patient_rowid, new.words); INSERT INTO patient_trigram (rowid, numbers) VALUES (new.patient_rowid, new.numbers); END
-- next
CREATE TRIGGER search_delete AFTER DELETE ON patient_search BEGIN INSERT INTO patient_fts (patient_fts, rowid, words) VALUES ('delete', old.patient_rowid, old.words); INSERT INTO patient_trigram (patient_trigram, rowid, numbers) VALUES ('delete', old.patient_rowid, old.numbers); END
-- next
CREATE TRIGGER search_words AFTER UPDATE OF words ON patient_search BEGIN INSERT INTO patient_fts (patient_fts, rowid, words) VALUES ('delete', old.patient_rowid, old.words); INSERT INTO patient_fts (rowid, words) VALUES (new.patient_rowid, new.words); END
-- next
CREATE TRIGGER search_numbers AFTER UPDATE OF numbers ON patient_search BEGIN INSERT INTO patient_trigram (patient_trigram, rowid, numbers) VALUES ('delete', old.patient_rowid, old.numbers); INSERT INTO patient_trigram (rowid, numbers) VALUES (new.patient_rowid, new.numbers); END
