"""The window: sign-in, banner before acts, palette, steps back, lock that covers, drafts that survive it."""

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.gui import theme
from clinic_desktop.gui.shell.banner import allergy_look
from clinic_desktop.gui.shell.gate import BannerFacts
from clinic_desktop.gui.shell.password import PasswordDialog
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.shell.window import MainWindow
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.search import Suggestion
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.gui.widgets.text import NoteEdit
from tests.unit.gui.gallery import FACTS, SCREENS, PretendGate

CTRL = Qt.KeyboardModifier.ControlModifier


def visible_words(window: QWidget) -> str:
    return " ".join(each.text() for each in window.findChildren(QLabel) if each.isVisible())


def test_a_wrong_password_is_said_beside_the_password(
    qtbot: QtBot, window: MainWindow, gate: PretendGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_username: str, _password: str) -> None:
        raise Refusal("This password is not right.")

    monkeypatch.setattr(gate, "unlock", refuse)
    QTest.keyClicks(window.signin.password.line, "wrong")
    QTest.keyClick(window.signin.password.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.signin.password.error() == "This password is not right.")
    assert window.signin.button.isEnabled()
    assert not window.has_frame


def test_the_rail_shows_only_what_the_role_may_open(
    qtbot: QtBot, window: MainWindow, gate: PretendGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_door = gate.unlock
    other = replace(open_door("x", "y"), role="cashier")
    monkeypatch.setattr(gate, "unlock", lambda _username, _password: other)
    window.signin.given.emit("x", "y")
    qtbot.waitUntil(lambda: window.has_frame)
    assert window.frame.rail.buttons == {}


def test_counts_stand_in_the_rail(qtbot: QtBot, work: MainWindow) -> None:
    qtbot.waitUntil(lambda: work.frame.rail.buttons["queue"].count == 7)
    assert "7" in work.frame.rail.buttons["queue"].accessibleName()


def test_no_act_and_no_screen_before_the_patients_banner_is_painted(qtbot: QtBot, work: MainWindow) -> None:
    let_go = threading.Event()
    frame = work.frame
    object.__setattr__(
        frame.place, "banner", lambda patient_id: let_go.wait(5) and replace(FACTS, patient_id=patient_id)
    )
    frame.go("chart", patient_id="p7")
    qtbot.wait(50)
    assert frame.current is not None
    assert not frame.current.isVisible()
    assert not frame.foot.primary.isEnabled()
    let_go.set()
    qtbot.waitUntil(lambda: frame.banner.patient_id == "p7")
    assert frame.current.isVisible()
    assert frame.foot.primary.isEnabled()
    assert "MORALES, Ana María" in visible_words(work)


def test_another_patients_late_banner_is_never_shown(qtbot: QtBot, work: MainWindow) -> None:
    slow = threading.Event()

    def banner(patient_id: str) -> BannerFacts:
        if patient_id == "first":
            slow.wait(0.2)
        return replace(FACTS, patient_id=patient_id)

    object.__setattr__(work.frame.place, "banner", banner)
    work.frame.go("chart", patient_id="first")
    work.frame.go("chart", patient_id="second")
    qtbot.wait(350)
    assert work.frame.banner.patient_id == "second"


def test_leaving_a_patient_takes_the_banner_away(qtbot: QtBot, work: MainWindow) -> None:
    work.frame.go("chart", patient_id="p1")
    qtbot.waitUntil(work.frame.banner.isVisible)
    work.frame.go("queue")
    assert not work.frame.banner.isVisible()
    assert "MORALES, Ana María" not in visible_words(work.frame.banner)


def test_the_three_states_of_allergies_differ_in_word_icon_and_colour() -> None:
    looks = [allergy_look(replace(FACTS, allergy_state=state)) for state in ("listed", "none_known", "not_asked")]
    assert len({look.text for look in looks}) == 3
    assert len({look.icon_name for look in looks}) == 3
    assert len({look.meaning for look in looks}) == 3


def test_esc_goes_back_exactly_one_step(qtbot: QtBot, work: MainWindow) -> None:
    frame = work.frame
    frame.go("queue")
    frame.go("chart", patient_id="p1")
    qtbot.waitUntil(frame.banner.isVisible)
    QTest.keyClick(frame, Qt.Key.Key_Escape)
    assert frame.screen_name == "queue"
    QTest.keyClick(frame, Qt.Key.Key_Escape)
    QTest.keyClick(frame, Qt.Key.Key_Escape)
    assert frame.screen_name == "home"


def test_ctrl_enter_does_the_primary_act(qtbot: QtBot, work: MainWindow) -> None:
    table = work.frame.findChild(QWidget, "queue.list")
    assert table is not None
    QTest.keyClick(table, Qt.Key.Key_Return, CTRL)
    assert work.frame.foot.status() == "Called."


def test_the_palette_finds_as_it_is_typed_and_says_what_was_chosen(qtbot: QtBot, work: MainWindow) -> None:
    frame = work.frame
    used: list[tuple[str, str | None]] = []
    asked: list[str] = []

    def find(text: str) -> Sequence[Suggestion]:
        asked.append(text)
        return [Suggestion("p5", "OKAFOR, Chidi")]

    object.__setattr__(frame.place, "chosen", lambda text, patient: used.append((text, patient)))
    frame.palette_box.use(frame._tasks, find, ())
    QTest.keyClick(frame, Qt.Key.Key_K, CTRL)
    box = frame.palette_box.box
    assert QApplication.focusWidget() is box
    QTest.keyClicks(box, "o")
    qtbot.wait(20)
    assert asked == [], "from two letters on"
    QTest.keyClicks(box, "kaf")
    qtbot.waitUntil(lambda: [each.text for each in frame.palette_box.results.results()] == ["OKAFOR, Chidi"])
    QTest.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: used == [("okaf", "p5")])
    assert frame.screen_name == "chart"
    assert frame.palette_box.isHidden()


