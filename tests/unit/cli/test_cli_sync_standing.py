"""While sync works it says once of each system that it does not go on by itself, and why, and that it goes on."""

from collections.abc import Iterator

import pytest

from clinic_desktop.cli.sync_standing import Standings
from clinic_desktop.clock import SetClock
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.exchange.sync_connecting import pause
from clinic_desktop.services.remotes import House, add_remote
from clinic_desktop.store.engine import Store
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic

HEALIFY = "healify"
SECONDS = 20.0


@pytest.fixture
def there(store: Store, desk_for: object, clock: SetClock) -> Iterator[Connected]:
    small = Clinic(store, desk_for, clock)  # type: ignore[arg-type]  # the fixture of the conftest
    assert small.patient
    with connected(small.desk_for("administrator"), HEALIFY) as found:
        yield found


@pytest.fixture(autouse=True)
def _at_each_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinic_desktop.cli.sync_standing.LOOK_SECONDS", 0.0)


def test_a_system_that_asks_for_a_sign_in_is_named_once_with_what_waits_and_again_when_it_goes_on(
    there: Connected,
) -> None:
    there.connect(HEALIFY)
    there.sandbox.gates[HEALIFY].system.expire()
    office, said = PostOffice(House.of(there.desk)), list[str]()
    standings = Standings(said.append)
    standings.look(office)
    assert said == [], "nothing is wrong"
    office.run(SECONDS, until_idle=True)
    standings.look(office)
    standings.look(office)
    (words,) = said
    assert words.startswith("Healify asks for a sign-in: `remote set healify secrets FILE` gives it a new password")
    assert words.endswith(" wait.")
    there.sandbox.gates[HEALIFY].system.reissue()
    there.told = {one["system"]: one for one in there.sandbox.addresses()}
    there.connect_again(HEALIFY)
    office.run(SECONDS, until_idle=True)
    standings.look(office)
    standings.look(office)
    assert said[1:] == ["Healify goes on."]
    office.close()


def test_a_system_that_is_paused_and_one_that_cannot_be_reached_are_named(there: Connected) -> None:
    add_remote(there.desk, HEALIFY, "http://127.0.0.1:9", {"token": "held"})
    office, said = PostOffice(House.of(there.desk)), list[str]()
    office.run(SECONDS, until_idle=True, patience=0.0)
    Standings(said.append).look(office)
    office.close()
    assert [words.startswith("Healify could not be reached.") for words in said] == [True], said
    pause(there.desk, HEALIFY)
    office = PostOffice(House.of(there.desk))
    Standings(said.append).look(office)
    office.close()
    assert said[1].startswith("Healify is paused: nothing is sent or asked until `remote set healify state on`."), said
