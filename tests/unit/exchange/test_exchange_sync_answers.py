"""What a person says of one question settles that one, about the values that they have seen, and nothing beside it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import sync_connecting, sync_deciding, sync_shown
from clinic_desktop.exchange.sync_items import Item
from clinic_desktop.services.patients import NewPatient, change_patient, patient_details, register_patient
from clinic_desktop.store import likeness
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic

HEALIFY = "healify"


@pytest.fixture
def there(small: Clinic, desk_for: DeskFor, clock: SetClock) -> Iterator[Connected]:
    del small
    with connected(desk_for("administrator"), HEALIFY, clock=lambda: clock.now().timestamp()) as sandbox:
        sandbox.connect(HEALIFY)
        sandbox.run()
        yield sandbox


def edited(there: Connected, clock: SetClock, **changes: Any) -> list[Item]:
    """Somebody changes our patient there; what waits for a person after the next look."""
    number = next(row["id"] for row in there.rows(HEALIFY, "patients") if row["last_name"] == "Okello")
    there.people(HEALIFY).edit("patients", number, **changes)
    return looked(there, clock)


def looked(there: Connected, clock: SetClock) -> list[Item]:
    clock.advance(timedelta(hours=2))
    sync_connecting.sync_now(there.desk)
    there.run(HEALIFY)
    return list(sync_shown.waiting_items(there.desk))


def test_a_third_value_for_one_member_takes_in_nothing_else_that_differs_there(
    there: Connected, small: Clinic, desk_for: DeskFor, clock: SetClock
) -> None:
    desk = desk_for("front_desk")
    known = patient_details(desk, small.patient)
    change_patient(desk, small.patient, replace(known.patient, phone="+15550002222"), known.revision)
    listed = edited(there, clock, last_name="Okello-Byrne", phone="+15550001111")
    assert {one.member for one in listed} == {"last_name", "phone"}
    phone = next(one for one in listed if one.member == "phone")
    assert sync_deciding.decide(there.desk, phone, "value", "+15550003333") == 1
    after = patient_details(desk_for("front_desk"), small.patient).patient
    assert (after.family_name, after.phone) == (known.patient.family_name, "+15550003333")
    there.run(HEALIFY)
    assert [one.member for one in sync_shown.waiting_items(there.desk)] == ["last_name"]


def test_what_stands_there_by_now_and_was_not_seen_is_not_decided(
    there: Connected, small: Clinic, desk_for: DeskFor, clock: SetClock
) -> None:
    (shown,) = edited(there, clock, date_of_birth="1938-08-09")
    (now,) = edited(there, clock, date_of_birth="1983-08-09")
    before = patient_details(desk_for("front_desk"), small.patient).patient.born_on
    for act, value in (("there", ""), ("here", ""), ("value", "1979-07-15")):
        with pytest.raises(Refusal, match="changed since"):
            sync_deciding.decide(there.desk, shown, act, value)
    assert patient_details(desk_for("front_desk"), small.patient).patient.born_on == before
    assert sync_deciding.decide(there.desk, now, "there") == 1
    there.run(HEALIFY)
    assert patient_details(desk_for("front_desk"), small.patient).patient.born_on == date(1983, 8, 9)


def test_a_value_that_the_chart_cannot_take_is_refused_and_the_question_stays(
    there: Connected, clock: SetClock
) -> None:
    doctor = next(
        one.staff_id for one in sync_connecting.who_is_who(there.desk, HEALIFY, ask=False).staff if one.role == "doctor"
    )
    sync_connecting.name_practitioner(there.desk, HEALIFY, doctor, "doc_456def")
    there.run(HEALIFY)
    ours = next(row for row in there.rows(HEALIFY, "prescriptions") if "ref CW" in str(row))
    moved = {"dosage": "250 mg once daily", "updated_at": clock.now().isoformat()}
    there.people(HEALIFY).edit("prescriptions", ours["id"], **moved)
    (card,) = [one for one in looked(there, clock) if one.kind == "prescription"]
    with pytest.raises(Refusal, match="does not take") as refused:
        sync_deciding.decide(there.desk, card, "value", "375 mg twice daily")
    assert refused.value.field == "value"
    assert card.id in {one.id for one in looked(there, clock)}
    row = next(row for row in there.rows(HEALIFY, "prescriptions") if row["id"] == ours["id"])
    assert row["dosage"] == "250 mg once daily"


TWIN = {
    "first_name": "Amira", "last_name": "Okafor", "date_of_birth": "1990-05-17", "gender": "female",
    "phone": "+15550123456", "email": "amira@example.com",
    "address": {"street": "12 Long Street", "city": "Lagos", "zip": "10001"},
    "medical_history": {"allergies": ["Codeine"], "conditions": [], "medications": []},
}  # fmt: skip


@pytest.mark.parametrize("here", [("Amina",), ("Amina", "Amira")])
def test_a_twin_there_is_never_taken_for_the_other_one_here(
    here: tuple[str, ...], store: Store, small: Clinic, desk_for: DeskFor, clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    del small
    was = likeness.frequencies
    # As a clinic of six hundred registrations with few homes in it has learnt.
    monkeypatch.setattr(
        likeness, "frequencies", lambda conn: replace(was(conn), people=600, duplicates=0.05, household=0.143)
    )
    names = {
        register_patient(
            desk_for("front_desk"),
            NewPatient("Okafor", given, "female", date(1990, 5, 17), "day", "+15550123456",
                       address="12 Long Street", city="Lagos", postal_code="10001"),
        ).patient_id: given
        for given in here
    }  # fmt: skip
    with connected(desk_for("administrator"), HEALIFY, clock=lambda: clock.now().timestamp()) as sandbox:
        pattern = {name: value for name, value in sandbox.rows(HEALIFY, "patients")[0].items() if name != "id"}
        sandbox.people(HEALIFY).add("patients", {**pattern, **TWIN}, "pat_twin")
        sandbox.connect(HEALIFY)
        sandbox.run()
        with store.read() as connection:
            found = connection.execute(text("SELECT patient_id FROM allergies WHERE substance = 'Codeine'")).scalars()
            whose = {names.get(patient, "somebody new") for patient in found}
            links = connection.execute(
                text("SELECT local_id FROM sync_link WHERE remote_id = 'pat_twin' AND status = 'confirmed'")
            )
            linked = {names.get(patient, "somebody new") for patient in links.scalars()}
    assert whose <= {"Amira", "somebody new"}
    assert linked <= {"Amira", "somebody new"}
