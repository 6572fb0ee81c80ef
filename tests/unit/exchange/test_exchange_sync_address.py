"""A system's address: in which form it is kept, and that a version which kept another form knew the same place."""

from collections import Counter
from urllib.parse import urlsplit

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange.database import Database
from clinic_desktop.exchange.post_office import PostOffice, plain_address
from clinic_desktop.services.remotes import House
from clinic_desktop.store.engine import Store
from sync.engine import people
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Kept
from tests.conftest import DeskFor
from tests.connected import connected
from tests.journeys.small_clinic import Clinic

SYSTEM = "practice_studio"


def test_an_address_has_one_form() -> None:
    assert plain_address("HTTPS://Here.Example:443/Api/") == plain_address("https://here.example/Api")


@pytest.mark.parametrize("path_kept", [False, True])
def test_what_was_confirmed_stays_so_where_an_earlier_version_kept_the_address(
    store: Store, desk_for: DeskFor, clock: SetClock, small: Clinic, path_kept: bool
) -> None:
    assert small.order
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        address = there.told[SYSTEM]["base_url"]
        assert urlsplit(address).path.strip("/")
        kept = plain_address(address) if path_kept else f"http://{urlsplit(address).netloc}"
        with Database(House.of(there.desk)).write() as unit:
            rows = Rows(unit)
            rows.remove(Kept, system=SYSTEM, name=people.ADDRESS)
            rows.put(Kept(SYSTEM, people.ONCE_ADDRESS, kept))

        def states() -> Counter[str]:
            with store.read() as connection:
                return Counter(one for (one,) in connection.exec_driver_sql("SELECT state FROM sync_work"))

        before = states()
        assert before["confirmed"]
        office = PostOffice(House.of(there.desk), only=SYSTEM)
        office.run(0.0, until_idle=True)
        office.close()
        assert states() == before
        with Database(House.of(there.desk)).read() as unit:
            found = Rows(unit).get(Kept, SYSTEM, people.ADDRESS)
        assert found is not None
        assert found.value == plain_address(address)
