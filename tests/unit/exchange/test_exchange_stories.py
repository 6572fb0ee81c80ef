"""What is told of a record, and as what: only what stands, and of what has ended a person is told what to do."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from clinic_desktop.clock import SetClock, from_text, new_id, to_text
from clinic_desktop.domain.documents import Letter
from clinic_desktop.domain.signatures import PAD, Signature, write
from clinic_desktop.exchange import when
from clinic_desktop.exchange.agreed import share_of
from clinic_desktop.exchange.chart_end import ClinicChart
from clinic_desktop.exchange.told import Told, made
from clinic_desktop.services import consents, consultation, documents, inbox, refills, scheduling
from clinic_desktop.services.consents import NewConsent
from clinic_desktop.store.engine import Store
from sync.port import CannotTell, Kind, Story, Telling
from sync.records.appointment import Appointment
from sync.records.elements import Resource
from sync.records.encounter import Encounter
from sync.remotes.arocord_hims.mapping import telling as arocord
from sync.remotes.healify.mapping import telling as healify
from sync.remotes.healify.profile import PROFILE as HEALIFY_PROFILE
from sync.remotes.healthcare_records.mapping import bodies as records
from sync.remotes.healthcare_records.profile import profile as records_profile
from sync.telling.work import extra
from tests.conftest import DeskFor
from tests.journeys.small_clinic import Clinic
from tests.medicines import add_patient

Tell = Callable[[Kind, str], Story | None]


@pytest.fixture
def small(store: Store, desk_for: DeskFor, clock: SetClock) -> Clinic:
    return Clinic(store, desk_for, clock)


@pytest.fixture
def told(store: Store, clock: SetClock) -> Tell:
    """The story of a record, one transaction a call."""
    chart = ClinicChart("A7", clock)

    def story(kind: Kind, record: str) -> Story | None:
        with store.write(act=new_id(), session=None) as unit:
            return chart.story(unit, kind, record)

    return story


class Linked:
    """Links as a test gives them."""

    def __init__(self, links: dict[tuple[Kind, str], str]) -> None:
        self._links = links

    def there(self, kind: Kind, local_id: str) -> str | None:
        return self._links.get((kind, local_id))

    def here(self, _kind: Kind, _remote_id: str) -> str | None:
        return None


def test_a_refill_is_told_of_its_prescription_once_the_prescriber_approved_it(
    small: Clinic, told: Tell, desk_for: DeskFor
) -> None:
    nurse, doctor = desk_for("nurse"), desk_for("doctor")
    line = refills.refillable(doctor, small.patient)[0].line_id
    asked = refills.ask_refill(nurse, small.patient, line, asked_by="her sister")
    assert told(Kind.REFILL, asked) is None, "nobody hands out what nobody has signed"
    links = Linked({(Kind.PRESCRIPTION, small.prescription): "prx_1", (Kind.PATIENT, small.patient): "pat_1"})
    signed = refills.approve_refill(doctor, asked, expect=1)
    story = told(Kind.REFILL, asked)
    assert story is not None
    telling = healify.project(story, links)
    assert isinstance(telling, Telling)
    assert (telling.body["prescription_id"], telling.needs) == ("prx_1", ())
    assert signed.number in telling.body["notes"], "who hands out is told that it was signed again"
    several = replace(story, rest=(*story.rest, *story.rest))
    assert isinstance(healify.project(several, links), CannotTell), "which of the medicines is meant is not known there"


class OneVisit:
    """A patient of whom nothing is known but one signed visit and its note."""

    def of(self, table: str) -> list[SimpleNamespace]:
        rows = {
            "encounters": {"id": "e1", "status": "signed", "signed_at": "2026-03-10"},
            "notes": {"encounter_id": "e1"},
        }
        return [SimpleNamespace(row=rows[table])]

    def reference(self, _table: str, record: str) -> dict[str, str]:
        return {"reference": f"Patient/{record}"}

    def resource(self, _one: object, **_over: object) -> Resource:
        return made({"resourceType": "DocumentReference", "id": "n1", "status": "current", "content": []})


@pytest.mark.parametrize(("status", "act"), [("active", None), ("withdrawn", "revoke")])
def test_a_share_is_something_new_there_and_its_end_is_for_a_person_to_tell(status: str, act: str | None) -> None:
    row = {
        "id": "s1", "patient_id": "p1", "recipient_email": "y@example.org", "recipient_name": "Dr Yusuf", "message": "",
        "created_at": "2026-03-10T09:00:00.000000Z", "recipient_type": "healthcare_provider", "permissions": '["view"]',
        "consent_id": None, "status": status, "revision": 1, "sections": '["visits"]', "expires_at": "2026-03-17",
    }  # fmt: skip
    parts = share_of(cast("Told", OneVisit()), row, date(2026, 3, 10))
    assert parts is not None
    assert parts.act == act, "an act on what is not there yet is never sent"
    assert act is None or (Kind.SHARE, act) in HEALIFY_PROFILE.untold, "a person is told in words what to do"


def test_a_consent_that_was_withdrawn_is_for_a_person_to_tell(small: Clinic, told: Tell, desk_for: DeskFor) -> None:
    front = desk_for("front_desk")
    signed = write(Signature(PAD, (tuple((600 + 40 * place, 900 + 200 * (place % 7)) for place in range(60)),)))
    consent = consents.record_consent(front, small.patient, NewConsent("disclosure", signature=signed))
    consents.withdraw_consent(front, consent, "Does not want it any more", expect=1)
    ended = told(Kind.CONSENT, consent)
    assert ended is not None
    assert (Kind.CONSENT, ended.act) in records_profile({}).untold


def test_a_notice_waits_until_whoever_it_is_for_is_known_there(small: Clinic, told: Tell, desk_for: DeskFor) -> None:
    nurse = desk_for("nurse").session.staff_id
    notice = inbox.Notice("message", "normal", "Call back", nurse, "After noon", small.patient)
    (sent,) = inbox.send(desk_for("administrator"), notice)
    story = told(Kind.NOTICE, sent)
    assert story is not None
    waits = arocord.project(story, Linked({}), {}, {})
    assert isinstance(waits, Telling)
    assert waits.needs == ((Kind.PRACTITIONER, nurse),)
    goes = arocord.project(story, Linked({(Kind.PRACTITIONER, nurse): "nurse_1"}), {}, {})
    assert isinstance(goes, Telling)
    assert (goes.body["recipient_ids"], goes.needs) == (["nurse_1"], ())


def test_a_booking_that_says_no_kind_is_a_consultation(small: Clinic, told: Tell) -> None:
    story = told(Kind.APPOINTMENT, small.appointment)
    assert story is not None
    assert isinstance(story.first, Appointment)
    assert story.first.appointment_type is not None
    assert story.first.appointment_type.text == "consultation"


@pytest.fixture(params=["Pacific/Auckland", "America/Los_Angeles", "UTC"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ZoneInfo]:
    """The whole process in a zone."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", request.param)
        time.tzset()
        yield ZoneInfo(request.param)
    time.tzset()


