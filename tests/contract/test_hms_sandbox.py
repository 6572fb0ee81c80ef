"""HMS Enterprise-Grade end to end: the shipped remote before the sandbox, through what the document leaves open."""

import json
from typing import Any

import httpx
import pytest

from sync.port import Body, Create, Kind, Sending, Story, Telling
from sync.records.patient import Patient
from sync.remotes.hms_enterprise.prefix import root_of
from sync.remotes.hms_enterprise.remote import HmsRemote, open_remote
from sync.transport.credentials import PersonNeeded
from sync.transport.outcomes import Forbidden, Garbled, Outcome, Refused
from tests.contract.sandboxed import ORIGIN, Sandboxed
from tests.unit.sync.stories import Linked

PATIENT: Body = {
    "first_name": "Ana",
    "last_name": "Souza",
    "date_of_birth": "1990-01-15",
    "gender": "F",
    "contact_number": "+1234567890",
    "email": "ana@example.org",
    "address": {"street": "123 Main St", "city": "Anytown", "state": "CA", "zip_code": "12345", "country": "USA"},
    "emergency_contact": {"name": "Jo Souza", "relationship": "Spouse", "phone": "+1234567891"},
    "blood_type": "O+",
    "allergies": ["Penicillin", "Latex"],
    "medical_conditions": ["Hypertension"],
    "current_medications": [{"name": "Lisinopril", "dosage": "10mg", "frequency": "Once daily"}],
}


def arrange(settings: dict[str, str] | None = None, **knobs: Any) -> tuple[Sandboxed, HmsRemote]:
    box = Sandboxed("hms_enterprise", **knobs)
    return box, open_remote(box.opening(**(settings or {})))


def created(remote: HmsRemote, kind: Kind, body: Body) -> str:
    echo = remote.send(Sending(kind, "create", body))
    assert echo.remote_id is not None
    return echo.remote_id


def provider(box: Sandboxed) -> str:
    return str(next(iter(box.system.tables["providers"].rows)))


def encounter(patient: str, **more: Any) -> Body:
    return {"patient_id": patient, "encounter_type": "office_visit", "chief_complaint": "Headache",
            "history_of_present_illness": "Three days"} | more  # fmt: skip


@pytest.mark.parametrize("prefix", ["/api/v1", "/v1", "/v1/api/v1"])
def test_the_form_of_the_address_is_found_once_and_kept(prefix: str) -> None:
    box, remote = arrange(prefix=prefix)
    found = remote.check()
    assert (found["prefix"], found["token_path"]) == (prefix, "/auth/token")
    number = created(remote, Kind.PATIENT, PATIENT)
    again = open_remote(box.opening(**found))
    assert again.read(Kind.PATIENT, number).body["last_name"] == "Souza"
    # No password went anywhere but to the address that takes one.
    assert box.asked.count("POST /auth/token") == 2


@pytest.mark.parametrize(
    "base", ["https://h.example", "https://h.example/v1", "https://h.example/api/v1/", "https://h.example/v1/"]
)
def test_the_documented_base_and_its_origin_are_one_root(base: str) -> None:
    assert root_of(base) == "https://h.example"


def test_a_page_of_somebody_else_is_no_form_of_the_address() -> None:
    box, remote = arrange()
    box.instead = lambda request: (
        httpx.Response(404, html="<h1>proxy</h1>") if "/patients/search" in request.url.path else None
    )
    with pytest.raises(Garbled):
        remote.check()


def test_a_patient_goes_there_whole_and_comes_back() -> None:
    _box, remote = arrange()
    number = created(remote, Kind.PATIENT, PATIENT)
    seen = remote.read(Kind.PATIENT, number)
    assert {name: seen.body[name] for name in PATIENT} == PATIENT
    assert seen.body["patient_id"].startswith("P")
    assert seen.remote_id == number != seen.body["patient_id"]
    first, *rest = remote.adopt(seen, None, Linked())
    told = remote.project(Story(Kind.PATIENT, "p", 1, None, first, tuple(rest)), Linked())
    assert isinstance(told, Telling)
    assert remote.canonical(Kind.PATIENT, told.body) == remote.canonical(Kind.PATIENT, PATIENT)


