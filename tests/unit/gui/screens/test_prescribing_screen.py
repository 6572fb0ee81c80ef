"""Prescribing through the window: real keys, real services, an encrypted database."""

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from clinic_desktop.domain.prescribing import Dose
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.screens.prescribing.view import PrescribingView
from clinic_desktop.gui.widgets.pill import Pill
from clinic_desktop.services import drafts, patients, prescribing
from clinic_desktop.services.acts import DraftKey
from clinic_desktop.services.prescription_lines import LineDraft
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.medicines import World, add_patient, amoxicillin, paracetamol, warfarin, world
from tests.unit.gui.screens.one_screen import OneScreen

RETURN, TAB = Qt.Key.Key_Return, Qt.Key.Key_Tab


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor) -> World:
    made = world(store, desk_for)
    made.receive("amoxicillin_500_cap", "A1", date(2027, 1, 1), 90)
    return made


def show(qtbot: QtBot, clinic: World) -> OneScreen:
    window = OneScreen(clinic.doctor, PrescribingView)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.view.open(patient_id=clinic.patient)
    qtbot.wait(10)
    return window


@pytest.fixture
def window(qtbot: QtBot, clinic: World) -> OneScreen:
    return show(qtbot, clinic)


def screen(window: OneScreen) -> PrescribingView:
    assert isinstance(window.view, PrescribingView)
    return window.view


def write(window: OneScreen, medicine: str, how_often: str, days: str) -> None:
    window.text(medicine)
    window.press(RETURN)
    assert window.focused == "prescribing.frequency"
    window.text(how_often)
    window.press(TAB)
    assert window.focused == "prescribing.days"
    window.text(days)


def test_two_medicines_are_signed_by_keys_alone(clinic: World, window: OneScreen) -> None:
    assert window.patients == [clinic.patient]
    write(window, "amox", "tds", "7")
    view = screen(window)
    assert view.editor.sig.text() == "Take 1 capsule by mouth three times a day for 7 days."
    assert view.editor.quantity.line.placeholderText() == "21"
    assert view.editor.stock.text() == "90 capsules in stock · 0.15 USD a capsule"
    window.press(RETURN)
    assert window.focused == "prescribing.medicine"
    write(window, "parac", "qds", "5")
    window.press(RETURN)
    assert window.keys == len("amox" + "tds" + "7" + "parac" + "qds" + "5") + 6
    window.primary()
    assert window.errors == []
    (signed,) = prescribing.active_prescriptions(clinic.doctor, clinic.patient)
    assert [(line.title, line.quantity) for line in signed.lines] == [
        ("amoxicillin 500 mg capsule", 21),
        ("paracetamol 500 mg tablet", 20),
    ]
    assert window.said == [f"Prescription {signed.number} signed and sent to the pharmacy."]
    assert drafts.draft(clinic.doctor, DraftKey("prescribing", clinic.patient)) is None
    assert view.presenter.lines == []


def test_the_list_of_lines_ends_above_the_foot_of_a_small_window(window: OneScreen, qtbot: QtBot) -> None:
    layout = window.layout()
    assert layout is not None
    layout.setContentsMargins(0, 0, 0, 0)
    window.resize(1208, 612)  # what a window of 1280 by 800 leaves beneath bar, banner and tabs
    write(window, "amox", "tds", "7")
    window.press(RETURN)
    qtbot.wait(30)
    assert window.view._body.verticalScrollBar().maximum() == 0
    assert screen(window).lines.height() >= 150


def test_an_unfinished_line_is_added_and_looked_at_before_it_is_signed(clinic: World, window: OneScreen) -> None:
    write(window, "amox", "tds", "7")
    window.primary()
    assert prescribing.active_prescriptions(clinic.doctor, clinic.patient) == ()
    assert window.said == ["Line added. Look at the check, then sign."]
    window.primary()
    assert len(prescribing.active_prescriptions(clinic.doctor, clinic.patient)) == 1


