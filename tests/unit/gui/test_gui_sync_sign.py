"""How all that is told stands, in the top bar and in the rail: what needs somebody is said before all else."""

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from clinic_desktop.exchange.sync_shown import Mark
from clinic_desktop.exchange.sync_standing import Standing
from clinic_desktop.gui.shell import sync_sign
from clinic_desktop.gui.shell.frame import Frame
from clinic_desktop.gui.shell.screen import Screen, ScreenContext, ScreenView
from clinic_desktop.gui.shell.sync_sign import record_look, standing_look, standing_words
from clinic_desktop.gui.tasks_qt import Pools
from tests.unit.gui.gallery import PretendGate

REST = Standing(waiting=0, behind=False, to_decide=0, may_decide=True)


@pytest.mark.parametrize(
    ("standing", "words", "meaning"),
    [
        (REST, "All told", "good"),
        (replace(REST, behind=True), "Looking what to tell", "information"),
        (replace(REST, waiting=12), "12 waiting", "information"),
        (replace(REST, waiting=12, stopped=(("Healify", "paused"),)), "Healify is paused", "warning"),
        (replace(REST, waiting=12, stopped=(("Healify", "away"),)), "Healify cannot be reached", "warning"),
        (replace(REST, waiting=12, to_decide=6, stopped=(("Healify", "away"),)), "6 to decide", "warning"),
        (replace(REST, to_decide=6, may_decide=False), "6 wait for a decision", "information"),
        (replace(REST, waiting=12, to_decide=6, may_decide=False), "12 waiting", "information"),
        (replace(REST, to_decide=6, stopped=(("Healify", "sign_in"),)), "Healify asks for a sign-in", "warning"),
        (replace(REST, stopped=(("Healify", "new"),)), "Not yet asked", "information"),
    ],
)
def test_the_one_thing_that_is_said_is_what_needs_somebody(standing: Standing, words: str, meaning: str) -> None:
    look = standing_look(standing)
    assert (look.text, look.meaning) == (words, meaning)


def test_all_of_it_is_said_when_it_is_pointed_at() -> None:
    one = Standing(12, False, 6, True, (("Healify", "sign_in"), ("Practice Studio", "paused")))
    assert standing_words(one).splitlines() == [
        "Healify: asks for a sign-in", "Practice Studio: is paused", "Waiting to be sent: 12",
        "Waiting for a decision: 6",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said", "meaning"),
    [
        ((), None, ""),
        (("confirmed",), "Sync: confirmed", "good"),
        (("waiting", "confirmed"), "Sync: confirmed by 1 of 2", "information"),
        (("refused", "confirmed"), "Sync: refused", "warning"),
        (("saved here",), "Sync: saved here", "neutral"),
    ],
)
def test_the_banner_says_how_far_the_record_is_in_a_word_or_two(
    words: tuple[str, ...], said: str | None, meaning: str
) -> None:
    marks = {("patient", "p1"): tuple(Mark(f"S{place}", word, "", None) for place, word in enumerate(words))}
    look = record_look(marks if words else {}, "p1")
    assert (look and look.text, look.meaning if look else "") == (said, meaning)


class Page(ScreenView):
    def __init__(self, name: str, _context: ScreenContext) -> None:
        super().__init__(name)
        self.opened: list[dict[str, str]] = []
        self.told: list[frozenset[str]] = []

    def open(self, **arguments: str) -> None:
        self.opened.append(arguments)

    def refresh(self, kinds: frozenset[str]) -> None:
        self.told.append(kinds)


def page(name: str) -> Screen:
    return Screen(name, name, "sync", frozenset({"doctor"}), lambda context: Page(name, context))


def begun(qtbot: QtBot, stands: list[Standing | None]) -> Frame:
    pools = Pools()
    place = replace(PretendGate().unlock("x", "y"), standing=lambda: stands[-1])
    frame = Frame(place, [page("home"), page("sync")], pools)
    qtbot.addWidget(frame)
    frame.show()
    frame.go("home")
    return frame


def test_the_sign_and_the_number_follow_and_lead_to_what_waits(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync_sign, "SETTLES_MS", 10)
    monkeypatch.setattr(sync_sign, "EVERY_MS", 40)
    stands: list[Standing | None] = [None]
    frame = begun(qtbot, stands)
    home = frame.current
    assert isinstance(home, Page)
    qtbot.wait(100)
    assert not frame.topbar.state.isVisible(), "where no system is connected nothing is said"
    stands.append(REST)
    qtbot.waitUntil(lambda: frame.topbar.state.text() == "All told")
    stands.append(replace(REST, to_decide=6))
    qtbot.waitUntil(lambda: frame.topbar.state.text() == "6 to decide")
    assert frame.rail.buttons["sync"].count == 6
    assert home.told[-1] == frozenset({sync_sign.MOVED}), "home asks again for what waits"
    QTest.mouseClick(frame.topbar.state, Qt.MouseButton.LeftButton)
    assert isinstance(frame.current, Page)
    assert (frame.screen_name, frame.current.opened) == ("sync", [{"show": "decide"}])
    frame.set_count("sync", 4)
    assert frame.topbar.state.text() == "4 to decide", "what the page has counted anew is said at once"
    frame.set_count("queue", 9)
    assert frame.topbar.state.text() == "4 to decide"
    stands.append(replace(REST, to_decide=6, may_decide=False))
    qtbot.waitUntil(lambda: frame.rail.buttons["sync"].count == 0)
    assert frame.topbar.state.text() == "6 wait for a decision", "how it stands everybody sees"
    stands.append(None)
    qtbot.waitUntil(lambda: not frame.topbar.state.isVisible())
    frame.close_down()


def test_nobody_asks_while_the_window_is_locked_and_a_slow_answer_is_asked_for_less_often(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_sign, "EVERY_MS", 10)
    asked: list[None] = []
    frame = begun(qtbot, [None])
    object.__setattr__(frame.place, "standing", lambda: asked.append(None))
    qtbot.waitUntil(lambda: len(asked) > 2)
    frame.hide()
    qtbot.wait(50)
    before = len(asked)
    qtbot.wait(80)
    assert len(asked) == before
    frame._sync._rest(10.0)  # seconds that it took
    frame.show()
    qtbot.wait(80)
    assert len(asked) == before
    frame.close_down()


def test_an_answer_that_was_given_up_is_asked_for_again(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync_sign, "EVERY_MS", 10)
    monkeypatch.setattr(sync_sign, "LOST_SECONDS", 0.1)
    let_go = threading.Event()
    frame = begun(qtbot, [None])
    object.__setattr__(frame.place, "standing", lambda: REST if let_go.wait(5) else None)
    qtbot.wait(40)
    frame._pools.cancel_questions()
    let_go.set()
    qtbot.waitUntil(lambda: frame.topbar.state.text() == "All told")
    frame.close_down()