@pytest.mark.parametrize("put", ["merge-top", "merge-deep", "replace"])
def test_an_update_sends_all_that_can_be_written_and_is_safe_whatever_a_put_does(put: str) -> None:
    box, remote = arrange(put=put)
    number = created(remote, Kind.PATIENT, PATIENT)
    body = remote.read(Kind.PATIENT, number).body | {"email": "new@example.org"}
    sent: list[Body] = []

    def watch(request: httpx.Request) -> None:
        if request.method == "PUT":
            sent.append(json.loads(request.content))

    box.instead = watch
    remote.send(Sending(Kind.PATIENT, "update", body, remote_id=number, changed=frozenset({"email"})))
    assert sent[0] == PATIENT | {"email": "new@example.org"}
    after = remote.read(Kind.PATIENT, number).body
    assert {name: after[name] for name in PATIENT} == PATIENT | {"email": "new@example.org"}


def test_patients_cannot_be_listed_and_are_searched_for() -> None:
    _box, remote = arrange()
    number = created(remote, Kind.PATIENT, PATIENT)
    with pytest.raises(Refused):
        remote.page(Kind.PATIENT, parent=None, since=None, until=None, cursor=None)
    found = Patient.model_validate({"resourceType": "Patient", "name": [{"family": "Souza", "given": ["Ana"]}]})
    seen = {each.remote_id: each for each in remote.search(Story(Kind.PATIENT, "p", 1, "p", found))}
    assert not seen[number].whole
    assert [each.remote_id for each in remote.probe(Sending(Kind.PATIENT, "create", PATIENT))] == [number]
    twin = PATIENT | {"first_name": "Bia"}
    assert remote.probe(Sending(Kind.PATIENT, "create", twin)) == []


def test_an_encounter_is_found_again_by_what_it_says_once_the_list_was_seen_to_show_it() -> None:
    box, remote = arrange()
    patient = created(remote, Kind.PATIENT, PATIENT)
    assert remote.profile.kinds[Kind.ENCOUNTER].create is Create.WRITE_ONLY
    sent_at = box.clock.now().isoformat()
    number = created(remote, Kind.ENCOUNTER, encounter(patient))
    sending = Sending(Kind.ENCOUNTER, "create", encounter(patient), sent_at=sent_at)
    assert [each.remote_id for each in remote.probe(sending)] == [number]
    assert remote.profile.kinds[Kind.ENCOUNTER].create is Create.NATURAL
    assert remote.probe(Sending(Kind.ENCOUNTER, "create", encounter(patient, chief_complaint="Cough"))) == []
    box.clock.wait(minutes=30)
    later = Sending(Kind.ENCOUNTER, "create", encounter(patient), sent_at=box.clock.now().isoformat())
    assert remote.probe(later) == []
    seen = remote.read(Kind.ENCOUNTER, number, parent=patient)
    assert seen.body["status"] == "completed"
    with pytest.raises(Forbidden):
        remote.read(Kind.ENCOUNTER, "nothing", parent=patient)
    plan = [{"type": "follow_up", "description": "In two weeks"}]
    remote.send(Sending(Kind.ENCOUNTER, "update", seen.body | {"plan": plan}, remote_id=number))
    after = remote.read(Kind.ENCOUNTER, number, parent=patient).body
    assert (after["plan"], after["chief_complaint"]) == (plan, "Headache")


def test_an_appointment_is_seen_in_the_schedule_and_nothing_changes_it() -> None:
    box, remote = arrange()
    patient, doctor = created(remote, Kind.PATIENT, PATIENT), provider(box)
    body = {
        "patient_id": patient, "provider_id": doctor, "appointment_type": "office_visit",
        "start_datetime": "2026-03-12T14:00:00Z", "end_datetime": "2026-03-12T14:30:00Z", "location": "Room 101",
        "reason": "Follow-up", "status": "scheduled", "priority": "normal", "duration": 30,
    }  # fmt: skip
    number = created(remote, Kind.APPOINTMENT, body)
    [found] = remote.probe(Sending(Kind.APPOINTMENT, "create", body))
    assert (found.remote_id, found.whole, found.body["provider_id"]) == (number, False, doctor)
    assert remote.read(Kind.APPOINTMENT, number, parent=doctor).remote_id == number
    page = remote.page(Kind.APPOINTMENT, parent=doctor, since="2026-03-12", until="2026-03-12", cursor=None)
    assert number in {each.remote_id for each in page.items}
    assert isinstance(remote.free_slots(doctor, "2026-03-12", "2026-03-12"), tuple)
    for sending in (
        Sending(Kind.APPOINTMENT, "update", body, remote_id=number),
        Sending(Kind.APPOINTMENT, "act", {}, remote_id=number, act="cancel"),
    ):
        with pytest.raises(Refused):
            remote.send(sending)
    assert (Kind.APPOINTMENT, "cancel") in remote.profile.untold


