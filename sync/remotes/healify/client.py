"""Healify's 28 documented calls, and the page of a share for its recipient, which is off unless it is turned on."""

import re
from collections.abc import Mapping
from typing import Any

from sync.port import Body
from sync.remotes.healify import wire
from sync.telling.calls import Calls, Send, at, read, read_list, read_made
from sync.telling.shapes import Shape, shape
from sync.transport.outcomes import LONGEST_SILENCE_SECONDS, Answer, Call, Refused, Said, seconds_of

LARGEST_PAGE = 100
_ADDRESS = "address{street city state zip country} emergency_contact{name phone relationship}"
_PATIENT = f"first_name last_name email phone date_of_birth gender {_ADDRESS}"
_RECORD = (
    "patient_id title type date provider{id name specialty} diagnosis notes "
    "vitals{blood_pressure heart_rate temperature weight}"
)
_PRESCRIPTION = (
    "patient_id medication{name generic_name ndc strength form} dosage quantity refills "
    "prescriber{id name npi} pharmacy{id name} instructions notes"
)
_APPOINTMENT = (
    "patient_id provider_id appointment_type reason scheduled_time duration_minutes location{type address room} notes"
)
SHAPES: Mapping[str, Shape] = {
    "POST /api/v1/patients": shape(_PATIENT),
    "PUT /api/v1/patients/{patient_id}": shape(_PATIENT),
    "POST /api/v1/medical-records": shape(_RECORD),
    "PUT /api/v1/medical-records/{record_id}": shape(_RECORD),
    "POST /api/v1/medical-records/{record_id}/share": shape(
        "recipient_email recipient_type message expires_at permissions"
    ),
    "POST /api/v1/prescriptions": shape(_PRESCRIPTION),
    "PUT /api/v1/prescriptions/{prescription_id}": shape(_PRESCRIPTION),
    "POST /api/v1/prescriptions/{prescription_id}/refill": shape("pharmacy_id notes"),
    "POST /api/v1/appointments": shape(_APPOINTMENT),
    "PUT /api/v1/appointments/{appointment_id}": shape(_APPOINTMENT),
    "POST /api/v1/appointments/{appointment_id}/cancel": shape("reason cancelled_by"),
    "POST /api/v1/digital-programs/{program_id}/enroll": shape("patient_id start_date goals preferences{*}"),
}
# `shared` and `available-slots` stand where an id stands: an id must look like one before it goes into a path.
PATIENT, RECORD, SHARE, PRESCRIPTION, APPOINTMENT, PROGRAMME = (
    re.compile(rf"{prefix}_[A-Za-z0-9_\-]{{1,64}}") for prefix in ("pat", "rec", "shr", "prx", "apt", "prg")
)


