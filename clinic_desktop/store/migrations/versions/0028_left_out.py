"""What of a record a connected system has no place for."""

from clinic_desktop.store.migrations import run_beside

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    run_beside(__file__)
