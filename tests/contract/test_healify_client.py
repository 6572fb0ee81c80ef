"""Healify's 28 documented calls, both ways."""

from typing import Any

import httpx
import pytest

from sync.port import Kind, Seen, Story, Telling
from sync.records.practitioner import Practitioner
from sync.remotes.healify import wire
from sync.remotes.healify.mapping import bodies
from sync.remotes.healify.remote import HealifyRemote, open_remote
from sync.remotes.healify.uses import USES
from sync.telling.wire import Theirs
from tests.contract.replayed import Case, Handler, Links, endpoints, example, needs_examples, opening, replay

SYSTEM, BASE = "healify", "https://healify.example"
PATIENT = {"first_name": "Ada", "last_name": "King", "date_of_birth": "1985-06-15"}
RECORD = {"patient_id": "pat_1", "title": "Visit", "type": "consultation", "notes": "Well."}
PRESCRIPTION = {"patient_id": "pat_1", "medication": {"name": "Metformin"}, "dosage": "500mg"}
APPOINTMENT = {"patient_id": "pat_1", "provider_id": "doc_1", "scheduled_time": "2026-03-10T09:00:00Z"}
SHARE = {"recipient_email": "a@example.org", "permissions": ["view"]}
PAGE = {"data": [], "total": 0, "limit": 50, "offset": 0}
FIRST = {"limit": "100", "offset": "0"}
CASES = [
    Case("GET /api/v1/patients", lambda c, _b: c.list_patients(search="King"), "/api/v1/patients",
         {**FIRST, "search": "King"}, answer=PAGE),
    Case("POST /api/v1/patients", lambda c, b: c.create_patient(b), "/api/v1/patients", body=PATIENT,
         answer={"id": "pat_1", **PATIENT}, status=201),
    Case("GET /api/v1/patients/{patient_id}", lambda c, _b: c.get_patient("pat_1"), "/api/v1/patients/pat_1",
         answer={"id": "pat_1"}),
    Case("PUT /api/v1/patients/{patient_id}", lambda c, b: c.update_patient("pat_1", b), "/api/v1/patients/pat_1",
         body={"phone": "+1555"}, answer={"id": "pat_1"}),
    Case("DELETE /api/v1/patients/{patient_id}", lambda c, _b: c.delete_patient("pat_1"), "/api/v1/patients/pat_1",
         answer=None, status=204),
    Case("GET /api/v1/patients/{patient_id}/history",
         lambda c, _b: c.get_patient_history("pat_1", type="appointment", start_date="2026-01-01"),
         "/api/v1/patients/pat_1/history", {"type": "appointment", "start_date": "2026-01-01"},
         answer={"patient_id": "pat_1", "history": [], "total": 0}),
    Case("GET /api/v1/medical-records", lambda c, _b: c.list_records(patient_id="pat_1"), "/api/v1/medical-records",
         {**FIRST, "patient_id": "pat_1"}, answer=PAGE),
    Case("POST /api/v1/medical-records", lambda c, b: c.create_record(b), "/api/v1/medical-records", body=RECORD,
         answer={"id": "rec_1", **RECORD}, status=201),
    Case("GET /api/v1/medical-records/{record_id}", lambda c, _b: c.get_record("rec_1"),
         "/api/v1/medical-records/rec_1", answer={"id": "rec_1"}),
    Case("PUT /api/v1/medical-records/{record_id}", lambda c, b: c.update_record("rec_1", b),
         "/api/v1/medical-records/rec_1", body={"notes": "Better."}, answer={"id": "rec_1"}),
    Case("DELETE /api/v1/medical-records/{record_id}", lambda c, _b: c.delete_record("rec_1"),
         "/api/v1/medical-records/rec_1", answer=None, status=204),
    Case("POST /api/v1/medical-records/{record_id}/share", lambda c, b: c.share_record("rec_1", b),
         "/api/v1/medical-records/rec_1/share", body=SHARE, answer={"share_id": "shr_1"}),
    Case("GET /api/v1/medical-records/shared", lambda c, _b: c.list_shares(status="active"),
         "/api/v1/medical-records/shared", {**FIRST, "status": "active"}, answer=PAGE),
    Case("GET /api/v1/prescriptions", lambda c, _b: c.list_prescriptions(status="active"), "/api/v1/prescriptions",
         {**FIRST, "status": "active"}, answer=PAGE),
    Case("POST /api/v1/prescriptions", lambda c, b: c.create_prescription(b), "/api/v1/prescriptions",
         body=PRESCRIPTION, answer={"id": "prx_1"}, status=201),
    Case("GET /api/v1/prescriptions/{prescription_id}", lambda c, _b: c.get_prescription("prx_1"),
         "/api/v1/prescriptions/prx_1", answer={"id": "prx_1"}),
    Case("PUT /api/v1/prescriptions/{prescription_id}", lambda c, b: c.update_prescription("prx_1", b),
         "/api/v1/prescriptions/prx_1", body={"dosage": "1g"}, answer={"id": "prx_1"}),
    Case("POST /api/v1/prescriptions/{prescription_id}/refill", lambda c, b: c.request_refill("prx_1", b),
         "/api/v1/prescriptions/prx_1/refill", body={"notes": "Routine"}, answer={"id": "prx_1"}),
    Case("GET /api/v1/appointments", lambda c, _b: c.list_appointments(provider_id="doc_1", status="no_show"),
         "/api/v1/appointments", {**FIRST, "provider_id": "doc_1", "status": "no_show"}, answer=PAGE),
    Case("POST /api/v1/appointments", lambda c, b: c.create_appointment(b), "/api/v1/appointments", body=APPOINTMENT,
         answer={"id": "apt_1"}, status=201),
    Case("GET /api/v1/appointments/{appointment_id}", lambda c, _b: c.get_appointment("apt_1"),
         "/api/v1/appointments/apt_1", answer={"id": "apt_1"}),
    Case("PUT /api/v1/appointments/{appointment_id}", lambda c, b: c.update_appointment("apt_1", b),
         "/api/v1/appointments/apt_1", body={"duration_minutes": 45}, answer={"id": "apt_1"}),
    Case("DELETE /api/v1/appointments/{appointment_id}", lambda c, _b: c.delete_appointment("apt_1"),
         "/api/v1/appointments/apt_1", answer=None, status=204),
    Case("POST /api/v1/appointments/{appointment_id}/cancel", lambda c, b: c.cancel_appointment("apt_1", b),
         "/api/v1/appointments/apt_1/cancel", body={"reason": "Ill", "cancelled_by": "patient"},
         answer={"id": "apt_1", "status": "cancelled"}),
    Case("GET /api/v1/appointments/available-slots",
         lambda c, _b: c.available_slots(provider_id="doc_1", start_date="2026-03-10", end_date="2026-03-11"),
         "/api/v1/appointments/available-slots",
         {"provider_id": "doc_1", "start_date": "2026-03-10", "end_date": "2026-03-11"},
         answer={"available_slots": [], "total_slots": 0}),
    Case("GET /api/v1/digital-programs", lambda c, _b: c.list_programmes(category="wellness"),
         "/api/v1/digital-programs", {**FIRST, "category": "wellness"}, answer=PAGE),
    Case("GET /api/v1/digital-programs/{program_id}", lambda c, _b: c.get_programme("prg_1"),
         "/api/v1/digital-programs/prg_1", answer={"id": "prg_1"}),
    Case("POST /api/v1/digital-programs/{program_id}/enroll", lambda c, b: c.enrol("prg_1", b),
         "/api/v1/digital-programs/prg_1/enroll", body={"patient_id": "pat_1", "goals": []},
         answer={"enrollment_id": "enr_1"}, status=201),
]  # fmt: skip


