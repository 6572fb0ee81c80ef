"""The laboratory's screen with real services, a real store and real key presses."""

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.gui.screens.laboratory.view import LaboratoryScreen
from clinic_desktop.gui.shell.screen import ScreenContext
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.settings import RememberedHere
from clinic_desktop.services import drafts, laboratory, results, sheets, worklist
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.results import Entry
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff
from tests.medicines import add_patient
from tests.starter import load_pack

DeskFor = Callable[[str], Desk]


class PretendWindow:
    """What a screen may ask of the shell, written down."""

    def __init__(self) -> None:
        self.patient: str | None = None
        self.said: list[str] = []
        self.errors: list[str] = []
        self.near: QWidget | None = None
        self.went: list[tuple[str, dict[str, str]]] = []
        self.counts: dict[str, int] = {}
        self.undo: Callable[[], None] | None = None
        self.paper: tuple[Callable[[], bytes], str] | None = None

    def go(self, screen: str, **arguments: str) -> None:
        self.went.append((screen, arguments))

    def back(self) -> None:
        self.went.append(("back", {}))

    def say(self, text: str) -> None:
        self.said.append(text)

    def show_error(self, error: Exception, near: QWidget | None = None) -> None:
        self.errors.append(str(error))
        self.near = near

    def offer_undo(self, text: str, undo: Callable[[], None]) -> None:
        self.said.append(text)
        self.undo = undo

    def set_patient(self, patient_id: str | None) -> None:
        self.patient = patient_id

    def refresh_banner(self) -> None:
        return None

    def set_count(self, screen: str, n: int) -> None:
        self.counts[screen] = n

    def preview(self, document: Callable[[], bytes], title: str) -> None:
        self.paper = (document, title)


class Bench:
    """One woman with an order, two people in the laboratory, and a screen for either."""

    def __init__(self, store: Store, desk_for: DeskFor, clock: SetClock, qtbot: QtBot) -> None:
        self.store, self.qtbot = store, qtbot
        self.doctor, self.nurse, self.anna = desk_for("doctor"), desk_for("nurse"), desk_for("laboratory")
        with store.write(act=new_id(), session=None) as unit:
            load_pack(unit)
            values = {"username": "ben", "display_name": "Ben Two", "role": "laboratory"}
            ben = unit.create(staff, values, kind="staff.added")
            person = {
                "mrn": "MRN-1", "family_name": "Otieno", "given_names": "Grace", "sex": "female",
                "born_on": "1986-01-05", "family_key": "otieno", "given_key": "grace",
                "registered_at": "2026-01-01T00:00:00.000000Z",
            }  # fmt: skip
            self.patient = unit.create(patients, person, kind="patient.registered")
        self.ben = Desk(store, Session(new_id(), ben, "ben", "Ben Two", "laboratory", "A7", clock.now()))
        self.order = ""

    def placed(self, *tests: str, collect: bool = True) -> str:
        self.order = laboratory.place_order(self.doctor, self.patient, tests=tests).id
        if collect:
            kinds = tuple({test.specimen for test in self.sheet().tests})
            laboratory.collect_specimen(self.nurse, self.order, kinds)
        return self.order

    def sheet(self) -> sheets.OrderSheet:
        return sheets.order_sheet(self.anna, self.patient, self.order)

    def value(self, code: str) -> str | None:
        result = next(test for test in self.sheet().tests if test.test_code == code).result
        return None if result is None else result.value

    def screen(self, desk: Desk, stage: str = "enter") -> "Screen":
        window = PretendWindow()
        context = ScreenContext(desk, Immediately(), window, RememberedHere(), lambda: date(2026, 3, 10))
        view = LaboratoryScreen(context)
        self.qtbot.addWidget(view)
        view.resize(1160, 700)
        view.show()
        self.qtbot.waitExposed(view)
        view.activateWindow()
        view.open(stage=stage)
        return Screen(view, window)


