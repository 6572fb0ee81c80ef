"""Holds the tables, one file per subject.

May call SQLAlchemy.
Must never hold a rule.
"""

from clinic_desktop.store.tables import (
    billing,
    chart,
    immunizations,
    inbox,
    journal,
    laboratory,
    outside,
    patients,
    pharmacy,
    prescribing,
    reference,
    scheduling,
    staff,
)
from clinic_desktop.store.tables.metadata import metadata

__all__ = [
    "billing",
    "chart",
    "immunizations",
    "inbox",
    "journal",
    "laboratory",
    "metadata",
    "outside",
    "patients",
    "pharmacy",
    "prescribing",
    "reference",
    "scheduling",
    "staff",
]
