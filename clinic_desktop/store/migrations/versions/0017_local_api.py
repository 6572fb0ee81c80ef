"""Devices that are let in: who they are, by which code, what they were answered; the API as a sender of messages."""

from clinic_desktop.store.migrations import run_beside

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    run_beside(__file__)