def test_the_last_day_to_fill_it_is_checked_kept_in_the_draft_and_signed(clinic: World, window: OneScreen) -> None:
    view = screen(window)
    write(window, "amox", "tds", "7")
    window.press(RETURN)
    view.filling.until.line.setText("soon")
    window.primary()
    assert prescribing.active_prescriptions(clinic.doctor, clinic.patient) == ()
    view.filling.until.line.setText("1 Jan 2001")
    view.filling.edited.emit("expires_on")
    window.primary()
    assert prescribing.active_prescriptions(clinic.doctor, clinic.patient) == ()
    assert window.errors == ["This day is in the past."]
    view.filling.until.line.setText("31-Dec-2027")
    view.filling.edited.emit("expires_on")
    view.keeper.flush()
    kept = drafts.draft(clinic.doctor, DraftKey("prescribing", clinic.patient))
    assert kept is not None
    assert kept["expires_on"] == "31-Dec-2027"
    window.primary()
    (signed,) = prescribing.active_prescriptions(clinic.doctor, clinic.patient)
    assert signed.expires_on == "2027-12-31"
    assert view.filling.until.value() is None


def test_an_allergy_asks_for_its_reason_in_place(clinic: World, window: OneScreen, qtbot: QtBot) -> None:
    clinic.allergic_to("Penicillin", group="penicillin")
    write(window, "amox", "tds", "7")
    qtbot.waitUntil(lambda: len(screen(window).alerts.fields) == 1)
    window.press(RETURN)
    assert screen(window).lines.text_of(0, "safety") == "Stop"
    window.primary()
    assert prescribing.active_prescriptions(clinic.doctor, clinic.patient) == ()
    assert window.focused == "prescribing.reason_0"
    window.text("tolerated in 2024")
    window.primary()
    (signed,) = prescribing.active_prescriptions(clinic.doctor, clinic.patient)
    assert [alert.reason for alert in signed.alerts if alert.tier == "stop"] == ["tolerated in 2024"]


def test_an_allergy_recorded_on_another_desk_shows_at_once(clinic: World, window: OneScreen) -> None:
    write(window, "amox", "tds", "7")
    window.press(RETURN)
    assert screen(window).alerts.fields == {}
    clinic.allergic_to("Penicillin", group="penicillin")
    window.view.refresh(frozenset({"allergy.recorded"}))
    assert len(screen(window).alerts.fields) == 1


def test_allergies_not_asked_are_said(clinic: World, window: OneScreen) -> None:
    from clinic_desktop.store.tables.patients import patients as table

    with clinic.store.write(act="x", session=None) as unit:
        unit.change(table, clinic.patient, {"allergy_state": "not_asked"}, kind="patient.changed")
    write(window, "amox", "tds", "7")
    window.press(RETURN)
    window.primary()
    assert window.errors
    assert window.errors[0].startswith("Allergies were not asked.")
    assert len(screen(window).presenter.lines) == 1


def test_what_was_typed_is_there_again_after_a_crash(clinic: World, window: OneScreen, qtbot: QtBot) -> None:
    write(window, "amox", "tds", "7")
    window.press(RETURN)
    window.text("warf")
    window.press(RETURN)
    window.text("od")
    key = DraftKey("prescribing", clinic.patient)
    qtbot.waitUntil(lambda: "frequency" in (drafts.draft(clinic.doctor, key) or {}), timeout=250)
    again = screen(show(qtbot, clinic))
    assert [written.line for written in again.presenter.lines] == [amoxicillin(days=7)]
    assert again.presenter.lines[0].on_hand == 90
    assert again.editor.medicine.value() == "warfarin_5_tab"
    assert again.editor.frequency.value() == "od"
    assert again.editor.found is not None


def test_a_line_given_up_leaves_nothing_unfinished(clinic: World, window: OneScreen, qtbot: QtBot) -> None:
    write(window, "amox", "tds", "7")
    qtbot.waitUntil(lambda: len(drafts.my_drafts(clinic.doctor)) == 1)
    window.press(Qt.Key.Key_Escape)
    assert screen(window).editor.is_empty()
    qtbot.waitUntil(lambda: drafts.my_drafts(clinic.doctor) == ())


