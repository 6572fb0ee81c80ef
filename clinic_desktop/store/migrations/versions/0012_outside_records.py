"""Covers, appointments, requests and messages that came from elsewhere, to be read and handed on."""

from clinic_desktop.store.migrations import run_beside

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    run_beside(__file__)
