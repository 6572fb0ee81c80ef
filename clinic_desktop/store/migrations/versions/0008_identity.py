"""Merges, families, and pairs that are not the same person."""

from clinic_desktop.store.migrations import run_beside

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the index on merged registrations."""
    run_beside(__file__)
