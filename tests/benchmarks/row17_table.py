"""Row 17: a table of a million rows: scrolling, a jump, and a page of a hundred by keyset.

The floor of a frame: the same table over rows that are in Python lists already. The floor of a page: the same question
on a bare connection.
"""

import itertools
import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QApplication

from clinic_desktop.gui import theme
from clinic_desktop.gui.widgets.model import Column, Page, PagedModel
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.store.connection import READER_PRAGMAS
from clinic_desktop.store.engine import Store
from tests.benchmarks import clinics
from tests.benchmarks.figures import Row, in_turn, percentile, timed
from tests.benchmarks.workplace import Paints, until

Patient = Sequence[Any]
PAGE = 100
SHOWN = ("family_name", "given_names", "mrn", "sex", "born_on", "phone", "address")
RAW = (
    "SELECT family_name, given_names, mrn, sex, born_on, phone, address, family_key, given_key FROM patients"
    " WHERE family_key >= ? AND (family_key > ? OR given_key > ?) ORDER BY family_key, given_key LIMIT 100"
)
# Only the index is walked to the place: the rows themselves are read for the page alone.
RAW_JUMP = (
    "SELECT family_name, given_names, mrn, sex, born_on, phone, address, family_key, given_key FROM patients"
    " WHERE rowid_ IN (SELECT rowid_ FROM patients ORDER BY family_key, given_key LIMIT ? OFFSET ?)"
    " ORDER BY family_key, given_key"
)


def rows(*, full: bool) -> list[Row]:
    """Scroll both tables in turn, then jump, then ask for pages both ways."""
    clinic, _desk = clinics.opened(clinics.profile(1_000_000))
    connection = clinics.raw(clinic, READER_PRAGMAS)
    app = QApplication.instance() or QApplication([])
    if not isinstance(app, QApplication):
        raise TypeError("a table needs a QApplication")
    theme.apply(app, "light")
    with clinic.store.read() as reading:
        total = int(reading.exec_driver_sql("SELECT count(*) FROM patients").scalar_one())
    listed = connection.execute(RAW_JUMP, (20_000, 0)).fetchall()
    ours = table(total, partial(_answer, clinic.store))
    floor = table(total, lambda page: listed[: page.count])
    rounds = 400 if full else 120
    scrolled = in_turn(rounds, *(_scrolling(each) for each in (ours, floor)), warm=10)
    chance = random.Random(5)
    jumps = [timed(partial(_jump, ours, chance.randrange(total))) for _ in range(rounds // 4)]
    marks = [listed[chance.randrange(20_000)] for _ in range(30)]
    turn, turn_raw = itertools.cycle(marks), itertools.cycle(marks)
    by_core, by_hand = in_turn(
        rounds,
        lambda: _page(clinic.store, next(turn)),
        lambda: connection.execute(RAW, _keys(next(turn_raw))).fetchall(),
        warm=60,
    )
    connection.close()
    clinic.close()
    return [
        Row(17, "a million rows: a frame of scrolling, p50", percentile(scrolled[0], 50), percentile(scrolled[1], 50),
            most=1.5),
        Row(17, "a frame of scrolling, p95", percentile(scrolled[0], 95), percentile(scrolled[1], 95)),
        Row(17, "a jump anywhere, rows asked for and painted, p50", percentile(jumps, 50), limit=16),
        Row(17, "a jump anywhere, p95", percentile(jumps, 95)),
        Row(17, "a keyset page of 100, p50", percentile(by_core, 50), percentile(by_hand, 50), most=1.5),
    ]  # fmt: skip


def table(total: int, answer: Callable[[Page[Patient]], Sequence[Patient]]) -> ListTable[Patient]:
    """The product's own table over pages that are answered at once."""
    columns = [
        Column[Patient](name, name, lambda row, place=place: str(row[place] or ""))  # type: ignore[misc]  # late binding
        for place, name in enumerate(SHOWN)
    ]
    model: PagedModel[Patient] = PagedModel(columns, lambda page, arrived: arrived(answer(page)), page=PAGE)
    model.set_total(total)
    made = ListTable("bench.patients", columns, model=model)
    made.resize(1200, 800)
    made.total_changed()
    made.show()
    until(made.view.viewport().isVisible)
    return made


def _scrolling(shown: ListTable[Patient]) -> Callable[[], None]:
    bar = shown.view.verticalScrollBar()
    paints = Paints(shown.view.viewport())

    def frame() -> None:
        before = paints.count
        bar.setValue(bar.value() + 3)
        until(lambda: paints.count > before)

    return frame


def _jump(shown: ListTable[Patient], place: int) -> None:
    shown.view.verticalScrollBar().setValue(place)
    # The first paint asks for the rows; they are there, and painted by the second.
    shown.view.viewport().repaint()
    shown.view.viewport().repaint()


def _answer(store: Store, page: Page[Patient]) -> Sequence[Patient]:
    if page.after is not None:
        return _page(store, page.after)
    with store.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(RAW_JUMP, (page.count, page.first)).all()]


def _page(store: Store, after: Patient) -> Sequence[Patient]:
    with store.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(RAW, _keys(after)).all()]


def _keys(row: Patient) -> tuple[str, str, str]:
    return row[7], row[7], row[8]
