"""A place for what other systems keep: who prescribes and from where, pharmacies, procedure codes, due dates."""

from clinic_desktop.store.migrations import run_beside

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and add the columns."""
    run_beside(__file__)
