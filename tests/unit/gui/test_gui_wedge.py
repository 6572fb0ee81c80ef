"""A scanner that types is heard wherever the focus is; what a person types reaches the field untouched."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.shell.burst import Burst, Wedge, wedge_of
from clinic_desktop.gui.shell.wedge import WedgeFilter

CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
ENTER = Qt.Key.Key_Return
GAP = 80  # a machine that runs the tests types slower than a scanner
PACK = "010950110153000317271231" + "10AB-1"


class Bench(QWidget):
    """A field, a secret field and a button, with the filter over their window."""

    def __init__(self) -> None:
        super().__init__()
        self.field, self.secret, self.button = QLineEdit(), QLineEdit(), QPushButton("Save")
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        column = QVBoxLayout(self)
        for part in (self.field, self.secret, self.button):
            column.addWidget(part)
        self.scans: list[str] = []
        self.give_back: Callable[[], None] = lambda: None
        self.stood = ""
        self.pressed = self.saved = self.shortcuts = 0
        self.field.returnPressed.connect(self._entered)
        self.button.clicked.connect(self._clicked)
        for keys in ("Ctrl+]", "Alt+2", "Ctrl+D"):
            QShortcut(QKeySequence(keys), self, self._short)
        self.filter = WedgeFilter(self._scanned, lambda: True, Wedge(gap_ms=GAP), self)

    def _scanned(self, raw: str, give_back: Callable[[], None]) -> None:
        self.scans.append(raw)
        self.give_back = give_back

    def _entered(self) -> None:
        self.pressed += 1

    def _clicked(self) -> None:
        self.saved += 1

    def _short(self) -> None:
        self.shortcuts += 1
        self.stood = self.field.text()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.windowHandle(), key, modifiers)

    def type(self, words: str, wait_ms: int = 0) -> None:
        """Keys as a keyboard sends them: to the window, which hands them to the focus."""
        for letter in words:
            if letter == "\n":
                self.key(ENTER)
            elif letter == "\x1d":
                self.key(Qt.Key.Key_BracketRight, CTRL)
            elif letter == "\x1e":
                self.key(Qt.Key.Key_AsciiCircum, CTRL | SHIFT)
            else:
                QTest.sendKeyEvent(QTest.KeyAction.Click, self.windowHandle(), letter_key(letter), letter,
                                   SHIFT if letter.isupper() else Qt.KeyboardModifier.NoModifier)  # fmt: skip
            if wait_ms:
                QTest.qWait(wait_ms)

    def settle(self) -> None:
        QTest.qWait(self.filter.gap_ms + 40)


def letter_key(letter: str) -> Qt.Key:
    try:
        return Qt.Key(ord(letter.upper()))
    except ValueError:
        return Qt.Key.Key_unknown


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.field.setFocus()
    yield made
    made.filter.flush()


def test_a_scan_is_heard_and_nothing_of_it_reaches_the_field(bench: Bench) -> None:
    bench.type(PACK + "\n")
    bench.settle()
    assert bench.scans == [PACK]
    assert (bench.field.text(), bench.pressed) == ("", 0)


def test_separators_typed_with_ctrl_are_part_of_the_scan_and_no_shortcut(bench: Bench) -> None:
    bench.type(f"]d2{PACK}\x1d21S9\n")
    bench.settle()
    assert bench.scans == [f"]d2{PACK}\x1d21S9"]
    assert bench.shortcuts == 0


def test_a_card_has_line_ends_within_and_is_one_scan(bench: Bench) -> None:
    card = "@\n\x1e\nANSI 636000100002DL00410278DLDAQT64235789\nDCSSAMPLE\nDACMICHAEL\n"
    bench.type(card + "\n")
    bench.settle()
    assert bench.scans == [card]


def test_what_a_person_types_reaches_the_field_key_by_key(bench: Bench) -> None:
    bench.type("Okafor 12\n", wait_ms=GAP + 30)
    bench.settle()
    assert (bench.field.text(), bench.pressed, bench.scans) == ("Okafor 12", 1, [])


def test_rolled_keys_of_a_fast_typist_are_given_back_whole_and_in_order(bench: Bench) -> None:
    for piece in ("qu", "ick", " b", "rown"):
        bench.type(piece)
        bench.settle()
    bench.type("\n")
    assert (bench.field.text(), bench.pressed, bench.scans) == ("quick brown", 1, [])


def test_a_short_burst_with_enter_is_typing(bench: Bench) -> None:
    bench.type("12/80\n")
    bench.settle()
    assert (bench.field.text(), bench.pressed, bench.scans) == ("12/80", 1, [])


def test_a_burst_with_no_end_is_given_back(bench: Bench) -> None:
    bench.type("expanded text 12345678")
    bench.settle()
    assert (bench.field.text(), bench.scans) == ("expanded text 12345678", [])


def test_a_scan_that_nobody_takes_can_be_given_back_whole(bench: Bench) -> None:
    bench.type("12345678\n")
    bench.settle()
    bench.give_back()
    assert (bench.field.text(), bench.pressed) == ("12345678", 1)


def test_it_is_not_given_back_to_another_field(bench: Bench) -> None:
    bench.type("12345678\n")
    bench.settle()
    bench.secret.setFocus()
    bench.give_back()
    assert (bench.field.text(), bench.secret.text()) == ("", "")


def test_other_keys_come_after_what_was_typed_before_them(bench: Bench) -> None:
    bench.type("abc")
    bench.key(Qt.Key.Key_Backspace)
    bench.type("d")
    bench.key(Qt.Key.Key_Home)
    bench.type("e")
    bench.settle()
    assert bench.field.text() == "eabd"


def test_a_click_comes_after_what_was_typed_before_it(bench: Bench) -> None:
    bench.type("abc")
    QTest.mouseClick(bench.windowHandle(), Qt.MouseButton.LeftButton, pos=bench.button.geometry().center())
    bench.settle()
    assert (bench.field.text(), bench.saved) == ("abc", 1)


def test_a_button_is_pressed_by_the_space_bar_once(bench: Bench) -> None:
    bench.button.setFocus()
    bench.key(Qt.Key.Key_Space)
    bench.settle()
    assert bench.saved == 1


def test_shortcuts_work_when_nothing_is_scanned(bench: Bench) -> None:
    bench.key(Qt.Key.Key_D, CTRL)
    bench.key(Qt.Key.Key_2, ALT)
    assert bench.shortcuts == 2


def test_a_shortcut_comes_after_what_was_typed_before_it(bench: Bench) -> None:
    bench.type("abc")
    bench.key(Qt.Key.Key_2, ALT)
    assert (bench.shortcuts, bench.stood) == (1, "abc")


def test_pasting_is_untouched(bench: Bench) -> None:
    QGuiApplication.clipboard().setText("pasted 123456")
    bench.key(Qt.Key.Key_V, CTRL)
    bench.settle()
    assert (bench.field.text(), bench.scans) == ("pasted 123456", [])


def test_a_held_key_repeats_into_the_field(bench: Bench) -> None:
    bench.type("a")
    for _ in range(10):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a", True, 1)
        QCoreApplication.sendEvent(bench.windowHandle(), event)
    bench.settle()
    assert (bench.field.text(), bench.scans) == ("a" * 11, [])


def test_an_input_method_is_untouched(bench: Bench) -> None:
    event = QInputMethodEvent()
    event.setCommitString("日本語入力12345678")
    QCoreApplication.sendEvent(bench.field, event)
    bench.settle()
    assert (bench.field.text(), bench.scans) == ("日本語入力12345678", [])


def test_a_secret_is_never_taken(bench: Bench) -> None:
    bench.secret.setFocus()
    bench.type("correct-horse-42\n")
    assert bench.secret.text() == "correct-horse-42"
    bench.settle()
    assert bench.scans == []


def test_a_dialog_that_waits_for_an_answer_is_left_alone(bench: Bench, qtbot: QtBot) -> None:
    dialog = QDialog(bench)
    line = QLineEdit(dialog)
    dialog.setModal(True)
    dialog.show()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is dialog)
    line.setFocus()
    for letter in "12345678":
        QTest.keyClick(dialog.windowHandle(), Qt.Key(ord(letter)))
    assert (line.text(), bench.scans) == ("12345678", [])
    dialog.close()


def test_with_a_prefix_nothing_else_is_held_at_all(bench: Bench) -> None:
    bench.filter.set_wedge(Wedge(prefix="~", gap_ms=GAP))
    bench.type("12345678\n")
    assert (bench.field.text(), bench.scans) == ("12345678", [])
    bench.field.clear()
    bench.type("~12345678\n")
    bench.settle()
    assert (bench.field.text(), bench.scans) == ("", ["12345678"])


def test_the_end_and_what_stands_for_separators_are_the_workstation_s(bench: Bench) -> None:
    bench.filter.set_wedge(wedge_of('{"end": "tab", "gap_ms": 80, "substitutes": {"|": "\\u001d"}}'))
    bench.type(PACK + "|21S9")
    bench.key(Qt.Key.Key_Tab)
    bench.settle()
    assert bench.scans == [PACK + "\x1d21S9"]


def test_a_separator_typed_as_a_code_with_alt_held_is_one_character(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Events made by hand have no instant of the window system.
    monkeypatch.setattr("clinic_desktop.gui.shell.wedge._instant", lambda _event: 1.0)
    bench.type(PACK)
    # As the window system sends it: QTest would let go of Alt after every digit.
    alt, pressed, released = Qt.Key.Key_Alt, QEvent.Type.KeyPress, QEvent.Type.KeyRelease
    keypad = ALT | Qt.KeyboardModifier.KeypadModifier
    digits = [(kind, Qt.Key(ord(digit)), keypad) for digit in "029" for kind in (pressed, released)]
    for kind, key, modifier in [(pressed, alt, ALT), *digits, (released, alt, Qt.KeyboardModifier.NoModifier)]:
        QCoreApplication.sendEvent(bench.windowHandle(), QKeyEvent(kind, key, modifier))
    bench.type("21S9\n")
    bench.settle()
    assert (bench.scans, bench.shortcuts) == ([PACK + "\x1d21S9"], 0)


def test_switched_off_it_holds_nothing(bench: Bench) -> None:
    bench.filter.set_wedge(Wedge(on=False))
    bench.type(PACK + "\n")
    assert (bench.field.text(), bench.scans) == (PACK, [])


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1, max_size=1), st.integers(0, 80)), max_size=60), st.booleans())
def test_no_key_is_ever_lost_or_out_of_order(keys: list[tuple[str, int]], prefixed: bool) -> None:
    burst: Burst[str] = Burst(Wedge(prefix="~" if prefixed else ""))
    seen: list[str] = []
    at = 0.0
    for text, wait in keys:
        at += wait
        if burst.is_open and not burst.may_go_on(at):
            seen += burst.settle()[1]
        if burst.press(text, text, at) == "pass":
            seen += burst.settle()[1]
            seen.append(text)
    seen += burst.settle()[1]
    assert seen == [text for text, _wait in keys]


@settings(deadline=None)
@given(st.one_of(st.none(), st.text(max_size=40), st.just('{"gap_ms": 1e9, "end": 5, "substitutes": {"": "x"}}')))
def test_settings_that_are_not_right_are_as_good_as_none(written: str | None) -> None:
    made = wedge_of(written)
    assert made.end in {"enter", "tab", "none"}
    assert 5 <= made.gap_ms <= 200
    assert wedge_of(made.written()) == made
