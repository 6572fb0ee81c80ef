"""Row 3: from a key pressed to results painted over a million patients, in the real palette.

The floor, key by key in turn: the capped full-text query as one would write it by hand on a bare connection, and the
paint of its rows in a plain Qt table. 120 patients, every beginning of "surname gi" typed.
"""

import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView
from sqlcipher3 import dbapi2

from clinic_desktop.services.acts import Desk
from clinic_desktop.services.patients import find_patients
from clinic_desktop.store.connection import READER_PRAGMAS
from tests.benchmarks import clinics
from tests.benchmarks.figures import Row, percentile, spread, timed
from tests.benchmarks.workplace import Paints, at_work, until

Person = Sequence[Any]
RAW = (
    "SELECT p.id, p.mrn, p.family_name, p.given_names, p.sex, p.born_on, p.phone FROM patient_fts f"
    " JOIN patients p ON p.rowid_ = f.rowid WHERE patient_fts MATCH ? LIMIT 500"
)
PERSON = "SELECT rowid_, family_key, given_key, phone, mrn, national_id, born_on, id FROM patients WHERE rowid_ = ?"
EMPTY = QModelIndex()


class PlainRows(QAbstractTableModel):
    """Rows in a list, as a table is written in a first hour of Qt."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Person] = []

    def show(self, rows: list[Person]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = EMPTY) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = EMPTY) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else 7

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return self.rows[index.row()][index.column()] if role == Qt.ItemDataRole.DisplayRole else None


def rows(*, full: bool) -> list[Row]:
    """Type in the window and by hand in turn; then the query part alone, then all that people get wrong."""
    profile = clinics.profile(1_000_000)
    clinic, desk = clinics.opened(profile)
    connection = clinics.raw(clinic, READER_PRAGMAS)
    chance = random.Random(11)
    people = [
        connection.execute(PERSON, (chance.randint(1, 1_000_000),)).fetchone() for _ in range(400 if full else 120)
    ]
    typed = [text for person in people for text in beginnings(f"{person[1]} {person[2][:2]}")]
    for text in typed[::7]:
        raw(connection, text)
        find_patients(desk, text, 50)
    floor_query, our_query = [], []
    for text in typed:
        floor_query.append(timed(partial(raw, connection, text)))
        our_query.append(timed(partial(find_patients, desk, text, 50)))
    asked = [line for name, ask in ASKS.items() for line in _asked(desk, chance, people, name, ask)]
    clinic.close()
    ours, floor = in_the_window(connection, profile, people[: 400 if full else 60])
    connection.close()
    limits = {95: 16, 99: 25, 100: 50}
    painted = [
        Row(3, f"keystroke to painted results, {'max' if at == 100 else f'p{at}'}", percentile(ours, at),
            percentile(floor, at), limit=limits.get(at))
        for at in (50, 95, 99, 100)
    ]  # fmt: skip
    query = [
        Row(3, f"the query part, p{at}", percentile(our_query, at), percentile(floor_query, at), most=most)
        for at, most in ((50, None), (95, 2.0))
    ]
    return [*painted, *query, *asked]


def in_the_window(
    connection: dbapi2.Connection, profile: Any, people: Sequence[Person]
) -> tuple[list[float], list[float]]:
    """Milliseconds of each keystroke in the palette, and of the same text by hand."""
    ours: list[float] = []
    floor: list[float] = []
    with at_work(profile) as window:
        palette = window.frame.palette_box
        arrived: list[tuple[str, int]] = []
        plain = palette._arrived

        def noted(text: str, found: Any) -> None:
            plain(text, found)
            arrived.append((text, paints.count))

        paints = Paints(palette.results.viewport())
        palette._arrived = noted  # type: ignore[method-assign]  # to know which answer is being painted
        model = PlainRows()
        table = plain_table(model)
        # Where no window manager says otherwise a new window takes the keys, and the palette closes without them.
        until(table.isActiveWindow)
        window.activateWindow()
        until(window.isActiveWindow)
        for person in people:
            palette.open_up()
            text = f"{person[1]} {person[2][:2]}"
            for end, letter in enumerate(text, start=1):
                if end < 2 or letter == " ":
                    QTest.keyClicks(palette.box, letter)
                    until(lambda: window.pools.idle)
                    continue
                floor.append(timed(partial(by_hand, connection, model, table, text[:end])))
                arrived.clear()
                ours.append(timed(partial(_keystroke, palette, letter, text[:end], arrived, paints)))
            palette.close_down()
    return ours, floor


def _keystroke(palette: Any, letter: str, text: str, arrived: list[tuple[str, int]], paints: Paints) -> None:
    QTest.keyClicks(palette.box, letter)
    until(lambda: bool(arrived) and arrived[-1][0] == text and paints.count > arrived[-1][1])


def by_hand(connection: dbapi2.Connection, model: PlainRows, table: QTableView, text: str) -> None:
    """Ask and paint, at once and on the same thread: nothing can be done sooner."""
    model.show(raw(connection, text))
    table.repaint()


def plain_table(model: PlainRows) -> QTableView:
    """A table as Qt gives it."""
    view = QTableView()
    view.setModel(model)
    view.resize(1200, 800)
    view.show()
    return view


def raw(connection: dbapi2.Connection, text: str) -> list[Person]:
    """The first 500 matches of the full-text query, sorted by name, 50 kept."""
    expression = " AND ".join(f'"{word}"*' for word in text.split())
    found = connection.execute(RAW, (expression,)).fetchall()
    return sorted(found, key=lambda row: (row[2], row[3]))[:50]


def _asked(
    desk: Desk, chance: random.Random, people: Sequence[Person], name: str, ask: Callable[[random.Random, Person], str]
) -> list[Row]:
    """How long one way of asking takes, and how often the patient meant is among the answers."""
    times, hits = [], 0
    for person in people:
        text = ask(chance, person)
        started = time.perf_counter()
        found = find_patients(desk, text, 50)
        times.append((time.perf_counter() - started) * 1000)
        hits += any(one.patient_id == person[7] for one in found)
    limit = {95: 25.0} if name in STRICT else {}
    return spread(name, 3, times, limit, note=f"found {hits} of {len(people)}")[1:2]


def _misspell(chance: random.Random, word: str) -> str:
    place = chance.randrange(1, len(word) - 1)
    kind = chance.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    return word[:place] + letter + word[place + (kind == 2) :]


ASKS: dict[str, Callable[[random.Random, Person], str]] = {
    "misspelt": lambda chance, p: f"{_misspell(chance, p[1])} {p[2].split()[0]}",
    "misspelt family name only": lambda chance, p: _misspell(chance, p[1]),
    "both misspelt and reordered": lambda chance, p: (
        f"{_misspell(chance, p[2].split()[0].ljust(3, 'a'))} {_misspell(chance, p[1])}"
    ),
    "reordered": lambda _, p: f"{p[2].split()[0]} {p[1]}",
    "given name begun, family name": lambda _, p: f"{p[2][:3]} {p[1]}",
    "family name and year": lambda _, p: f"{p[1]} {p[6][:4]}",
    "telephone": lambda _, p: p[3],
    "telephone with 0": lambda _, p: "0" + p[3][4:],
    "a run of a telephone": lambda _, p: p[3][5:11],
    "record number": lambda _, p: p[4],
    "identity number": lambda _, p: p[5],
    "birth date and a name begun": lambda _, p: f"{p[6]} {p[1][:4]}",
}
STRICT = tuple(ASKS)[:4]


def beginnings(text: str) -> list[str]:
    """Every beginning of two letters or more that does not end in a space."""
    return [text[:end] for end in range(2, len(text) + 1) if text[end - 1] != " "]