def test_a_line_is_changed_taken_off_and_put_back(clinic: World, window: OneScreen) -> None:
    write(window, "amox", "tds", "7")
    window.press(RETURN)
    view = screen(window)
    view.lines.select_row(0)
    view.lines.setFocus()
    window.press(RETURN)
    assert view.presenter.lines == []
    assert view.editor.days.draft() == "7"
    window.press(RETURN)
    assert [written.line.dose.duration_days for written in view.presenter.lines] == [7]
    view.lines.select_row(0)
    view.lines.setFocus()
    window.press(Qt.Key.Key_Delete)
    assert view.presenter.lines == []
    assert window.undo is not None
    window.undo()
    assert len(view.presenter.lines) == 1


def test_a_line_without_days_is_refused_beside_its_field(window: OneScreen) -> None:
    window.text("amox")
    window.press(RETURN)
    window.text("tds")
    window.press(RETURN)
    assert screen(window).presenter.lines == []
    assert "how many days" in screen(window).editor.quantity.error()


@pytest.mark.parametrize(
    ("field", "typed"),
    [("days", "7.5"), ("days", "999"), ("days", "1,0"), ("days", "-3"), ("quantity", "20.9"), ("quantity", "99999"),
     ("quantity", "abc"), ("quantity", "1,000"), ("max_per_day", "1,000"), ("max_per_day", "4 g"),
     ("amount", "0.0005"), ("amount", "1" + "0" * 30), ("amount", "1,000")],
)  # fmt: skip
def test_what_cannot_be_read_is_said_beside_its_field_and_never_signed(
    clinic: World, window: OneScreen, field: str, typed: str
) -> None:
    write(window, "parac", "qds", "5")
    view = screen(window)
    view.editor.unit.set_value("mg" if field == "amount" else "tablet")
    getattr(view.editor, field).line.setText(typed)
    window.press(RETURN)
    window.primary()
    window.primary()
    assert prescribing.active_prescriptions(clinic.doctor, clinic.patient) == ()
    assert view.presenter.lines == []
    assert getattr(view.editor, field).error()
    assert getattr(view.editor, field).draft() == typed
    assert view.editor.pending() is None


def test_what_it_is_needed_for_makes_it_as_needed(clinic: World, window: OneScreen) -> None:
    write(window, "parac", "qds", "5")
    screen(window).editor.as_needed_for.set_value("pain")
    window.press(RETURN)
    window.primary()
    (signed,) = prescribing.active_prescriptions(clinic.doctor, clinic.patient)
    assert "when needed for pain" in signed.lines[0].sig


@pytest.mark.parametrize(("key", "pregnant"), [(Qt.Key.Key_T, False), (Qt.Key.Key_Y, True)])
def test_an_unknown_pregnancy_is_asked_for_and_answered_by_one_key(
    clinic: World, window: OneScreen, qtbot: QtBot, key: Qt.Key, pregnant: bool
) -> None:
    write(window, "warf", "od", "28")
    window.press(RETURN)
    view = screen(window)
    qtbot.waitUntil(lambda: any(each.key.startswith("pregnancy:not_known") for each in view.presenter.alerts))
    window.press(key, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: not any("not_known" in each.key for each in view.presenter.alerts))
    stops = [each.tier for each in view.presenter.alerts if each.kind == "pregnancy"]
    assert stops == (["stop"] if pregnant else [])
    assert patients.patient_banner(clinic.doctor, clinic.patient).pregnant is pregnant


def test_a_drug_not_in_the_pack_says_not_checked(window: OneScreen, qtbot: QtBot) -> None:
    view = screen(window)
    window.text("Xylofrobin")
    for field, value in (("amount", "1"), ("days", "5")):
        view.editor.form.field(field).restore(value)
    view.editor.form.set_values({"unit": "tablet", "route": "oral", "frequency": "od"})
    view.editor.amount.setFocus()
    window.press(RETURN)
    qtbot.waitUntil(lambda: view.presenter.loudest(0) == "not_checked")
    assert view.lines.text_of(0, "safety") == "Not checked"