PRESCRIPTION = {
    "medication": {"name": "Lisinopril", "strength": "10mg", "form": "tablet"},
    "dosage": {"amount": 1, "unit": "tablet", "frequency": "once daily", "instructions": "One in the morning"},
    "refills": {"authorized": 3, "remaining": 3},
}


def test_a_prescription_is_write_only_unless_graphql_shows_it() -> None:
    box, plain = arrange(optional=True)
    patient = created(plain, Kind.PATIENT, PATIENT)
    body = PRESCRIPTION | {"patient_id": patient, "provider_id": provider(box)}
    sent_at = box.clock.now().isoformat()
    number = created(plain, Kind.PRESCRIPTION, body)
    sending = Sending(Kind.PRESCRIPTION, "create", body, sent_at=sent_at)
    assert plain.probe(sending) == []
    with pytest.raises(Forbidden):
        plain.read(Kind.PRESCRIPTION, number)
    remote = open_remote(box.opening(graphql="/graphql"))
    assert remote.check()["graphql answers"] == "yes"
    assert [each.remote_id for each in remote.probe(sending)] == [number]
    found = remote.patient_by_graphql(patient)
    assert found is not None
    assert found["last_name"] == "Souza"
    made = remote.create_encounter_by_graphql(encounter(patient))
    assert made is not None
    assert made["chief_complaint"] == "Headache"


def test_results_are_read_with_the_id_of_the_order_and_arrive_as_observations() -> None:
    box, remote = arrange(results_after=0.0)
    patient = created(remote, Kind.PATIENT, PATIENT)
    tests = [{"test_code": "CBC", "test_name": "Complete Blood Count", "specimen_type": "whole_blood"}]
    order = created(
        remote,
        Kind.LAB_ORDER,
        {"patient_id": patient, "provider_id": provider(box), "priority": "routine", "tests": tests},
    )
    box.clock.wait(minutes=30)
    seen = remote.read(Kind.LAB_RESULT, order)
    records = remote.adopt(seen, None, Linked())
    assert records
    assert {each.resource_type for each in records} == {"Observation"}
    assert remote.page(Kind.LAB_RESULT, parent=order, since=None, until=None, cursor=None).items == (seen,)


def test_a_second_opinion_keeps_nothing_there() -> None:
    _box, remote = arrange()
    patient = created(remote, Kind.PATIENT, PATIENT)
    said = remote.second_opinion(patient, [("Lisinopril", "12345-678-90"), ("Ibuprofen", None)])
    assert isinstance(said.interactions, tuple)


def test_their_numbers_are_shown_and_used_for_a_drift_alone() -> None:
    _box, remote = arrange()
    created(remote, Kind.PATIENT, PATIENT)
    assert isinstance(remote.registrations("2026-03-01", "2026-03-31"), int)
    assert remote.client.clinical_quality("2026-03-01", "2026-03-31").metrics


def test_at_the_end_of_a_token_nothing_undocumented_is_tried_and_a_person_is_asked() -> None:
    box, remote = arrange()
    remote.check()
    box.clock.wait(seconds=3600)
    before = box.asked.count("POST /auth/token")
    with pytest.raises(PersonNeeded):
        remote.search(
            Story(
                Kind.PATIENT,
                "p",
                1,
                "p",
                Patient.model_validate({"resourceType": "Patient", "name": [{"family": "X"}]}),
            )
        )
    assert box.asked.count("POST /auth/token") == before
    assert not any("refresh" in each for each in box.asked)


def test_charges_and_claims_are_written_and_never_read() -> None:
    _box, remote = arrange()
    patient = created(remote, Kind.PATIENT, PATIENT)
    charge = created(
        remote, Kind.CHARGE, {"patient_id": patient, "charge_code": "99213", "description": "Visit",
        "charge_date": "2026-03-10T09:00:00Z", "quantity": 1, "unit_price": 100, "total_amount": 100},
    )  # fmt: skip
    claim = {"patient_id": patient, "insurance_provider": "Blue Cross", "policy_number": "B1", "charges": [charge],
             "total_amount": 100, "submission_method": "electronic"}  # fmt: skip
    remote.send(Sending(Kind.CLAIM, "create", claim))
    for kind in (Kind.CHARGE, Kind.CLAIM, Kind.LAB_ORDER):
        with pytest.raises(Forbidden):
            remote.read(kind, charge)
        assert remote.profile.kinds[kind].create is Create.WRITE_ONLY


def test_the_origin_of_the_address_is_the_only_one_that_is_asked() -> None:
    box, remote = arrange()
    remote.check()
    assert box.opening().base.startswith(ORIGIN)
    with pytest.raises((Refused, Outcome)):
        remote.read(Kind.PATIENT, "P20240001")
