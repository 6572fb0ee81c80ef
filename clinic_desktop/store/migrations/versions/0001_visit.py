"""The tables of one visit."""

from alembic import op

from clinic_desktop.store import search
from clinic_desktop.store.tables import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table and the search indexes."""
    metadata.create_all(op.get_bind())
    for statement in search.DDL:
        op.execute(statement)
