"""Every field that another system documents has a place in the chart, or says why it needs none.

`homes.csv` names each field by system, example and path, with its home (``table.column``, and after ``#`` the part of a
text that is kept as JSON) or the reason, by its key in `reasons.csv`, why it has none.
"""

import csv
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables import metadata
from clinic_desktop.store.tables.staff import staff
from tests.conftest import DeskFor
from tests.contract.medicines import prove_medicines
from tests.contract.money import prove_money
from tests.contract.people import prove_people
from tests.contract.proofs import Proofs
from tests.contract.records import prove_records
from tests.contract.visits import prove_visits
from tests.medicines import world

HERE = Path(__file__).parent
FIELDS = [tuple(row.values()) for row in csv.DictReader((HERE / "homes.csv").open(encoding="utf-8", newline=""))]
REASONS = {row["reason"]: row["words"] for row in csv.DictReader((HERE / "reasons.csv").open(encoding="utf-8"))}
HOMES = sorted({home for _system, _example, _path, home, _reason in FIELDS if home})


@pytest.fixture
def proofs(store: Store, desk_for: DeskFor, clock: SetClock) -> Proofs:
    """A clinic in which every act was done that writes one of the homes."""
    made = Proofs(store)
    clinic = world(store, desk_for)
    with store.write(act=new_id(), session=None) as unit:
        someone = {"id": "ben-two", "username": "ben", "display_name": "Ben Two", "role": "laboratory"}
        unit.create(staff, someone, kind="staff.added")
    second = Desk(store, Session(new_id(), "ben-two", "ben", "Ben Two", "laboratory", "A7", clock.now()))
    prove_people(made, desk_for)
    prove_medicines(made, clinic)
    prove_money(made, desk_for)
    prove_records(made, desk_for)
    prove_visits(made, desk_for, second)
    return made


def test_each_field_has_one_home_or_one_reason() -> None:
    assert [row for row in FIELDS if bool(row[3]) == bool(row[4])] == []
    assert {row[4] for row in FIELDS if row[4]} == set(REASONS)
    assert all(len(words) > 20 for words in REASONS.values())
    assert len({row[:3] for row in FIELDS}) == len(FIELDS)


def test_each_home_is_in_the_schema() -> None:
    places = [home.split("#")[0].split(".") for home in HOMES]
    assert [f"{table}.{column}" for table, column in places if column not in metadata.tables[table].columns] == []


def test_each_home_is_written_by_a_service_and_read_back_by_a_query(proofs: Proofs) -> None:
    assert sorted(set(HOMES) - set(proofs.found)) == []
    lost = {home: proof for home, proof in proofs.found.items() if not proof.wanted or proof.wanted != proof.shown}
    assert lost == {}
    assert [home for home in HOMES if not _stands(proofs, home)] == []


def _stands(proofs: Proofs, home: str) -> bool:
    """Whether the column holds it, or for a part of a text, the text."""
    place, _hash, part = home.partition("#")
    table, column = place.split(".")
    stored = proofs.found[home].stored
    with proofs.store.read() as connection:
        if part:
            step, field = part.split(".", 1)
            asked = f"SELECT json_extract({column}, ?) FROM {table} WHERE step = ?"
            rows = connection.exec_driver_sql(asked, (f'$."{field}"', step)).scalars()
        else:
            rows = connection.exec_driver_sql(f'SELECT CAST("{column}" AS TEXT) FROM {table}').scalars()
        return stored != "" and stored in set(rows)


def test_the_table_is_the_documented_examples_and_nothing_else() -> None:
    corpus = os.environ.get("CLINIC_CORPUS", "")
    folder = Path(corpus).parent / "apis" / "examples"
    if not corpus or not folder.is_dir():
        pytest.skip("the documented examples are not beside the corpus of this machine")
    found = {
        (path.parent.name, path.name, leaf)
        for path in (*folder.glob("*/*.json"), *folder.glob("*/*.graphql"))
        for leaf in _leaves_of(path)
    }
    known = {row[:3] for row in FIELDS}
    assert sorted(found - known) == []
    assert sorted(known - found) == []


def _leaves_of(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    return _leaves(json.loads(text)) if path.suffix == ".json" else _selected(text)


def _leaves(value: object, path: str = "") -> Iterator[str]:
    """The paths of every value of a JSON text; an empty object or list is a leaf too."""
    if isinstance(value, dict):
        if not value:
            yield path + "{}"
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        if not value:
            yield path + "[]"
        for inner in value:
            yield from _leaves(inner, path + "[]")
    else:
        yield path


def _selected(text: str) -> Iterator[str]:
    """The fields that a GraphQL text asks for: those without a selection of their own."""
    words = re.findall(r"\([^)]*\)|[{}]|[A-Za-z_]\w*", text[text.index("{") :])
    path: list[str] = []
    for word, following in zip(words, [*words[1:], "}"], strict=True):
        if word.startswith("("):
            continue
        if word == "}":
            del path[-1:]
        elif word != "{":
            after = words[words.index(word) :]  # a field with arguments is followed by them
            opens = following == "{" or (following.startswith("(") and after[2:3] == ["{"])
            if opens:
                path.append(word)
            else:
                yield ".".join([*path, word])
