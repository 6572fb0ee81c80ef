"""What devices sent is decided by keys: the message beside it, who it may be, and a warning before a wrong chart."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.devices import Named
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.screens.review import raw
from clinic_desktop.gui.screens.review.presenter import value_words
from clinic_desktop.gui.screens.review.view import SEEN_MS, ReviewView
from clinic_desktop.services import device_intake, device_registrations, device_reviewing, devices, drafts
from clinic_desktop.services.device_answers import Told
from clinic_desktop.services.device_vitals import read_vitals
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import vital_signs
from clinic_desktop.store.tables.devices import device_messages, device_results
from clinic_desktop.store.tables.merges import merges
from clinic_desktop.store.tables.outside import observations
from clinic_desktop.store.tables.patients import patients
from tests.conftest import DeskFor
from tests.unit.devices.device_case import GRACE, glucose, ready, sent
from tests.unit.devices.test_devices_hl7_carried import PID, tell
from tests.unit.gui.screens.stage import Stage
from tests.unit.services.lab_case import Lab

NEW = "PID|1||R-5^^^CITY^MR||Mwangi^Peter^K||19911231|M|||4 Lake Road^^Nakuru||0722 123 456"


@pytest.fixture
def lab(store: Store, desk_for: DeskFor, clock: SetClock) -> Lab:
    made = Lab(store, desk_for, clock)
    ready(made)
    return made


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor) -> Stage:
    return Stage(qtbot, desk_for)


def shown(stage: Stage, role: str = "laboratory", **arguments: str) -> ReviewView:
    view = stage.show("review", role, **arguments)
    assert isinstance(view, ReviewView)
    QTest.qWait(SEEN_MS + 30)
    return view


def press(view: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or view, key, modifier)
    QTest.qWait(5)


def focused() -> QWidget:
    """Where the cursor is."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def unordered(code: str, value: str) -> devices.ReceivedResult:
    """A result that is certain of its person and doubtful in its value."""
    return glucose(value, identity=f"F1/{code}//1", problem="the number cannot be read")


def test_enter_files_to_the_one_who_agrees_and_the_next_is_chosen_at_once(lab: Lab, stage: Stage) -> None:
    sent(
        lab.anna, unordered("a", "98"), unordered("b", "99"), raw=b"MSH|x\rPID|1\rOBX|1|NM|2345-7||98\rOBX|2|NM|b||99\r"
    )
    view = shown(stage)
    assert view.deciding.reject.text().replace("&", "") == "Set aside", "nothing is deleted"
    assert view.items.current() is not None
    one = view.deciding.candidate()
    assert one is not None
    assert (one.patient_id, set(one.agrees), one.differs) == (lab.patient, {"number", "name", "born", "sex"}, ())
    assert view.raw.marked_text() == "OBX|1|NM|2345-7||98"
    assert not view.deciding.warning.isVisible()
    press(view, Qt.Key.Key_Return)
    assert [row.value for row in lab.rows(observations)] == ["98"]
    assert view.raw.marked_text() == "OBX|2|NM|b||99"
    press(view, Qt.Key.Key_Return)  # a key that is held down decides nothing that was not seen
    assert len(lab.rows(observations)) == 1
    QTest.qWait(SEEN_MS)
    press(view, Qt.Key.Key_Delete)
    assert [row.state for row in lab.rows(device_results)] == [
        "filed",
        "review",
    ]  # no reason yet: the cursor asks for it
    QTest.keyClicks(focused(), "cannot be read")
    view.items.setFocus()
    press(view, Qt.Key.Key_Delete)
    assert [(row.state, row.why) for row in lab.rows(device_results)][1] == ("rejected", "cannot be read")
    assert view.items.rows() == []
    assert drafts.my_drafts(stage.desk_for("laboratory")) == ()


