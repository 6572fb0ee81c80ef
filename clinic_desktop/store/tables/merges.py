"""Registrations of one person that were merged, families that were linked, and pairs that are not the same person."""

from clinic_desktop.store.tables.metadata import index, link, one_of, record, text

merges = record(
    "merges",
    link("kept_id", "patients"),
    link("other_id", "patients"),
    text("reason"),
    text("merged_at"),
    link("merged_by", "staff"),
    # What was taken over into the registration that is kept: JSON, {field: [before, after]}.
    text("chosen"),
    text("undone_at", null=True),
    link("undone_by", "staff", null=True),
    text("undone_reason", null=True),
    index("ix_merges_kept_id", "kept_id"),
    index("ix_merges_other_id", "other_id"),
)

# `other_id` is the `kind` of `patient_id`: their mother, their guardian, of one household with them.
relations = record(
    "relations",
    link("patient_id", "patients"),
    link("other_id", "patients"),
    text("kind"),
    text("noted_at"),
    link("noted_by", "staff"),
    text("ended_at", null=True),
    link("ended_by", "staff", null=True),
    text("ended_reason", null=True),
    one_of("kind", "mother", "father", "child", "guardian", "ward", "sibling", "partner", "household"),
    index("ix_relations_patient_id", "patient_id"),
    index("ix_relations_other_id", "other_id"),
)

# Two who look alike and are not one person: never offered as duplicates again until it is withdrawn.
different_people = record(
    "different_people",
    link("patient_id", "patients"),
    link("other_id", "patients"),
    text("reason"),
    text("decided_at"),
    link("decided_by", "staff"),
    text("withdrawn_at", null=True),
    link("withdrawn_by", "staff", null=True),
    index("ix_different_people_patient_id", "patient_id"),
    index("ix_different_people_other_id", "other_id"),
)
