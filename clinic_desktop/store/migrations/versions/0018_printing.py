"""Label and receipt printers, and what was printed on them."""

from clinic_desktop.store.migrations import run_beside

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    run_beside(__file__)