def test_somebody_who_contradicts_is_filed_to_only_with_a_reason_that_stands_in_the_journal(
    lab: Lab, stage: Stage
) -> None:
    sent(lab.anna, glucose(), said=Named(GRACE.numbers, (("Otieno", "Mercy"),), "1986-01-05"))
    view = shown(stage)
    assert view.deciding.candidate() is None, "nobody who is doubtful is chosen beforehand"
    press(view, Qt.Key.Key_Return)
    assert view.findChild(QWidget, "review.despite") is None
    press(view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    one = view.deciding.candidate()
    assert one is not None
    assert one.is_other
    assert "another name" in view.deciding.warning.text()
    press(view, Qt.Key.Key_Return)
    assert view.dialog is not None
    press(view.dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert lab.rows(observations) == []
    QTest.keyClicks(focused(), "married name, asked her")
    press(view.dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [row.patient_id for row in lab.rows(observations)] == [lab.patient]
    with lab.store.read() as connection:
        said = connection.exec_driver_sql("SELECT reason FROM journal WHERE kind = 'device_result.filed'").scalars()
        assert list(said) == ["married name, asked her"]


def test_two_windows_deciding_the_same_the_second_is_told_and_files_nothing(lab: Lab, stage: Stage) -> None:
    sent(lab.anna, unordered("a", "98"))
    view = shown(stage)
    (item,) = view.items.rows()
    devices.reject_item(lab.ben, item.id, "seen on the other screen")
    press(view, Qt.Key.Key_Return)
    assert stage.window.errors == ["This was decided meanwhile."]
    assert lab.rows(observations) == []
    assert view.items.rows() == []


def test_what_comes_and_what_is_decided_elsewhere_moves_the_list(lab: Lab, stage: Stage) -> None:
    view = shown(stage)
    assert view.items.rows() == []
    sent(lab.anna, unordered("a", "98"), glucose(identity="qc", control=True, numbers=("QC1",)))
    view.refresh(frozenset({"device_result.review"}))
    assert len(view.items.rows()) == 1
    assert stage.window.counts["review"] == 1
    assert device_reviewing.waiting(lab.anna) == 1
    view.show_part.set_value("controls")
    view.show_part.edited.emit()
    assert [one.specimen for one in view.controls.rows()] == ["QC1"]
    assert not view.deciding.isVisible()


def test_reception_sees_registrations_alone_and_the_laboratory_none(lab: Lab, stage: Stage, desk_for: DeskFor) -> None:
    tell(lab, "ADT^A04", pid=NEW)
    sent(lab.anna, unordered("a", "98"))
    (told,) = device_registrations.told_registrations(desk_for("front_desk"))
    (result,) = [one for one in devices.review_list(lab.anna) if one.subject == "result"]
    assert shown(stage).presenter.parts == ["results", "controls"]
    assert shown(stage, "front_desk").presenter.parts == ["registrations"]
    assert shown(stage, "administrator").presenter.parts == ["results", "registrations", "controls"]
    with pytest.raises(Refusal):
        device_reviewing.evidence(desk_for("front_desk"), result.id)
    with pytest.raises(Refusal):
        device_reviewing.evidence(lab.anna, told.id)


def test_a_nurse_sees_the_vital_signs_that_wait_and_files_them_with_enter(lab: Lab, stage: Stage) -> None:
    body = {"values": {"pressure": "120/80"}}
    told = Told("1", "MONITOR", "", "d", json.dumps(body).encode())
    said = Named((("", "nobodys"),), GRACE.names, GRACE.born)
    device_intake.take_vitals(lab.nurse, told, said, read_vitals(body), None)
    sent(lab.anna, unordered("a", "98"), said=Named())
    view = shown(stage, "nurse")
    assert view.presenter.parts == ["results"]
    assert [value_words(one) for one in view.items.rows()] == ["vital signs"]
    assert [one.title for one in view.items.rows()] == ["pressure 120/80"]
    assert not view.controls.isVisible()
    press(view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    press(view, Qt.Key.Key_Return)
    QTest.keyClicks(focused(), "she sits before me")
    press(view.dialog or view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert {row.patient_id for row in lab.rows(vital_signs)} == {lab.patient}
    assert view.items.rows() == []


def test_somebody_told_of_is_looked_through_changed_and_registered(lab: Lab, stage: Stage, desk_for: DeskFor) -> None:
    tell(lab, "ADT^A04", pid=NEW)
    view = shown(stage, "front_desk")
    assert view.forms.current == "register"
    assert view.register.form.field("family_name").value() == "Mwangi"
    assert view.register.form.field("city").value() == "Nakuru"
    press(view, Qt.Key.Key_Return)
    family = focused()
    assert family.objectName() == "review.family_name"
    QTest.keyClicks(family, "-Otieno")
    desk = desk_for("front_desk")
    stage.qtbot.waitUntil(lambda: len(drafts.my_drafts(desk)) == 1)
    view.primary()
    made = [row for row in lab.rows(patients) if row.family_name == "Mwangi-Otieno"]
    assert [(row.given_names, row.born_on, row.phone) for row in made] == [("Peter K", "1991-12-31", "0722 123 456")]
    assert view.told.rows() == []
    assert drafts.my_drafts(desk) == ()


def test_only_what_is_ticked_is_taken_over_and_can_be_put_back(lab: Lab, stage: Stage) -> None:
    tell(lab, "ADT^A08", pid=PID + "|||9 New Street^^Kisumu||0711 000 111")
    view = shown(stage, "front_desk")
    assert view.forms.current == "take"
    assert {name for name, check in view.take._checks.items() if not check.isHidden()} == {"address", "city", "phone"}
    assert view.take.fields() == ()
    box = view.take._checks["city"].box
    box.setFocus()
    press(view, Qt.Key.Key_Space)
    view.primary()
    person = next(one for one in lab.rows(patients) if one.id == lab.patient)
    assert (person.city, person.phone) == ("Kisumu", None)
    stage.window.undo()
    assert next(one for one in lab.rows(patients) if one.id == lab.patient).city is None


def test_a_merge_that_was_told_asks_for_what_differs_and_shows_what_moves(
    lab: Lab, stage: Stage, desk_for: DeskFor
) -> None:
    desk = desk_for("front_desk")
    tell(lab, "ADT^A04", pid=NEW)
    device_registrations.register_told(desk, device_registrations.told_registrations(desk)[0].id)
    tell(lab, "ADT^A40^ADT_A39", "MRG|R-5^^^CITY^MR", number="M2")
    view = shown(stage, "front_desk")
    assert view.forms.current == "merge"
    view.primary()
    assert view.merging.choices["sex"].error()
    assert lab.rows(merges) == []
    for name in ("sex", "born_on"):
        view.merging.choices[name].set_value("kept")
    view.merging.reason.set_value("told by the city")
    view.primary()
    assert len(lab.rows(merges)) == 1
    assert view.told.rows() == []


def test_a_registration_is_set_aside_by_reception_with_one_key_and_a_shown_reason(lab: Lab, stage: Stage) -> None:
    tell(lab, "ADT^A04", pid=NEW)
    view = shown(stage, "front_desk")
    view.deciding.reason.set_value("not_ours")
    view.told.setFocus()
    press(view, Qt.Key.Key_Delete)
    (row,) = [one for one in lab.rows(device_messages) if one.subject == "registration"]
    assert (row.state, row.why) == ("rejected", "Nobody of this clinic")


def test_nothing_a_device_sends_works_on_the_screen() -> None:
    hostile = b"MSH|\x00\x1b[31mred\rOBX|1|" + "\u202eevil\u200b".encode() + b"|9\rPID\xff"
    got = raw.shown(hostile, None, "hl7", 0, "", "9")
    assert got.lines[0] == "MSH|⟨NUL⟩⟨ESC⟩[31mred"
    assert got.lines[1] == "OBX|1|⟨U+202E⟩evil⟨U+200B⟩|9"
    assert got.lines[2] == "PID\\xff"
    assert got.own == (1,)


def test_a_message_of_a_megabyte_is_shown_in_bounded_lines_with_its_own_segment_among_them(qtbot: QtBot) -> None:
    from clinic_desktop.gui.widgets.rawtext import RawText

    body = b"OBX|1|NM|other||1\r" * 60_000 + b"OBX|2|NM|mine||7\r" + b"A" * 1_000_000
    got = raw.shown(body, "no-such-set", "hl7", 60_000, "mine", "7")
    assert len(got.lines) <= raw.MOST_LINES
    assert [got.lines[place] for place in got.own] == ["OBX|2|NM|mine||7"]
    assert got.left_out > 0
    assert max(map(len, got.lines)) <= raw.LONGEST_LINE
    edit = RawText("x", "y")
    qtbot.addWidget(edit)
    edit.show_lines(got.lines, got.own)
    assert edit.marked_text() == "OBX|2|NM|mine||7"
