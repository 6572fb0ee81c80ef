"""How a child lay or stood when its length was measured; which vaccine a product is; claims that move on."""

from clinic_desktop.store.migrations import run_beside

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    run_beside(__file__)
