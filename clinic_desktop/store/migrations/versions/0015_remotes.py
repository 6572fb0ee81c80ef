"""The documented systems that the clinic is connected to."""

from clinic_desktop.store.migrations import run_beside

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    run_beside(__file__)
