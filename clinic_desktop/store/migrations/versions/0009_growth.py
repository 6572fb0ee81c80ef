"""How long a patient's mother was pregnant: a preterm child's age is corrected by it."""

from clinic_desktop.store.migrations import run_beside

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    run_beside(__file__)
