"""Three shipped remotes over the sandbox: told, found again, read back, changed, ended."""

from dataclasses import replace
from typing import Any

import pytest

from sync.port import Kind, Put, Sending, Story, Telling
from sync.records.appointment import Appointment
from sync.records.patient import Patient
from sync.remotes.healify import remote as healify
from sync.remotes.healthcare_records import remote as records
from sync.remotes.practice_studio import remote as studio
from sync.transport.outcomes import Refused
from tests.contract.over_sandbox import SandboxTransport, a_story, create, open_over, sandbox, says
from tests.contract.replayed import Links
from tests.unit.sync import story_parts as parts

HCR = "/api/v1/healthcare-records"
ADA = Patient.model_validate(
    {
        "resourceType": "Patient",
        "id": parts.PATIENT,
        "identifier": [{"system": "urn:x-clinic-desktop:mrn", "value": "A7-000123-4"}],
        "name": [{"family": "King", "given": ["Ada", "Augusta"]}],
        "gender": "female",
        "birthDate": "1985-12-10",
        "telecom": [{"system": "phone", "value": "+1-555-010-7788"}, {"system": "email", "value": "ada@example.org"}],
        "address": [{"line": ["1 St James Square", "Flat 2"], "city": "Springfield", "state": "IL",
                     "postalCode": "62701", "country": "US"}],
        "contact": [{"name": {"text": "William King"}, "relationship": [{"text": "spouse"}],
                     "telecom": [{"system": "phone", "value": "+1-555-010-7789"}]}],
    }
)  # fmt: skip
ADA_HERE = Story(Kind.PATIENT, parts.PATIENT, 1, parts.PATIENT, ADA, marker="ref CW-7F3K9Q2M")


def full(story: Story) -> bool:
    """A story that says all that the documents' examples say, of a time to come."""
    first = story.first.model_dump()
    if story.kind is Kind.APPOINTMENT:
        return bool(first["appointment_type"] and first["reason_code"] and first["comment"] and first["start"] > "2027")
    if story.kind is Kind.PRESCRIPTION:
        asked = first["dispense_request"] or {}
        said = first["dosage_instruction"] and first["dosage_instruction"][0]["patient_instruction"]
        return bool(said and asked.keys() >= {"quantity", "numberOfRepeatsAllowed", "performer"} and first["note"])
    return True


def told_and_found(remote: Any, story: Story, links: Links) -> str:
    """A create is found again by its class, and what is read says what was told."""
    there, sending = create(remote, story, links)
    assert [one.remote_id for one in remote.probe(sending)] == [there]
    seen = remote.read(story.kind, there, parent=sending.body.get("patientId"))
    assert says(remote, story.kind, seen.body, sending.body) == {}
    hidden = remote.masked(seen.body)
    if not hidden:
        assert remote.adopt(seen, story, links)[0].model_dump(exclude={"identifier"}) == story.first.model_dump(
            exclude={"identifier"}
        )
    return there


@pytest.fixture
def at_healify() -> tuple[Any, SandboxTransport]:
    transport = sandbox("healify")
    return open_over(transport, healify.open_remote), transport


def healify_links(patient: str) -> Links:
    return Links(
        (Kind.PATIENT, parts.PATIENT, patient),
        (Kind.PRACTITIONER, parts.DOCTOR, "doc_456def"),
        (Kind.LOCATION, parts.PHARMACY, "phm_789ghi"),
    )


@pytest.mark.parametrize("kind", [Kind.APPOINTMENT, Kind.ENCOUNTER, Kind.DOCUMENT, Kind.PRESCRIPTION])
def test_healify_is_told_and_what_it_was_told_is_found_and_read(
    at_healify: tuple[Any, SandboxTransport], kind: Kind
) -> None:
    remote, _transport = at_healify
    patient = told_and_found(remote, ADA_HERE, Links())
    story = a_story(kind, full)
    if kind is Kind.PRESCRIPTION:
        story = replace(story, rest=tuple(each for each in story.rest if each.resource_type != "MedicationRequest"))
    told_and_found(remote, story, healify_links(patient))


