"""Queries that administrators put together and kept."""

from clinic_desktop.store.migrations import run_beside

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    run_beside(__file__)
