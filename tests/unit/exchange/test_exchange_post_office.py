"""A round in which nothing is to be done asks the database for little."""

from collections.abc import Sequence
from contextlib import closing

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange.database import Database
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.exchange.results_aside import Asides
from clinic_desktop.services.remotes import House
from sync.engine.desk import Desk
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Quarantine
from tests.conftest import DeskFor
from tests.connected import connected

SYSTEM = "hms_enterprise"


@pytest.mark.usefixtures("small")
def test_what_people_are_to_be_told_of_is_looked_for_after_something_was_written(
    desk_for: DeskFor, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    look = Asides.look

    def counted(self: Asides, desks: Sequence[Desk]) -> int:
        looks.append(len(desks))
        return look(self, desks)

    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        monkeypatch.setattr(Asides, "look", counted)
        house = House.of(there.desk)
        with closing(PostOffice(house, only=SYSTEM)) as office:

            def looked() -> int:
                looks.clear()
                office.run(20.0, until_idle=True)
                return len(looks)

            assert looked()
            assert [looked(), looked()] == [0, 0]
            with Database(house).write() as unit:  # as the window or a command would
                Rows(unit).put(Quarantine(SYSTEM, "lab_result", "ORD-1", "results cannot be read", {}))
            assert looked()
            looked()  # what was told of it was written as well
            assert looked() == 0
