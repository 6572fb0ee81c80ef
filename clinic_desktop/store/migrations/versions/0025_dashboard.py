"""Days are found by an index, and how fast each screen was is counted."""

from clinic_desktop.store.migrations import run_beside

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the indexes."""
    run_beside(__file__)
