"""What messages of devices carry besides results."""

from clinic_desktop.store.migrations import run_beside

revision = "0022"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    run_beside(__file__)
