"""Insurers, plans, covers, the insurers' shares of invoices, and claims."""

from clinic_desktop.store.migrations import run_beside

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    run_beside(__file__)
