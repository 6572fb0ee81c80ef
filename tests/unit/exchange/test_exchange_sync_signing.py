"""A 401 in the middle, over HTTP: what heals by itself goes on by itself, and for the rest a person is asked."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.exchange import sync_connecting, sync_shown
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.services.patients import NewPatient, register_patient
from clinic_desktop.services.remotes import House, remote_systems
from sync.sandbox.faults import Rule
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic

HEALIFY, AROCORD, HMS = "healify", "arocord_hims", "hms_enterprise"
SYSTEMS = (HEALIFY, AROCORD, HMS)


class Wards:
    """A clinic beside the systems, whose clock is moved by hand."""

    def __init__(self, there: Connected, desk_for: DeskFor, clock: SetClock) -> None:
        self.there, self._desk_for, self.clock = there, desk_for, clock
        self._count = 0

    def register(self) -> str:
        """A new patient, who has nothing in common with the others."""
        self._count += 1
        names = ("Abara", "Brandt", "Castellanos", "Dimitrov", "Eriksen", "Fujimoto", "Grzelak", "Haddad")
        new = NewPatient(names[self._count % len(names)] * (1 + self._count // len(names)), "Wren", "female",
                         date(1931 + 3 * self._count, 2, 3), "day", f"+1555010{4200 + self._count}")  # fmt: skip
        return register_patient(self._desk_for("front_desk"), new).patient_id

    def fault(self, kind: Any, system: str, after: int, **options: Any) -> None:
        """Something goes wrong once, with the next request but so many, whichever it is."""
        self.there.sandbox.faults.add(Rule(kind, system=system, after=after, options=options))

    def run(self, system: str) -> str:
        """Work until nothing can be done now; the state that is shown then."""
        self.there.run(system)
        return self.state(system)

    def state(self, system: str) -> str:
        return next(one.state for one in sync_shown.systems_shown(self.there.desk) if one.system == system)

    def word(self, system: str, patient: str) -> str:
        titles = {one.system: one.title for one in sync_shown.systems_shown(self.there.desk)}
        marks = sync_shown.record_marks(self.there.desk, [("patient", patient)])["patient", patient]
        return next(one.word for one in marks if one.title == titles[system])

    def waits(self, system: str, kind: str) -> tuple[int, str | None, str]:
        """What `sync status` says of a kind: how many wait, until when, or why no time can be told."""
        office = PostOffice(House.of(self.there.desk))
        lines = [one for one in office.status() if (one["system"], one["kind"]) == (system, kind)]
        office.close()
        return lines[0]["waiting"], lines[0]["eta"], lines[0]["why"]

    def later(self, **time: float) -> None:
        self.clock.advance(timedelta(**time))

    def requests(self, system: str) -> int:
        return len(self.there.sandbox.gates[system].system.log.asked)

    def made(self, system: str) -> int:
        return len(self.there.sandbox.gates[system].system.log.made("patients"))


@pytest.fixture(name="wards")
def _wards(store: Any, desk_for: DeskFor, clock: SetClock) -> Iterator[Wards]:
    Clinic(store, desk_for, clock)
    with connected(desk_for("administrator"), *SYSTEMS, clock=lambda: clock.now().timestamp()) as there:
        yield Wards(there, desk_for, clock)


def test_a_401_to_any_request_heals_by_itself_where_the_token_is_as_good_as_before(wards: Wards) -> None:
    wards.there.connect(HEALIFY)
    assert wards.run(HEALIFY) == "on"
    known, paused = wards.made(HEALIFY), 0
    for after in range(4):  # the search, the create, the reading back, and whatever comes then
        wards.later(hours=2)
        patient = wards.register()
        wards.fault("error_before", HEALIFY, after, status=401)
        if wards.run(HEALIFY) == "sign_in":
            paused += 1
            before = wards.requests(HEALIFY)
            assert wards.run(HEALIFY) == "sign_in", "it still says so, and asks for nothing"
            assert wards.requests(HEALIFY) == before
            wards.later(seconds=61)
            assert wards.run(HEALIFY) == "on"
        assert wards.word(HEALIFY, patient) == "confirmed"
    assert paused >= 3
    assert wards.made(HEALIFY) == known + 4, "nobody is there twice"


def test_a_token_that_is_dead_is_looked_at_ever_more_seldom_until_a_person_comes(wards: Wards) -> None:
    wards.there.connect(HEALIFY)
    wards.run(HEALIFY)
    wards.there.sandbox.gates[HEALIFY].system.expire()
    patient = wards.register()
    assert wards.run(HEALIFY) == "sign_in"
    for wait in (60, 600, 3600, 3600):
        before = wards.requests(HEALIFY)
        wards.later(seconds=wait - 1)
        wards.run(HEALIFY)
        assert wards.requests(HEALIFY) == before
        wards.later(seconds=2)
        assert wards.run(HEALIFY) == "sign_in"
        assert wards.requests(HEALIFY) == before + 1, "one read, and nothing else"
    wards.there.sandbox.gates[HEALIFY].system.reissue()
    wards.there.connect_again(HEALIFY)
    assert wards.run(HEALIFY) == "on"
    assert wards.word(HEALIFY, patient) == "confirmed"


def test_an_access_token_that_ends_in_the_middle_is_renewed_and_the_run_goes_on(wards: Wards) -> None:
    wards.there.connect(AROCORD)
    wards.run(AROCORD)
    known = wards.made(AROCORD)
    patient = wards.register()
    wards.fault("token_expired", AROCORD, 1)
    assert wards.run(AROCORD) == "on"
    assert wards.word(AROCORD, patient) == "confirmed"
    assert wards.made(AROCORD) == known + 1


# HMS gives a refresh token and documents no call that takes it: there the end of an access token is for a person too.
@pytest.mark.parametrize(("system", "fault"), [(AROCORD, "token_dead"), (HMS, "token_expired")])
def test_where_nothing_renews_it_a_person_is_asked_and_no_password_is_tried_by_itself(
    wards: Wards, system: str, fault: str
) -> None:
    wards.there.connect(system)
    wards.run(system)
    wards.fault(fault, system, 1)
    wards.register()
    assert wards.run(system) == "sign_in"
    before = wards.requests(system)
    for _ in range(3):
        wards.later(hours=2)
        assert wards.run(system) == "sign_in"
    assert wards.requests(system) == before


def test_who_gives_what_it_was_signed_in_to_with_once_more_has_it_tried(wards: Wards) -> None:
    """A test hospital may have one code that is always the same; and a token that is still good says nothing of it."""
    wards.there.connect(HMS)
    wards.run(HMS)
    wards.fault("token_expired", HMS, 1)
    patient = wards.register()
    assert wards.run(HMS) == "sign_in"
    wards.there.connect_again(HMS)
    assert wards.run(HMS) == "on"
    assert wards.word(HMS, patient) == "confirmed"
    known = next(one.base_url for one in remote_systems(wards.there.desk) if one.system == HMS)
    with pytest.raises(Trouble) as wrong:
        sync_connecting.try_out(wards.there.desk, HMS, known, {"username": "nobody", "password": "wrong"})
    assert "password" in str(wrong.value.remedy)


def test_what_waits_for_a_doctor_to_be_named_or_for_a_sign_in_has_no_time_and_says_why(wards: Wards) -> None:
    there = wards.there
    there.connect(HEALIFY)
    wards.run(HEALIFY)
    assert wards.waits(HEALIFY, "prescription") == (1, None, "waits for its practitioner to be known there")
    there.sandbox.gates[HEALIFY].system.expire()
    new = wards.register()
    there.run()
    (one,) = sync_shown.systems_shown(there.desk)
    assert (one.state, one.until) == ("sign_in", None)
    assert wards.waits(HEALIFY, "patient") == (1, None, "it asks for a sign-in")
    (mark,) = sync_shown.record_marks(there.desk, [("patient", new)])["patient", new]
    assert (mark.word, mark.why, mark.until) == ("waiting", "it asks for a sign-in", None)
    sync_connecting.pause(there.desk, HEALIFY)
    assert wards.waits(HEALIFY, "patient") == (1, None, "it is paused")
