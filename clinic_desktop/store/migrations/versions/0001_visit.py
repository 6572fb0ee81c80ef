"""The tables of one visit, as they were made on the first day."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table and the search indexes, by statements that no later change of the tables can change."""
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in statements.split("\n-- next\n"):
        op.get_bind().exec_driver_sql(statement)