class Screen:
    """The screen as somebody with a keyboard sees it."""

    def __init__(self, view: LaboratoryScreen, window: PretendWindow) -> None:
        self.view, self.window = view, window

    def part(self, name: str, kind: type[QWidget] = QWidget) -> QWidget:
        found = self.view.findChild(kind, name)
        assert found is not None, name
        return found

    def open_first(self) -> None:
        table = self.part("laboratory.orders")
        table.setFocus()
        QTest.keyClick(table, Qt.Key.Key_Return)

    def edit(self, code: str) -> QLineEdit:
        found = self.part(f"laboratory.value.{code}", QLineEdit)
        assert isinstance(found, QLineEdit)
        return found

    def keys(self, code: str, text: str, then: Qt.Key | None = Qt.Key.Key_Return) -> None:
        edit = self.edit(code)
        edit.setFocus()
        QTest.keyClicks(edit, text)
        if then is not None:
            QTest.keyClick(edit, then)

    def words(self, name: str) -> str:
        found = self.part(name, QLabel)
        assert isinstance(found, QLabel)
        return found.text() if not found.isHidden() else ""

    def press(self, name: str) -> None:
        found = self.part(name, QPushButton)
        assert isinstance(found, QPushButton)
        found.click()

    def focus(self) -> str:
        return self.view.focusWidget().objectName()

    def flag(self, code: str) -> str:
        pill = self.part(f"laboratory.flag.{code}")
        return "" if pill.isHidden() else pill.accessibleName()


@pytest.fixture
def bench(store: Store, desk_for: DeskFor, clock: SetClock, qtbot: QtBot) -> Bench:
    return Bench(store, desk_for, clock, qtbot)


def test_values_are_typed_one_after_another_and_saved_with_one_press(bench: Bench) -> None:
    bench.placed("sodium", "potassium", "malaria_rdt")
    screen = bench.screen(bench.anna)
    screen.open_first()
    assert screen.window.patient == bench.patient
    assert screen.focus() == "laboratory.value.sodium"
    screen.keys("sodium", "14", None)
    assert "not possible" in screen.words("laboratory.words.sodium")
    screen.keys("sodium", "9")
    assert screen.flag("sodium") == "H high"
    assert screen.focus() == "laboratory.value.potassium"
    screen.keys("potassium", "4.0", Qt.Key.Key_Down)
    assert screen.flag("potassium") == "Normal"
    screen.keys("malaria_rdt", "n")
    assert screen.edit("malaria_rdt").text() == "Negative"
    screen.view.primary()
    assert screen.window.errors == []
    assert (bench.value("sodium"), bench.value("potassium"), bench.value("malaria_rdt")) == ("149", "4.0", "Negative")


def test_a_value_that_is_not_possible_holds_the_cursor(bench: Bench) -> None:
    bench.placed("sodium", "potassium")
    screen = bench.screen(bench.anna)
    screen.open_first()
    screen.keys("sodium", "1490")
    assert screen.focus() == "laboratory.value.sodium"
    screen.view.primary()
    assert bench.value("sodium") is None


def test_a_critical_value_is_confirmed_by_a_second_look(bench: Bench) -> None:
    bench.placed("potassium")
    screen = bench.screen(bench.anna)
    screen.open_first()
    screen.keys("potassium", "7.1", None)
    assert screen.flag("potassium") == "HH critical"
    screen.view.primary()
    assert bench.value("potassium") is None
    QTest.keyClick(screen.edit("potassium"), Qt.Key.Key_Return)
    screen.view.primary()
    assert bench.value("potassium") == "7.1"


def test_the_grid_of_an_order_comes_back_as_it_was_typed(bench: Bench) -> None:
    bench.placed("sodium", "potassium")
    screen = bench.screen(bench.anna)
    screen.open_first()
    screen.keys("sodium", "141", None)
    screen.keys("potassium", "4.", None)
    keeper = screen.view.findChild(DraftKeeper)
    assert keeper is not None
    keeper.flush()
    again = bench.screen(bench.anna)
    again.open_first()
    assert (again.edit("sodium").text(), again.edit("potassium").text()) == ("141", "4.")
    again.keys("potassium", "2")
    again.view.primary()
    assert bench.value("potassium") == "4.2"
    assert drafts.draft(bench.anna, DraftKey("laboratory.results", bench.order)) is None