def test_healify_changes_only_what_changed_and_cancels_by_cancelling(at_healify: tuple[Any, SandboxTransport]) -> None:
    remote, transport = at_healify
    patient, _sending = create(remote, ADA_HERE, Links())
    links = healify_links(patient)
    moved = remote.project(replace(ADA_HERE, first=ADA.model_copy(update={"telecom": ()})), Links())
    body = {**moved.body, "phone": "+1-555-000-0000"}
    echo = remote.send(Sending(Kind.PATIENT, "update", body, patient, changed=frozenset({"phone"})))
    assert transport.sent[-1].read() == b'{"phone":"+1-555-000-0000"}'
    assert echo.seen.body["phone"] == "+1-555-000-0000"
    assert remote.read(Kind.PATIENT, patient).body["email"] == "ada@example.org"
    story = a_story(Kind.APPOINTMENT, full)
    booked, _sending = create(remote, story, links)
    before = remote.read(Kind.APPOINTMENT, booked)
    act = replace(story, act="cancel", first=story.first.model_copy(update={"status": "cancelled"}))
    telling = remote.project(act, links)
    sending = Sending(Kind.APPOINTMENT, "act", telling.body, booked, act="cancel")
    assert remote.done(sending, before) is False
    remote.send(sending)
    assert transport.sent[-1].url.path.endswith("/cancel")
    after = remote.read(Kind.APPOINTMENT, booked)
    assert remote.done(sending, after) is True
    kept = remote.adopt(after, story, links)[0]
    assert isinstance(kept, Appointment)
    assert (kept.status, kept.comment) == ("cancelled", story.first.model_dump()["comment"])


def test_healify_gives_refills_shares_programmes_and_free_times(at_healify: tuple[Any, SandboxTransport]) -> None:
    remote, transport = at_healify
    written = a_story(Kind.PRESCRIPTION, full)
    asked_for = written.first.model_copy(
        update={"dispense_request": {**written.first.model_dump()["dispense_request"], "numberOfRepeatsAllowed": 3}}
    )
    bottle = replace(written, first=asked_for, rest=())
    there, _sending = create(remote, bottle, healify_links("pat_123abc"))
    asked = remote.send(Sending(Kind.REFILL, "create", {"prescription_id": there, "notes": "Again"}))
    assert asked.remote_id.startswith("rfr_")
    assert asked.seen.kind is Kind.PRESCRIPTION
    links = Links((Kind.DOCUMENT, parts.VISIT, "rec_123abc"))
    share = a_story(Kind.SHARE)
    story = replace(share, first=share.first.model_copy(update={"id": parts.VISIT}))
    there, sending = create(remote, story, links)
    assert [one.remote_id for one in remote.probe(sending)] == [there]
    (programme,) = remote.page(Kind.PROGRAMME, parent=None, since=None, until=None, cursor=None).items
    body = {"program_id": programme.remote_id, "patient_id": "pat_123abc", "start_date": "2026-04-01T00:00:00Z"}
    assert remote.send(Sending(Kind.ENROLMENT, "create", body)).remote_id.startswith("enr_")
    slots = remote.client.available_slots(provider_id="doc_456def", start_date="2026-03-11", end_date="2026-03-12")
    assert slots.available_slots
    assert transport.sent[-1].headers["authorization"].startswith("Bearer healify-")


def test_practice_studio_finds_its_prefix_and_is_told_of_patients_and_appointments() -> None:
    transport = sandbox("practice_studio")
    remote = open_over(transport, studio.open_remote, "/v1")
    found = remote.check()
    assert (found["prefix"], found["fhir"]) == ("/api/v1", "no")
    patient = told_and_found(remote, replace(ADA_HERE, first=ADA.model_copy(update={"contact": ()})), Links())
    links = Links(
        (Kind.PATIENT, parts.PATIENT, patient),
        (Kind.PRACTITIONER, parts.DOCTOR, "PROV-54321"),
        (Kind.LOCATION, parts.PLACE, "LOC-789"),
    )
    told_and_found(remote, a_story(Kind.APPOINTMENT, full), links)
    cancelled = remote.project(replace(a_story(Kind.APPOINTMENT, full), act="cancel"), links)
    assert "telephone" in cancelled.why


