"""What comes in from elsewhere: its identifiers, observations, procedures and reports, and what the chart lacked."""

from clinic_desktop.store.migrations import run_beside

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the new tables, rebuild encounters so that one may have no practitioner here, and add the new columns."""
    run_beside(__file__)
