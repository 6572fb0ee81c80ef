"""A consent that begins later is told on its day by itself, and so is what was shared under it."""

from datetime import date, timedelta

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import days
from clinic_desktop.exchange.days import Days
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.services import sharing
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.consultation import open_consultation, save_step, sign_consultation
from clinic_desktop.services.remotes import House
from clinic_desktop.services.sharing import NewShare
from clinic_desktop.store.engine import Store
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Work
from sync.port import Kind
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.contract.money import SEEN
from tests.medicines import add_patient
from tests.unit.services.consent_case import sign

RECORDS, HEALIFY = "healthcare_records", "healify"
VISITS = ("visits", "problems", "medicines", "vitals")


def state(office: PostOffice, system: str, kind: Kind, record: str) -> str:
    with office.reading() as unit:
        work = Rows(unit).get(Work, system, str(kind), record)
    assert work is not None
    return work.state


def run(desk: Desk) -> PostOffice:
    """Switch it on, let it work, and off."""
    office = PostOffice(House.of(desk))
    office.run(20, until_idle=True, patience=0)
    office.close()
    return office


def told(there: Connected) -> list[object]:
    return [row["consent_type"] for row in there.rows(RECORDS, "consents") if row["grantor"] == "patient"]


def test_a_consent_and_a_share_are_told_on_their_day_after_weeks_switched_off(
    store: Store, desk_for: DeskFor, clock: SetClock
) -> None:
    patient, doctor, admin = add_patient(store, "Mutua", "Joyce"), desk_for("doctor"), desk_for("administrator")
    visit = open_consultation(doctor, patient, "new").encounter_id
    save_step(doctor, visit, "patient_overview", SEEN)
    sign_consultation(doctor, visit)
    consent = sign(doctor, patient, "disclosure")
    new = NewShare("Dr Bello", "healthcare_provider", "Opinion", VISITS, date(2026, 6, 1), recipient_email="b@x.org")
    share = sharing.share_record(doctor.once(), patient, new).share_id
    later = sign(doctor, patient, "research", valid_from=date(2026, 3, 20))
    clock.set(clock.now() - timedelta(days=1))  # the computer's clock is set right: the day of neither has come
    with connected(admin, RECORDS, HEALIFY, clock=lambda: clock.now().timestamp()) as there:
        before = told(there)
        there.connect(RECORDS)
        there.connect(HEALIFY)
        office = run(admin)
        assert state(office, RECORDS, Kind.CONSENT, consent) == state(office, HEALIFY, Kind.SHARE, share) == "cannot"
        clock.advance(timedelta(days=1))
        office = run(admin)
        assert state(office, HEALIFY, Kind.SHARE, share) != "cannot"
        assert told(there) == [*before, "disclosure"]
        assert state(office, RECORDS, Kind.CONSENT, later) == "cannot", "its day is still to come"
        clock.advance(timedelta(weeks=3))
        assert state(run(admin), RECORDS, Kind.CONSENT, later) in {"sent", "confirmed"}
        assert told(there) == [*before, "disclosure", "research"]


def test_a_day_that_comes_while_it_runs_is_looked_at_once_and_what_was_cut_off_again(
    store: Store, desk_for: DeskFor, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient, admin = add_patient(store, "Mutua", "Joyce"), desk_for("administrator")
    consent = sign(desk_for("doctor"), patient, "research", valid_from=date(2026, 3, 11))
    with connected(admin, RECORDS, clock=lambda: clock.now().timestamp()) as there:
        there.connect(RECORDS)
        office = PostOffice(House.of(admin))
        office.run(20, until_idle=True, patience=0)
        assert state(office, RECORDS, Kind.CONSENT, consent) == "cannot"
        desks, mine = [one.desk for one in office.engine.offices.values()], Days(clock)
        assert mine.turned()
        assert mine.look(desks) == 0
        assert not mine.turned()
        clock.advance(timedelta(days=1))
        assert mine.turned()
        with monkeypatch.context() as broken:
            broken.setattr(days, "_have_told", cut_off)
            with pytest.raises(OSError, match="power"):
                mine.look(desks)
        assert mine.turned()
        office.run(20, until_idle=True, patience=0)
        assert state(office, RECORDS, Kind.CONSENT, consent) in {"sent", "confirmed"}
        assert Days(clock).look(desks) == 0, "what was told on its day is not told again"
        office.close()


def cut_off(*_all: object) -> None:
    raise OSError("power")
