"""The window's side of the background process."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.shell import background
from clinic_desktop.gui.shell.background import Background

# Stands for the background process: says what it is told, as JSON, and knows whether it has a key.
STAND_IN = """
import json, os, sys
def tell(**event): print(json.dumps(event), flush=True)
tell(event="ready", pid=os.getpid())
for line in sys.stdin:
    word = line.split()[0]
    if word == "quit": break
    if word == "lock":
        tell(event="locked"); tell(event="ready", pid=os.getpid()); continue
    tell(event=word, length=len(line))
"""
COMMAND = (sys.executable, "-c", STAND_IN)
KEY = bytes(range(32))


@pytest.fixture
def made(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Background]:
    monkeypatch.setattr(background, "FIRST_WAIT_MS", 50)
    work = Background(COMMAND, lambda: KEY)
    work._wait = 50
    yield work
    work.stop()


def said(work: Background) -> tuple[list[str], list[dict[str, object]]]:
    words: list[str] = []
    events: list[dict[str, object]] = []
    work.status.connect(words.append)
    work.told.connect(events.append)
    return words, events


def test_the_key_is_handed_over_only_when_somebody_works(qtbot: QtBot, made: Background) -> None:
    _, events = said(made)
    made.start()
    qtbot.waitUntil(lambda: len(events) == 1)
    assert events[0]["event"] == "ready"
    made.unlock()
    qtbot.waitUntil(lambda: len(events) == 2)
    assert events[1] == {"event": "key", "length": len("key ") + 64 + 1}


def test_unlocked_before_it_was_ready_it_gets_the_key_when_it_is(qtbot: QtBot, made: Background) -> None:
    _, events = said(made)
    made.unlock()
    made.start()
    qtbot.waitUntil(lambda: [e["event"] for e in events] == ["ready", "key"])


def test_after_a_lock_it_is_not_given_the_key_again(qtbot: QtBot, made: Background) -> None:
    _, events = said(made)
    made.start()
    made.unlock()
    qtbot.waitUntil(lambda: len(events) == 2)
    made.lock()
    qtbot.waitUntil(lambda: len(events) == 4)
    qtbot.wait(100)
    assert [e["event"] for e in events] == ["ready", "key", "locked", "ready"]


def test_killed_it_is_said_and_started_again_with_the_key(qtbot: QtBot, made: Background) -> None:
    words, events = said(made)
    made.start()
    made.unlock()
    qtbot.waitUntil(lambda: len(events) == 2)
    first = made.pid
    os.kill(first, signal.SIGKILL)
    qtbot.waitUntil(lambda: [e["event"] for e in events] == ["ready", "key"] * 2)
    assert made.pid not in {0, first}
    assert words == ["", "Background work stopped; starting it again", ""]


def test_each_death_at_the_start_doubles_the_wait_up_to_half_a_minute(qtbot: QtBot) -> None:
    work = Background(("/nothing/here",), lambda: None)
    words, _ = said(work)
    work.start()
    qtbot.waitUntil(lambda: bool(words))
    waits = [work._again.interval()]
    for _ in range(7):
        work._died()
        waits.append(work._again.interval())
    work.stop()
    assert waits == [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]


def test_stopped_it_ends_and_is_not_started_again(qtbot: QtBot, made: Background) -> None:
    words, events = said(made)
    made.start()
    qtbot.waitUntil(lambda: len(events) == 1)
    pid = made.pid
    made.stop()
    qtbot.wait(200)
    assert made.pid == 0
    assert not Path(f"/proc/{pid}").exists()
    assert words == [""]


def test_what_is_no_event_is_passed_over(qtbot: QtBot) -> None:
    code = "print('warning: x'); print('[1]'); print('{\"event\": \"ready\"}', flush=True); input()"
    work = Background((sys.executable, "-c", code), lambda: None)
    _, events = said(work)
    work.start()
    qtbot.waitUntil(lambda: bool(events))
    work.stop()
    assert events == [{"event": "ready"}]


WINDOW = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QCoreApplication
from clinic_desktop.gui.shell.background import Background
app = QCoreApplication([])
work = Background(sys.argv[1:], lambda: None)
work.told.connect(lambda event: print(event["pid"], flush=True))
work.start()
app.exec()
"""


def test_the_window_killed_the_process_ends_by_itself() -> None:
    window = subprocess.Popen([sys.executable, "-c", WINDOW, *COMMAND], stdout=subprocess.PIPE, text=True)
    assert window.stdout
    pid = int(window.stdout.readline())
    assert Path(f"/proc/{pid}").exists()
    os.kill(window.pid, signal.SIGKILL)
    window.wait()
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except (FileNotFoundError, ProcessLookupError):
            return
        import time

        time.sleep(0.02)
    raise AssertionError(json.dumps({"still there": pid}))
