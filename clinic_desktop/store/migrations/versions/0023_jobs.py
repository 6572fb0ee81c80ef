"""What the background process did by itself."""

from clinic_desktop.store.migrations import run_beside

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    run_beside(__file__)
