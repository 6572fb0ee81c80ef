"""What devices and other systems sent, and what became of it."""

from clinic_desktop.store.migrations import run_beside

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    run_beside(__file__)
