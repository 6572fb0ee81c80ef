"""Immunizations, their reactions, and the reference tables of vaccines, manufacturers and schedules."""

from clinic_desktop.store.migrations import run_beside

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    run_beside(__file__)
