"""The page Consents over real services: signed by a hand on the pad, withdrawn, restricted, broken open, shared."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.domain.consents import ConsentRefusal
from clinic_desktop.domain.signatures import read
from clinic_desktop.exchange.envelope import open_sealed
from clinic_desktop.gui.screens.consents.view import ConsentsView
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.services import break_glass, chart, consents, restrictions, sharing
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.consent_rows import Consent
from clinic_desktop.store.tables.journal import drafts
from tests.conftest import DeskFor
from tests.unit.gui.screens.one_screen import OneScreen
from tests.unit.services.consent_case import register, sign

At = Callable[[str], OneScreen]


@pytest.fixture
def at(qtbot: QtBot, desk_for: DeskFor) -> Iterator[At]:
    """The page as a role sees it."""
    made: list[OneScreen] = []

    def open_as(role: str) -> OneScreen:
        window = OneScreen(desk_for(role), ConsentsView)
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        made.append(window)
        return window

    yield open_as
    for window in made:
        window.close()


def find(window: QWidget, name: str) -> QWidget:
    found = window.findChild(QWidget, name)
    assert found is not None, name
    return found


def fill(window: QWidget, name: str, words: str) -> None:
    widget = find(window, name)
    if isinstance(widget, QComboBox):
        widget.setCurrentIndex(widget.findData(words))
    elif isinstance(widget, QPlainTextEdit):
        widget.setPlainText(words)
    else:
        assert isinstance(widget, QLineEdit)
        widget.setText(words)


def press(window: QWidget, name: str) -> None:
    button = find(window, name)
    assert isinstance(button, QAbstractButton)
    assert button.isVisible()
    button.click()


def draw(window: QWidget, name: str) -> None:
    """A signature by mouse: two strokes."""
    pad = find(window, name)
    for stroke in (((20, 60), (60, 20), (100, 80), (160, 40), (220, 70)), ((30, 90), (240, 88))):
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(*stroke[0]))
        for point in stroke[1:]:
            QTest.mouseMove(pad, QPoint(*point))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(*stroke[-1]))


def first(desk: Desk, patient: str) -> Consent:
    return consents.consents_of(desk, patient).consents[0]


def test_a_consent_is_signed_on_the_pad_and_stands_in_the_list(at: At, desk_for: DeskFor) -> None:
    patient = register(desk_for("front_desk"))
    window = at("front_desk")
    window.view.open(patient_id=patient)
    window.view.primary()
    fill(window, "consents.scope", "disclosure")
    assert "may give parts of my health record" in find(window, "consents.wording").property("text")
    draw(window, "consents.signature")
    window.primary()
    assert window.errors == []
    kept = first(desk_for("front_desk"), patient)
    assert (kept.scope, kept.state, kept.grantor_name) == ("disclosure", "active", "OKAFOR, Chidi")
    assert kept.signature is not None
    assert len(read(kept.signature).strokes) == 2
    assert read(kept.signature).is_signed


def test_without_a_signature_the_pad_says_so_and_nothing_is_kept(at: At, desk_for: DeskFor) -> None:
    patient = register(desk_for("doctor"))
    window = at("doctor")
    window.view.open(patient_id=patient)
    window.view.primary()
    fill(window, "consents.scope", "research")
    window.primary()
    assert any("signature" in words for words in window.errors)
    assert consents.consents_of(desk_for("doctor"), patient).consents == ()


def test_a_consent_signed_tomorrow_is_refused_in_words_and_nothing_is_kept(at: At, desk_for: DeskFor) -> None:
    patient = register(desk_for("doctor"))
    window = at("doctor")
    window.view.open(patient_id=patient)
    window.view.primary()
    fill(window, "consents.scope", "research")
    fill(window, "consents.granted_on", "11-Mar-2026")
    draw(window, "consents.signature")
    window.primary()
    assert "still to come" in window.errors[-1]
    assert consents.consents_of(desk_for("doctor"), patient).consents == ()


def test_the_strokes_are_kept_as_a_draft_and_come_back(at: At, desk_for: DeskFor) -> None:
    desk = desk_for("nurse")
    patient = register(desk)
    window = at("nurse")
    window.view.open(patient_id=patient)
    window.view.primary()
    fill(window, "consents.scope", "research")
    draw(window, "consents.signature")
    for keeper in window.view.findChildren(DraftKeeper):
        keeper.flush()
    with desk.store.read() as connection:
        (row,) = connection.execute(drafts.select().where(drafts.c.form == "consents.consent")).all()
    assert len(json.loads(json.loads(row.fields)["signature"])["strokes"]) == 2
    again = at("nurse")
    again.view.open(patient_id=patient)
    again.view.primary()
    again.primary()
    assert again.errors == []
    assert first(desk, patient).scope == "research"
    with desk.store.read() as connection:
        assert connection.execute(drafts.select().where(drafts.c.form == "consents.consent")).all() == []


def test_a_consent_is_withdrawn_with_a_reason(at: At, desk_for: DeskFor) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    sign(desk, patient, "disclosure")
    window = at("doctor")
    window.view.open(patient_id=patient)
    press(window, "consents.withdraw")
    window.primary()
    assert first(desk, patient).state == "active", "no reason, no withdrawal"
    fill(window, "consents.reason", "Has changed her mind")
    window.primary()
    assert first(desk, patient).state == "withdrawn"
    assert "from this moment" in window.said[-1]


def test_two_windows_do_not_overwrite_one_another(at: At, desk_for: DeskFor) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    made = sign(desk, patient, "disclosure")
    window = at("doctor")
    window.view.open(patient_id=patient)
    press(window, "consents.withdraw")
    consents.withdraw_consent(desk.once(), made, "In the other window", expect=1)
    fill(window, "consents.reason", "Here")
    window.primary()
    assert window.errors != []
    assert first(desk, patient).withdrawal_reason == "In the other window"


def test_a_restricted_record_is_broken_open_and_closed_again(at: At, desk_for: DeskFor) -> None:
    patient = register(desk_for("front_desk"))
    desk = at("front_desk")
    desk.view.open(patient_id=patient)
    press(desk, "consents.restrict")
    find(desk, "consents.role_nurse").setProperty("checked", True)
    fill(desk, "consents.restriction", "A neighbour works here")
    desk.primary()
    assert desk.errors == []
    window = at("doctor")
    acting = window.view._presenter._desk  # type: ignore[attr-defined]  # the very session of that window
    with pytest.raises(ConsentRefusal):
        chart.open_chart(acting, patient)
    window.view.open(patient_id=patient)
    press(window, "consents.break_glass")
    fill(window, "consents.glass_reason", "life_in_danger")
    fill(window, "consents.glass_words", "short")
    fill(window, "consents.own_password", "her own")
    window.primary()
    assert "at least" in window.errors[-1]
    fill(window, "consents.glass_words", "Unconscious after a fall")
    tries = len(window.errors)
    window.primary()
    assert len(window.errors) == tries, "a form without the password is not given in: the field says so"
    assert break_glass.my_glass(acting, patient) is None
    window.proves = False
    fill(window, "consents.own_password", "not her own")
    window.primary()
    assert "password is wrong" in window.errors[-1]
    assert find(window, "consents.own_password").property("text") == "", "it stays on no screen"
    window.proves = True
    fill(window, "consents.own_password", "her own")
    window.primary()
    assert chart.open_chart(acting, patient).patient.id == patient
    assert "until 09:30" in find(window, "consents.who").property("text") or break_glass.my_glass(acting, patient)
    press(window, "consents.end_glass")
    with pytest.raises(ConsentRefusal):
        chart.open_chart(acting, patient)
    (row,) = break_glass.to_review(desk_for("administrator"))
    assert [one.what for one in row.opened] == ["chart.open_chart"]


def test_a_record_is_shared_written_and_the_password_shown_once(at: At, desk_for: DeskFor, tmp_path: Path) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    sign(desk, patient, "disclosure")
    window = at("doctor")
    window.view.open(patient_id=patient)
    press(window, "consents.share")
    fill(window, "consents.recipient_name", "Dr Bello")
    fill(window, "consents.recipient_type", "healthcare_provider")
    fill(window, "consents.purpose", "A second opinion")
    find(window, "consents.section_allergies").setProperty("checked", True)
    window.primary()
    assert window.errors == []
    (share,) = sharing.shares_of(desk, patient)
    assert share.expires_on == date(2026, 4, 9)
    assert share.permissions == ("view", "print")
    window.view.shares.select_row(0)  # type: ignore[attr-defined]
    press(window, "consents.copy")
    fill(window, "consents.folder", str(tmp_path / "not there"))
    window.primary()
    assert window.errors
    assert sharing.shares_of(desk, patient)[0].copies == ()
    fill(window, "consents.folder", str(tmp_path))
    window.primary()
    password = find(window, "consents.password")
    assert isinstance(password, QLabel)
    assert len(password.text()) == 29
    (file,) = tmp_path.glob("*.pdf")
    assert file.name == f"{share.number}.pdf"
    assert b"penicillin" not in file.read_bytes()
    window.press(Qt.Key.Key_Escape)
    assert password.text() == ""


def test_who_may_not_share_has_no_such_button(at: At, desk_for: DeskFor) -> None:
    patient = register(desk_for("front_desk"))
    restrictions.restrict_record(desk_for("front_desk").once(), patient, ["role:nurse"], "x")
    window = at("front_desk")
    window.view.open(patient_id=patient)
    assert window.findChild(QWidget, "consents.share") is None
    assert not find(window, "consents.break_glass").isVisible()


def test_another_patients_page_shows_nothing_of_the_one_before(at: At, desk_for: DeskFor) -> None:
    desk = desk_for("doctor")
    one, other = register(desk), register(desk, "Bello")
    sign(desk, one, "disclosure")
    window = at("doctor")
    window.view.open(patient_id=one)
    window.view.primary()
    draw(window, "consents.signature")
    window.view.open(patient_id=other)
    window.view.primary()
    window.primary()
    assert consents.consents_of(desk, other).consents == ()


def test_a_record_is_shared_as_records_that_may_be_copied(at: At, desk_for: DeskFor, tmp_path: Path) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    sign(desk, patient, "disclosure")
    window = at("doctor")
    window.view.open(patient_id=patient)
    press(window, "consents.share")
    for name, value in (("recipient_name", "Dr Bello"), ("recipient_type", "healthcare_provider"), ("purpose", "x"),
                        ("form", "fhir")):  # fmt: skip
        fill(window, f"consents.{name}", value)
    find(window, "consents.section_allergies").setProperty("checked", True)
    window.primary()
    assert "copied" in window.errors[-1]
    assert sharing.shares_of(desk, patient) == ()
    find(window, "consents.permission_keep").setProperty("checked", True)
    window.primary()
    (share,) = sharing.shares_of(desk, patient)
    assert (share.form, "keep" in share.permissions) == ("fhir", True)
    window.view.shares.select_row(0)  # type: ignore[attr-defined]
    press(window, "consents.copy")
    fill(window, "consents.folder", str(tmp_path))
    window.primary()
    password = find(window, "consents.password")
    assert isinstance(password, QLabel)
    (file,) = tmp_path.glob("*.fhir.jwe")
    assert b"AllergyIntolerance" not in file.read_bytes()
    assert b'"Bundle"' in open_sealed(file.read_bytes(), password.text()).content
