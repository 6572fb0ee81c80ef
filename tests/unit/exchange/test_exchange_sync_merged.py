"""A chart that was merged away here, or is restricted: what a system says under its number is known all the same."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting, sync_deciding, sync_shown
from clinic_desktop.exchange.sync_items import Item
from clinic_desktop.services import parting, restrictions
from clinic_desktop.services.chart_rows import allergies_of, medicines_of
from clinic_desktop.services.patients import patient_details
from clinic_desktop.services.restrictions import lift_restriction
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic
from tests.unit.services.merge_case import merged_as_kept

HEALIFY = "healify"
TWIN = {
    "id": "pat_zz1", "first_name": "Grace Atieno", "last_name": "Okello", "email": "ga@example.org",
    "phone": "+15550102030", "date_of_birth": "1979-07-14", "gender": "female",
    "medical_history": {"allergies": ["penicillin"], "conditions": [], "medications": []},
    "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z",
}  # fmt: skip
LEARNED = {"allergies": ["penicillin", "Ceftriaxone: anaphylaxis"], "conditions": [], "medications": ["warfarin"]}


@pytest.fixture
def there(small: Clinic, desk_for: DeskFor, clock: SetClock) -> Iterator[Connected]:
    del small
    with connected(desk_for("administrator"), HEALIFY, clock=lambda: clock.now().timestamp()) as sandbox:
        yield sandbox


def looked(there: Connected) -> None:
    sync_connecting.sync_now(there.desk)
    there.run()


def local(there: Connected, store: Store, number: str) -> str:
    with store.read() as connection:
        said = "SELECT local_id FROM sync_link WHERE kind = 'patient' AND remote_id = ?"
        return str(connection.exec_driver_sql(said, (number,)).scalar_one())


def number(store: Store, patient: str) -> str:
    with store.read() as connection:
        said = "SELECT remote_id FROM sync_link WHERE kind = 'patient' AND local_id = ?"
        return str(connection.exec_driver_sql(said, (patient,)).scalar_one())


def registered_twice(there: Connected, store: Store) -> str:
    """Somebody who is here stands there a second time, is said to be another, and so is registered once more."""
    there.people(HEALIFY).add("patients", dict(TWIN))
    there.connect(HEALIFY)
    there.run()
    for one in sync_shown.waiting_items(there.desk):
        if one.sort == "identity":
            sync_deciding.decide(there.desk, one, "apart")
    there.run()
    return local(there, store, "pat_zz1")


def merged(desk_for: DeskFor, kept: str, other: str) -> str:
    return merged_as_kept(desk_for("front_desk"), kept, other)


def substances(store: Store, patient: str) -> list[str]:
    with store.read() as connection:
        return sorted(one.substance for one in allergies_of(connection, patient))


def medicines(store: Store, patient: str) -> list[str]:
    with store.read() as connection:
        return sorted(one.name for one in medicines_of(connection, patient))


def items(there: Connected) -> list[Item]:
    return list(sync_shown.waiting_items(there.desk))


def words(there: Connected, patient: str) -> list[str]:
    found = sync_shown.record_marks(there.desk, [("patient", patient)])
    return [mark.word for marks in found.values() for mark in marks]


def test_what_is_learned_under_a_number_that_was_merged_away_stands_in_the_chart_that_is_kept(
    there: Connected, small: Clinic, desk_for: DeskFor, store: Store
) -> None:
    other = registered_twice(there, store)
    merged(desk_for, small.patient, other)
    there.run()
    there.people(HEALIFY).edit("patients", "pat_zz1", medical_history=LEARNED)
    prescribed = {**there.rows(HEALIFY, "prescriptions")[0], "id": "prx_zz1", "patient_id": "pat_zz1"}
    there.people(HEALIFY).add("prescriptions", prescribed, "prx_zz1")
    looked(there)
    assert substances(store, small.patient) == ["Ceftriaxone: anaphylaxis", "latex", "penicillin"]
    assert {"warfarin", "Metformin 500mg tablet"} <= set(medicines(store, small.patient))
    assert items(there) == []
    assert sync_shown.systems_shown(there.desk)[0].set_aside == ()


def test_parted_again_each_has_what_its_own_number_says_and_nothing_of_the_others(
    there: Connected, small: Clinic, desk_for: DeskFor, store: Store
) -> None:
    other = registered_twice(there, store)
    merge = merged(desk_for, small.patient, other)
    there.run()
    there.people(HEALIFY).edit("patients", "pat_zz1", medical_history=LEARNED, phone="+15550999999")
    # What stands in the merged chart already is said of the kept one, too.
    own = {"allergies": ["latex", "penicillin"], "conditions": [], "medications": []}
    there.people(HEALIFY).edit("patients", number(store, small.patient), medical_history=own)
    prescribed = {**there.rows(HEALIFY, "prescriptions")[0], "id": "prx_zz1", "patient_id": "pat_zz1"}
    there.people(HEALIFY).add("prescriptions", prescribed, "prx_zz1")
    looked(there)
    (asked,) = items(there)
    assert (asked.sort, asked.patient_id) == ("unread", other)
    assert "+15550999999" in [each.there for each in sync_deciding.detail(there.desk, asked).members]
    assert words(there, small.patient) == ["differs there"]
    parting.unmerge(desk_for("front_desk"), merge, reason="They are sisters")
    there.run()
    assert substances(store, small.patient) == ["latex", "penicillin"]
    assert substances(store, other) == ["Ceftriaxone: anaphylaxis", "penicillin"]
    assert "warfarin" not in medicines(store, small.patient)
    assert {"warfarin", "Metformin 500mg tablet"} <= set(medicines(store, other))
    assert patient_details(there.desk, other).patient.phone == "+15550999999"
    assert patient_details(there.desk, small.patient).patient.phone is None
    assert items(there) == []
    assert words(there, small.patient) == words(there, other) == ["confirmed"]


def test_a_registration_of_ours_that_was_merged_into_theirs_still_hears_of_an_allergy(
    there: Connected, small: Clinic, desk_for: DeskFor, store: Store
) -> None:
    other = registered_twice(there, store)
    ours = number(store, small.patient)
    merged(desk_for, other, small.patient)
    there.run()
    there.people(HEALIFY).edit("patients", ours, medical_history={**LEARNED, "allergies": ["Ceftriaxone: anaphylaxis"]})
    looked(there)
    assert substances(store, other) == ["Ceftriaxone: anaphylaxis", "latex", "penicillin"]
    assert items(there) == []


def test_a_restricted_chart_takes_in_what_is_dangerous_not_to_know_and_the_rest_is_put_before_a_person(
    there: Connected, small: Clinic, desk_for: DeskFor, store: Store, clock: SetClock
) -> None:
    there.connect(HEALIFY)
    there.run()
    closed = restrictions.restrict_record(desk_for("doctor"), small.patient, ["role:doctor"], "At her wish")
    clock.advance(timedelta(minutes=5))
    there.run()
    theirs = number(store, small.patient)
    said = {"allergies": ["latex", "Ceftriaxone: anaphylaxis"], "conditions": ["Asthma"], "medications": ["warfarin"]}
    there.people(HEALIFY).edit("patients", theirs, medical_history=said, phone="+15550999999")
    prescribed = {**there.rows(HEALIFY, "prescriptions")[0], "id": "prx_zz1", "patient_id": theirs}
    there.people(HEALIFY).add("prescriptions", prescribed, "prx_zz1")
    looked(there)
    assert substances(store, small.patient) == ["Ceftriaxone: anaphylaxis", "latex"]
    assert {"warfarin", "Metformin 500mg tablet"} <= set(medicines(store, small.patient))
    (asked,) = items(there)
    assert (asked.sort, asked.member, asked.kind) == ("unread", "", "patient")
    sync_deciding.decide(there.desk, asked, "noted", "Called her")
    looked(there)
    assert items(there) == [], "what a person has noted is asked once"
    assert words(there, small.patient) == ["differs there"]
    lift_restriction(desk_for("doctor"), closed, "At her wish", expect=1)
    there.run()
    assert patient_details(there.desk, small.patient).patient.phone == "+15550999999"
    assert substances(store, small.patient) == ["Ceftriaxone: anaphylaxis", "latex"]
    assert words(there, small.patient) == ["confirmed"]
