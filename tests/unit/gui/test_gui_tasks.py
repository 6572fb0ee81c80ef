"""Slow work: order, newest wins, nothing after the end."""

import gc
import random
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import TypeVar

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.shell.garbage import Garbage
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.tasks_qt import Pools, QtTasks

T = TypeVar("T")


def after(seconds: float, answer: T) -> T:
    """Answer, but not at once."""
    time.sleep(seconds)
    return answer


@pytest.fixture
def pools(qtbot: QtBot) -> Iterator[Pools]:
    made = Pools()
    yield made
    made.close()


def fail(error: Exception) -> None:
    raise AssertionError from error


def test_acts_are_done_one_after_another_in_the_order_given(qtbot: QtBot, pools: Pools) -> None:
    tasks, at_once, most = QtTasks(pools, fail), [0], [0]
    seen: list[int] = []

    def work(n: int) -> int:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        time.sleep(0.001 * (n % 3))
        at_once[0] -= 1
        return n

    for n in range(40):
        tasks.change(partial(work, n), seen.append)
    qtbot.waitUntil(lambda: len(seen) == 40)
    assert seen == list(range(40))
    assert most[0] == 1


def test_the_newest_question_of_a_slot_wins_and_older_answers_are_dropped(qtbot: QtBot, pools: Pools) -> None:
    tasks = QtTasks(pools, fail)
    seen: list[int] = []
    for n in range(300):
        # The older a question, the slower it is: without the rule its answer would come last.
        tasks.query("find", partial(after, 0.03 if n < 2 else 0, n), seen.append)
    qtbot.waitUntil(lambda: pools.idle)
    assert seen == [299]


def test_slots_do_not_drop_one_anothers_answers(qtbot: QtBot, pools: Pools) -> None:
    tasks = QtTasks(pools, fail)
    seen: set[int] = set()
    for n in range(20):
        tasks.query(f"slot {n}", partial(after, 0, n), seen.add)
    qtbot.waitUntil(lambda: seen == set(range(20)))


