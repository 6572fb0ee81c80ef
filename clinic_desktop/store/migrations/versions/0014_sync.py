"""What sync keeps: links, shadows, intents, conflicts, budgets and its log (the tables of sync.engine.store)."""

from clinic_desktop.store.migrations import run_beside

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    run_beside(__file__)
