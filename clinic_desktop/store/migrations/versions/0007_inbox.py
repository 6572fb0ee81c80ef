"""Notifications, tasks and refill requests."""

from clinic_desktop.store.migrations import run_beside

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    run_beside(__file__)