class Client:
    """Healify's calls; each sends one request."""

    def __init__(self, send: Send, *, shared_pages: bool = False) -> None:
        self._calls, self._shared_pages = Calls(send, SHAPES), shared_pages

    def list_patients(self, *, limit: int = LARGEST_PAGE, offset: int = 0, search: str | None = None) -> wire.Listed:
        """List patients, or those whose name, e-mail or telephone holds a text."""
        path = "/api/v1/patients"
        return read_list(
            wire.Listed, self._calls.get(f"GET {path}", path, {"limit": limit, "offset": offset, "search": search})
        )

    def create_patient(self, body: Body) -> wire.Patient:
        """Create a patient; 409 says that the e-mail is in use, not that it is the same person."""
        return read_made(wire.Patient, self._calls.write("POST /api/v1/patients", "/api/v1/patients", body), PATIENT)

    def get_patient(self, patient_id: str) -> wire.Patient:
        """Read a patient with the medical history."""
        return read(wire.Patient, self._calls.get(*at("GET /api/v1/patients/{patient_id}", PATIENT, patient_id)))

    def update_patient(self, patient_id: str, body: Body) -> wire.Patient:
        """Change the members that are sent; the answer has no medical history."""
        place = at("PUT /api/v1/patients/{patient_id}", PATIENT, patient_id)
        return read(wire.Patient, self._calls.write(*place, body))

    def delete_patient(self, patient_id: str) -> None:
        """Delete a patient there."""
        self._calls.write(*at("DELETE /api/v1/patients/{patient_id}", PATIENT, patient_id))

    def get_patient_history(
        self,
        patient_id: str,
        *,
        start_date: str | None = None,
        end_date: str | None = None,
        type: str | None = None,  # noqa: A002 - the parameter's own name
    ) -> wire.History:
        """Read a patient's history in short (type: appointment, prescription, medical_record)."""
        place = at("GET /api/v1/patients/{patient_id}/history", PATIENT, patient_id)
        return read(
            wire.History, self._calls.get(*place, {"start_date": start_date, "end_date": end_date, "type": type})
        )

    def list_records(
        self,
        *,
        patient_id: str | None = None,
        limit: int = LARGEST_PAGE,
        offset: int = 0,
        start_date: str | None = None,
        end_date: str | None = None,
    ) -> wire.Listed:
        """List medical records; the list leaves out vital signs."""
        path = "/api/v1/medical-records"
        query = {"patient_id": patient_id, "start_date": start_date, "end_date": end_date}
        return read_list(wire.Listed, self._calls.get(f"GET {path}", path, {**query, "limit": limit, "offset": offset}))

    def create_record(self, body: Body) -> wire.Record:
        """Create a medical record."""
        return read_made(
            wire.Record, self._calls.write("POST /api/v1/medical-records", "/api/v1/medical-records", body), RECORD
        )

    def get_record(self, record_id: str) -> wire.Record:
        """Read a medical record whole."""
        return read(wire.Record, self._calls.get(*at("GET /api/v1/medical-records/{record_id}", RECORD, record_id)))

    def update_record(self, record_id: str, body: Body) -> wire.Record:
        """Change the members that are sent."""
        place = at("PUT /api/v1/medical-records/{record_id}", RECORD, record_id)
        return read(wire.Record, self._calls.write(*place, body))

    def delete_record(self, record_id: str) -> None:
        """Delete a medical record there."""
        self._calls.write(*at("DELETE /api/v1/medical-records/{record_id}", RECORD, record_id))

    def share_record(self, record_id: str, body: Body) -> wire.Share:
        """Show a record to somebody outside."""
        place = at("POST /api/v1/medical-records/{record_id}/share", RECORD, record_id)
        return read(wire.Share, self._calls.write(*place, body))

    def list_shares(self, *, status: str | None = None, limit: int = LARGEST_PAGE, offset: int = 0) -> wire.Listed:
        """List what is shared (status: active, expired, revoked)."""
        path = "/api/v1/medical-records/shared"
        return read_list(
            wire.Listed, self._calls.get(f"GET {path}", path, {"status": status, "limit": limit, "offset": offset})
        )

    def list_prescriptions(
        self,
        *,
        patient_id: str | None = None,
        status: str | None = None,
        limit: int = LARGEST_PAGE,
        offset: int = 0,
    ) -> wire.Listed:
        """List prescriptions (status: active, expired, cancelled); the list leaves out instructions and notes."""
        path = "/api/v1/prescriptions"
        query = {"patient_id": patient_id, "status": status}
        return read_list(wire.Listed, self._calls.get(f"GET {path}", path, {**query, "limit": limit, "offset": offset}))

    def create_prescription(self, body: Body) -> wire.Prescription:
        """Create a prescription of one medicine."""
        return read_made(
            wire.Prescription,
            self._calls.write("POST /api/v1/prescriptions", "/api/v1/prescriptions", body),
            PRESCRIPTION,
        )

    def get_prescription(self, prescription_id: str) -> wire.Prescription:
        """Read a prescription with its refills."""
        place = at("GET /api/v1/prescriptions/{prescription_id}", PRESCRIPTION, prescription_id)
        return read(wire.Prescription, self._calls.get(*place))

    def update_prescription(self, prescription_id: str, body: Body) -> wire.Prescription:
        """Change the members that are sent; there is no call that cancels."""
        place = at("PUT /api/v1/prescriptions/{prescription_id}", PRESCRIPTION, prescription_id)
        return read(wire.Prescription, self._calls.write(*place, body))

    def request_refill(self, prescription_id: str, body: Body) -> wire.Prescription:
        """Ask for a refill; what was asked is in this answer and never again."""
        place = at("POST /api/v1/prescriptions/{prescription_id}/refill", PRESCRIPTION, prescription_id)
        return read(wire.Prescription, self._calls.write(*place, body))

    def list_appointments(
        self,
        *,
        patient_id: str | None = None,
        provider_id: str | None = None,
        status: str | None = None,
        start_date: str | None = None,
        end_date: str | None = None,
        limit: int = LARGEST_PAGE,
        offset: int = 0,
    ) -> wire.Listed:
        """List appointments (status: scheduled, completed, cancelled, no_show)."""
        path = "/api/v1/appointments"
        query = {
            "patient_id": patient_id,
            "provider_id": provider_id,
            "status": status,
            "start_date": start_date,
            "end_date": end_date,
        }
        return read_list(wire.Listed, self._calls.get(f"GET {path}", path, {**query, "limit": limit, "offset": offset}))

    def create_appointment(self, body: Body) -> wire.Appointment:
        """Create an appointment."""
        return read_made(
            wire.Appointment, self._calls.write("POST /api/v1/appointments", "/api/v1/appointments", body), APPOINTMENT
        )

    def get_appointment(self, appointment_id: str) -> wire.Appointment:
        """Read an appointment whole."""
        place = at("GET /api/v1/appointments/{appointment_id}", APPOINTMENT, appointment_id)
        return read(wire.Appointment, self._calls.get(*place))

    def update_appointment(self, appointment_id: str, body: Body) -> wire.Appointment:
        """Change the members that are sent; the status is not one of them."""
        place = at("PUT /api/v1/appointments/{appointment_id}", APPOINTMENT, appointment_id)
        return read(wire.Appointment, self._calls.write(*place, body))

    def delete_appointment(self, appointment_id: str) -> None:
        """Delete an appointment that should never have been made; ending one is `cancel_appointment`."""
        self._calls.write(*at("DELETE /api/v1/appointments/{appointment_id}", APPOINTMENT, appointment_id))

    def cancel_appointment(self, appointment_id: str, body: Body) -> wire.Appointment:
        """Cancel an appointment; the answer leaves out notes and confirmation."""
        place = at("POST /api/v1/appointments/{appointment_id}/cancel", APPOINTMENT, appointment_id)
        return read(wire.Appointment, self._calls.write(*place, body))

    def available_slots(
        self, *, provider_id: str, start_date: str, end_date: str, duration_minutes: int | None = None
    ) -> wire.Slots:
        """When somebody is free."""
        path = "/api/v1/appointments/available-slots"
        query = {"provider_id": provider_id, "start_date": start_date, "end_date": end_date}
        return read(wire.Slots, self._calls.get(f"GET {path}", path, {**query, "duration_minutes": duration_minutes}))

    def list_programmes(
        self,
        *,
        category: str | None = None,
        status: str | None = None,
        limit: int = LARGEST_PAGE,
        offset: int = 0,
    ) -> wire.Listed:
        """List digital programmes (category: wellness, therapy, fitness, nutrition)."""
        path = "/api/v1/digital-programs"
        query = {"category": category, "status": status}
        return read_list(wire.Listed, self._calls.get(f"GET {path}", path, {**query, "limit": limit, "offset": offset}))

    def get_programme(self, program_id: str) -> wire.Programme:
        """Read a programme whole."""
        place = at("GET /api/v1/digital-programs/{program_id}", PROGRAMME, program_id)
        return read(wire.Programme, self._calls.get(*place))

    def enrol(self, program_id: str, body: Body) -> wire.Enrolment:
        """Put a patient on a programme; no call shows it again."""
        place = at("POST /api/v1/digital-programs/{program_id}/enroll", PROGRAMME, program_id)
        return read(wire.Enrolment, self._calls.write(*place, body))

    def open_shared(self, share_id: str) -> Answer:
        """Open the page of a share as its recipient would, without a token. Raises Refused unless turned on."""
        endpoint, path = at("GET /shared/{share_id}", SHARE, share_id)
        if not self._shared_pages:
            raise Refused(Call(endpoint, "GET", path), None, Said("off", "opening shared pages is not turned on"))
        return self._calls.get(endpoint, path, file=True, signed=False)[1]


def read_error(_status: int, body: Any, _headers: Mapping[str, str]) -> Said | None:
    """Healify's error: `details` is a list at 400 and 422 and a text at 409; `retry_after` stands in the body."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("code"), str):
        return None
    details, after = error.get("details"), error.get("retry_after")
    fields = []
    if isinstance(details, list):
        fields = [
            (str(each.get("field", "")), str(each.get("message", each.get("issue", ""))))
            for each in details
            if isinstance(each, dict)
        ]
    elif isinstance(details, str):
        fields = [("", details)]
    elif isinstance(details, dict):
        fields = [(str(name), str(each)) for name, each in details.items()]
    return Said(
        error["code"],
        str(error.get("message", "")),
        tuple(fields),
        seconds_of(after, LONGEST_SILENCE_SECONDS),
    )
