"""Documents, their contents and the search over them."""

from clinic_desktop.store.migrations import run_beside

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of documents."""
    run_beside(__file__)