def test_answers_come_on_the_windows_thread(qtbot: QtBot, pools: Pools) -> None:
    tasks = QtTasks(pools, fail)
    threads: list[tuple[int, int]] = []
    tasks.query("one", threading.get_ident, lambda worker: threads.append((worker, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(threads))
    assert threads[0][0] != threads[0][1] == threading.get_ident()


def test_no_answer_reaches_a_screen_that_was_closed_whenever_it_closes(qtbot: QtBot, pools: Pools) -> None:
    chance = random.Random(7)
    late: list[Exception] = []
    for round_ in range(2500):
        tasks = QtTasks(pools, late.append)
        shown = QLabel("open")

        def answer(text: str, shown: QLabel = shown) -> None:
            shown.setText(text)  # raises "Internal C++ object already deleted" if the label has gone

        pause = chance.choice((0, 0, 0.0002))
        tasks.query("a", partial(after, pause, "query"), answer)
        tasks.change(lambda: "change", answer)
        if round_ % 3 == 0:
            qtbot.wait(0)
        tasks.close()
        shown.deleteLater()
        del shown
        if round_ % 50 == 0:
            qtbot.wait(1)
    qtbot.waitUntil(lambda: pools.idle, timeout=20_000)
    assert late == []


def test_an_act_given_before_closing_is_still_done_and_closing_waits_for_it() -> None:
    pools = Pools()
    done: list[str] = []
    tasks = QtTasks(pools, fail)
    tasks.change(lambda: time.sleep(0.05))
    tasks.change(lambda: done.append("act"))
    tasks.close()
    tasks.change(lambda: done.append("draft"))
    pools.close()
    assert done == ["act", "draft"]


def test_an_error_goes_to_who_asked_else_to_the_window(qtbot: QtBot, pools: Pools) -> None:
    shown: list[Exception] = []
    mine: list[Exception] = []
    tasks = QtTasks(pools, shown.append)

    def refuse() -> None:
        raise Refusal("No.")

    tasks.change(refuse, None, mine.append)
    tasks.change(refuse)
    tasks.query("q", refuse, lambda _nothing: None)
    qtbot.waitUntil(lambda: len(shown) == 2 and len(mine) == 1)
    assert all(isinstance(error, Refusal) for error in [*shown, *mine])


def test_waiting_shows_after_a_tenth_and_is_slow_after_a_second(qtbot: QtBot, pools: Pools) -> None:
    states: list[str] = []
    pools.busy.connect(states.append)
    tasks = QtTasks(pools, fail)
    tasks.query("quick", lambda: time.sleep(0.02), lambda _nothing: None)
    qtbot.waitUntil(lambda: pools.idle)
    assert states == []
    tasks.query("slow", lambda: time.sleep(1.2), lambda _nothing: None)
    qtbot.waitUntil(lambda: pools.idle, timeout=4000)
    assert states == ["heard", "slow", ""]


def test_of_what_is_asked_again_while_somebody_looks_the_foot_shows_nothing(qtbot: QtBot, pools: Pools) -> None:
    states: list[str] = []
    pools.busy.connect(states.append)
    tasks = QtTasks(pools, fail)
    tasks.glance("systems", lambda: time.sleep(0.3), lambda _nothing: None)
    qtbot.waitUntil(lambda: pools.idle)
    assert states == []


def test_a_question_that_takes_too_long_can_be_given_up_and_an_act_cannot(qtbot: QtBot, pools: Pools) -> None:
    tasks = QtTasks(pools, fail)
    seen: list[str] = []
    tasks.query("slow", partial(after, 0.2, "late"), seen.append)
    tasks.change(partial(after, 0.1, "act"), seen.append)
    pools.cancel_questions()
    qtbot.wait(350)
    assert seen == ["act"]


def test_the_double_does_it_at_once_and_drops_answers_after_its_end() -> None:
    tasks = Immediately()
    seen: list[int] = []
    tasks.change(lambda: 1, seen.append)
    tasks.query("x", lambda: 2, seen.append)
    tasks.close()
    tasks.change(lambda: 3, seen.append)
    assert seen == [1, 2]


def test_an_act_that_fails_after_its_screen_was_closed_is_told_to_the_window(qtbot: QtBot, pools: Pools) -> None:
    tasks = QtTasks(pools, fail)

    def broken() -> None:
        time.sleep(0.05)
        raise Refusal("The disk is full.")

    tasks.change(broken, failed=fail)
    tasks.close()
    with qtbot.waitSignal(pools.orphaned, timeout=5000) as told:
        pass
    assert told.args is not None
    assert str(told.args[0]) == "The disk is full."


class Mourned:
    """Says in which thread it was taken apart."""

    def __init__(self, ends: list[int]) -> None:
        self.ends = ends
        self.circle: object = None

    def __del__(self) -> None:
        self.ends.append(threading.get_ident())

    def answer(self, _of: object) -> None:
        """Take an answer, as a page does."""


def test_whoever_asked_is_never_taken_apart_beside_the_window(qtbot: QtBot, pools: Pools) -> None:
    ends: list[int] = []
    tasks = QtTasks(pools, fail)
    asker = Mourned(ends)
    for n in range(400):
        asker = Mourned(ends)
        # What is done leads to whoever asked, and so does where its answer goes.
        tasks.query(f"slot {n % 7}", partial(repr, asker), asker.answer)
        tasks.change(partial(repr, asker), asker.answer)
    del asker
    qtbot.waitUntil(lambda: pools.idle, timeout=10_000)
    pools.close()
    assert len(ends) > 350
    assert set(ends) == {threading.get_ident()}


def test_circles_are_taken_apart_by_the_window_alone(qtbot: QtBot, pools: Pools) -> None:
    ends: list[int] = []
    owner = QObject()
    garbage = Garbage(owner)
    assert not gc.isenabled()
    lost = Mourned(ends)
    for _ in range(3000):
        lost = Mourned(ends)
        lost.circle = lost
    del lost

    def allocate(_n: int) -> int:
        return len([[[]] for _ in range(20_000)])

    tasks = QtTasks(pools, fail)
    for n in range(5):
        tasks.change(partial(allocate, n))
    qtbot.waitUntil(lambda: pools.idle, timeout=10_000)
    begun = len(ends)
    assert begun < 2
    garbage.look()
    assert len(ends) > 2500
    assert set(ends) == {threading.get_ident()}
    owner.deleteLater()
    qtbot.waitUntil(gc.isenabled, timeout=2000)
