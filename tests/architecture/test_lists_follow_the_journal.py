"""A list that the local API keeps in memory is made anew by what the journal says of all that it shows."""

import ast
import itertools
from pathlib import Path

import clinic_desktop
from clinic_desktop.agent.local_api.book import DEVICES
from clinic_desktop.agent.local_api.rendered import NAMED, SHOWN

ROOT = Path(clinic_desktop.__file__).parent
FLOORS = ("services", "exchange", "agent", "cli")  # nobody else acts
# Of each table that a list shows, or that says who may speak: the subjects of the entries by which its rows change.
TABLES = {"queue_entries": SHOWN, "patients": NAMED, "staff": SHOWN & DEVICES, "paired_devices": DEVICES}
# Where the kind is handed in, and by what: those who hand it in are looked at in its place.
HANDED_IN = {"change_registration": NAMED, "_move_queue": SHOWN}


def subjects(node: ast.Call) -> list[str]:
    """The subjects of the kinds that a call names; empty where none is written out in it."""
    given = [*node.args, *(word.value for word in node.keywords)]
    words = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return [word.partition(".")[0] for word in words if word.count(".") == 1 and word.replace(".", "_").isidentifier()]


def named(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def test_every_change_of_what_is_shown_moves_the_list() -> None:
    seen, wrong, loose = 0, [], set()
    for path in itertools.chain.from_iterable((ROOT / floor).rglob("*.py") for floor in FLOORS):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = named(node.func)
            wanted = HANDED_IN.get(called)
            if called in {"create", "change"} and node.args:
                wanted = TABLES.get(named(node.args[0]))
            if wanted is None:
                continue
            found = subjects(node)
            if not found:
                loose.add(f"{path.relative_to(ROOT)}:{called}")
                continue
            seen += 1
            wrong += [f"{path.relative_to(ROOT)}:{node.lineno} {one}" for one in found if one not in wanted]
    assert seen > 20
    assert wrong == []
    assert loose == {"services/merging.py:change", "services/consultation.py:change"}