def test_closing_the_palette_without_a_choice_is_said_too_and_gives_the_focus_back(
    qtbot: QtBot, work: MainWindow
) -> None:
    frame = work.frame
    before = QApplication.focusWidget()
    used: list[tuple[str, str | None]] = []
    object.__setattr__(frame.place, "chosen", lambda text, patient: used.append((text, patient)))
    frame.palette_box.open_up()
    QTest.keyClicks(frame.palette_box.box, "mor")
    QTest.keyClick(frame.palette_box.box, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: used == [("mor", None)])
    assert QApplication.focusWidget() is before


def test_acts_and_screens_are_found_by_their_words(qtbot: QtBot, work: MainWindow) -> None:
    palette = work.frame.palette_box
    palette.open_up()
    QTest.keyClicks(palette.box, "new pat")
    assert palette.results.results()[0].text == "New patient"
    QTest.keyClick(palette.box, Qt.Key.Key_Return)
    assert work.frame._history[-1] == ("queue", {"act": "new"})


def locked(qtbot: QtBot, work: MainWindow) -> None:
    QTest.keyClick(work, Qt.Key.Key_L, CTRL)
    assert work.is_locked


def test_while_locked_nothing_of_a_screen_is_visible_or_reached(qtbot: QtBot, work: MainWindow) -> None:
    frame = work.frame
    frame.go("chart", patient_id="p1")
    qtbot.waitUntil(frame.banner.isVisible)
    dialog = ConfirmStop(frame, "x.stop", "Void?", "MORALES, Ana", confirm="&Void", reason="Why")
    dialog.open()
    frame.offer_undo("Cancelled for MORALES", lambda: None)
    # As a person would, over the dialog: the key goes to the dialog's own window.
    qtbot.waitUntil(dialog.isActiveWindow)
    QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_L, CTRL)
    assert work.is_locked
    assert not frame.isVisible()
    assert not dialog.isVisible()
    everything = [
        each for each in QApplication.allWidgets() if each.isVisible() and not work.lock_page.isAncestorOf(each)
    ]
    assert all(each in {work, work._pages, work.lock_page} for each in everything), everything
    assert "MORALES" not in visible_words(work) + work.windowTitle()
    for _ in range(30):
        QTest.keyClick(QApplication.focusWidget() or work, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is None or work.lock_page.isAncestorOf(focus)
    for key in (Qt.Key.Key_K, Qt.Key.Key_Return):
        QTest.keyClick(work, key, CTRL)
    assert frame.palette_box.isHidden()
    QTest.keyClicks(work.lock_page.password.line, "green-river-42")
    QTest.keyClick(work.lock_page.password.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not work.is_locked)
    assert frame.isVisible()
    assert dialog.isVisible()


def test_a_wrong_password_leaves_it_locked(
    qtbot: QtBot, work: MainWindow, gate: PretendGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_password: str) -> None:
        raise Refusal("This password is not right.")

    monkeypatch.setattr(gate, "resume", refuse)
    locked(qtbot, work)
    work.lock_page.given.emit("wrong")
    qtbot.waitUntil(lambda: bool(work.lock_page.password.error()))
    assert work.is_locked


@pytest.mark.parametrize("leave", ["lock", "switch_user", "close"])
def test_drafts_are_handed_over_before_lock_switch_and_close(
    qtbot: QtBot, work: MainWindow, gate: PretendGate, leave: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    for way in ("lock", "leave"):
        monkeypatch.setattr(gate, way, lambda: order.append("door"))
    frame = work.frame
    view = frame.current
    assert view is not None
    form = Form(DraftKeeper(lambda draft: frame._tasks.change(lambda: order.append(draft["note"]))))
    note = form.add(NoteEdit("Note", "x.note"))
    view.set_body(form)
    QTest.keyClicks(note.note, "unsaved")
    getattr(work, leave)()
    qtbot.waitUntil(lambda: order == ["unsaved", "door"])


def test_switching_user_leaves_nothing_of_the_last_person(qtbot: QtBot, work: MainWindow) -> None:
    work.frame.go("chart", patient_id="p1")
    work.switch_user()
    qtbot.wait(50)
    assert not work.has_frame
    assert work.findChild(QWidget, "chart.view") is None
    assert work.signin.isVisible()
    assert work.signin.password.value() == ""


def test_errors_are_said_in_words_for_people_and_never_with_the_words_of_a_bug(
    qtbot: QtBot, work: MainWindow, caplog: pytest.LogCaptureFixture
) -> None:
    work.frame.show_error(Trouble("The disk is full.", remedy="Free some space."))
    assert work.frame.toast.text() == "The disk is full. Free some space."
    with pytest.raises(ValueError, match="MORALES") as bug:
        int("MORALES, Ana")
    work.frame.show_error(bug.value)
    assert "MORALES" not in work.frame.toast.text() + caplog.text
    assert "test_gui_window.py" in caplog.text


def test_a_screen_whose_building_fails_does_not_take_the_window_with_it(qtbot: QtBot, work: MainWindow) -> None:
    def broken(_context: ScreenContext) -> ScreenView:
        raise KeyError("bug")

    frame = work.frame
    frame._screens["billing"] = replace(frame._screens["billing"], build=broken)
    frame.go("billing")
    assert frame.toast.isVisible()
    frame.back()
    assert frame.screen_name == "home"


def test_light_and_dark_change_live(qtbot: QtBot, work: MainWindow) -> None:
    assert theme.mode() == "light"
    work.toggle_theme()
    assert theme.mode() == "dark"
    assert work.grab().toImage().pixelColor(400, 790).lightness() < 60
    work.toggle_theme()


def test_every_button_and_input_of_the_frame_has_a_name_and_a_spoken_name(qtbot: QtBot, work: MainWindow) -> None:
    frame = work.frame
    for button in frame.findChildren(QPushButton):
        assert button.objectName(), button.text()
        assert button.accessibleName() or button.text(), button.objectName()


def test_no_widget_shows_as_a_window_of_its_own(qtbot: QtBot, work: MainWindow) -> None:
    # A widget told to be visible before it has a parent flashes up as a window and takes the focus away.
    seen: list[object] = []
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.focusWindowChanged.connect(seen.append)
    work.frame.go("chart", patient_id="p1")
    qtbot.wait(100)
    work.frame.go("pharmacy")
    qtbot.wait(50)
    assert seen == []
    assert work.isActiveWindow()


def test_the_first_run_asks_for_a_strong_password_and_the_recovery_key_back(qtbot: QtBot, gate: PretendGate) -> None:
    from clinic_desktop.gui.shell.firstrun import FirstRunPage

    gate.there = False
    window = MainWindow(gate, SCREENS)
    qtbot.addWidget(window)
    window.begin()
    window.show()
    page = window.findChild(FirstRunPage)
    assert page is not None
    form = page.form
    qtbot.waitUntil(lambda: form.field("device_secret").isVisible())
    form.restore({"clinic": "Riverside", "display_name": "Amina", "username": "amina"})
    form.field("password").restore("short")
    form.field("again").restore("short")
    page.make()
    assert form.field("device_secret").error()
    form.field("device_secret").restore("file")
    page.make()
    qtbot.waitUntil(lambda: "too weak" in form.field("password").error())
    for key in ("password", "again"):
        form.field(key).restore("green-river-42-boat")
    page.make()
    qtbot.waitUntil(lambda: page.currentIndex() == 1)
    gate.there = True
    start = page.findChild(QPushButton, "firstrun.start")
    assert start is not None
    start.click()
    assert page.isVisible()
    page._kept.restore("1")
    page._typed.restore("K7QX")
    start.click()
    assert page._typed.error()
    page._typed.restore("k7qx 2mpl 9tra ww3e 5hnc 8ydv")
    start.click()
    qtbot.waitUntil(window.signin.isVisible)
    assert window.findChild(QLabel, "firstrun.recovery_key") is None or not page._shown.text()
    window.close()


def test_the_palette_keeps_the_cursor_when_a_screen_puts_it_elsewhere(qtbot: QtBot, work: MainWindow) -> None:
    palette = work.frame.palette_box
    palette.open_up()
    qtbot.waitUntil(palette.box.hasFocus)
    work.frame.rail.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    work.frame.rail.setFocus()  # as a screen does when its rows arrive
    qtbot.waitUntil(palette.box.hasFocus)
    assert palette.isVisible()


def test_ones_own_password_is_changed_from_the_menu_and_what_is_wrong_stands_beside_it(
    qtbot: QtBot, work: MainWindow
) -> None:
    work.frame.password_asked.emit()
    dialog = work.findChild(PasswordDialog)
    assert dialog is not None
    dialog.old.line.setText("guessed")
    dialog.new.line.setText("another-lantern-ferry-17")
    dialog.again.line.setText("another-lantern-ferry-18")
    QTest.keyClick(dialog.again.line, Qt.Key.Key_Return)
    assert dialog.again.error() == "These are not the same."
    dialog.again.line.setText("another-lantern-ferry-17")
    QTest.keyClick(dialog.again.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(dialog.old.error()))
    dialog.old.line.setText("green-river-42")
    QTest.keyClick(dialog.again.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not dialog.isVisible())
