"""The tables of one visit, as they were made on the first day."""

from clinic_desktop.store.migrations import run_beside

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table and the search indexes."""
    run_beside(__file__)