def test_no_line_is_green_while_allergies_were_not_asked(
    store: Store, clinic: World, window: OneScreen, qtbot: QtBot
) -> None:
    patient = add_patient(store, "Abebe", "Sara", allergy_state="not_asked", allergy_state_on=None)
    view = screen(window)
    view.open(patient_id=patient)
    write(window, "amox", "tds", "7")
    window.press(RETURN)
    qtbot.waitUntil(lambda: view.presenter.loudest(0) == "not_checked")
    assert view.lines.text_of(0, "safety") == "Not checked"
    said = [label.text() for label in view.alerts.findChildren(QLabel)]
    assert any("nobody has asked" in words for words in said)
    assert not any("Nothing found" in words for words in said)


def test_an_alert_between_two_lines_stands_on_both(window: OneScreen, qtbot: QtBot) -> None:
    view = screen(window)
    for drug, often in (("ibuprofen", "tds"), ("warfarin", "od")):
        write(window, drug, often, "5")
        window.press(RETURN)
    qtbot.waitUntil(lambda: any(alert.kind == "interaction" for alert in view.presenter.alerts))
    assert [view.lines.text_of(place, "safety") for place in (0, 1)] == ["Warning", "Warning"]


def test_nothing_is_checked_before_the_check_has_answered(window: OneScreen, monkeypatch: pytest.MonkeyPatch) -> None:
    view = screen(window)

    def broken(*_words: object) -> None:
        raise Refusal("The reference pack cannot be read.")

    monkeypatch.setattr(prescribing, "check_lines", broken)
    write(window, "amox", "tds", "7")
    window.press(RETURN)
    assert view.lines.text_of(0, "safety") == "Not checked"
    monkeypatch.setattr(view.presenter.tasks, "query", lambda *_words: None)
    view.presenter.check()
    assert view.lines.text_of(0, "safety") == "Checking …"


@pytest.mark.parametrize("width", [1208, 1848])
def test_the_safety_panel_cuts_no_word(clinic: World, window: OneScreen, qtbot: QtBot, width: int) -> None:
    clinic.allergic_to("a very long substance that somebody wrote down with all of its names and salts")
    window.resize(width, 700)
    view = screen(window)
    write(window, "ibuprofen", "tds", "5")
    window.press(RETURN)
    write(window, "warfarin", "od", "5")
    window.press(RETURN)
    qtbot.waitUntil(lambda: len(view.presenter.alerts) > 1)
    qtbot.wait(50)
    for box in view.alerts.findChildren(Pill):
        right = box.mapTo(view.alerts, box.rect().topRight()).x()
        assert right <= view.alerts.width()
        assert box.width() >= box.sizeHint().width()


def test_insulin_is_written_in_units_alone(clinic: World, window: OneScreen, qtbot: QtBot) -> None:
    view = screen(window)
    window.text("isophane")
    window.press(RETURN)
    assert (view.editor.unit.value(), view.editor.amount.draft()) == ("unit", "")
    for field, value in (("amount", "10"), ("days", "5"), ("quantity", "1")):
        view.editor.form.field(field).restore(value)
    view.editor.form.set_values({"unit": "mL", "frequency": "od"})
    view.editor.days.setFocus()
    window.press(RETURN)
    assert view.presenter.lines == []
    assert "units only" in view.editor.unit.error()
    view.editor.form.set_values({"unit": "unit"})
    view.editor.form.field("amount").restore("1000")
    view.editor.days.setFocus()
    window.press(RETURN)
    qtbot.waitUntil(lambda: view.presenter.loudest(0) in {"stop", "warn"})
    in_ml = LineDraft("insulin", Dose(Decimal(10), "mL", "subcutaneous", "od", 5), "mL", quantity=1)
    with pytest.raises(Refusal, match="units only"):
        prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [in_ml])


def test_the_last_prescription_is_repeated_and_printed(clinic: World, qtbot: QtBot) -> None:
    prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [paracetamol(), warfarin()])
    window = show(qtbot, clinic)
    window.press(Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: len(screen(window).presenter.lines) == 2)
    assert [written.line.dose for written in screen(window).presenter.lines] == [paracetamol().dose, warfarin().dose]
    window.primary()
    assert len(prescribing.active_prescriptions(clinic.doctor, clinic.patient)) == 2
    window.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(window.papers))
    assert window.papers[0].startswith(b"%PDF")