def test_somebody_else_entering_the_same_test_is_shown_and_what_was_typed_stays(bench: Bench) -> None:
    bench.placed("sodium")
    screen = bench.screen(bench.anna)
    screen.open_first()
    screen.keys("sodium", "141", None)
    theirs = bench.sheet().tests[0]
    results.enter_results(bench.ben, bench.order, (Entry(theirs.order_test_id, "139", theirs.version),))
    screen.view.primary()
    assert "Ben Two entered 139" in screen.window.errors[0]
    assert bench.value("sodium") == "139"
    assert screen.edit("sodium").text() == "141"
    assert "Ben Two entered 139" in screen.words("laboratory.words.sodium")
    QTest.keyClick(screen.edit("sodium"), Qt.Key.Key_Return)
    screen.view.primary()
    assert bench.value("sodium") == "141"


def test_what_is_typed_stays_when_the_screen_asks_again(bench: Bench) -> None:
    bench.placed("sodium", "potassium")
    screen = bench.screen(bench.anna)
    screen.open_first()
    screen.keys("potassium", "4.", None)
    screen.view.refresh(frozenset({"result.entered"}))
    assert screen.focus() == "laboratory.value.potassium"
    assert screen.edit("potassium").text() == "4."


def test_specimens_are_collected_with_the_number_for_the_label(bench: Bench) -> None:
    bench.placed("sodium", "hcg_urine", collect=False)
    screen = bench.screen(bench.nurse, "collect")
    screen.open_first()
    urine = screen.part("laboratory.kind.urine", QCheckBox)
    assert isinstance(urine, QCheckBox)
    urine.click()
    screen.view.primary()
    assert screen.words("laboratory.specimen.serum").startswith("SP-A7-000001")
    screen.press("laboratory.labels")
    assert screen.window.paper is not None
    assert screen.window.paper[0]().startswith(b"%PDF-")
    assert [test.status for test in bench.sheet().tests] == ["collected", "ordered"]


def test_whoever_entered_is_told_the_rule_and_the_other_releases(bench: Bench) -> None:
    bench.placed("sodium")
    test = bench.sheet().tests[0]
    results.enter_results(bench.anna, bench.order, (Entry(test.order_test_id, "140", test.version),))
    own = bench.screen(bench.anna, "release")
    own.open_first()
    assert "somebody else" in own.words("laboratory.rule")
    own.view.primary()
    assert bench.sheet().status == "collected"
    other = bench.screen(bench.ben, "release")
    other.open_first()
    assert other.words("laboratory.rule") == ""
    other.view.primary()
    assert bench.sheet().status == "released"
    other.press("laboratory.print")
    assert other.window.paper is not None
    assert other.window.paper[0]().startswith(b"%PDF-")


def test_of_an_order_that_two_entered_each_releases_what_the_other_did(bench: Bench) -> None:
    bench.placed("sodium", "potassium")
    for desk, code, value in ((bench.anna, "sodium", "140"), (bench.ben, "potassium", "4.0")):
        test = next(test for test in bench.sheet().tests if test.test_code == code)
        results.enter_results(desk, bench.order, (Entry(test.order_test_id, value, test.version),))
    screen = bench.screen(bench.ben, "release")
    screen.open_first()
    screen.view.primary()
    assert screen.window.errors == []
    assert [test.status for test in bench.sheet().tests] == ["released", "resulted"]


def test_with_no_list_asked_for_the_first_one_with_work_is_shown(bench: Bench) -> None:
    bench.placed("sodium")
    test = bench.sheet().tests[0]
    results.enter_results(bench.anna, bench.order, (Entry(test.order_test_id, "140", test.version),))
    screen = bench.screen(bench.anna, "")
    assert screen.view.presenter.stage == "release"
    asked = bench.screen(bench.anna, "collect")
    assert asked.view.presenter.stage == "collect"


