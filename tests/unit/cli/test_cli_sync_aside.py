"""`sync status` and `sync conflicts` name each record that was set aside: which, whose, since when and why."""

from argparse import Namespace
from types import SimpleNamespace
from typing import Any, cast

from clinic_desktop.cli import sync
from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_shown
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.services.remotes import House
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.connected import connected
from tests.journeys.small_clinic import Clinic


def test_each_record_that_was_set_aside_is_named(store: Store, desk_for: DeskFor, clock: SetClock) -> None:
    Clinic(store, desk_for, clock)
    with connected(desk_for("administrator"), "healify", clock=lambda: clock.now().timestamp()) as there:
        there.connect("healify")
        there.run()
        number = there.changed_on_both_sides(store, desk_for("doctor"))
        lines: list[str] = []
        answers: list[list[dict[str, Any]]] = []

        def answer(found: list[dict[str, Any]], words: list[str]) -> None:
            answers.append(found)
            lines.extend(words)

        terminal = cast("Any", SimpleNamespace(progress=lines.append, answer=answer))
        here = cast("Any", SimpleNamespace(desk=there.desk))
        states = {one.system: one for one in sync_shown.systems_shown(there.desk)}
        sync._say_aside(terminal, here, states)
        (line,) = lines
        assert line.startswith(f"  Healify: prescription {number}, DOE, John, ")
        assert "changed here and elsewhere" in line
        lines.clear()
        office = PostOffice(House.of(there.desk))
        try:
            sync._conflicts(terminal, here, office, Namespace(system=None))
        finally:
            office.close()
        assert f"healify/aside/prescription/{number}  healify  prescription: was set aside" in lines
        assert "    --keep look | seen --why TEXT" in lines
        assert answers[0][0]["keep"] == ["look", "seen --why TEXT"]
        lines.clear()
        cashier = cast("Any", SimpleNamespace(desk=desk_for("cashier")))
        sync._say_aside(terminal, cashier, states)
        assert lines == [], "whose it is is said to whoever may decide"
