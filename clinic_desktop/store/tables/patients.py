"""Patients, their other names and contacts, and the two search indexes over them."""

from sqlalchemy import Column, Index, Integer, Table, Text
from sqlalchemy import text as sql

from clinic_desktop.store.tables.metadata import index, link, metadata, number, one_of, record, text

patients = record(
    "patients",
    text("mrn", unique=True),
    text("family_name"),
    text("given_names"),
    text("sex"),
    text("born_on", null=True),
    text("born_precision", default="day"),
    text("deceased_on", null=True),
    text("phone", null=True),
    text("other_phone", null=True),
    text("email", null=True),
    text("address", null=True),
    text("city", null=True),
    text("district", null=True),
    text("postal_code", null=True),
    text("country", null=True),
    text("national_id", null=True),
    text("language", null=True),
    text("occupation", null=True),
    text("blood_type", null=True),
    text("insurer", null=True),
    text("insurance_number", null=True),
    number("insurance_share", null=True),
    text("allergy_state", default="not_asked"),
    text("allergy_state_on", null=True),
    text("allergy_state_by", null=True),
    number("pregnant", null=True),
    text("pregnant_on", null=True),
    text("alert", null=True),
    text("registered_at"),
    link("merged_into", "patients", null=True),
    one_of("sex", "female", "male", "other", "unknown"),
    one_of("born_precision", "day", "month", "year", "estimated", "unknown"),
    one_of("allergy_state", "not_asked", "none_known", "listed"),
    # `family_key` and `given_key` are the folded names (domain.patients.fold), for exact prefixes in name order.
    text("family_key"),
    text("given_key"),
    index("ix_patients_names", "family_key", "given_key"),
    index("ix_patients_phone", "phone"),
    index("ix_patients_born_on", "born_on"),
    index("ix_patients_registered_at", "registered_at"),
    index("ix_patients_national_id", "national_id"),
    number("gestation_days", null=True),  # completed days of the pregnancy at birth; 40 weeks are 280
    text("marital_status", null=True),
    text("phone_kind", null=True),
    link("preferred_pharmacy_id", "pharmacies", null=True),
    # Few are merged: the index holds those alone, and costs nothing to register anybody else.
    Index("ix_patients_merged_into", "merged_into", sqlite_where=sql("merged_into IS NOT NULL")),
)

patient_names = record(
    "patient_names",
    link("patient_id", "patients"),
    text("kind"),
    text("family_name"),
    text("given_names"),
    one_of("kind", "former", "maiden", "alias", "native_script"),
    index("ix_patient_names_patient_id", "patient_id"),
)

patient_contacts = record(
    "patient_contacts",
    link("patient_id", "patients"),
    text("name"),
    text("relation"),
    text("phone", null=True),
    number("position", default=0),
    index("ix_patient_contacts_patient_id", "patient_id"),
)

# What search reads: one row for each patient, folded in Python (trusted_schema=OFF keeps functions out of triggers).
# `words` are the names, present and former, and the year of birth; `numbers` the telephone and identity numbers.
patient_search = Table(
    "patient_search",
    metadata,
    Column("patient_rowid", Integer, primary_key=True),
    Column("words", Text, nullable=False),
    Column("numbers", Text, nullable=False),
)

# The vocabulary of names, for those who misspell one: a word under itself, under itself with one letter left out, and
# under how it sounds ("~" in front). Two words that share a key are one mistake apart, or sound alike.
name_near = Table(
    "name_near",
    metadata,
    Column("key", Text, primary_key=True),
    Column("word", Text, primary_key=True),
    sqlite_with_rowid=False,
)
