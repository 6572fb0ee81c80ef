"""Holds the tables, one file per subject.

May call SQLAlchemy.
Must never hold a rule.
"""

from clinic_desktop.store.tables import (
    billing,
    chart,
    consents,
    devices,
    directory,
    documents,
    immunizations,
    inbox,
    insurance,
    journal,
    laboratory,
    merges,
    outside,
    outside_bills,
    pairing,
    patients,
    pharmacy,
    prescribing,
    programmes,
    reference,
    remotes,
    research,
    scheduling,
    sharing,
    staff,
)
from clinic_desktop.store.tables.metadata import metadata

__all__ = [
    "billing",
    "chart",
    "consents",
    "devices",
    "directory",
    "documents",
    "immunizations",
    "inbox",
    "insurance",
    "journal",
    "laboratory",
    "merges",
    "metadata",
    "outside",
    "outside_bills",
    "pairing",
    "patients",
    "pharmacy",
    "prescribing",
    "programmes",
    "reference",
    "remotes",
    "research",
    "scheduling",
    "sharing",
    "staff",
]
