"""What came in from elsewhere: identifiers, observations, procedures, reports, and the people and places they name.

Instants are kept twice: as the text that came (`..._text`, with its precision and offset) and as a sortable instant.
`rest` is the part of the resource that has no column, as JSON, so that an export gives it back.
"""

from sqlalchemy import Index
from sqlalchemy import text as sql

from clinic_desktop.store.tables.metadata import index, link, number, one_of, record, text

# An id that another system gave: a resource's own (`use` "resource": `kind` is its FHIR type, `system` the source) or
# a business identifier (insurance number, passport) of a record here. `record_kind` is the table it stands in.
identifiers = record(
    "identifiers",
    text("record_kind"),
    text("record_id"),
    link("patient_id", "patients", null=True),
    text("use"),
    text("kind"),
    text("system"),
    text("value"),
    # Of a resource: the digest of what came, by which the same again changes nothing, and what has no column.
    text("digest", null=True),
    text("rest", null=True),
    # The record's revision when it was last brought to what came: another one means that somebody here changed it.
    number("record_revision", null=True),
    text("received_at"),
    one_of("use", "resource", "business"),
    index("ix_identifiers_record_id", "record_id"),
    index("ix_identifiers_value", "value"),
    index("ix_identifiers_patient_id", "patient_id", "kind"),
    Index("ux_identifiers_resource", "system", "kind", "value", unique=True, sqlite_where=sql("use = 'resource'")),
)

# What was measured or found elsewhere; a component of a panel is a row of its own with `part_of`.
observations = record(
    "observations",
    link("patient_id", "patients"),
    link("encounter_id", "encounters", null=True),
    link("part_of", "observations", null=True),
    number("position", default=0),
    text("status"),
    text("category", null=True),
    text("code_system", null=True),
    text("code"),
    text("title"),
    # quantity, codeable, string, boolean, integer, range, ratio, sampled, time, dateTime, period; none where absent.
    text("value_kind"),
    text("value", null=True),
    text("comparator", null=True),
    text("unit", null=True),
    text("unit_code", null=True),
    text("unit_system", null=True),
    text("value_system", null=True),
    text("value_code", null=True),
    text("value_detail", null=True),
    text("absent_reason", null=True),
    text("interpretation", null=True),
    text("range_text", null=True),
    text("range_low", null=True),
    text("range_high", null=True),
    text("effective_at"),
    text("effective_text", null=True),
    text("effective_end_text", null=True),
    text("issued_text", null=True),
    text("performer", null=True),
    text("note", null=True),
    index("ix_observations_patient_id", "patient_id", "effective_at"),
    index("ix_observations_code", "patient_id", "code", "effective_at"),
    index("ix_observations_part_of", "part_of"),
    index("ix_observations_encounter_id", "encounter_id"),
)

procedures = record(
    "procedures",
    link("patient_id", "patients"),
    link("encounter_id", "encounters", null=True),
    text("status"),
    text("code_system", null=True),
    text("code", null=True),
    text("title"),
    text("modifiers", null=True),
    text("category", null=True),
    text("body_site", null=True),
    text("reason", null=True),
    text("outcome", null=True),
    text("performed_at", null=True),
    text("performed_text", null=True),
    text("performed_end_text", null=True),
    text("performer", null=True),
    text("place", null=True),
    text("note", null=True),
    index("ix_procedures_patient_id", "patient_id", "performed_at"),
    index("ix_procedures_encounter_id", "encounter_id"),
)

diagnostic_reports = record(
    "diagnostic_reports",
    link("patient_id", "patients"),
    link("encounter_id", "encounters", null=True),
    text("status"),
    text("category", null=True),
    text("code_system", null=True),
    text("code", null=True),
    text("title"),
    text("effective_at", null=True),
    text("effective_text", null=True),
    text("effective_end_text", null=True),
    text("issued_text", null=True),
    text("performer", null=True),
    text("conclusion", null=True),
    index("ix_diagnostic_reports_patient_id", "patient_id", "effective_at"),
    index("ix_diagnostic_reports_encounter_id", "encounter_id"),
)

# Practitioners, organisations and places that outside records name, and medicines that they refer to; nobody here signs
# in as one of them.
outside_parties = record(
    "outside_parties",
    text("kind"),
    text("name"),
    text("family_name", null=True),
    text("given_names", null=True),
    text("prefix", null=True),
    text("sex", null=True),
    text("speciality", null=True),
    text("phone", null=True),
    text("email", null=True),
    text("address", null=True),
    text("city", null=True),
    text("district", null=True),
    text("postal_code", null=True),
    text("country", null=True),
    number("active", default=1),
    one_of("kind", "Practitioner", "Organization", "Location", "Medication"),
    index("ix_outside_parties_kind", "kind", "name"),
)

# Plans, requests, covers and messages of others, which nobody here works on: to be read, found and handed on. `kind` is
# the FHIR type; `party` is who sent, pays or is met, and `detail` what is said besides.
outside_records = record(
    "outside_records",
    link("patient_id", "patients"),
    link("encounter_id", "encounters", null=True),
    text("kind"),
    text("status", null=True),
    text("code_system", null=True),
    text("code", null=True),
    text("title"),
    text("starts_text", null=True),
    text("ends_text", null=True),
    text("starts_at", null=True),
    text("party", null=True),
    text("detail", null=True),
    one_of("kind", "Coverage", "Appointment", "ServiceRequest", "Communication", "Task"),
    index("ix_outside_records_patient_id", "patient_id", "kind", "starts_at"),
    index("ix_outside_records_encounter_id", "encounter_id"),
)
