"""How fast a screen is: measured from going to it until it is painted with its answers, and counted once."""

import time

from pytestqt.qtbot import QtBot

from clinic_desktop.gui.shell import pace
from clinic_desktop.gui.shell.rail import HEIGHT, LOWEST, Rail
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.gui.shell.window import MainWindow
from clinic_desktop.services.roles import EVERYONE


def test_an_opening_ends_when_its_answers_are_painted(qtbot: QtBot, work: MainWindow) -> None:
    frame = work.frame
    qtbot.waitUntil(lambda: "home" in pace.SESSION.times or bool(pace.SESSION.times))
    before = dict(frame.pace._counts)
    frame.ask(lambda: time.sleep(0.15), lambda _none: None)
    begun = time.monotonic()
    frame.go("queue")
    qtbot.waitUntil(lambda: "queue" in pace.SESSION.times)
    (taken,) = pace.SESSION.times["queue"]
    assert taken <= (time.monotonic() - begun) * 1000
    assert sum(frame.pace._counts.values()) == sum(before.values()) + 1
    half, most, number = pace.SESSION.figures()["queue"]
    assert (half, most, number) == (round(taken), round(taken), 1)


def test_one_that_is_left_at_once_is_not_counted(qtbot: QtBot, work: MainWindow) -> None:
    qtbot.waitUntil(lambda: bool(pace.SESSION.times) and work.pools.idle)
    seen = {name: len(times) for name, times in pace.SESSION.times.items()}
    work.frame.go("chart", patient_id="p1")
    work.frame.go("queue")
    qtbot.waitUntil(lambda: len(pace.SESSION.times.get("queue", [])) == seen.get("queue", 0) + 1)
    assert len(pace.SESSION.times.get("chart", [])) == seen.get("chart", 0)


def test_figures_are_of_half_and_of_95_in_100() -> None:
    session = pace.Session()
    session.times["x"] = [float(n) for n in range(100, 0, -1)]
    assert session.figures() == {"x": (50, 95, 100)}


def test_what_cannot_be_counted_stops_nobody(qtbot: QtBot, work: MainWindow) -> None:
    work.frame.pace._counts["queue", 40] = 1
    work.frame.pace.flush()  # the pretended clinic has no database
    qtbot.waitUntil(lambda: work.pools.idle)
    assert not work.frame.toast.isVisible()


def test_a_rail_of_many_pages_fits_a_low_window(qtbot: QtBot) -> None:
    rail = Rail()
    qtbot.addWidget(rail)
    rail.set_screens([
        Screen(f"s{n}", f"Page {n}", "home", EVERYONE, lambda _context: None)  # type: ignore[arg-type,return-value]
        for n in range(17)
    ])  # fmt: skip
    rail.resize(72, 800)
    rail.show()
    qtbot.waitExposed(rail)
    assert rail.minimumSizeHint().height() <= 800
    heights = {button.height() for button in rail.buttons.values()}
    assert min(heights) >= LOWEST
    rail.resize(72, 1080)
    assert {button.height() for button in rail.buttons.values()} == {HEIGHT}