def test_practice_studio_second_insurance_follows_as_a_change() -> None:
    transport = sandbox("practice_studio")
    remote = open_over(transport, studio.open_remote)

    def insured_twice(story: Story) -> bool:
        insurance = remote.project(replace(story, first=ADA), Links()).body.get("insurance", {})
        return all(insurance.get(name, {}).keys() >= {"provider", "memberId"} for name in ("primary", "secondary"))

    story = replace(a_story(Kind.PATIENT, insured_twice), first=ADA)
    patient, sending = create(remote, story, Links())
    assert b"secondary" not in transport.sent[-1].read()
    assert "secondary" not in remote.read(Kind.PATIENT, patient).body.get("insurance", {})
    remote.send(Sending(Kind.PATIENT, "update", sending.body, patient, changed=frozenset({"insurance"})))
    seen = remote.read(Kind.PATIENT, patient)
    assert (
        says(remote, Kind.PATIENT, {"insurance": seen.body["insurance"]}, {"insurance": sending.body["insurance"]})
        == {}
    )


def test_practice_studio_fhir_base_is_probed() -> None:
    remote = open_over(sandbox("practice_studio", fhir=True), studio.open_remote)
    assert remote.check()["fhir"] != "no"


@pytest.fixture
def at_records() -> tuple[Any, SandboxTransport]:
    transport = sandbox("healthcare_records")
    return open_over(transport, records.open_remote, HCR), transport


@pytest.mark.parametrize("kind", [Kind.IMMUNIZATION, Kind.DOCUMENT, Kind.ENCOUNTER, Kind.CONSENT])
def test_healthcare_records_is_told_and_what_it_was_told_is_found(
    at_records: tuple[Any, SandboxTransport], kind: Kind
) -> None:
    remote, _transport = at_records
    patient = told_and_found(remote, ADA_HERE, Links())
    links = Links((Kind.PATIENT, parts.PATIENT, patient))
    story = a_story(kind, lambda story: isinstance(remote.project(story, links), Telling))
    there, sending = create(remote, story, links)
    found = [one.remote_id for one in remote.probe(sending)]
    assert found == [there]
    seen = remote.read(kind, there, parent=patient)
    assert says(remote, kind, seen.body, sending.body) == {}


def test_healthcare_records_changes_a_patient_only_where_everything_hidden_is_held(
    at_records: tuple[Any, SandboxTransport],
) -> None:
    remote, transport = at_records
    patient, sending = create(remote, ADA_HERE, Links())
    assert remote.profile.kinds[Kind.PATIENT].put is Put.CLEAR
    changed = {**sending.body, "telecom": [{"system": "phone", "value": "+1-555-000-0000"}]}
    remote.send(Sending(Kind.PATIENT, "update", changed, patient, changed=frozenset({"telecom"})))
    row = transport.system.tables["patients"].rows[patient]
    assert row["telecom"][0]["value"] == "+1-555-000-0000"
    assert "ENCRYPTED" not in str({name: row[name] for name in ("name", "identifier", "address", "birth_date")})
    lacking = {name: value for name, value in changed.items() if name != "emergency_contact"}
    before = len([each for each in transport.sent if each.method == "PUT"])
    with pytest.raises(Refused) as refused:
        remote.send(Sending(Kind.PATIENT, "update", lacking, patient, changed=frozenset({"telecom"})))
    assert "emergency_contact" in refused.value.said.message
    assert len([each for each in transport.sent if each.method == "PUT"]) == before


def test_a_mask_that_got_into_a_body_is_stopped_before_it_leaves(at_records: tuple[Any, SandboxTransport]) -> None:
    remote, transport = at_records
    patient, sending = create(remote, ADA_HERE, Links())
    sent = len(transport.sent)
    for mask in ("[ENCRYPTED]", "encrypted names", "Encrypted contact info"):
        body = {**sending.body, "name": [{"family": mask, "given": ["Ada"]}]}
        for op, remote_id in (("create", None), ("update", patient)):
            planted = Sending(Kind.PATIENT, op, body, remote_id)  # type: ignore[arg-type]
            with pytest.raises(Refused) as refused:
                remote.send(planted)
            assert "never sent back" in refused.value.said.message
            assert mask not in str(refused.value) + refused.value.said.message
    assert not [each for each in transport.sent[sent:] if each.method != "GET"]


def test_a_create_counts_as_one_that_can_be_found_only_after_it_was_seen_to_be(
    at_records: tuple[Any, SandboxTransport],
) -> None:
    remote, _transport = at_records
    assert {str(remote.profile.kinds[kind].create) for kind in (Kind.PATIENT, Kind.DOCUMENT, Kind.CONSENT)} == {"W"}
    found = remote.check()
    assert found["search by identifier"] == "yes"
    assert str(remote.profile.kinds[Kind.PATIENT].create) == "K"
