"""No reader of a chart asks for one registration alone: a person's may be several, and the allergy is in the other."""

import ast
from pathlib import Path

import pytest

import clinic_desktop

ROOT = Path(clinic_desktop.__file__).parent
# Where one registration alone is meant, and why.
ONE_ALONE = {
    "services/arrival_people.py": "what comes for a registration stays with it when it is parted again",
    "services/moved.py": "a merge shows, and an un-merge takes back, the rows of each registration",
}
MODULES = sorted(
    path for floor in ("services", "reports", "exchange", "cli", "agent") for path in (ROOT / floor).rglob("*.py")
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_rows_of_a_patient_are_asked_for_over_all_their_registrations(path: Path) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        and any(isinstance(op, ast.Eq) for op in node.ops)
        and any(_a_column(side) for side in (node.left, *node.comparators))
    ]
    if str(path.relative_to(ROOT)) not in ONE_ALONE:
        assert not found, f"write table.c.patient_id.in_(ids_of(connection, patient_id)) or kept_of(...): {found}"


def _a_column(node: ast.expr) -> bool:
    """``table.c.patient_id`` or ``columns.patient_id``."""
    if not isinstance(node, ast.Attribute) or node.attr != "patient_id":
        return False
    owner = node.value
    return (isinstance(owner, ast.Attribute) and owner.attr == "c") or (
        isinstance(owner, ast.Name) and owner.id == "columns"
    )
