"""The real program on a real profile, with a probe in it: tells down a pipe what was painted and what was loaded.

Started as a process by rows 1, 2 and 20: ``python -m tests.benchmarks.driven PIPE PROFILE PLAN SCREENS``. The plan is
``paint`` (stop at the first paint), ``load`` (until every screen behind the sign-in is imported), ``enter`` (sign in
at once, until home is painted), ``work`` (then search and open charts) or ``idle`` (sign in and sit there).
"""

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

PIPE, PROFILE, PLAN = int(sys.argv[1]), sys.argv[2], sys.argv[3]
HEAVY = ("sqlalchemy", "sqlcipher3", "alembic", "pydantic", "reportlab", "pypdfium2", "uharfbuzz", "cryptography",
         "argon2", "keyring", "httpx", "httpcore", "http", "ssl", "urllib3", "apscheduler")  # fmt: skip
TYPED = ("oka", "okafor", "chart", "mar", "wasen", "+23480123", "kaif", "ndova")


def tell(event: str, **facts: object) -> None:
    """Write one line down the pipe."""
    os.write(PIPE, (json.dumps({"event": event, **facts}) + "\n").encode())


def heavy() -> list[str]:
    """The modules of database, PDF and network that are loaded."""
    return sorted({name for name in sys.modules if name.partition(".")[0] in HEAVY})


def resident() -> float:
    """Megabytes of this process in memory."""
    with open("/proc/self/status") as status:  # noqa: PTH123 - pathlib need not be loaded for this
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def main() -> int:
    """Start the program as its own command does, with the probe put in on the way."""
    import clinic_desktop.app
    from clinic_desktop.__main__ import main as program
    from clinic_desktop.gui.shell import signin

    painted = signin.SignInPage.paintEvent
    told: list[bool] = []

    def paint(page: Any, event: Any) -> None:
        painted(page, event)
        if not told:
            told.append(True)
            tell("painted", heavy=heavy(), resident=resident())
            if PLAN == "paint":
                os._exit(0)
            steps = {"load": load, "enter": enter, "work": work, "idle": idle}[PLAN](page.window())
            follow(page.window(), steps)

    signin.SignInPage.paintEvent = paint  # type: ignore[method-assign]  # the probe
    vars(clinic_desktop.app)["SCREENS"] = tuple(sys.argv[4].split(","))
    sys.argv[1:] = ["--profile", PROFILE]
    return program()


def follow(window: Any, steps: Iterator[bool]) -> None:
    """Go on with the steps each time the window has nothing to do; a step that gives False is asked again."""
    from PySide6.QtCore import QTimer

    timer = QTimer(window)
    timer.setInterval(2)

    def step() -> None:
        if next(steps, None) is None:
            timer.stop()

    timer.timeout.connect(step)
    timer.start()


def load(window: Any) -> Iterator[bool]:
    """Until the sign-in has imported everything behind it."""
    while window._to_load:
        yield False
    tell("loaded", resident=resident())
    os._exit(0)


def signed_in(window: Any) -> Iterator[bool]:
    """Give the password, and wait until home is painted and nothing is still to come."""
    from tests.benchmarks.account import PASSWORD, USER

    window.signin.given.emit(USER, PASSWORD)
    while not (window.has_frame and window.pools.idle):
        yield False
    window.repaint()


def enter(window: Any) -> Iterator[bool]:
    """Sign in at once."""
    yield from signed_in(window)
    tell("ready", resident=resident())
    os._exit(0)


def work(window: Any) -> Iterator[bool]:
    """Load, sign in, search in the palette, open the charts found."""
    while window._to_load:
        yield False
    yield from signed_in(window)
    tell("ready", resident=resident())
    box = window.frame.palette_box
    for text in TYPED:
        box.open_up()
        for end in range(2, len(text) + 1):
            box.box.setText(text[:end])
            yield False
            while not window.pools.idle:
                yield False
            window.repaint()
        found = [each for each in box.results.results() if each.key.startswith("patient:")]
        box.close_down()
        for each in found[:2]:
            window.frame.go("chart", patient_id=each.key.removeprefix("patient:"))
            yield False
            while not window.pools.idle:
                yield False
            window.repaint()
    tell("worked", resident=resident(), screen=window.frame.screen_name)
    os._exit(0)


def idle(window: Any) -> Iterator[bool]:
    """Load, sign in, open a chart, and then do nothing until the pipe's other end is closed."""
    while window._to_load:
        yield False
    yield from signed_in(window)
    tell("ready", resident=resident())


if __name__ == "__main__":
    sys.exit(main())
