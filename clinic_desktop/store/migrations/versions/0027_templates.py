"""Templates of letters, and which of them a document was begun with."""

from clinic_desktop.store.migrations import run_beside

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the column."""
    run_beside(__file__)
