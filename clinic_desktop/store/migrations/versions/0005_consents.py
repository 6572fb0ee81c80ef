"""Consents, restricted records, openings in an emergency, shares and digital programmes."""

from clinic_desktop.store.migrations import run_beside

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of consents, sharing and programmes."""
    run_beside(__file__)