def opened(network: Handler, **settings: str) -> HealifyRemote:
    return open_remote(opening(BASE, network, settings))


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES, 1)), ids=str)
def test_a_documented_call_is_made_as_documented_and_its_answer_is_read_without_loss(number: int, case: Case) -> None:
    replay(case, number, SYSTEM, lambda network: opened(network).client)


def test_every_documented_call_has_a_method_and_a_use() -> None:
    assert [case.endpoint for case in CASES] == list(USES)
    assert endpoints(SYSTEM) == list(USES)


def test_the_token_goes_out_in_the_header_and_nowhere_else() -> None:
    sent: list[httpx.Request] = []

    def network(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json=PAGE)

    opened(network).check()
    assert [each.headers["Authorization"] for each in sent] == ["Bearer secret-token"]
    assert "secret" not in str(sent[0].url)


DOCTOR = Practitioner.model_validate(
    {
        "resourceType": "Practitioner",
        "id": "local-doctor",
        "name": [{"text": "Dr. Sarah Smith"}],
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567890"}],
        "qualification": [{"code": {"text": "General Practice"}}],
    }
)
LINKS = Links((Kind.PRACTITIONER, "local-doctor", "doc_456def"))
MADE: list[tuple[Kind, int, type[Theirs]]] = [
    (Kind.PATIENT, 2, wire.Patient),
    (Kind.ENCOUNTER, 8, wire.Record),
    (Kind.PRESCRIPTION, 15, wire.Prescription),
    (Kind.APPOINTMENT, 20, wire.Appointment),
]


@pytest.mark.parametrize(("kind", "number", "model"), MADE)
def test_the_documented_record_is_told_as_documented(kind: Kind, number: int, model: type[Theirs]) -> None:
    needs_examples()
    shown: Any = model.model_validate(example(SYSTEM, number, "response"))
    seen = bodies.seen(kind, shown, shown.id, whole=True)
    remote = HealifyRemote.__new__(HealifyRemote)
    records = remote.adopt(seen, None, LINKS)
    told = remote.project(Story(kind, "local", 1, None, records[0], (*records[1:], DOCTOR)), LINKS)
    assert isinstance(told, Telling)
    assert told.body == example(SYSTEM, number, "request")


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [(Kind.PATIENT, (2, 3, 4)), (Kind.APPOINTMENT, (20, 21, 22, 24)), (Kind.PRESCRIPTION, (15, 16, 17, 18))],
)
def test_an_answer_that_leaves_members_out_takes_nothing_away(kind: Kind, numbers: tuple[int, ...]) -> None:
    needs_examples()
    models: dict[Kind, type[Theirs]] = {
        Kind.PATIENT: wire.Patient, Kind.APPOINTMENT: wire.Appointment, Kind.PRESCRIPTION: wire.Prescription,
    }  # fmt: skip
    remote = HealifyRemote.__new__(HealifyRemote)
    story: Story | None = None
    for number in numbers:
        shown: Any = models[kind].model_validate(example(SYSTEM, number, "response"))
        seen: Seen = bodies.seen(kind, shown, shown.id, whole=False)
        before = story
        records = remote.adopt(seen, story, LINKS)
        story = Story(kind, "local", 1, None, records[0], records[1:])
        if before is not None:
            gone = {each.resource_type for each in before.rest} - {each.resource_type for each in story.rest}
            assert not gone
            lost = {
                name
                for name, value in before.first.model_dump(by_alias=True).items()
                if value and not story.first.model_dump(by_alias=True).get(name)
            }
            assert not lost
