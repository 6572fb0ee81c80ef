"""Holds the steps that bring an older database up to date.

May call Alembic.
Must never read the tables as they are today: a step is frozen on the day it is released.
"""

from pathlib import Path


def run_beside(step: str) -> None:
    """Run the statements beside a step (``0001_visit.sql``), which no later change of the tables can change."""
    from alembic import op

    for statement in Path(step).with_suffix(".sql").read_text(encoding="utf-8").split("\n-- next\n"):
        op.get_bind().exec_driver_sql(statement)