def test_where_nothing_waits_the_roles_own_list_is_shown(bench: Bench) -> None:
    assert bench.screen(bench.anna, "").view.presenter.stage == "enter"


def critical(bench: Bench) -> None:
    bench.placed("potassium")
    test = bench.sheet().tests[0]
    entry = Entry(test.order_test_id, "7.1", test.version, confirmed=True)
    entered = results.enter_results(bench.anna, bench.order, (entry,))
    results.release_results(bench.ben, bench.order, ((entered[0].result_id, 1),))


def test_a_critical_result_is_called_back_with_who_was_told_and_that_it_was_read_back(bench: Bench) -> None:
    critical(bench)
    screen = bench.screen(bench.anna, "call_back")
    table = screen.part("laboratory.critical_list")
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert screen.part("laboratory.critical").isVisible()
    screen.press("laboratory.record_callback")
    assert len(worklist.critical_results(bench.anna)) == 1
    QTest.keyClicks(screen.part("laboratory.told_whom"), "Dr One")
    screen.press("laboratory.record_callback")
    assert "read back" in screen.window.errors[-1]
    box = screen.part("laboratory.read_back", QCheckBox)
    assert isinstance(box, QCheckBox)
    box.setChecked(True)
    screen.press("laboratory.record_callback")
    assert worklist.critical_results(bench.anna) == ()
    assert not screen.part("laboratory.critical").isVisible()


def test_a_correction_shows_the_old_value_struck_with_the_reason(bench: Bench) -> None:
    critical(bench)
    screen = bench.screen(bench.anna, "done")
    screen.open_first()
    screen.press("laboratory.correct.potassium")
    QTest.keyClicks(screen.part("laboratory.new_value"), "4.2")
    QTest.keyClicks(screen.part("laboratory.reason"), "Haemolysed")
    screen.press("laboratory.correction.save")
    assert bench.value("potassium") == "4.2"
    other = bench.screen(bench.ben, "release")
    other.open_first()
    other.view.primary()
    old = other.part("laboratory.old.potassium.0", QLabel)
    assert isinstance(old, QLabel)
    assert (old.text(), old.font().strikeOut()) == ("7.1", True)
    assert any("Haemolysed" in one.text() for one in other.view.findChildren(QLabel))


def test_a_specimen_is_rejected_with_a_reason(bench: Bench) -> None:
    bench.placed("sodium")
    screen = bench.screen(bench.anna)
    screen.open_first()
    screen.press("laboratory.reject.serum")
    why = screen.part("laboratory.reject_dialog.reason", QPlainTextEdit)
    QTest.keyClicks(why, "Haemolysed")
    screen.press("laboratory.reject_dialog.confirm")
    assert [test.status for test in bench.sheet().tests] == ["rejected"]


def test_escape_closes_one_thing_at_a_time(bench: Bench) -> None:
    critical(bench)
    screen = bench.screen(bench.anna, "done")
    screen.open_first()
    screen.press("laboratory.correct.potassium")
    assert screen.view.escape()
    assert not screen.part("laboratory.correction").isVisible()
    assert screen.view.escape()
    assert screen.window.patient is None
    assert not screen.view.escape()


def test_a_patient_picked_while_another_order_is_open_is_the_one_shown(bench: Bench) -> None:
    bench.placed("potassium")
    other = add_patient(bench.store, "Mwangi", "Peter")
    theirs = laboratory.place_order(bench.doctor, other, tests=("sodium",)).id
    shown = bench.screen(bench.anna)
    shown.view.open(patient_id=bench.patient, order_id=bench.order)
    sheet = shown.view.presenter.sheet
    assert sheet is not None
    assert sheet.order_id == bench.order
    shown.view.open(patient_id=other)
    assert shown.window.patient == other
    sheet = shown.view.presenter.sheet
    assert sheet is not None
    assert sheet.order_id == theirs
