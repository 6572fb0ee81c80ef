"""Which trade item numbers are packs of which product."""

from clinic_desktop.store.migrations import run_beside

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    run_beside(__file__)