def test_a_day_that_a_system_documents_is_that_day_here_and_is_told_as_that_day_again(zone: ZoneInfo) -> None:
    at = from_text(when.midday("2024-01-15"))
    assert at.astimezone(zone).date() == date(2024, 1, 15)
    assert when.local_instant(when.midday("2024-01-15"))[:10] == "2024-01-15"
    for late in (datetime(2024, 1, 15, 23, 59, tzinfo=zone), datetime(2024, 1, 15, 0, 1, tzinfo=zone)):
        assert when.local_instant(to_text(late))[:10] == "2024-01-15"
        assert datetime.fromisoformat(when.local_instant(to_text(late))) == late
    assert from_text(when.midday("2024-01-15T23:00:00-05:00")) == datetime(2024, 1, 16, 4, tzinfo=UTC)
    for edge in ("0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.000000Z", "1850-05-05T10:00:00.000000Z"):
        assert datetime.fromisoformat(when.local_instant(edge)) == from_text(edge)
    assert from_text(when.midday("0001-01-01")).year == 1


def test_a_document_and_a_visit_of_the_evening_are_told_with_the_day_of_here(
    small: Clinic, told: Tell, desk_for: DeskFor, store: Store, clock: SetClock, zone: ZoneInfo
) -> None:
    for hour in (0, 23):
        clock.set(datetime(2026, 3, 11, hour, 30, tzinfo=zone))
        doctor = desk_for("doctor")
        letter = Letter("Unfit for work.", "", date(2026, 3, 11), date(2026, 3, 12))
        note = documents.write_document(doctor.once(), small.patient, "sick_note", f"Sick note {hour}", letter)
        documents.sign_document(doctor.once(), note, expect=1)
        story = told(Kind.DOCUMENT, note)
        assert story is not None
        telling = records.project(story, Linked({(Kind.PATIENT, small.patient): "p"}))
        assert isinstance(telling, Telling)
        assert telling.body["metadata"] == {"visit_date": "2026-03-11"}
        visit = consultation.open_consultation(doctor, add_patient(store, "Mutua", str(hour)), "new").encounter_id
        consultation.save_step(doctor, visit, "patient_overview", {"identity.name": "1", "identity.born_on": "1"})
        consultation.sign_consultation(doctor, visit)
        seen = told(Kind.ENCOUNTER, visit)
        assert seen is not None
        assert isinstance(seen.first, Encounter)
        assert seen.first.period is not None
        assert {str(each)[:10] for each in (seen.first.period.start, seen.first.period.end)} == {"2026-03-11"}


@pytest.mark.parametrize(
    ("tell", "ways", "ends", "told_there"),
    [
        (True, ("sms", "post"), "", True),
        (True, ("phone", "post"), "", False),
        (True, (), "", False),
        (True, ("email",), "withdrawn", False),
        (False, ("sms",), "", False),
    ],
)
def test_a_patient_is_told_of_a_cancellation_where_that_is_wanted_and_agreed_to(
    small: Clinic, told: Tell, desk_for: DeskFor, tell: bool, ways: tuple[str, ...], ends: str, told_there: bool
) -> None:
    front = desk_for("front_desk")
    if ways:
        signed = write(Signature(PAD, (tuple((600 + 40 * place, 900 + 200 * (place % 7)) for place in range(60)),)))
        consent = consents.record_consent(
            front.once(), small.patient, NewConsent("communication", signature=signed, channels=ways)
        )
        if ends:
            consents.withdraw_consent(front.once(), consent, "No messages", expect=1)
    standing = told(Kind.APPOINTMENT, small.appointment)
    assert standing is not None
    assert extra(standing.first, "tellPatient") is None, "what stands says nothing of it"
    scheduling.cancel(front.once(), small.appointment, "Doctor ill", cancelled_by="clinic", tell_patient=tell)
    story = told(Kind.APPOINTMENT, small.appointment)
    assert story is not None
    found = arocord.project(story, Linked({(Kind.APPOINTMENT, small.appointment): "a"}), {}, {})
    assert isinstance(found, Telling)
    assert found.body == {"cancellation_reason": "Doctor ill", "notify_patient": told_there}
