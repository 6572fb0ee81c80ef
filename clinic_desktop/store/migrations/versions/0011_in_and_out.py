"""Bills and costs of care elsewhere, and the exports that left for research."""

from clinic_desktop.store.migrations import run_beside

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    run_beside(__file__)
