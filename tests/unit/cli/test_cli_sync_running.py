"""`sync --watch` goes on with the systems as they are: one that is paused meanwhile is not asked any more."""

import threading
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from clinic_desktop.cli.sync_running import Run
from clinic_desktop.cli.terminal import SignedIn, Terminal
from clinic_desktop.clock import SetClock
from clinic_desktop.exchange.sync_connecting import go_on, pause, sync_now
from clinic_desktop.services.remotes import House
from clinic_desktop.store.engine import Store
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic

HEALIFY = "healify"
WATCH = Namespace(watch=True, once=False, afresh=False, verbose=False, system=None)


@pytest.fixture
def there(store: Store, desk_for: object, clock: SetClock) -> Iterator[Connected]:
    small = Clinic(store, desk_for, clock)  # type: ignore[arg-type]  # the fixture of the conftest
    assert small.patient
    with connected(small.desk_for("administrator"), HEALIFY) as found:
        yield found


def wait_for(clock: SetClock, what: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something is so; the clinic's clock goes on meanwhile."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)
        clock.advance(timedelta(seconds=0.1))


def test_a_system_that_is_paused_while_sync_watches_is_asked_nothing_until_it_goes_on(
    there: Connected, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    terminal = Terminal(there.desk.store.path.parent, None, None, as_json=False)
    monkeypatch.setattr(terminal, "progress", said.append)
    for name in ("sync_running", "sync_standing"):
        monkeypatch.setattr(f"clinic_desktop.cli.{name}.LOOK_SECONDS", 0.05)
    there.connect(HEALIFY)
    run = Run(terminal, cast("SignedIn", SimpleNamespace(clinic=House.of(there.desk), desk=there.desk)), WATCH)

    def watch() -> None:
        while run.work():
            pass

    def asked() -> int:
        return len(there.sandbox.gates[HEALIFY].system.log.asked)

    first = asked()
    worker = threading.Thread(target=watch)
    worker.start()
    try:
        wait_for(clock, lambda: asked() > first)
        pause(there.desk, HEALIFY)
        wait_for(clock, lambda: any(words.startswith("Healify is paused") for words in said))
        before = asked()
        sync_now(there.desk)
        for _ in range(20):
            clock.advance(timedelta(minutes=1))
            time.sleep(0.05)
        assert asked() == before
        go_on(there.desk, HEALIFY)
        wait_for(clock, lambda: asked() > before)
        wait_for(clock, lambda: "Healify goes on." in said)
    finally:
        run.ended.set()
        worker.join(30.0)
    assert not worker.is_alive()
